"""What Testbook's books take of an order's InvoiceInfo, and what they refuse by name."""

import json
from datetime import date

import pytest

from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Sending
from app.domain.invoice_info.model import DatedReference, PaymentTerms
from providers.base import UnpreparableError
from tests.providers.examples import command, prepared_by


def test_books_take_the_orders_own_reference_and_what_agrees_with_the_order() -> None:
    theirs = DatedReference(value="PO-77", issue_date=date(2026, 4, 28))
    info = InvoiceInfo(invoice_type=InvoiceType.SATIS, currency_code="TRY", order_reference=theirs)
    made = prepared_by("testbook", command(invoice_info=info), DocumentType.SALES_INVOICE)
    assert json.loads(made.request)["order"] == "PO-77"


def test_books_refuse_by_name_what_they_would_lose() -> None:
    note = DatedReference(value="EIR2026000000001", issue_date=date(2026, 4, 28))
    info = InvoiceInfo(
        invoice_type=InvoiceType.IADE,
        send_type=Sending.KAGIT,
        payment_terms_info=PaymentTerms(note="30 gün"),
        despatch_document_reference=(note,),
        is_despatch=True,
    )
    with pytest.raises(UnpreparableError) as refusal:
        prepared_by("testbook", command(invoice_info=info), DocumentType.SALES_INVOICE)
    assert {(error.path, error.code) for error in refusal.value.errors} == {
        (f"$.order.invoice_info.{name}", "NOT_AT_THIS_PROVIDER")
        for name in ("InvoiceType", "SendType", "PaymentTermsInfo", "DespatchDocumentReference", "ISDespatch")
    } | {("$.order.invoice_info.InvoiceType", "NOT_AT_THIS_PROVIDER")}
