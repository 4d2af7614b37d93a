"""An order's InvoiceInfo on its way to Nilvera: whole, completed by what is ours, and refused with every reason."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.documents.invoice_info import read
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentState, DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import InternetSale, PaymentMeans, ReturnedInvoice, TaxExemptionReasons
from app.domain.payment import Payment, PaymentMethod
from app.domain.policy import Trigger
from app.stream.serialization.codec import Codec
from providers.base import ConnectionSettings, Done, Step, StepInput, UnpreparableError
from providers.nilvera.adapter import NilveraAdapter
from providers.nilvera.simulator.service import Nilvera
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import Booking
from providers.simulation.server import running
from tests.planning.events import Log, line, placed
from tests.providers.examples import FACTS, ISSUED_AT, LINE, SELLER_VKN, TAXPAYER, command, prepared_by

PDF = "JVBERi0xLjcgYW4gYXJ0aWZpY2lhbCBvbmU="
SAID = {
    "InvoiceType": "ISTISNA",
    "InvoiceSerieOrNumber": "WEB",
    "TaxExemptionReasonInfo": {"KDVExemptionReasonCode": "335"},
    "SendType": "KAGIT",
    "DespatchDocumentReference": [{"IssueDate": "2026-04-29", "Value": "EIR2026000000001"}],
    "OrderReference": {"IssueDate": "2026-04-28", "Value": "PO-77"},
    "AdditionalDocumentReferences": [
        {"ID": "1", "Attachment": {"Base64Data": PDF, "MimeCode": "application/pdf", "FileName": "terms.pdf"}}
    ],
    "PaymentTermsInfo": {"Percent": 1.5, "Amount": 12.5, "Note": "Gecikme faizi"},
    "PaymentMeansInfo": {
        "Code": "42",
        "DueDate": "2026-06-01",
        "PayeeFinancialAccountID": "TR330006100519786457841326",
    },
    "OKCInfo": {
        "ID": "12",
        "IssueDate": "2026-05-01",
        "Time": "09:30",
        "ZNo": "7",
        "EndPointID": "AB12345678",
        "DocumentDescription": "E-ARSIV",
    },
}
EXEMPT = replace(LINE, vat_rate=Decimal(0), vat_exemption_code="335")


def info_of(said: Mapping[str, Any]) -> InvoiceInfo:
    return read(json.dumps({"ArchiveInvoice": {"InvoiceInfo": said}}).encode())


def head(made: InvoiceCommand, document_type: DocumentType = DocumentType.EARSIV, **more: Any) -> dict[str, Any]:
    (model,) = json.loads(prepared_by("nilvera", made, document_type, **more).request).values()
    found: dict[str, Any] = model["InvoiceInfo"]
    return found


def reasons(made: InvoiceCommand, document_type: DocumentType = DocumentType.EARSIV) -> set[tuple[str, str]]:
    with pytest.raises(UnpreparableError) as refusal:
        prepared_by("nilvera", made, document_type)
    return {(error.path.removeprefix("$.order."), error.code) for error in refusal.value.errors}


class Recording(Nilvera):
    """The simulator, with what it booked as it came."""

    def __init__(self) -> None:
        super().__init__(Misbehaviour(), status_seconds=0.0)
        self.models: list[Mapping[str, Any]] = []

    def _book(self, company: str, api: str, model: Mapping[str, Any], fault: CallFault) -> Booking:
        self.models.append(model)
        return super()._book(company, api, model, fault)


async def test_an_orders_invoice_info_reaches_nilvera_from_the_order_event() -> None:
    """Through the fold and over the wire of the topic, as an issuer gets it."""
    book = line("1", vat_rate=Decimal(0))
    planned = Log(Trigger.ORDER_PLACED).command(placed(book, invoice_info=info_of(SAID)))
    made = replace(Codec().read(InvoiceCommand, Codec().write(planned)), occurred_at=ISSUED_AT)
    nilvera = Recording()
    async with running(nilvera.application()) as url:
        adapter = NilveraAdapter(ConnectionSettings(base_url=url, secrets={"api_key": f"sandbox-{SELLER_VKN}"}))
        prepared = adapter.prepare(made, FACTS, DocumentType.EARSIV, ISSUED_AT)
        done = await adapter.create(StepInput(Step.INVOICE, prepared), 5.0)
        await adapter.close()
    assert isinstance(done, Done)
    assert (done.state, done.ettn) == (DocumentState.PROCESSING, made.document_id)
    (model,) = nilvera.models
    told = model["InvoiceInfo"]
    document, slip = SAID["AdditionalDocumentReferences"][0], SAID["OKCInfo"]  # type: ignore[index]
    assert told["AdditionalDocumentReferences"] == [{**document, "IssueDate": "2026-05-02"}]
    assert told["OKCInfo"] == {**slip, "Time": "09:30:00"}  # type: ignore[dict-item]
    unchanged = SAID.keys() - {"AdditionalDocumentReferences", "OKCInfo"}
    assert {name: told[name] for name in unchanged} == {name: SAID[name] for name in unchanged}
    assert (told["UUID"], told["IssueDate"], told["CurrencyCode"]) == (made.document_id, "2026-05-02T00:30:00", "TRY")


def test_without_one_the_head_is_what_follows_from_the_order() -> None:
    empty = head(command(invoice_info=InvoiceInfo()))
    assert empty == head(command())


def test_an_internet_sale_that_is_said_is_completed_by_the_shipment() -> None:
    sale = InternetSale(web_site="www.example.com", payment_method=PaymentMethod.CARD)
    info = InvoiceInfo(sales_platform=Platform.INTERNET, internet_info=sale)
    assert head(command(invoice_info=info))["InternetInfo"] == {
        "WebSite": "www.example.com",
        "PaymentMethod": "KREDIKARTI/BANKAKARTI",
        "PaymentDate": "2026-04-30",
        "TransporterName": "Deneme Kargo",
        "TransporterRegisterNumber": "9876543217",
        "TransportDate": "2026-05-02",
    }


def test_a_payment_that_is_said_otherwise_takes_no_facts_of_the_orders() -> None:
    sale = InternetSale(web_site="www.example.com", payment_method=PaymentMethod.TRANSFER)
    info = InvoiceInfo(sales_platform=Platform.INTERNET, internet_info=sale)
    assert reasons(command(invoice_info=info)) == {("invoice_info.InternetInfo.PaymentDate", "PAYMENT_DATE_REQUIRED")}


def test_an_efatura_has_none_of_the_archive_reports_facts() -> None:
    info = InvoiceInfo(send_type=Sending.KAGIT, payment_means_info=PaymentMeans(code="42"))
    told = head(command(person=TAXPAYER, invoice_info=info), DocumentType.EFATURA)
    assert told["PaymentMeansInfo"] == {"Code": "42"}
    assert not told.keys() & {"SalesPlatform", "SendType", "InternetInfo", "ISDespatch"}


def test_the_orders_template_goes_before_the_connections() -> None:
    theirs, ours = "0f8fad5b-d9cb-469f-a165-70867728950e", "1f8fad5b-d9cb-469f-a165-70867728950e"
    assert head(command(), template=ours)["TemplateUUID"] == ours
    assert head(command(invoice_info=InvoiceInfo(template_uuid=theirs)), template=ours)["TemplateUUID"] == theirs


def test_a_return_names_what_it_takes_back() -> None:
    taken = ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=date(2026, 4, 1))
    info = InvoiceInfo(invoice_type=InvoiceType.IADE, return_invoice_info=(taken,))
    told = head(command(invoice_info=info))
    assert told["InvoiceType"] == "IADE"
    assert told["ReturnInvoiceInfo"] == [{"InvoiceNumber": "ABC2026000000001", "IssueDate": "2026-04-01"}]


@pytest.mark.parametrize(
    ("info", "found"),
    [
        (InvoiceInfo(invoice_type=InvoiceType.TEVKIFAT),
         {("invoice_info.InvoiceType", "INVOICE_TYPE_CONTRADICTION")}),
        (InvoiceInfo(invoice_type=InvoiceType.OZELMATRAH),
         {("invoice_info.InvoiceType", "NOT_AT_THIS_PROVIDER"),
          ("invoice_info.InvoiceType", "INVOICE_TYPE_CONTRADICTION")}),
        (InvoiceInfo(payment_means_info=PaymentMeans(code="4711")),
         {("invoice_info.PaymentMeansInfo.Code", "PAYMENT_MEANS_UNKNOWN")}),
        (InvoiceInfo(tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code="351")),
         {("invoice_info.TaxExemptionReasonInfo.KDVExemptionReasonCode", "REASON_OF_NO_LINE")}),
        (InvoiceInfo(return_invoice_info=(ReturnedInvoice(invoice_number="1", issue_date=date(2026, 6, 1)),)),
         {("invoice_info.ReturnInvoiceInfo", "RETURN_INVOICE_NOT_ALLOWED"),
          ("invoice_info.ReturnInvoiceInfo[0].InvoiceNumber", "RETURN_NUMBER_FORMAT"),
          ("invoice_info.ReturnInvoiceInfo[0].IssueDate", "RETURN_DATE_AFTER_ISSUE")}),
    ],
)  # fmt: skip
def test_nothing_is_sent_with_a_head_that_breaks_a_rule(info: InvoiceInfo, found: set[tuple[str, str]]) -> None:
    assert reasons(command(invoice_info=info)) == found


def test_a_type_that_the_lines_contradict_is_refused() -> None:
    sale = InvoiceInfo(invoice_type=InvoiceType.SATIS)
    place = "lines"
    assert reasons(command(lines=(EXEMPT,), invoice_info=sale)) == {(place, "VAT_EXEMPTION_NOT_OF_TYPE")}


def test_an_efatura_cannot_stand_for_the_delivery_note() -> None:
    made = command(person=TAXPAYER, invoice_info=InvoiceInfo(is_despatch=True))
    assert reasons(made, DocumentType.EFATURA) == {("invoice_info.ISDespatch", "NOT_IN_EFATURA")}
    assert head(command(invoice_info=InvoiceInfo(is_despatch=True)))["ISDespatch"] is True


def test_every_fault_of_the_order_and_of_its_head_comes_in_one_list() -> None:
    info = InvoiceInfo(payment_means_info=PaymentMeans(code="4711"))
    payment = Payment(method=PaymentMethod.OTHER)
    assert reasons(command(currency="EUR", carrier=None, payment=payment, earsiv_series=None, invoice_info=info)) == {
        ("exchange_rate", "EXCHANGE_RATE_REQUIRED"),
        ("carrier", "TRANSPORTER_REQUIRED"),
        ("payment.name", "PAYMENT_NAME_REQUIRED"),
        ("earsiv_series", "SERIES_REQUIRED"),
        ("invoice_info.PaymentMeansInfo.Code", "PAYMENT_MEANS_UNKNOWN"),
    }
