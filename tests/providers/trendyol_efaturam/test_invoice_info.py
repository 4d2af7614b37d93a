"""What only one version of Trendyol's create call has of an order's InvoiceInfo, and returns of several invoices."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import (
    DatedReference,
    ReturnedInvoice,
)
from providers.base import UnpreparableError
from tests.providers.examples import FACTS, command, prepared_by

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
DAY = date(2026, 4, 28)
TAKEN = ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=date(2026, 4, 1))


@pytest.mark.parametrize(
    ("info", "name"),
    [
        (InvoiceInfo(despatch_document_reference=(DatedReference(value="EIR2026000000001", issue_date=DAY),)),
         "DespatchDocumentReference"),
        (InvoiceInfo(invoice_type=InvoiceType.IADE, return_invoice_info=(TAKEN,)), "ReturnInvoiceInfo"),
    ],
)  # fmt: skip
def test_what_only_the_second_version_lacks_is_refused_there(info: InvoiceInfo, name: str) -> None:
    made = command(invoice_info=info)
    with pytest.raises(UnpreparableError) as refusal:
        prepared_by("trendyol-efaturam", made, DocumentType.EARSIV, earsiv_api="v2")
    assert {error.path for error in refusal.value.errors} == {
        f"$.order.invoice_info.{name}",
        "$.order.earsiv_series",
    }


def test_several_invoices_that_a_return_takes_back_are_a_list() -> None:
    second = replace(TAKEN, invoice_number="ABC2026000000002")
    info = InvoiceInfo(invoice_type=InvoiceType.IADE, return_invoice_info=(TAKEN, second))
    request = prepared_by("trendyol-efaturam", command(invoice_info=info), DocumentType.EARSIV, FACTS).request
    assert '"billingReferences":[{"invoiceId":"ABC2026000000001"' in request
    assert '"billingReference":' not in request
