"""Draft first, for each provider whose drafts we send off: a draft, then its approval, and that very draft is legal."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.domain.documents import DEAD, UNSIGNED
from app.domain.time import legal_date
from providers.base import (
    Absent,
    Done,
    Drafts,
    FindsPrepared,
    Issued,
    PollsState,
    Prepared,
    Refused,
    Step,
    StepInput,
    Unknown,
    Withdraws,
)
from providers.registry import PROVIDERS, provider
from tests.contract.bench import PATIENCE, SECONDS, Bench, bench_of
from tests.contract.cases import OF_EACH_TYPE

ABLE = [case for case in OF_EACH_TYPE if case.capabilities.drafts is Drafts.SENT_OFF]
SENT_OFF = [case for case in ABLE if case.capabilities.sends_off]


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench


of_able = pytest.mark.parametrize("bench", ABLE, indirect=True, ids=str)
of_sent_off = pytest.mark.parametrize("bench", SENT_OFF, indirect=True, ids=str)


async def drafted(bench: Bench) -> tuple[StepInput, Done]:
    """What the approval is given, and the draft."""
    prepared = replace(bench.prepared(), is_draft=bench.adapter.capabilities.sends_off)
    made = await bench.up_to(Step.INVOICE, prepared)
    known = await bench.known(prepared)
    draft = await bench.adapter.create(StepInput(Step.INVOICE, prepared, made, known), SECONDS)
    assert isinstance(draft, Done), draft
    last = Step.APPROVAL if bench.adapter.capabilities.sends_off else Step.E_DOCUMENT
    return StepInput(last, prepared, {**made, Step.INVOICE: draft}), draft


async def polled(bench: Bench, prepared: Prepared, done: Done) -> Done:
    assert isinstance(bench.adapter, PollsState)
    seen = await bench.adapter.poll(prepared, done, SECONDS)
    assert isinstance(seen, Done), seen
    return seen


async def found(bench: Bench, asked: StepInput) -> object:
    assert isinstance(bench.adapter, FindsPrepared)
    return await bench.adapter.find_prepared(asked, SECONDS)


def issued(prepared: Prepared, done: Done) -> Issued:
    return Issued(
        reference=prepared.reference,
        document_type=prepared.document_type,
        provider_reference=done.reference,
        number=done.number,
        issue_date=legal_date(prepared.issued_at),
    )


@of_able
async def test_a_draft_is_seen_as_one_until_it_is_approved(bench: Bench) -> None:
    asked, draft = await drafted(bench)
    assert draft.state in UNSIGNED
    seen = await polled(bench, asked.prepared, draft)
    assert (seen.state, seen.payable) in {(draft.state, None), (draft.state, asked.prepared.payable)}
    assert await found(bench, asked) == Absent()


@of_able
async def test_an_approval_makes_that_very_draft_legal_once(bench: Bench) -> None:
    asked, draft = await drafted(bench)
    sent = await bench.adapter.create(asked, SECONDS)
    assert isinstance(sent, Done), sent
    assert sent.reference == draft.reference
    seen = await polled(bench, asked.prepared, sent)
    assert seen.state not in UNSIGNED | DEAD
    assert isinstance(await found(bench, asked), Done)
    assert len((await bench.record())["documents"]) == 1


@of_able
async def test_a_lost_answer_to_an_approval_is_unknown_and_found(bench: Bench) -> None:
    asked, _ = await drafted(bench)
    await bench.next_faults("LOST_ANSWER", now=True)
    assert isinstance(await bench.adapter.create(asked, PATIENCE), Unknown)
    assert isinstance(await found(bench, asked), Done)


@of_able
async def test_a_second_approval_makes_nothing_more(bench: Bench) -> None:
    asked, _ = await drafted(bench)
    assert isinstance(await bench.adapter.create(asked, SECONDS), Done)
    assert isinstance(await bench.adapter.create(asked, SECONDS), Done | Refused | Unknown)
    assert len((await bench.record())["documents"]) == 1


@of_sent_off
async def test_what_was_deleted_is_not_sent_off(bench: Bench) -> None:
    asked, draft = await drafted(bench)
    assert isinstance(bench.adapter, Withdraws)
    assert isinstance(await bench.adapter.withdraw(issued(asked.prepared, draft), SECONDS), Done)
    outcome = await bench.adapter.create(asked, SECONDS)
    assert isinstance(outcome, Refused | Unknown) or (isinstance(outcome, Done) and outcome.state in DEAD)
    assert [each for each in (await bench.record())["documents"] if each["state"] != "CANCELLED"] == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_sends_drafts_off_can_be_asked_for_them(name: str) -> None:
    """Else nothing would show whether an approval whose answer was lost has worked."""
    what = provider(name).capabilities()
    if what.drafts is Drafts.SENT_OFF:
        assert what.document_types <= what.poll_until.keys()


def test_these_providers_keep_no_draft_that_we_could_send_off() -> None:
    """There a document waits with us; at GİB a person signs, and nothing is legal before."""
    what = {name: provider(name).capabilities().drafts for name in PROVIDERS}
    assert sorted(name for name, kind in what.items() if kind is Drafts.SIGNED) == ["gib-earsiv"]
    none = ["bizimhesap", "dia", "qnb-esolutions", "sovos", "testbook", "trendyol-efaturam"]
    assert sorted(name for name, kind in what.items() if kind is Drafts.NONE) == none


def test_every_provider_that_sends_drafts_off_has_a_case() -> None:
    able = {name for name in PROVIDERS if provider(name).capabilities().drafts is Drafts.SENT_OFF}
    assert able == {case.name for case in ABLE}
