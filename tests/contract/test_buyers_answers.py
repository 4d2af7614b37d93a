"""What a provider shows of a buyer's answer to an invoice that the buyer may refuse (TICARIFATURA)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Done, PollsState, Prepared
from tests.contract.bench import PATIENCE, Bench, bench_of
from tests.contract.case import Case
from tests.contract.cases import CASES, TESTBOOK
from tests.providers.examples import CONSUMER

S = DocumentState
BOOKS: Final = Case(name="testbook", document_type=DocumentType.SALES_INVOICE, person=CONSUMER, simulator=TESTBOOK)
ANSWERED: Final = [
    replace(BOOKS, options={"answers": "buyer"}),
    *(case for case in CASES if case.document_type is DocumentType.EFATURA),
]
# An account whose service has no question for an invoice's state shows an envelope's alone.
UNANSWERED: Final = [
    BOOKS,
    *(replace(case, options={**case.options, "wsdl": "2.0"}) for case in ANSWERED if case.name == "sovos"),
]
STATES: Final[Mapping[str, DocumentState]] = {
    "accepted": S.ACCEPTED,
    "automatic": S.ACCEPTED,
    "refused": S.REJECTED_BY_BUYER,
    "returned": S.DELIVERED,
}
# The providers that have a word for a returned document.
RETURNED: Final = {
    "testbook": "RETURNED",
    "hepsiburada-efaturam": "1300 Return",
    "parasut": "refunded",
    "sovos": "140 OK",
    "trendyol-efaturam": "RETURNED",
}
# Where no field is known for why a buyer has refused.
WITHOUT_WORDS: Final = {"kolaybi": "the buyer gives no reason"}


@dataclass(frozen=True)
class Delivered:
    """A commercial invoice that has reached its buyer."""

    bench: Bench
    prepared: Prepared
    done: Done

    async def polled(self) -> Done:
        assert isinstance(self.bench.adapter, PollsState)
        seen = await self.bench.adapter.poll(self.prepared, self.done, PATIENCE)
        assert isinstance(seen, Done)
        return seen


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench


@pytest.fixture
async def delivered(bench: Bench) -> Delivered:
    prepared = bench.prepared(efatura_profile="TICARIFATURA")
    done = await bench.create(prepared)
    assert isinstance(done, Done)
    return Delivered(bench, prepared, done)


of_answered = pytest.mark.parametrize("bench", ANSWERED, indirect=True, ids=str)


@of_answered
async def test_an_invoice_without_an_answer_is_delivered(delivered: Delivered) -> None:
    seen = await delivered.polled()
    assert (seen.state, seen.returned, seen.errors) == (S.DELIVERED, None, ())


@of_answered
@pytest.mark.parametrize("answer", STATES)
async def test_what_the_buyer_answers_is_shown(delivered: Delivered, answer: str) -> None:
    name = delivered.bench.case.name
    await delivered.bench.answer(delivered.prepared, answer)
    seen = await delivered.polled()
    assert seen.state is STATES[answer]
    assert seen.returned == (RETURNED.get(name) if answer == "returned" else None)
    assert seen.number == (delivered.done.number or seen.number)


@of_answered
async def test_a_refusal_has_the_buyers_words(delivered: Delivered) -> None:
    await delivered.bench.answer(delivered.prepared, "refused")
    (error,) = (await delivered.polled()).errors
    words = WITHOUT_WORDS.get(delivered.bench.case.name, "the price is not the agreed one")
    assert (error.code, error.message) == ("REFUSED_BY_BUYER", words)


@of_answered
async def test_a_look_up_finds_what_its_buyer_has_answered(delivered: Delivered) -> None:
    await delivered.bench.answer(delivered.prepared, "refused")
    found = await delivered.bench.find(delivered.prepared, PATIENCE)
    assert isinstance(found, Done)
    assert found.state is S.REJECTED_BY_BUYER


@pytest.mark.parametrize("bench", [*ANSWERED, *UNANSWERED], indirect=True, ids=str)
@pytest.mark.parametrize("profile", ["TICARIFATURA", "TEMELFATURA"])
async def test_only_a_commercial_invoice_whose_answer_is_shown_waits_for_it(bench: Bench, profile: str) -> None:
    waits = profile == "TICARIFATURA" and bench.case in ANSWERED
    assert bench.prepared(efatura_profile=profile).awaits_answer is waits
