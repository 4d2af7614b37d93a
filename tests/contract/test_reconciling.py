"""A day's reconciliation at every provider: what it lists agrees with us, what differs is found, nothing is made."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal

import pytest

from app.domain.documents import DocumentState, DocumentStatus
from app.domain.reconciliation import DayResult, Discrepancy
from app.operations.reconciliation import run
from app.operations.reconciliation.comparing import Amount, Compared, OwnDocuments
from app.tracking.reconciliations import ConnectionDay
from providers.base import Done
from tests.contract.bench import Bench
from tests.contract.cases import CASES
from tests.contract.test_asked_now import status_of
from tests.contract.test_lists import ISSUED_ON, LISTING, today

K = Discrepancy


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests leave at once: how they are paced is tested by itself."""

    @asynccontextmanager
    async def at_once(_kind: str, _seconds: float) -> AsyncIterator[None]:
        yield

    monkeypatch.setattr(run, "Pace", lambda _quota: at_once)


async def issued(bench: Bench, name: str) -> DocumentStatus:
    prepared = bench.prepared(name)
    done = await bench.create(prepared)
    assert isinstance(done, Done)
    return status_of(bench, prepared, done)


async def compare(
    bench: Bench,
    day: date,
    known: Iterable[DocumentStatus],
    *,
    expected: bool = False,
    before: OwnDocuments | None = None,
) -> Compared:
    """One day, by the very code that a command and the worker use. `before`: what was known before the list was had."""
    ours = OwnDocuments(connection=tuple(known), everything=tuple(known))
    provider = bench.adapter.capabilities.provider
    place = ConnectionDay("ORNEK", provider, day)
    outcome, compared = await run.compare_at(
        bench.adapter, before or ours, place, None, again=lambda: ours, others_expected=expected
    )
    assert compared is not None, outcome
    return compared


async def counted_on(bench: Bench) -> date:
    """The day to which the provider counts its documents: some lists know only when a document was taken."""
    found = await compare(bench, ISSUED_ON, (), expected=True)
    return ISSUED_ON if found.listed else today()


def kinds(found: Compared) -> list[Discrepancy]:
    return [each.kind for each in found.differences]


@LISTING
async def test_what_was_issued_agrees_and_comparing_makes_nothing(bench: Bench) -> None:
    known = [await issued(bench, "first"), await issued(bench, "second")]
    before = await bench.contents()
    found = await compare(bench, await counted_on(bench), known)
    assert await bench.contents() == before
    assert (kinds(found), found.agreeing, found.unanswered) == ([], 2, [])


@LISTING
async def test_what_another_program_has_made_is_missing_here_unless_that_is_expected(bench: Bench) -> None:
    known, stranger = await issued(bench, "first"), await issued(bench, "of another program")
    day = await counted_on(bench)
    (difference,) = (await compare(bench, day, [known])).differences
    assert (difference.kind, difference.row is not None) == (K.MISSING_HERE, True)
    assert difference.row is not None
    names = {difference.row.reference, difference.row.ettn, difference.row.number}
    assert names & {stranger.document_id, stranger.ettn, stranger.number}
    assert kinds(await compare(bench, day, [known], expected=True)) == []


@LISTING
async def test_what_was_never_sent_is_missing_there(bench: Bench) -> None:
    known = await issued(bench, "first")
    unsent = status_of(
        bench, bench.prepared("never sent"), Done(reference="x", state=DocumentState.ISSUED, number="ABC2026000009999")
    )
    found = await compare(bench, ISSUED_ON, [known, unsent])
    assert kinds(found) == [K.MISSING_THERE]
    assert found.differences[0].subject == unsent.document_id


@LISTING
async def test_a_provider_that_is_away_leaves_the_day_unanswered_and_nothing_is_equal(bench: Bench) -> None:
    known = await issued(bench, "first")
    await bench.change(down=True)
    ours = OwnDocuments(connection=(known,), everything=(known,))
    day = ConnectionDay("ORNEK", bench.adapter.capabilities.provider, ISSUED_ON)
    outcome, compared = await run.compare_at(bench.adapter, ours, day, None, again=lambda: ours, others_expected=False)
    assert (outcome.result, outcome.agreeing, compared) == (DayResult.NOT_ANSWERED, 0, None)
    assert outcome.said


@LISTING
async def test_what_became_known_here_while_the_list_was_read_is_no_difference(bench: Bench) -> None:
    known = await issued(bench, "first")
    nothing = OwnDocuments(connection=(), everything=())
    found = await compare(bench, await counted_on(bench), [known], before=nothing)
    assert (kinds(found), found.agreeing) == ([], 1)


@LISTING
@pytest.mark.parametrize(("payable", "expected"), [("120.00", []), ("119.99", []), ("130.00", [K.OTHER_AMOUNT])])
async def test_an_amount_is_compared_with_what_the_list_shows(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, payable: str, expected: list[Discrepancy]
) -> None:
    known = await issued(bench, "first")
    amount = {known.document_id: Amount(Decimal(payable), "TRY")}
    monkeypatch.setattr(run, "amounts_of", lambda _documents, _facts: amount)
    found = await compare(bench, await counted_on(bench), [known])
    assert kinds(found) == ([] if found.amounts_unknown else expected)
    assert found.amounts_unknown in {0, 1}


def test_each_provider_lists_its_documents_or_is_said_not_to() -> None:
    lists = {case.name: bool(case.capabilities.lists) for case in CASES}
    without = {name for name, has in lists.items() if not has}
    assert without == {"testbook", "gib-earsiv", "bizimhesap", "dia"}
