"""Cancelling what was issued, at every provider that can be told to: adapter against simulator, on loopback."""

import pytest

from app.domain.documents import LEGAL, DocumentState
from app.domain.time import legal_date
from providers.base import Absent, Done, Issued, NotSent, Prepared, Refused, Unclear, Unknown
from tests.contract.bench import Bench
from tests.contract.cases import CASES
from tests.contract.test_contract import MADE_THOUGH_UNKNOWN, NOT_MADE_AND_UNKNOWN, SECONDS

CANCELLED_CASES = [case for case in CASES if case.document_type in case.capabilities.cancels]

pytestmark = pytest.mark.parametrize("bench", CANCELLED_CASES, ids=str, indirect=True)


def issued(prepared: Prepared, number: str | None) -> Issued:
    """What is still known of a document long after it was made."""
    return Issued(
        reference=prepared.reference,
        document_type=prepared.document_type,
        number=number,
        issue_date=legal_date(prepared.issued_at),
    )


async def made(bench: Bench, name: str = "first") -> Issued:
    """A document that stands at the provider."""
    prepared = bench.prepared(name)
    done = await bench.create(prepared, SECONDS)
    assert isinstance(done, Done)
    return issued(prepared, done.number)


async def states(bench: Bench) -> list[str]:
    return [document["state"] for document in (await bench.record())["documents"]]


async def test_a_cancelled_document_is_found_cancelled_and_no_other_is(bench: Bench) -> None:
    first, _ = await made(bench), await made(bench, "second")
    outcome = await bench.adapter.cancel(first, SECONDS)
    found = await bench.adapter.find_issued(first, SECONDS)
    assert isinstance(outcome, Done)
    assert isinstance(found, Done)
    assert (outcome.state, found.state) == (DocumentState.CANCELLED, DocumentState.CANCELLED)
    assert found.number == first.number
    assert await states(bench) == ["CANCELLED", "SUCCEEDED"]


async def test_a_document_that_stands_is_found_in_its_state(bench: Bench) -> None:
    found = await bench.adapter.find_issued(await made(bench), SECONDS)
    assert isinstance(found, Done)
    assert found.state in LEGAL


async def test_a_document_that_is_not_there_is_absent_and_its_cancellation_is_refused(bench: Bench) -> None:
    await made(bench)
    nothing = issued(bench.prepared("never sent"), None)
    assert await bench.adapter.find_issued(nothing, SECONDS) == Absent()
    refused = await bench.adapter.cancel(nothing, SECONDS)
    assert isinstance(refused, Refused)
    assert all(error.message for error in refused.errors)
    assert refused.errors
    assert await states(bench) == ["SUCCEEDED"]


@pytest.mark.parametrize("fault", MADE_THOUGH_UNKNOWN)
async def test_a_lost_answer_to_a_cancellation_is_unknown_and_found_cancelled(bench: Bench, fault: str) -> None:
    document = await made(bench)
    await bench.next_faults(fault, now=True)
    assert isinstance(await bench.adapter.cancel(document, SECONDS), Unknown)
    found = await bench.adapter.find_issued(document, SECONDS)
    assert isinstance(found, Done)
    assert found.state is DocumentState.CANCELLED


@pytest.mark.parametrize("fault", NOT_MADE_AND_UNKNOWN)
async def test_a_lost_cancellation_is_unknown_and_the_document_found_standing(bench: Bench, fault: str) -> None:
    document = await made(bench)
    await bench.next_faults(fault, now=True)
    assert isinstance(await bench.adapter.cancel(document, SECONDS), Unknown)
    found = await bench.adapter.find_issued(document, SECONDS)
    assert isinstance(found, Done)
    assert found.state in LEGAL


async def test_a_cancelled_document_refuses_to_be_cancelled_again_and_stays_cancelled(bench: Bench) -> None:
    document = await made(bench)
    await bench.adapter.cancel(document, SECONDS)
    again = await bench.adapter.cancel(document, SECONDS)
    assert isinstance(again, Refused)
    assert again.errors
    assert await states(bench) == ["CANCELLED"]


async def test_a_cancellation_within_a_quota_is_not_sent(bench: Bench) -> None:
    document = await made(bench)
    await bench.next_faults("TOO_MANY", now=True)
    assert isinstance(await bench.adapter.cancel(document, SECONDS), NotSent)
    await bench.change(down=True)
    assert isinstance(await bench.adapter.find_issued(document, SECONDS), Unclear)
