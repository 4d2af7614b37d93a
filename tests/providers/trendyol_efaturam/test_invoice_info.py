"""Every field of an order's InvoiceInfo, alone, on its way to Trendyol: it arrives, or it is refused by its name."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.documents.model.profiles import Profile
from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import (
    AdditionalDocument,
    CashRegisterSlip,
    DatedReference,
    InternetSale,
    PaymentMeans,
    PaymentTerms,
    ReturnedInvoice,
    TaxExemptionReasons,
)
from app.domain.payment import PaymentMethod
from providers.base import Done, UnpreparableError
from tests.providers.examples import FACTS, LINE, command, prepared_by
from tests.providers.trendyol_efaturam.bench import bench_of

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
DAY = date(2026, 4, 28)
TAKEN = ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=date(2026, 4, 1))
SLIP = CashRegisterSlip(
    id="12", issue_date=DAY, time="09:30:00", z_no="7", end_point_id="AB12345678", document_description="E-ARSIV"
)
EXEMPT = {"lines": (replace(LINE, vat_rate=Decimal(0), vat_exemption_code="335"),)}
SALE = InternetSale(
    web_site="www.example.com",
    payment_method=PaymentMethod.INTERMEDIARY,
    payment_method_name="Deneme Ödeme",
    payment_date=DAY,
    transporter_name="Örnek Taşıma",
    transporter_register_number="9876543217",
    transport_date=date(2026, 4, 29),
)
NO_SALE: dict[str, Any] = {"website": None, "carrier": None}
# Each field of an InvoiceInfo, what else its order has, and what of Trendyol's body it comes to.
CARRIED: list[tuple[str, InvoiceInfo, dict[str, Any], dict[str, Any]]] = [
    ("invoice_type", InvoiceInfo(invoice_type=InvoiceType.IADE, return_invoice_info=(TAKEN,)), {},
     {"invoiceInfo.invoiceTypeCode": "IADE"}),
    ("return_invoice_info", InvoiceInfo(invoice_type=InvoiceType.IADE, return_invoice_info=(TAKEN,)), {},
     {"billingReference": {"invoiceId": "ABC2026000000001", "issueDate": "2026-04-01", "typeCode": "IADE"}}),
    ("tax_exemption_reason_info",
     InvoiceInfo(tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code="335")), EXEMPT,
     {"totalTax.subTotalTaxes.0.taxExemptionReasonCode": 335}),
    ("send_type", InvoiceInfo(send_type=Sending.ELEKTRONIK), {}, {}),
    ("despatch_document_reference",
     InvoiceInfo(despatch_document_reference=(DatedReference(value="EIR2026000000001", issue_date=DAY),)), {},
     {"dispatchInfos": [{"dispatchId": "EIR2026000000001", "dispatchDate": "2026-04-28"}]}),
    ("order_reference", InvoiceInfo(order_reference=DatedReference(value="PO-77", issue_date=DAY)), {},
     {"orderInfo": {"orderId": "PO-77", "orderDate": "2026-04-28"}}),
    ("payment_means_info",
     InvoiceInfo(payment_means_info=PaymentMeans(code="42", due_date=date(2026, 6, 1), note="Havale")),
     {**NO_SALE, "payment": None},
     {"paymentInfo": {"paymentDueDate": "2026-06-01T09:00:00.000Z", "paymentMeans": "EFT",
                      "instructionNote": "Havale"}}),
    ("sales_platform", InvoiceInfo(sales_platform=Platform.INTERNET, internet_info=SALE), NO_SALE,
     {"paymentInfo.purchaseUrl": "www.example.com"}),
    ("internet_info", InvoiceInfo(sales_platform=Platform.INTERNET, internet_info=SALE), NO_SALE,
     {"paymentInfo": {"purchaseUrl": "www.example.com", "paymentAgentName": "Deneme Ödeme",
                      "paymentDate": "2026-04-28T09:00:00.000Z", "paymentMeans": "MEDIATOR"},
      "deliveryInfo": {"carrierTaxId": "9876543217", "carrierName": "Örnek Taşıma", "sentAt": "2026-04-29"}}),
]  # fmt: skip
REFUSED: list[tuple[str, InvoiceInfo, str]] = [
    ("template_uuid", InvoiceInfo(template_uuid=UUID), "TemplateUUID"),
    ("template_base64_string", InvoiceInfo(template_base64_string="PHhzbDovPg=="), "TemplateBase64String"),
    ("is_despatch", InvoiceInfo(is_despatch=True), "ISDespatch"),
    ("send_type", InvoiceInfo(send_type=Sending.KAGIT), "SendType"),
    ("order_reference_document", InvoiceInfo(order_reference_document=AdditionalDocument(id="1")),
     "OrderReferenceDocument"),
    ("additional_document_references", InvoiceInfo(additional_document_references=(AdditionalDocument(id="1"),)),
     "AdditionalDocumentReferences"),
    ("payment_terms_info", InvoiceInfo(payment_terms_info=PaymentTerms(note="30 gün")), "PaymentTermsInfo"),
    ("okc_info", InvoiceInfo(okc_info=SLIP), "OKCInfo"),
    ("payment_means_info", InvoiceInfo(payment_means_info=PaymentMeans(code="48", channel_code="7")),
     "PaymentMeansInfo.ChannelCode"),
    ("payment_means_info", InvoiceInfo(payment_means_info=PaymentMeans(code="48", payee_financial_account_id="77")),
     "PaymentMeansInfo.PayeeFinancialAccountID"),
    ("payment_means_info", InvoiceInfo(payment_means_info=PaymentMeans(code="20")), "PaymentMeansInfo.Code"),
    ("payment_means_info", InvoiceInfo(payment_means_info=PaymentMeans(code="42")), "PaymentMeansInfo.Code"),
]  # fmt: skip
# These are fixed when a document is prepared; no order may have them.
OURS = {"uuid", "invoice_serie_or_number", "issue_date", "currency_code", "exchange_rate"}


def part(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body[int(name)] if isinstance(body, list) else body[name]
    return body


def test_every_field_is_carried_or_refused() -> None:
    named = {name for name, *_ in (*CARRIED, *REFUSED)}
    assert named | OURS == {field.name for field in fields(InvoiceInfo)}


@pytest.mark.parametrize(("info", "changes", "expected"), [each[1:] for each in CARRIED],
                         ids=[each[0] for each in CARRIED])  # fmt: skip
async def test_a_field_arrives_at_trendyol(
    info: InvoiceInfo, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    async with bench_of() as bench:
        prepared = bench.earsiv(invoice_info=info, **changes)
        assert isinstance(await bench.create(prepared), Done)
        arrived = bench.body(prepared)
    assert {path: part(arrived, path) for path in expected} == expected
    assert part(arrived, "invoiceInfo.invoiceType") == Profile.EARSIVFATURA


@pytest.mark.parametrize(("info", "name"), [each[1:] for each in REFUSED], ids=[each[2] for each in REFUSED])
def test_what_trendyol_has_no_field_for_is_refused_by_its_name(info: InvoiceInfo, name: str) -> None:
    with pytest.raises(UnpreparableError) as refusal:
        prepared_by("trendyol-efaturam", command(invoice_info=info), DocumentType.EARSIV)
    found = {(error.path, error.code) for error in refusal.value.errors}
    assert (f"$.order.invoice_info.{name}", "NOT_AT_THIS_PROVIDER") in found


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
