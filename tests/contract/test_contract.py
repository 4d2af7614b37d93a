"""What the engine relies on, whoever the provider is: adapter against simulator, over real HTTP on loopback."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.documents import LEGAL, DocumentState
from app.domain.time import legal_date
from providers.base import (
    Absent,
    DatedTooEarlyError,
    Different,
    Done,
    Finding,
    LookUp,
    NotSent,
    Prepared,
    Refused,
    Step,
    Unclear,
    Unknown,
    UnpreparableError,
)
from tests.contract.bench import PATIENCE, Bench
from tests.contract.cases import ASKED, where_asked, where_never_asked, with_the_first_asked
from tests.providers.examples import FACTS, ISSUED_AT, LINE, command

# The look-up's patience; a test never waits it out.
SECONDS = 5.0
MADE_THOUGH_UNKNOWN = ["LOST_ANSWER", "ERROR_AFTER", "UNREADABLE"]
NOT_MADE_AND_UNKNOWN = ["LOST_BEFORE", "ERROR_BEFORE", "ERROR_IN_200"]


async def look_up(bench: Bench, prepared: Prepared) -> Finding:
    return await bench.find(prepared, SECONDS)


def is_asked_by_list(bench: Bench) -> bool:
    """Its legal step, that is: an e-document is asked for by its invoice."""
    return len(bench.adapter.capabilities.steps) == 1 and bench.adapter.capabilities.look_up is LookUp.BY_LIST


async def until_found(bench: Bench, prepared: Prepared) -> Finding:
    """What is found in the end; a look-up of several requests may come while the document comes into sight."""
    for _ in range(250):
        found = await look_up(bench, prepared)
        # Of two questions the first may come before it is seen, and the second after it.
        if not isinstance(found, Absent | Unclear):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("the document never came into sight")


async def test_a_good_call_makes_exactly_the_document_that_was_prepared(bench: Bench) -> None:
    prepared = bench.prepared()
    outcome = await bench.create(prepared, SECONDS)
    assert isinstance(outcome, Done)
    record = await bench.record()
    (document,) = record["documents"]
    assert document["reference"] == prepared.reference
    assert outcome.number == (document["number"] if bench.can_be_asked else None)
    assert bench.case.number("first") in {None, outcome.number}
    assert document["document_type"] == bench.case.document_type
    assert document["payable"] == "120.00"
    assert document["currency"] == "TRY"
    assert document["order_reference"] == "ORDER-first"
    assert document["lines"] == [{"name": "Çay bardağı", "quantity": "3", "amount": "100.00", "vat": "20.00"}]
    assert document["issue_date"] == legal_date(prepared.issued_at).isoformat()
    buyer = bench.command().person
    assert buyer is not None and document["receiver_tax_number"] == buyer.buyer.tax_number
    assert document["buyer"]["name"].startswith(buyer.buyer.name)
    assert record["doubles"] == 0
    assert await bench.numbers() == {prepared.reference: document["number"]}


@where_asked
async def test_the_simulator_keeps_what_it_was_asked_under_a_reference_and_what_it_said_itself(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.next_faults("TOO_MANY", "GATEWAY_BEFORE", "LOST_ANSWER")
    await bench.create(prepared, SECONDS)
    await bench.create(prepared, SECONDS)
    await look_up(bench, prepared)
    await bench.create(prepared, SECONDS)
    await until_found(bench, prepared)
    (asked,) = await bench.calls()
    # A list is asked under no reference, and a later step by what an earlier one has made.
    what = bench.adapter.capabilities
    is_by_reference = what.look_up is LookUp.BY_REFERENCE and Step.E_DOCUMENT not in what.steps
    looked = (["ABSENT"], ["FOUND"]) if is_by_reference else ([], [])
    assert asked["said"] == ["CREATE", "REFUSED", "CREATE", *looked[0], "CREATE", *looked[1]]


async def test_the_same_command_is_prepared_alike_at_any_time_on_any_worker(bench: Bench) -> None:
    again = bench.case.connect(bench.url)
    made = again.prepare(bench.command(), FACTS, bench.case.document_type, ISSUED_AT, bench.case.number("first"))
    assert made == bench.prepared()


async def test_no_document_is_dated_before_the_command_for_it(bench: Bench) -> None:
    asked = replace(command("first", person=bench.case.person), occurred_at=ISSUED_AT + timedelta(seconds=61))
    with pytest.raises(DatedTooEarlyError, match="was asked for at"):
        bench.adapter.prepare(asked, FACTS, bench.case.document_type, ISSUED_AT, bench.case.number("first"))


@where_asked
async def test_a_look_up_finds_what_was_made(bench: Bench) -> None:
    prepared = bench.prepared()
    created = await bench.create(prepared, SECONDS)
    found = await look_up(bench, prepared)
    assert isinstance(created, Done)
    assert isinstance(found, Done)
    assert (found.reference, found.number, found.ettn) == (created.reference, created.number, created.ettn)


@where_asked
async def test_what_was_never_sent_is_absent(bench: Bench) -> None:
    assert await look_up(bench, bench.prepared()) == Absent()


@where_asked
@pytest.mark.parametrize("fault", MADE_THOUGH_UNKNOWN)
async def test_a_lost_answer_is_unknown_and_found_by_a_look_up(bench: Bench, fault: str) -> None:
    prepared = bench.prepared()
    await bench.next_faults(fault)
    assert isinstance(await bench.create(prepared), Unknown)
    assert isinstance(await look_up(bench, prepared), Done)


@where_asked
@pytest.mark.parametrize("fault", NOT_MADE_AND_UNKNOWN)
async def test_a_failure_that_proves_nothing_is_unknown_and_the_look_up_says_absent(bench: Bench, fault: str) -> None:
    prepared = bench.prepared()
    await bench.next_faults(fault)
    assert isinstance(await bench.create(prepared), Unknown)
    assert await look_up(bench, prepared) == Absent()


@where_never_asked
@pytest.mark.parametrize("fault", [*MADE_THOUGH_UNKNOWN, *NOT_MADE_AND_UNKNOWN])
async def test_a_call_without_a_sure_answer_is_unknown_where_nothing_can_be_asked(bench: Bench, fault: str) -> None:
    await bench.next_faults(fault)
    assert isinstance(await bench.create(bench.prepared()), Unknown)
    assert len((await bench.record())["documents"]) == int(fault in MADE_THOUGH_UNKNOWN)


@where_never_asked
async def test_an_answer_that_comes_after_the_deadline_is_unknown_where_nothing_can_be_asked(bench: Bench) -> None:
    await bench.next_faults("BOOKED_LATE")
    assert isinstance(await bench.create(bench.prepared(), PATIENCE), Unknown)
    await bench.book_now()


async def test_a_200_with_an_error_body_is_not_done(bench: Bench) -> None:
    await bench.next_faults("ERROR_IN_200")
    assert not isinstance(await bench.create(bench.prepared()), Done)


@with_the_first_asked
async def test_an_answer_that_comes_after_the_deadline_is_unknown_and_may_still_be_booked(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.next_faults("BOOKED_LATE")
    assert isinstance(await bench.create(prepared, PATIENCE), Unknown)
    assert await look_up(bench, prepared) == Absent()
    await bench.book_now()
    assert isinstance(await until_found(bench, prepared), Done)


async def test_a_slow_answer_within_the_deadline_is_done(bench: Bench) -> None:
    await bench.next_faults("SLOW")
    assert isinstance(await bench.create(bench.prepared(), SECONDS), Done)


async def test_a_quota_is_not_sent_and_says_when_to_come_back(bench: Bench) -> None:
    await bench.next_faults("TOO_MANY")
    outcome = await bench.create(bench.prepared())
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == 7
    assert not outcome.needs_owner


@with_the_first_asked
async def test_a_document_hidden_from_look_ups_is_absent(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.change(seconds={"hidden": 600})  # longer than any machine is slow
    await bench.next_faults("HIDDEN")
    # Where its answer names no document, the one that it has made is hidden from this call, too.
    by_list = is_asked_by_list(bench) and bench.adapter.capabilities.steps[-1] is Step.INVOICE
    assert isinstance(await bench.create(prepared), Unknown if by_list else Done)
    assert await look_up(bench, prepared) == Absent()


@with_the_first_asked
async def test_a_document_that_was_hidden_from_look_ups_is_found_later(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.change(seconds={"hidden": 0.1})
    await bench.next_faults("HIDDEN")
    await bench.create(prepared)
    assert isinstance(await until_found(bench, prepared), Done)


async def test_a_repeated_reference_makes_a_second_document_only_where_it_is_not_unique(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.create(prepared, SECONDS)
    repeated = await bench.create(prepared, SECONDS)
    unique, doubles = bench.adapter.capabilities.unique_reference, bench.case.doubles
    assert not (unique and doubles)
    doubles = not unique if doubles is None else doubles
    # A step that sees first what is there takes that for its own; one that sees both afterwards is not sure.
    assert isinstance(repeated, Unknown | Done)
    assert (await bench.record())["doubles"] == int(doubles)


@where_asked
async def test_something_else_under_our_reference_is_different(bench: Bench) -> None:
    await bench.create(bench.prepared(), SECONDS)
    dearer = bench.prepared(lines=(replace(LINE, unit_price=Decimal("41.00")),))
    found = await look_up(bench, dearer)
    if is_asked_by_list(bench) and found == Absent():  # it does not look like it, and shows no mark of ours
        return
    assert isinstance(found, Different)
    assert "123.00" in found.detail


@where_asked
async def test_following_ends_in_a_legal_state(bench: Bench) -> None:
    prepared = bench.prepared()
    done = await bench.create(prepared, SECONDS)
    assert isinstance(done, Done)
    followed = await bench.adapter.poll(prepared, done, SECONDS)
    assert isinstance(followed, Done)
    assert followed.number == done.number
    assert followed.state in LEGAL & bench.adapter.capabilities.poll_until[bench.case.document_type]


@where_asked
async def test_a_late_status_is_processing(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.next_faults("LATE_STATUS")
    done = await bench.create(prepared, SECONDS)
    assert isinstance(done, Done)
    followed = await bench.adapter.poll(prepared, done, SECONDS)
    assert isinstance(followed, Done)
    waiting = DocumentState.AWAITING_SIGNATURE if bench.case.signed_by_a_person else DocumentState.PROCESSING
    assert followed.state is waiting


# Where a person signs, nothing fails after it was taken.
@pytest.mark.parametrize("bench", [case for case in ASKED if not case.signed_by_a_person], ids=str, indirect=True)
async def test_a_document_that_fails_afterwards_is_rejected_with_a_reason(bench: Bench) -> None:
    prepared = bench.prepared()
    await bench.next_faults("STATUS_ERROR")
    done = await bench.create(prepared, SECONDS)
    assert isinstance(done, Done)
    followed = await bench.adapter.poll(prepared, done, SECONDS)
    assert isinstance(followed, Done)
    assert followed.errors
    if bench.case.stays_a_draft:
        assert followed.state is DocumentState.DRAFT
        assert await look_up(bench, prepared) == Absent()
        return
    assert followed.state is DocumentState.REJECTED
    assert isinstance(found := await look_up(bench, prepared), Done)
    assert found.state is DocumentState.REJECTED


async def test_a_closed_port_is_not_sent(bench: Bench) -> None:
    nobody = bench.case.connect("http://127.0.0.1:9")
    outcome = await nobody.create(await bench.asked(bench.prepared()), SECONDS)
    assert isinstance(outcome, NotSent)
    assert not outcome.needs_owner
    assert not await nobody.probe(SECONDS)
    await nobody.close()


async def test_a_refused_login_waits_for_its_owner(bench: Bench) -> None:
    stranger = bench.case.connect(bench.url, "wrong-key")
    outcome = await stranger.create(await bench.asked(bench.prepared()), SECONDS)
    found = await bench.find(bench.prepared(), SECONDS, stranger) if bench.can_be_asked else None
    await stranger.close()
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner
    assert found is None or (isinstance(found, Unclear) and found.needs_owner)


async def test_a_provider_that_is_down_says_nothing_about_documents(bench: Bench) -> None:
    prepared = bench.prepared()
    done = await bench.create(prepared, SECONDS)
    assert isinstance(done, Done)
    assert await bench.adapter.probe(SECONDS)
    second = await bench.asked(bench.prepared("second"))
    await bench.change(down=True)
    assert not await bench.adapter.probe(SECONDS)
    if bench.can_be_asked:
        assert isinstance(await look_up(bench, prepared), Unclear)
        assert isinstance(await bench.adapter.poll(prepared, done, SECONDS), Unclear)
    if bench.adapter.capabilities.taxpayer_lookup:
        assert isinstance(await bench.adapter.registration("2000000002", SECONDS), Unclear)
    assert not isinstance(await bench.adapter.create(second, SECONDS), Done | Refused)


async def test_no_time_left_is_not_sent(bench: Bench) -> None:
    assert isinstance(await bench.create(bench.prepared(), 0.0), NotSent)
    assert (await bench.record())["counts"].get("create", 0) == 0


async def test_an_unsound_order_is_refused_before_anything_is_sent_with_every_reason(bench: Bench) -> None:
    unsound = (replace(LINE, quantity=Decimal(-1)), replace(LINE, vat_rate=Decimal(0)))
    with pytest.raises(UnpreparableError) as refusal:
        bench.prepared(lines=unsound, currency="USD")
    assert {error.code for error in refusal.value.errors} >= {
        "QUANTITY_NOT_POSITIVE",
        "VAT_EXEMPTION_REQUIRED",
        "EXCHANGE_RATE_REQUIRED",
    }
    assert (await bench.record())["counts"] == {}


async def test_settings_that_are_not_understood_are_refused_at_once(bench: Bench) -> None:
    # A call of one request needs no more.
    is_one = bench.adapter.capabilities.requests_in_a_call == 1
    for options in (
        {"visibility_second": "1"},
        {"concurrency": "many"},
        {"quota_requests": "0"},
        {"quota_requests": "1", "quota_seconds": "100000" if is_one else "3600"},
    ):
        with pytest.raises(ValueError, match=r"unknown options|must be|requests through"):
            bench.case.connect(bench.url, **options)
    with pytest.raises(ValueError, match="https"):
        bench.case.connect("http://provider.example")


async def test_an_operator_may_tune_a_connection(bench: Bench) -> None:
    options = {"visibility_seconds": "0.5", "max_call_seconds": "3", "quota_requests": "100", "quota_seconds": "60"}
    tuned = bench.case.connect(bench.url, **options).capabilities
    assert (tuned.visibility_seconds, tuned.max_call_seconds) == (0.5, 3.0)
    assert (tuned.quota.requests, tuned.quota.seconds) == (100, 60.0)


async def test_the_record_counts_the_faults_it_was_asked_for(bench: Bench) -> None:
    await bench.next_faults("LOST_ANSWER", "NONE")
    await bench.create(bench.prepared("one"))
    await bench.create(bench.prepared("two"))
    record = await bench.record()
    assert record["faults"] == {"LOST_ANSWER": 1}
    assert record["counts"]["create"] == 2
    assert len(record["documents"]) == 2
