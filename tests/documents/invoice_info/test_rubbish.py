"""Whatever somebody's program or a broken disk made of it, it reads or is refused with places and codes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.invoice_info import Circumstances, InvoiceInfoRefused, read, violations, write
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import DatedReference, PaymentMeans, ReturnedInvoice, TaxExemptionReasons
from tests.documents.invoice_info.infos import INTERNET, NOW, SLIP, TODAY, XSLT, attached
from tests.harness.hostile_input import altered_bytes, altered_json

FULL = replace(
    INTERNET,
    invoice_type=InvoiceType.IADE,
    template_base64_string=XSLT,
    tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code="351", otv_exemption_reason_code="151"),
    order_reference=DatedReference(issue_date=TODAY, value="1"),
    order_reference_document=attached(),
    additional_document_references=(attached(),),
    return_invoice_info=(ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=TODAY),),
    payment_means_info=PaymentMeans(code="42", payee_financial_account_id="TR330006100519786457841326"),
    okc_info=SLIP,
)
VALID = st.just(write(FULL))


def judged(raw: bytes) -> None:
    try:
        info = read(raw)
    except InvoiceInfoRefused as refused:
        found = refused.errors
        assert found
    else:
        assert read(write(info)) == info
        found = violations(info, Circumstances(now=NOW))
    assert all(each.path.startswith("$") and each.code.isupper() and each.message for each in found)


def test_what_is_spoilt_here_was_without_fault() -> None:
    assert violations(read(write(FULL)), Circumstances(now=NOW)) == ()


@given(altered_json(VALID))
def test_values_that_break_parsers_are_refused(raw: bytes) -> None:
    judged(raw)


@given(altered_bytes(VALID))
def test_damaged_bytes_are_refused_or_read(raw: bytes) -> None:
    judged(raw)


@pytest.mark.fuzz
@given(st.data())
def test_many_more_of_both(data: st.DataObject) -> None:
    for _ in range(20):
        judged(data.draw(altered_json(VALID) | altered_bytes(VALID)))
