"""Each field of an order and of its InvoiceInfo alone, on its way to Sovos: it arrives, or is refused by name."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import (
    AdditionalDocument,
    Attachment,
    CashRegisterSlip,
    DatedReference,
    InternetSale,
    PaymentMeans,
    PaymentTerms,
    ReturnedInvoice,
    TaxExemptionReasons,
)
from app.domain.orders import LineKind, OrderType
from app.domain.parties import Person
from app.domain.payment import Payment, PaymentMethod
from providers.base import Done, UnpreparableError
from providers.sovos.adapter import SovosAdapter
from tests.documents.invoice_info.infos import PDF, XSLT
from tests.providers.examples import CONSUMER, FACTS, ISSUED_AT, LINE, SELLER, TAXPAYER, command
from tests.providers.sovos.bench import bench_with, settings_for

DAY = date(2026, 4, 29)
FILE = Attachment(base64_data=PDF, mime_code="application/pdf", file_name="terms.pdf")
ATTACHED = AdditionalDocument(id="4712", document_type_code="X", attachment=FILE)
SALE = InternetSale(
    web_site="www.example.com",
    payment_method=PaymentMethod.INTERMEDIARY,
    payment_method_name="Deneme Pay",
    payment_date=DAY,
    transporter_name="Başka Kargo",
    transporter_register_number="7750409379",
    transport_date=date(2026, 5, 2),
)
EXEMPT = replace(LINE, vat_rate=Decimal(0), vat_exemption_code="335")
# What is an order's own, and what follows from it: no InvoiceInfo of an order may say them (see its tests).
OURS = {"uuid", "issue_date", "invoice_serie_or_number", "currency_code", "exchange_rate"}
INFO: list[tuple[str, InvoiceInfo, dict[str, Any], list[str]]] = [
    ("template_base64_string", InvoiceInfo(template_base64_string=XSLT), {}, [XSLT, ">XSLT<"]),
    ("invoice_type", InvoiceInfo(invoice_type=InvoiceType.ISTISNA), {"lines": (EXEMPT,)}, [">ISTISNA<"]),
    ("tax_exemption_reason_info",
     InvoiceInfo(tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code="335")),
     {"lines": (EXEMPT,)}, [">335<"]),
    ("is_despatch", InvoiceInfo(is_despatch=True), {}, ["İrsaliye yerine geçer"]),
    ("send_type", InvoiceInfo(send_type=Sending.KAGIT), {"website": None}, [">KAGIT<", ">EREPSENDT<"]),
    ("sales_platform", InvoiceInfo(sales_platform=Platform.INTERNET, internet_info=SALE), {"website": None},
     ["internetSatisBilgi/"]),
    ("internet_info", InvoiceInfo(sales_platform=Platform.INTERNET, internet_info=SALE), {"website": None},
     ["www.example.com", "ODEMEARACISI", "Deneme Pay", "2026-04-29", "Başka Kargo", "7750409379"]),
    ("despatch_document_reference",
     InvoiceInfo(despatch_document_reference=(DatedReference(value="EIR2026000000001", issue_date=DAY),)), {},
     ["EIR2026000000001", "2026-04-29"]),
    ("order_reference", InvoiceInfo(order_reference=DatedReference(value="PO-77", issue_date=DAY)), {},
     ["<cbc:ID>PO-77</cbc:ID><cbc:IssueDate>2026-04-29"]),
    ("order_reference_document",
     InvoiceInfo(order_reference=DatedReference(value="PO-77", issue_date=DAY),
                 order_reference_document=AdditionalDocument(id="4711", document_type="Sipariş", attachment=FILE)), {},
     [">4711<", "Sipariş", "terms.pdf"]),
    ("additional_document_references", InvoiceInfo(additional_document_references=(ATTACHED,)), {},
     [">4712<", PDF, "terms.pdf", "application/pdf"]),
    ("return_invoice_info",
     InvoiceInfo(invoice_type=InvoiceType.IADE,
                 return_invoice_info=(ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=DAY),)), {},
     ["ABC2026000000001", ">IADE<"]),
    ("payment_terms_info",
     InvoiceInfo(payment_terms_info=PaymentTerms(percent=Decimal("1.5"), amount=Decimal("12.50"), note="Gecikme")), {},
     [">1.5<", ">12.50<", "Gecikme"]),
    ("payment_means_info",
     InvoiceInfo(payment_means_info=PaymentMeans(code="42", channel_code="1", due_date=date(2026, 6, 1), note="Havale",
                                                 payee_financial_account_id="TR330006100519786457841326")), {},
     [">42<", "2026-06-01", "Havale", "TR330006100519786457841326"]),
    ("okc_info",
     InvoiceInfo(okc_info=CashRegisterSlip(id="12", issue_date=date(2026, 5, 1), time="09:30", z_no="7",
                                           end_point_id="AB12345678", document_description="E-ARSIV")), {},
     ["AB12345678", "09:30:00", "E-ARSIV", "OKCBF"]),
]  # fmt: skip
REFUSED = {"template_uuid": ("$.order.invoice_info.TemplateUUID", "TEMPLATE_UUID_UNSUPPORTED")}
BUYER = CONSUMER.buyer
ORDER: list[tuple[dict[str, Any], list[str]]] = [
    ({"order_date": DAY}, ["<cbc:ID>ORDER-first</cbc:ID><cbc:IssueDate>2026-04-29"]),
    ({"note": "İyi günlerde kullanın"}, ["İyi günlerde kullanın"]),
    ({"website": "other.example"}, ["other.example"]),
    ({"payment": Payment(method=PaymentMethod.OTHER, name="Çek", paid_on=DAY)}, ["DIGER", "Çek"]),
    ({"due_date": date(2026, 6, 2), "payment": Payment(method=PaymentMethod.TRANSFER, paid_on=DAY)}, ["2026-06-02"]),
    ({"dispatch_date": date(2026, 5, 3)}, ["gonderimTarihi", "2026-05-03"]),
    ({"carrier": "Deneme Kargo"}, ["9876543217", "Deneme Kargo"]),
    ({"order_type": OrderType.DIGITAL_GOODS, "carrier": None}, ["internetSatisBilgi/webAdresi"]),
    ({"currency": "EUR", "exchange_rate": Decimal("48.5")}, ['currencyID="EUR"', ">48.5<"]),
    ({"prices_include_vat": False}, [">144.00<"]),
    ({"lines": (replace(LINE, sku="SKU-1", unit="KGM", quantity=Decimal("1.5")),)},
     ["SKU-1", 'unitCode="KGM"', ">1.5<"]),
    ({"lines": (replace(LINE, discount=Decimal("12.00")),)}, [">108.00<", "AllowanceCharge"]),
    ({"lines": (LINE, replace(LINE, line_reference="S", name="Kargo", kind=LineKind.SHIPPING, quantity=Decimal(1)))},
     ["Kargo", ">160.00<"]),
    ({"lines": (replace(LINE, vat_rate=Decimal(0), vat_exemption_code="351"),)}, [">351<"]),
    ({"person": Person(buyer=replace(BUYER, phone="+90 555 000 00 00", tax_office="Şişli"))},
     ["+90 555 000 00 00", "ayse@example.test"]),
    ({"person": TAXPAYER}, ["Örnek Sanayi Ltd. Şti.", "Şişli", "2000000002"]),
    ({"person": None}, ["11111111111", "Nihai"]),
]  # fmt: skip


@pytest.mark.parametrize(("info", "changes", "said"), [case[1:] for case in INFO], ids=[case[0] for case in INFO])
async def test_a_field_of_the_orders_invoice_info_arrives(
    info: InvoiceInfo, changes: dict[str, Any], said: list[str]
) -> None:
    async with bench_with() as bench:
        prepared = bench.prepared(command(invoice_info=info, **changes))
        assert isinstance(await bench.create(prepared), Done)
        assert [each for each in said if each not in bench.xml(prepared)] == []


def test_every_field_of_invoice_info_is_among_them() -> None:
    assert {case[0] for case in INFO} | REFUSED.keys() | OURS == {field.name for field in fields(InvoiceInfo)}


@pytest.mark.parametrize(("changes", "said"), ORDER, ids=[", ".join(changes) for changes, _ in ORDER])
async def test_a_field_of_the_order_arrives(changes: dict[str, Any], said: list[str]) -> None:
    async with bench_with() as bench:
        prepared = bench.prepared(command(**changes))
        assert isinstance(await bench.create(prepared), Done)
        assert [each for each in said if each not in bench.xml(prepared)] == []


async def test_the_sellers_fields_arrive() -> None:
    seller = replace(SELLER, phone="+90 212 000 00 00", email="a@example.test", website="https://seller.example")
    async with bench_with() as bench:
        prepared = bench.prepared(facts=replace(FACTS, seller=seller))
        assert isinstance(await bench.create(prepared), Done)
        xml = bench.xml(prepared)
    assert [
        each for each in (seller.phone, seller.email, seller.website, seller.tax_office) if str(each) not in xml
    ] == []


def reasons(made: InvoiceCommand, kind: DocumentType, url: str = "https://api.example", **options: str) -> Any:
    with pytest.raises(UnpreparableError) as refusal:
        SovosAdapter(settings_for(url, **options)).prepare(made, FACTS, kind, ISSUED_AT, None)
    return {(error.path, error.code) for error in refusal.value.errors}


def test_a_template_that_is_named_is_refused_by_name() -> None:
    named = InvoiceInfo(template_uuid="0f8fad5b-d9cb-469f-a165-70867728950e")
    assert reasons(command(invoice_info=named), DocumentType.EARSIV) == {REFUSED["template_uuid"]}


def test_an_internet_sale_is_refused_until_it_is_known_where_it_is_written_and_an_efatura_has_none() -> None:
    settings = settings_for("https://api.example")
    options = {name: value for name, value in settings.options.items() if name != "internet_sale"}
    adapter = SovosAdapter(replace(settings, options=options))
    with pytest.raises(UnpreparableError) as refusal:
        adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT, None)
    (error,) = refusal.value.errors
    assert (error.path, error.code) == ("$.order.website", "INTERNET_SALE_PLACE_UNKNOWN")
    adapter.prepare(command(website=None), FACTS, DocumentType.EARSIV, ISSUED_AT, None)
    adapter.prepare(command(person=TAXPAYER), FACTS, DocumentType.EFATURA, ISSUED_AT, None)


def test_a_reference_that_looks_like_the_reports_is_refused_with_its_place() -> None:
    info = InvoiceInfo(additional_document_references=(AdditionalDocument(id="gonderimSekli", document_type="KAGIT"),))
    place = "$.order.invoice_info.AdditionalDocumentReferences[0]"
    assert reasons(command(invoice_info=info), DocumentType.EARSIV) == {(place, "REFERENCE_RESERVED")}


def test_an_efatura_needs_the_buyers_number() -> None:
    assert ("$.person.buyer.tax_number", "TAX_NUMBER_REQUIRED") in reasons(command(person=None), DocumentType.EFATURA)


def test_an_account_without_efatura_makes_none() -> None:
    settings = settings_for("https://api.example")
    options = {name: value for name, value in settings.options.items() if name != "sender_alias"}
    adapter = SovosAdapter(replace(settings, options=options))
    assert adapter.capabilities.document_types == {DocumentType.EARSIV}
    assert not adapter.capabilities.taxpayer_lookup
    with pytest.raises(UnpreparableError, match="sovos makes no EFATURA"):
        adapter.prepare(command(person=TAXPAYER), FACTS, DocumentType.EFATURA, ISSUED_AT, None)


def test_an_identity_of_a_test_environment_is_refused_at_a_live_address() -> None:
    seller = replace(SELLER, tax_number="3333333888")
    facts = replace(FACTS, seller=seller)
    live = SovosAdapter(settings_for("https://earsivws.fitbulut.com"))
    test = SovosAdapter(settings_for("https://earsivwstest.fitbulut.com"))
    test.prepare(command(), facts, DocumentType.EARSIV, ISSUED_AT, None)
    with pytest.raises(UnpreparableError):
        live.prepare(command(), facts, DocumentType.EARSIV, ISSUED_AT, None)
