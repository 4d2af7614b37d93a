"""What a person asks of a provider beside the engine: files and checks, at every provider that can be asked."""

from contextlib import AbstractAsyncContextManager, nullcontext

import pytest

from providers.base import Absent, Done, Issued, NotPermittedError, Prepared, Unclear
from providers.base.reads import CheckAsked, Checked, CheckState, DocumentFile, FileForm, Subject
from tests.contract.bench import Bench
from tests.contract.cases import CASES
from tests.contract.test_contract import SECONDS
from tests.providers.examples import SELLER_VKN

with_files = pytest.mark.parametrize(
    "bench", [case for case in CASES if case.capabilities.downloads], ids=str, indirect=True
)
STARTS = {FileForm.PDF: b"%PDF-", FileForm.XML: b"<?xml", FileForm.HTML: b"<!DOCTYPE html>"}


def issued(prepared: Prepared, number: str | None = None) -> Issued:
    return Issued(reference=prepared.reference, document_type=prepared.document_type, number=number)


def asked_of(bench: Bench) -> CheckAsked:
    series = ((bench.case.document_type, "EFA"),) if Subject.SERIES in bench.adapter.capabilities.checks else ()
    return CheckAsked(tax_number=SELLER_VKN, series=series)


def by_subject(checked: tuple[Checked, ...]) -> dict[Subject, CheckState]:
    return {each.subject: each.state for each in checked}


@with_files
async def test_a_file_of_a_document_is_of_the_one_that_was_made(bench: Bench) -> None:
    prepared = bench.prepared()
    done = await bench.create(prepared, SECONDS)
    assert isinstance(done, Done)
    for form in bench.adapter.capabilities.downloads:
        found = await bench.adapter.download(issued(prepared, done.number), form, SECONDS)
        assert isinstance(found, DocumentFile)
        assert found.media_type == form.media_type
        assert found.content.startswith(STARTS[form])
        assert done.number
        assert form is FileForm.PDF or done.number.encode() in found.content


@with_files
async def test_a_document_that_is_not_there_has_no_file(bench: Bench) -> None:
    for form in bench.adapter.capabilities.downloads:
        assert await bench.adapter.download(issued(bench.prepared("never sent")), form, SECONDS) == Absent()


async def test_a_connection_that_works_is_fine_in_every_subject_that_can_be_checked(bench: Bench) -> None:
    checked = await bench.adapter.check(asked_of(bench), SECONDS)
    states = by_subject(checked)
    assert states.keys() == bench.adapter.capabilities.checks
    numbered_by_us = {Subject.SERIES} if bench.case.we_number else set()
    assert {subject for subject, state in states.items() if state is not CheckState.FINE} == (
        numbered_by_us & states.keys()
    )
    assert all(each.said for each in checked)


async def test_a_login_that_is_refused_is_wrong_and_named(bench: Bench) -> None:
    stranger = bench.case.connect(bench.url, "wrong-key")
    checked = await stranger.check(asked_of(bench), SECONDS)
    await stranger.close()
    assert by_subject(checked)[Subject.LOGIN] is CheckState.WRONG
    assert not [each for each in checked if each.state is CheckState.FINE]


WITH_CREDITS = [case for case in CASES if Subject.CREDITS in case.capabilities.checks]


@pytest.mark.parametrize("bench", WITH_CREDITS, ids=str, indirect=True)
@pytest.mark.parametrize(("left", "state"), [(0, CheckState.WRONG), (1, CheckState.FINE)])
async def test_an_account_without_credits_is_wrong_and_says_what_is_left(
    bench: Bench, left: int, state: CheckState
) -> None:
    """Every simulator with credits has a switch for them under its own name. The login is not blamed for it."""
    async with bench.http.put(f"{bench.url}/_simulator/{bench.case.name}", json={"credits": left}) as response:
        assert response.status == 200
    checked = {each.subject: each for each in await bench.adapter.check(asked_of(bench), SECONDS)}
    assert checked[Subject.CREDITS].state is state
    assert f"{left} left" in checked[Subject.CREDITS].said
    assert checked[Subject.LOGIN].state in {CheckState.FINE, CheckState.UNCLEAR if left == 0 else CheckState.FINE}


async def test_a_provider_that_is_down_is_unclear_never_wrong(bench: Bench) -> None:
    await bench.change(down=True)
    states = by_subject(await bench.adapter.check(asked_of(bench), SECONDS))
    assert states[Subject.LOGIN] is CheckState.UNCLEAR
    assert CheckState.WRONG not in states.values()
    for form in bench.adapter.capabilities.downloads:
        assert isinstance(await bench.adapter.download(issued(bench.prepared()), form, SECONDS), Unclear)


async def test_every_request_of_a_read_takes_a_permit(bench: Bench) -> None:
    taken: list[str] = []

    def permit(kind: str, _: float) -> AbstractAsyncContextManager[None]:
        taken.append(kind)
        return nullcontext()

    bench.adapter.use_permit(permit)
    await bench.adapter.check(asked_of(bench), SECONDS)
    for form in bench.adapter.capabilities.downloads:
        await bench.adapter.download(issued(bench.prepared()), form, SECONDS)
    assert taken == ["GET"] * await bench.arrivals()
    assert taken


async def test_a_read_without_a_permit_asks_nothing(bench: Bench) -> None:
    def permit(_: str, __: float) -> AbstractAsyncContextManager[None]:
        raise NotPermittedError("the quota is used up", retry_after=3.0)

    bench.adapter.use_permit(permit)
    checked = await bench.adapter.check(asked_of(bench), SECONDS)
    assert {each.state for each in checked} <= {CheckState.UNCLEAR, CheckState.NOT_ASKED}
    for form in bench.adapter.capabilities.downloads:
        found = await bench.adapter.download(issued(bench.prepared()), form, SECONDS)
        assert found == Unclear(why="the quota is used up", retry_after=3.0)
    assert (await bench.record())["counts"] == {}
