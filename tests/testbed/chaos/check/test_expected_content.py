"""A document at a provider that is not its order's is found, by whatever it is another."""

import copy
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.domain.orders import OrderLine
from app.domain.parties import Address, Buyer, Person
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.check.evidence import MadeLine, made_documents
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.expected_content import differences, type_of
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import clean
from tests.testbed.chaos.planting import planted, says

Row = dict[str, Any]
ROW: Row = {
    "id": "1",
    "reference": evidence.made().reference,
    "number": evidence.NUMBER,
    "ettn": evidence.made().reference,
    "company": evidence.COMPANY,
    "document_type": "EARSIV",
    "order_reference": evidence.SHIPPED,
    "issue_date": "2026-11-02",
    "receiver_tax_number": "11111111111",
    "buyer": {"name": "Nihai Tüketici", "address": "-, Merkez, Ankara"},
    "payable": "150.00",
    "currency": "TRY",
    "lines": [
        {"name": "Ürün 1", "quantity": "1", "amount": "41.67", "vat": "8.33"},
        {"name": "Ürün 2", "quantity": "2", "amount": "83.33", "vat": "16.67"},
    ],
    "booked_at": "2026-11-02T12:00:00+03:00",
    "state": "SUCCEEDED",
}


def with_row(change: Callable[[Row], Any]) -> list[Defect]:
    row = copy.deepcopy(ROW)
    change(row)
    return planted(made=tuple(made_documents({"provider": "nilvera", "documents": [row]})))


def exchange(row: Row) -> None:
    first, second = row["lines"]
    first["amount"], second["amount"] = second["amount"], first["amount"]


def test_the_clean_row_is_the_clean_document() -> None:
    assert with_row(dict.copy) == check(evidence.clean()) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        pytest.param(lambda row: row.update(document_type="EFATURA"), "document type", id="e-Fatura for a consumer"),
        pytest.param(lambda row: row.update(currency="USD"), "currency", id="dollars for liras"),
        pytest.param(exchange, "lines", id="net amounts exchanged between two lines"),
        pytest.param(lambda row: [line.update(vat="0") for line in row["lines"]], "lines", id="no VAT at all"),
        pytest.param(lambda row: row["lines"][1].update(quantity="1"), "lines", id="another quantity"),
        pytest.param(lambda row: row.update(booked_at="2025-11-02T12:00:00+03:00"), "date", id="booked a year early"),
        pytest.param(lambda row: row.update(issue_date="2026-11-03"), "date", id="dated tomorrow"),
        pytest.param(lambda row: row.update(issue_date="2026-11-01"), "date", id="dated before it was asked for"),
        pytest.param(lambda row: row.update(number="DNA2025000000001"), "number", id="the number of another year"),
        pytest.param(lambda row: row.update(number="DNF2026000000001"), "series", id="the series of another type"),
        pytest.param(lambda row: row.update(ettn="00000000-0000-0000-0000-000000000000"), "ETTN", id="another ETTN"),
        pytest.param(lambda row: row["buyer"].update(name="Başka Alıcı"), "buyer", id="another buyer's name"),
        pytest.param(lambda row: row["buyer"].update(address="-, Konak, İzmir"), "address", id="another address"),
    ],
)
def test_a_wrong_document_is_found(change: Callable[[Row], Any], word: str) -> None:
    says(with_row(change), DefectKind.WRONG, word)


@pytest.mark.parametrize(("moved", "is_right"), [("0.02", True), ("0.03", False)])
def test_a_provider_that_computes_the_sums_may_move_two_kurus_of_a_line(moved: str, *, is_right: bool) -> None:
    row = copy.deepcopy(ROW)
    for line, sign in zip(row["lines"], (1, -1), strict=True):
        line["amount"] = str(Decimal(line["amount"]) + sign * Decimal(moved))
    documents = tuple(made_documents({"provider": "nilvera", "documents": [row]}))
    traits = {**evidence.PROVIDERS, "nilvera": replace(evidence.PROVIDERS["nilvera"], makes_from_records=True)}
    assert (planted(made=documents, providers=traits) == []) is is_right
    assert planted(made=documents)


@pytest.mark.parametrize("name", ["document_type", "currency", "ettn", "issue_date", "buyer", "booked_at"])
def test_what_the_provider_does_not_record_is_not_taken_for_right(name: str) -> None:
    assert with_row(lambda row: row.pop(name)) != []


def test_a_street_that_is_not_known_is_a_dash_or_nothing() -> None:
    assert with_row(lambda row: row["buyer"].update(address=", Merkez, Ankara")) == []
    found = with_row(lambda row: row["buyer"].update(address=", Merkez, Bursa"))
    assert [defect.kind for defect in found] == [DefectKind.WRONG]


# --- a program that counts VAT by itself, and makes a document from a record ------------------------------------------

LINE = OrderLine(
    line_reference="1", name="Defter", quantity=Decimal(1), unit_price=Decimal("74.61"), vat_rate=Decimal(20)
)
OURS = MadeLine(name="Defter", quantity=Decimal(1), net=Decimal("62.18"), vat=Decimal("12.43"))
COUNTED = replace(OURS, vat=Decimal("12.44"))


def of_a_record(line: MadeLine, payable: str, provider: str = "books", **more: Any) -> set[str]:
    """In which fields a document of one line is another than its order's."""
    kept = clean()
    body = replace(evidence.placed(), lines=(LINE,))
    placed = replace(kept.submitted[0], event=replace(kept.submitted[0].event, body=body))
    index = EvidenceIndex(evidence=replace(kept, submitted=(placed, *kept.submitted[1:])))
    status = replace(evidence.status(evidence.SHIPPED, 3, DocumentState.ISSUED), provider=provider, lines=("1",))
    values = {"number": evidence.NUMBER, "lines": (line,), "payable": Decimal(payable), **more}
    found = differences(index, status, replace(evidence.made(), provider=provider, **values))
    return {sentence.partition(": the ")[2].partition(" at ")[0] for sentence in found}


def test_a_legal_document_may_have_its_own_vat_in_lines_and_has_the_order_s_total() -> None:
    assert of_a_record(OURS, "74.61") == set()
    assert of_a_record(COUNTED, "74.61") == set()
    assert of_a_record(COUNTED, "74.62") == {"payable amount"}
    assert of_a_record(replace(COUNTED, vat=Decimal("12.46")), "74.61") == {"lines"}
    assert of_a_record(COUNTED, "74.61", provider="nilvera") == {"lines"}


def test_a_record_without_legal_effect_may_come_to_the_total_that_was_counted() -> None:
    record = {"draft": True, "document_type": "SALES_INVOICE", "ettn": None}
    assert of_a_record(COUNTED, "74.62", **record) == set()
    assert of_a_record(OURS, "74.61", **{**record, "draft": False, "cancelled": True, "deleted": True}) == set()
    assert of_a_record(COUNTED, "74.63", **record) == {"payable amount"}
    assert of_a_record(COUNTED, "74.62", **{**record, "document_type": "EARSIV"}) == {"document type"}


def test_an_address_may_be_one_text_with_the_postal_code() -> None:
    address = Address(street="Deneme Sokak No: 1", district="Konak", city="İzmir", postal_code="35260")
    buyer = Buyer(name="Deneme", address=address)
    kept = clean()
    event = replace(kept.submitted[0].event, person=Person(buyer=buyer))
    index = EvidenceIndex(
        evidence=replace(kept, submitted=(replace(kept.submitted[0], event=event), *kept.submitted[1:]))
    )
    issued = evidence.status(evidence.SHIPPED, 3, DocumentState.ISSUED)

    def found(address: str) -> list[str]:
        return list(differences(index, issued, replace(evidence.made(), buyer="Deneme", address=address)))

    assert found("Deneme Sokak No: 1, Konak, İzmir") == found("Deneme Sokak No: 1 35260 Konak İzmir") == []
    assert found("Deneme Sokak No: 1 Konak 35260 İzmir") == []
    assert len(found("Deneme Sokak No: 1 Konak İzmir")) == len(found("Deneme Sokak No: 1 35260 Konak Bursa")) == 1


@pytest.mark.parametrize("name", ["quantity", "amount", "vat"])
def test_neither_is_what_a_line_does_not_say(name: str) -> None:
    says(with_row(lambda row: row["lines"][0].pop(name)), DefectKind.WRONG, "lines")


@pytest.mark.parametrize(
    ("provider", "receiver", "due"),
    [
        ("nilvera", "11111111111", "EARSIV"),
        ("nilvera", "1111111114", "EFATURA"),
        ("nilvera", "5555555553", "EARSIV"),
        ("testbook", "1111111114", "SALES_INVOICE"),
        ("portal", "1111111114", "EARSIV"),
    ],
)
def test_the_type_follows_from_provider_and_receiver(provider: str, receiver: str, due: str) -> None:
    assert type_of(evidence.PROVIDERS[provider], receiver) == due
