"""What is Testbook's alone: repeats are taken, and a connection may have no look-up."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import (
    ConnectionSettings,
    Different,
    Done,
    Issued,
    LookUp,
    Numbering,
    Refused,
    Step,
    StepInput,
    Unclear,
    UnpreparableError,
)
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from providers.testbook.adapter import TestbookAdapter
from providers.testbook.simulator.service import Testbook
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, command

SECONDS = 5.0


def connect(url: str, **options: str) -> TestbookAdapter:
    settings = ConnectionSettings(base_url=url, secrets={"api_key": f"sandbox-{SELLER_VKN}"}, options=options)
    return TestbookAdapter(settings)


@pytest.fixture
async def adapter() -> AsyncIterator[TestbookAdapter]:
    async with running(Testbook(Misbehaviour()).application()) as url:
        adapter = connect(url)
        yield adapter
        await adapter.close()


def test_the_request() -> None:
    made = command()
    prepared = connect("https://testbook.example").prepare(made, FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
    assert prepared.reference == made.document_id
    assert json.loads(prepared.request) == {
        "reference": made.document_id,
        "order": "ORDER-first",
        "date": "2026-05-02",
        "seller": {"tax_number": "1111111114"},
        "buyer": {"name": "Ayşe Örnek", "tax_number": "10000000078"},
        "currency": "TRY",
        "lines": [{"name": "Çay bardağı", "quantity": 3, "net": 100.0, "vat": 20.0}],
        "total": 120.0,
    }


async def test_in_books_of_three_steps_an_invoice_is_a_draft_until_its_e_document() -> None:
    async with running(Testbook(Misbehaviour()).application()) as url:
        adapter = connect(url, steps="three")
        prepared = adapter.prepare(command(), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
        made: dict[Step, Done] = {}
        for step in (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT):
            done = await adapter.create(StepInput(step, prepared, made), SECONDS)
            assert isinstance(done, Done)
            made[step] = done
        strange = {Step.CONTACT: replace(made[Step.CONTACT], reference="C9")}
        refused = await adapter.create(StepInput(Step.INVOICE, prepared, strange), SECONDS)
        await adapter.close()
    states = [done.state for done in made.values()]
    assert states == [DocumentState.PLANNED, DocumentState.PROCESSING, DocumentState.ISSUED]
    assert isinstance(refused, Refused)


def test_our_number_stands_in_the_request_and_another_one_under_our_reference_is_different() -> None:
    ours = connect("https://testbook.example", numbers="ours")
    assert ours.capabilities.numbering is Numbering.OURS
    made = ours.prepare(command(), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT, "DNS2026000000001")
    assert (made.number, json.loads(made.request)["number"]) == ("DNS2026000000001", "DNS2026000000001")


async def test_what_stands_there_with_another_number_is_not_ours(adapter: TestbookAdapter) -> None:
    first, second = (
        adapter.prepare(command(), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT, f"DNS202600000000{n}") for n in (1, 2)
    )
    assert isinstance(await adapter.create(StepInput(Step.INVOICE, first), SECONDS), Done)
    assert isinstance(await adapter.find_prepared(StepInput(Step.INVOICE, first), SECONDS), Done)
    found = await adapter.find_prepared(StepInput(Step.INVOICE, second), SECONDS)
    assert isinstance(found, Different)
    assert "DNS2026000000001" in found.detail


def test_who_numbers_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="provider or ours"):
        connect("https://testbook.example", numbers="mine")


def test_testbook_makes_no_legal_documents() -> None:
    with pytest.raises(UnpreparableError, match="no EARSIV"):
        connect("https://testbook.example").prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)


async def test_two_documents_under_one_reference_are_a_question_for_a_person(adapter: TestbookAdapter) -> None:
    prepared = adapter.prepare(command(), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
    first = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    second = await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert first.number != second.number
    assert isinstance(await adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS), Different)


async def test_a_connection_without_look_up_says_so_and_answers_nothing() -> None:
    blind = connect("https://testbook.example", look_up="none")
    assert blind.capabilities.look_up is LookUp.NONE
    prepared = blind.prepare(command(), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
    assert isinstance(await blind.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS), Unclear)


def test_a_look_up_that_is_neither_there_nor_none_is_a_misunderstanding() -> None:
    with pytest.raises(ValueError, match="look_up"):
        connect("https://testbook.example", look_up="sometimes")


async def test_of_two_documents_under_one_reference_the_one_with_the_number_is_cancelled(
    adapter: TestbookAdapter,
) -> None:
    prepared = adapter.prepare(command(), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
    first, second = [await adapter.create(StepInput(Step.INVOICE, prepared), SECONDS) for _ in range(2)]
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    unnamed = Issued(reference=prepared.reference, document_type=DocumentType.SALES_INVOICE)
    assert isinstance(await adapter.find_issued(unnamed, SECONDS), Different)
    assert isinstance(await adapter.cancel(unnamed, SECONDS), Refused)
    outcome = await adapter.cancel(replace(unnamed, number=second.number), SECONDS)
    assert isinstance(outcome, Done)
    assert (outcome.reference, outcome.state) == (second.reference, DocumentState.CANCELLED)
    by_id = await adapter.cancel(replace(unnamed, provider_reference=first.reference), SECONDS)
    assert isinstance(by_id, Done)


async def test_a_document_without_its_id_is_not_cancelled_where_nobody_can_be_asked_for_it() -> None:
    """Nothing would change by asking again: the refusal says that a person must do it."""
    connection = connect("https://testbook.example", look_up="none")
    issued = Issued(
        reference="d-1", document_type=DocumentType.SALES_INVOICE, provider_reference=None, number="TB-000001"
    )
    outcome = await connection.cancel(issued, SECONDS)
    await connection.close()
    assert isinstance(outcome, Refused) and outcome.errors[0].code == "NOT_ONE_DOCUMENT"
