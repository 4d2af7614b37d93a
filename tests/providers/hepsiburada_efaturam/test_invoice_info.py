"""Each field of an order's InvoiceInfo, and of its lines, alone: it is in what the service has, or refused by name."""

import base64
import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

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
from app.domain.payment import PaymentMethod
from providers.base import Done, Prepared, Step, StepInput, UnpreparableError
from providers.hepsiburada_efaturam.mapping import buyer_in, invoice_in
from tests.documents.order_kinds import KINDS
from tests.providers.examples import FACTS, ISSUED_AT, LINE, command
from tests.providers.hepsiburada_efaturam.service import SECONDS, Service

DAY = date(2026, 4, 29)
PDF = base64.b64encode(b"%PDF-1.7 an artificial one").decode()
XSLT = base64.b64encode(
    b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    b'<xsl:template match="/"><html/></xsl:template></xsl:stylesheet>'
).decode()
EXEMPT = replace(LINE, vat_rate=Decimal(0), vat_exemption_code="335")
# What an order cannot have of its own: it is fixed when the document is prepared.
FIXED = {"uuid", "issue_date", "invoice_serie_or_number", "currency_code", "exchange_rate"}
REFUSED = {"template_uuid"}
# Each with what must be found of it, and with what else the order needs for it.
CARRIED: dict[str, tuple[dict[str, Any], list[str], dict[str, Any]]] = {
    "template_base64_string": ({"template_base64_string": XSLT}, [XSLT], {}),
    "invoice_type": ({"invoice_type": InvoiceType.ISTISNA}, ["ISTISNA", ">335<"], {"lines": (EXEMPT,)}),
    "tax_exemption_reason_info": (
        {"tax_exemption_reason_info": TaxExemptionReasons(kdv_exemption_reason_code="335")},
        [">335<"],
        {"lines": (EXEMPT,)},
    ),
    "is_despatch": ({"is_despatch": True}, ["İrsaliye yerine geçer"], {}),
    "sales_platform": (
        {"sales_platform": Platform.INTERNET, "internet_info": InternetSale(web_site="www.shop.example",
                                                                            payment_method=PaymentMethod.CARD)},
        ["www.shop.example"],
        {},
    ),
    "send_type": ({"send_type": Sending.KAGIT}, ['"deliverytype": "Paper"'], {"website": None}),
    "despatch_document_reference": (
        {"despatch_document_reference": (DatedReference(value="EIR2026000000001", issue_date=DAY),)},
        ["EIR2026000000001", "2026-04-29"],
        {},
    ),
    "order_reference": (
        {"order_reference": DatedReference(value="PO-77", issue_date=DAY)},
        ["PO-77", "2026-04-29"],
        {},
    ),
    "order_reference_document": (
        {"order_reference_document": AdditionalDocument(id="OD-1", document_type="Teklif")},
        ["OD-1", "Teklif"],
        {},
    ),
    "additional_document_references": (
        {"additional_document_references": (
            AdditionalDocument(id="AD-1", document_type_code="KOD", attachment=Attachment(
                base64_data=PDF, mime_code="application/pdf", file_name="terms.pdf")),)},
        ["AD-1", "KOD", PDF, "terms.pdf", "application/pdf"],
        {},
    ),
    "return_invoice_info": (
        {"invoice_type": InvoiceType.IADE,
         "return_invoice_info": (ReturnedInvoice(invoice_number="ABC2026000000009", issue_date=DAY),)},
        ["IADE", "ABC2026000000009"],
        {},
    ),
    "payment_terms_info": (
        {"payment_terms_info": PaymentTerms(percent=Decimal("1.5"), amount=Decimal("12.5"), note="Gecikme faizi")},
        ["Gecikme faizi", ">1.5<", ">12.50<"],
        {},
    ),
    "payment_means_info": (
        {"payment_means_info": PaymentMeans(code="42", due_date=date(2026, 6, 1), channel_code="7", note="Havale",
                                            payee_financial_account_id="TR330006100519786457841326")},
        [">42<", "2026-06-01", ">7<", "Havale", "TR330006100519786457841326"],
        {},
    ),
    "okc_info": (
        {"okc_info": CashRegisterSlip(id="12", issue_date=DAY, time="09:30", z_no="7", end_point_id="AB12345678",
                                      document_description="E-ARSIV")},
        ['"papernumber": "12"', '"znumber": "7"', '"serialnumber": "AB12345678"', "2026-04-29T09:30:00", "E-ARSIV"],
        {},
    ),
    "internet_info": (
        {"sales_platform": Platform.INTERNET,
         "internet_info": InternetSale(web_site="www.shop.example", payment_method=PaymentMethod.INTERMEDIARY,
                                       payment_method_name="Aracı A.Ş.", payment_date=DAY,
                                       transporter_name="Özel Kargo", transporter_register_number="1111111114",
                                       transport_date=date(2026, 5, 2))},
        ["www.shop.example", "ODEMEARACISI", "Aracı A.Ş.", "2026-04-29T00:00:00", "Özel Kargo", "1111111114"],
        {},
    ),
}  # fmt: skip
OF_THE_ORDER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "note": ({"note": "Kapıda bırakın"}, ["Kapıda bırakın"]),
    "due_date": ({"due_date": date(2026, 6, 7)}, ["2026-06-07"]),
    "currency": ({"currency": "EUR", "exchange_rate": Decimal("48.1234")}, [">EUR<", ">48.1234<"]),
    "website": ({"website": "other.example"}, ["other.example"]),
    "sku": ({"lines": (replace(LINE, sku="SKU-9"),)}, ["SKU-9"]),
    "unit": ({"lines": (replace(LINE, unit="KGM"),)}, ['"KGM"']),
    "line_reference": ({"lines": (replace(LINE, line_reference="LR-5"),)}, ["LR-5"]),
    "discount": ({"lines": (replace(LINE, discount=Decimal(12)),)}, [">10.00<"]),
    "name": ({"lines": (replace(LINE, name="Tabak"),)}, ["Tabak"]),
}


async def has(service: Service, needles: list[str], **changes: Any) -> None:
    done = await service.create(service.prepared(command(**changes)))
    assert isinstance(done, Done), done
    (document,) = service.documents
    text = etree.tostring(document.sent.document, encoding="unicode")
    text += json.dumps(document.sent.beside, ensure_ascii=False)
    assert [needle for needle in needles if needle not in text] == []


@pytest.mark.parametrize("name", CARRIED)
async def test_a_field_of_the_invoice_info_is_in_what_the_service_has(service: Service, name: str) -> None:
    info, needles, more = CARRIED[name]
    await has(service, needles, invoice_info=InvoiceInfo(**info), **more)


@pytest.mark.parametrize("name", OF_THE_ORDER)
async def test_a_field_of_the_order_is_in_what_the_service_has(service: Service, name: str) -> None:
    changes, needles = OF_THE_ORDER[name]
    await has(service, needles, **changes)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_an_order_of_every_invoice_type_is_taken(service: Service, kind: InvoiceType) -> None:
    changes, person = KINDS[kind]
    made = command(person=person, website=None, **changes)
    prepared = service.adapter.prepare(made, FACTS, DocumentType.EARSIV, ISSUED_AT)
    await service.switch("taxpayers", unregistered=[buyer_of(prepared)])
    done = await service.create(prepared)
    assert isinstance(done, Done), done
    seen = await service.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(seen, Done), seen
    (document,) = service.documents
    withheld = document.sent.text("WithholdingTaxTotal", "TaxAmount")
    assert bool(withheld) == bool(document.sent.beside["earchiveinvoiceinfo"].get("withholdings"))


def buyer_of(prepared: Prepared) -> str:
    return str(buyer_in(invoice_in(prepared.request))["TaxNumber"])


def test_a_template_of_another_provider_is_refused_by_its_name(service: Service) -> None:
    named = InvoiceInfo(template_uuid="0f8fad5b-d9cb-469f-a165-70867728950e")
    with pytest.raises(UnpreparableError) as refusal:
        service.prepared(command(invoice_info=named))
    assert [error.path for error in refusal.value.errors] == ["$.order.invoice_info.TemplateUUID"]


def test_no_field_of_the_invoice_info_is_forgotten_here() -> None:
    assert {each.name for each in fields(InvoiceInfo)} == CARRIED.keys() | REFUSED | FIXED
