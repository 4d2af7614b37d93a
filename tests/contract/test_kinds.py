"""Providers without a register that do not make the wrong kind of document: their word decides which kind it is."""

import pytest

from app.domain.documents import DocumentType
from providers.base import Done, Refused
from tests.contract.bench import Bench, bench_of
from tests.contract.case import Case
from tests.contract.cases import TESTBOOK
from tests.providers.examples import CONSUMER, TAXPAYER

EARSIV, EFATURA = DocumentType.EARSIV, DocumentType.EFATURA
PERSONS = {EARSIV: CONSUMER, EFATURA: TAXPAYER}


def books(kinds: str, asked: DocumentType, right: DocumentType) -> Case:
    """Books that are asked for a document of one kind, for a buyer who gets `right`."""
    return Case(
        name="testbook",
        document_type=asked,
        person=PERSONS[right],
        simulator=TESTBOOK,
        options={"kinds": kinds},
    )


async def made(bench: Bench) -> object:
    prepared = bench.prepared()
    outcome = await bench.create(prepared)
    if isinstance(outcome, Done):
        assert await bench.find(prepared, 1.0) == outcome
    return outcome


@pytest.mark.parametrize(("asked", "right"), [(EARSIV, EFATURA), (EFATURA, EARSIV)])
async def test_the_wrong_kind_is_refused_and_the_right_one_named(asked: DocumentType, right: DocumentType) -> None:
    async with bench_of(books("corrected", asked, right)) as bench:
        assert bench.adapter.capabilities.corrects_type
        outcome = await made(bench)
        assert isinstance(outcome, Refused)
        assert outcome.instead is right


@pytest.mark.parametrize("kind", [EARSIV, EFATURA])
async def test_the_right_kind_is_made(kind: DocumentType) -> None:
    async with bench_of(books("corrected", kind, kind)) as bench:
        assert isinstance(await made(bench), Done)


@pytest.mark.parametrize(("asked", "right"), [(EARSIV, EARSIV), (EARSIV, EFATURA)])
async def test_whatever_is_asked_for_the_kind_that_was_made_is_said(asked: DocumentType, right: DocumentType) -> None:
    async with bench_of(books("named", asked, right)) as bench:
        outcome = await made(bench)
        assert isinstance(outcome, Done)
        assert outcome.document_type is right


async def test_books_that_make_what_they_are_asked_for_leave_the_kind_to_their_owner() -> None:
    case = books("both", EARSIV, EFATURA)
    chosen = case.connect("http://127.0.0.1:9", unknown_buyer="EFATURA")
    assert not chosen.capabilities.corrects_type
    assert chosen.capabilities.unknown_buyer is EFATURA
    with pytest.raises(ValueError, match="unknown_buyer must be EARSIV or EFATURA"):
        case.connect("http://127.0.0.1:9", unknown_buyer="SALES_INVOICE")
