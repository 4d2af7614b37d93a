"""What a provider with documents without legal effect does: drafts, signatures, deletions.

For each provider that has them, with what people do in its portal as acts on the simulator.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.domain.documents import LEGAL, UNSIGNED, DocumentState, DocumentType
from app.domain.time import legal_date
from providers.base import (
    Absent,
    CodeSent,
    CodeTaken,
    Done,
    Finding,
    FindsIssued,
    Issued,
    PollsState,
    Prepared,
    Refused,
    Signs,
    Unknown,
    Withdraws,
)
from tests.contract.bench import PATIENCE, Bench, bench_of, find
from tests.contract.case import Case
from tests.contract.cases import CASES, OF_EACH_TYPE, TESTBOOK
from tests.contract.portals import asked, drafted, remove, send_off
from tests.providers.examples import CONSUMER

S = DocumentState
CODE = "123456"
BOOKS = Case(name="testbook", document_type=DocumentType.SALES_INVOICE, person=CONSUMER, simulator=TESTBOOK)
SIGNED = replace(BOOKS, options={"unsigned": "signature"})
OF_BOOKS = [replace(BOOKS, options={"unsigned": "draft"}), SIGNED]
OF_NILVERA = [replace(case, options={"drafts": "yes"}) for case in CASES if case.name == "nilvera" and not case.options]
OF_PORTAL = [
    replace(case, simulated={**case.simulated, "status_seconds": None})
    for case in CASES
    if case.name in {"dia", "gib-earsiv"}
]
# A draft is what a person has saved there, or in books a sales invoice before its e-document.
OF_OTHERS = [case for case in OF_EACH_TYPE if case.name in {"hepsiburada-efaturam", "parasut"}]
SIGNED_CASES = [SIGNED, *(case for case in OF_PORTAL if case.name == "gib-earsiv")]
UNSIGNED_CASES = OF_BOOKS + OF_NILVERA + OF_PORTAL + OF_OTHERS
# Where nothing answers what became of it.
UNASKED_CASES = [
    replace(case, options={**case.options, "cancel": "records"}, simulated={"status_seconds": None})
    for case in CASES
    if case.name == "bizimhesap"
]


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench


of_unsigned = pytest.mark.parametrize("bench", UNSIGNED_CASES, indirect=True, ids=str)
of_unasked = pytest.mark.parametrize("bench", UNASKED_CASES, indirect=True, ids=str)
of_books = pytest.mark.parametrize("bench", OF_BOOKS, indirect=True, ids=str)
of_signed = pytest.mark.parametrize("bench", SIGNED_CASES, indirect=True, ids=str)


def issued(prepared: Prepared, done: Done) -> Issued:
    return Issued(
        reference=prepared.reference,
        document_type=prepared.document_type,
        provider_reference=done.reference,
        number=done.number,
        issue_date=legal_date(prepared.issued_at),
    )


def is_gone(found: Finding) -> bool:
    """As a provider shows it that keeps what was deleted, or does not."""
    return isinstance(found, Absent) or (isinstance(found, Done) and found.state is S.CANCELLED)


async def polled(bench: Bench, prepared: Prepared, done: Done) -> Done:
    assert isinstance(bench.adapter, PollsState)
    seen = await bench.adapter.poll(prepared, done, PATIENCE)
    assert isinstance(seen, Done)
    return seen


@of_unsigned
async def test_what_has_no_legal_effect_says_so_wherever_it_is_asked_for(bench: Bench) -> None:
    prepared, done = await drafted(bench)
    assert done.state in UNSIGNED
    found = await find(bench.adapter, await asked(bench, prepared), PATIENCE)
    assert isinstance(found, Done)
    assert {found.state, (await polled(bench, prepared, done)).state} == {done.state}


@of_unsigned
async def test_what_a_person_sends_off_in_the_portal_becomes_legal(bench: Bench) -> None:
    prepared, done = await drafted(bench)
    await send_off(bench, prepared, done)
    assert (await polled(bench, prepared, done)).state in LEGAL


@of_books
async def test_what_is_sent_off_and_is_slow_is_being_worked_on(bench: Bench) -> None:
    await bench.next_faults("LATE_STATUS")
    prepared, done = await drafted(bench)
    await send_off(bench, prepared, done)
    assert (await polled(bench, prepared, done)).state is S.PROCESSING


@of_unsigned
async def test_what_a_person_deletes_in_the_portal_is_absent_or_cancelled(bench: Bench) -> None:
    prepared, done = await drafted(bench)
    await remove(bench, issued(prepared, done), done)
    assert isinstance(bench.adapter, PollsState)
    assert is_gone(await bench.adapter.poll(prepared, done, PATIENCE))


@of_unsigned
async def test_what_is_withdrawn_is_gone(bench: Bench) -> None:
    document = issued(*(await drafted(bench)))
    assert isinstance(bench.adapter, Withdraws)
    assert isinstance(bench.adapter, FindsIssued)
    outcome = await bench.adapter.withdraw(document, PATIENCE)
    assert isinstance(outcome, Done)
    assert outcome.state is S.CANCELLED
    assert is_gone(await bench.adapter.find_issued(document, PATIENCE))


@of_unsigned
async def test_a_lost_answer_to_a_withdrawal_is_unknown_and_found_by_a_look_up(bench: Bench) -> None:
    document = issued(*(await drafted(bench)))
    await bench.next_faults("LOST_ANSWER", now=True)
    assert isinstance(bench.adapter, Withdraws)
    assert isinstance(bench.adapter, FindsIssued)
    assert isinstance(await bench.adapter.withdraw(document, PATIENCE), Unknown)
    assert is_gone(await bench.adapter.find_issued(document, PATIENCE))


@of_unasked
async def test_a_withdrawal_is_done_by_its_answer_alone_where_nothing_can_be_asked(bench: Bench) -> None:
    document = issued(*(await drafted(bench)))
    assert isinstance(bench.adapter, Withdraws)
    outcome = await bench.adapter.withdraw(document, PATIENCE)
    assert isinstance(outcome, Done)
    assert outcome.state is S.CANCELLED
    assert isinstance(await bench.adapter.withdraw(document, PATIENCE), Refused)
    assert [each["state"] for each in (await bench.record())["documents"]] == ["CANCELLED"]


@of_unasked
async def test_a_lost_answer_to_a_withdrawal_is_unknown_where_nothing_can_be_asked(bench: Bench) -> None:
    document = issued(*(await drafted(bench)))
    await bench.next_faults("LOST_ANSWER")
    assert isinstance(bench.adapter, Withdraws)
    assert isinstance(await bench.adapter.withdraw(document, PATIENCE), Unknown)


@of_unsigned
async def test_what_is_legal_is_not_deleted(bench: Bench) -> None:
    prepared, done = await drafted(bench)
    await send_off(bench, prepared, done)
    assert isinstance(bench.adapter, Withdraws)
    assert isinstance(await bench.adapter.withdraw(issued(prepared, done), PATIENCE), Refused)
    assert (await polled(bench, prepared, done)).state in LEGAL


@of_signed
async def test_one_code_signs_several_documents(bench: Bench) -> None:
    both = [await drafted(bench), await drafted(bench, "second")]
    documents = [issued(*each) for each in both]
    assert isinstance(bench.adapter, Signs)
    sent = await bench.adapter.start_signing(documents, PATIENCE)
    assert isinstance(sent, CodeSent)
    assert {(await polled(bench, *each)).state for each in both} == {S.AWAITING_SIGNATURE}
    assert await bench.adapter.finish_signing(documents, sent.reference, CODE, PATIENCE) == CodeTaken()
    assert {(await polled(bench, *each)).state for each in both} == {S.ISSUED}


@of_signed
async def test_a_wrong_code_signs_nothing_and_may_be_given_again(bench: Bench) -> None:
    prepared, done = await drafted(bench)
    assert isinstance(bench.adapter, Signs)
    sent = await bench.adapter.start_signing([issued(prepared, done)], PATIENCE)
    assert isinstance(sent, CodeSent)
    wrong = await bench.adapter.finish_signing([issued(prepared, done)], sent.reference, "987654", PATIENCE)
    assert isinstance(wrong, Refused)
    assert "987654" not in repr(wrong)
    assert (await polled(bench, prepared, done)).state is S.AWAITING_SIGNATURE
    again = await bench.adapter.finish_signing([issued(prepared, done)], sent.reference, CODE, PATIENCE)
    assert again == CodeTaken()


@of_signed
async def test_a_lost_answer_to_a_code_is_unknown_and_the_state_shows_what_was_signed(bench: Bench) -> None:
    prepared, done = await drafted(bench)
    assert isinstance(bench.adapter, Signs)
    sent = await bench.adapter.start_signing([issued(prepared, done)], PATIENCE)
    assert isinstance(sent, CodeSent)
    await bench.next_faults("LOST_ANSWER")
    outcome = await bench.adapter.finish_signing([issued(prepared, done)], sent.reference, CODE, PATIENCE)
    assert isinstance(outcome, Unknown)
    assert (await polled(bench, prepared, done)).state is S.ISSUED
