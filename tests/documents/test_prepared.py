"""One call makes an order one checked document, or every reason why not."""

from dataclasses import replace

import pytest

from app.documents.model.invoice import Invoice
from app.documents.prepared import Content, DocumentErrors, prepare_invoice
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from tests.providers.examples import FACTS, ISSUED_AT, LINE, TAXPAYER, command

NUMBER = "ABC2026000000001"


def codes(found: Invoice | DocumentErrors) -> list[str]:
    assert isinstance(found, DocumentErrors)
    return [error.code for error in found.errors]


def test_a_document_has_its_header_its_lines_and_its_notes() -> None:
    invoice = prepare_invoice(command(), FACTS, DocumentType.EARSIV, ISSUED_AT, NUMBER)
    assert isinstance(invoice, Invoice)
    assert (invoice.info.invoice_serie_or_number, invoice.info.uuid) == (NUMBER, command().document_id)
    assert (invoice.payable, invoice.notes) == (120, ("Teşekkürler",))


@pytest.mark.parametrize(
    ("document_type", "series", "profile"),
    [(DocumentType.EARSIV, "ABC", "EARSIVFATURA"), (DocumentType.EFATURA, "EFA", "TEMELFATURA")],
)
def test_without_a_number_it_has_the_series_of_its_type(document_type: DocumentType, series: str, profile: str) -> None:
    invoice = prepare_invoice(command(person=TAXPAYER), FACTS, document_type, ISSUED_AT)
    assert isinstance(invoice, Invoice)
    assert (invoice.info.invoice_serie_or_number, invoice.profile) == (series, profile)


def test_every_reason_comes_in_one_list_the_orders_the_providers_and_the_headers() -> None:
    asked: list[Content] = []

    def requirements(content: Content) -> list[FieldError]:
        asked.append(content)
        return [FieldError(path="$.order.note", code="NO_NOTES", message="takes no notes")]

    wrong = command(lines=(replace(LINE, unit="XXX"),), payment=None)
    found = prepare_invoice(wrong, FACTS, DocumentType.EARSIV, ISSUED_AT, requirements=requirements)
    assert codes(found) == ["UNIT_UNKNOWN", "NO_NOTES", "PAYMENT_REQUIRED"]
    assert [(each.order, each.exemption_codes) for each in asked] == [(wrong.order, ())]


def test_a_sales_invoice_in_books_needs_nothing_that_only_an_e_document_does() -> None:
    assert isinstance(prepare_invoice(command(payment=None), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT), Invoice)


def test_a_command_without_an_order_makes_no_document() -> None:
    with pytest.raises(ValueError, match="carries no order"):
        prepare_invoice(replace(command(), order=None), FACTS, DocumentType.EARSIV, ISSUED_AT)
