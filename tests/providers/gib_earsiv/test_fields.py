"""Each field of an order alone: found in the form that the portal has kept, or refused by name."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import FieldError
from app.domain.invoice_details import (
    Delivery,
    Detail,
    FurtherTax,
    Goods,
    Identification,
    InvoiceDetails,
    LineDetails,
    Period,
    PerUnit,
    WithheldVat,
)
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
from app.domain.orders import OrderLine
from app.domain.payment import PaymentMethod
from providers.base import UnpreparableError
from tests.providers.examples import CONSUMER, LINE, TAXPAYER
from tests.providers.gib_earsiv.bench import Desk

DAY = date(2026, 4, 28)
SLIP = CashRegisterSlip(
    id="12", issue_date=DAY, time="09:30:00", z_no="7", end_point_id="AB12345678", document_description="E-ARSIV"
)
RETURNED = (ReturnedInvoice(invoice_number="GIB2026000000001", issue_date=DAY),)
SALE = InternetSale(
    web_site="www.example.test",
    payment_method=PaymentMethod.CARD,
    payment_date=DAY,
    transporter_name="Deneme Kargo",
    transporter_register_number="1234567890",
    transport_date=DAY,
)
FILE = AdditionalDocument(id="1")
# What is sent alone, and what of the form it is found in.
CARRIED: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "invoice_type": (
        {"invoice_type": InvoiceType.IADE, "return_invoice_info": RETURNED},
        {"faturaTipi": "IADE"},
    ),
    "return_invoice_info": (
        {"invoice_type": InvoiceType.IADE, "return_invoice_info": RETURNED},
        {"iadeTable": [{"faturaNo": "GIB2026000000001", "duzenlenmeTarihi": "28/04/2026"}]},
    ),
    "is_despatch": ({"is_despatch": True}, {"not": "İrsaliye yerine geçer."}),
    "sales_platform": (
        {"sales_platform": Platform.INTERNET, "internet_info": SALE},
        {"not": "İnternet satışı: www.example.test"},
    ),
    "internet_info": (
        {"sales_platform": Platform.INTERNET, "internet_info": SALE},
        {"not": "Taşıyan: Deneme Kargo, 1234567890, 28/04/2026"},
    ),
    "send_type": ({"send_type": Sending.KAGIT}, {"not": "Gönderim şekli: KAGIT"}),
    "despatch_document_reference": (
        {"despatch_document_reference": (DatedReference(value="EIR2026000000001", issue_date=DAY),)},
        {"irsaliyeNumarasi": "EIR2026000000001", "irsaliyeTarihi": "28/04/2026"},
    ),
    "order_reference": (
        {"order_reference": DatedReference(value="PO-77", issue_date=DAY)},
        {"siparisNumarasi": "PO-77", "siparisTarihi": "28/04/2026"},
    ),
    "payment_terms_info": (
        {"payment_terms_info": PaymentTerms(percent=Decimal("1.5"), amount=Decimal("12.50"), note="Gecikme faizi")},
        {"not": "Ödeme koşulu: %1.5, 12.50, Gecikme faizi"},
    ),
    "payment_means_info": (
        {
            "payment_means_info": PaymentMeans(
                code="42", due_date=DAY, payee_financial_account_id="TR330006100519786457841326", note="Havale"
            )
        },
        {"not": "Ödeme aracı: 42, TR330006100519786457841326, Havale\nSon ödeme tarihi: 28/04/2026"},
    ),
    "okc_info": (
        {"okc_info": SLIP},
        {
            "fisNo": "12",
            "fisTarihi": "28/04/2026",
            "fisSaati": "09:30:00",
            "fisTipi": "E-ARSIV",
            "zRaporNo": "7",
            "okcSeriNo": "AB12345678",
        },
    ),
}
REFUSED: Mapping[str, dict[str, Any]] = {
    "uuid": {"uuid": "0f8fad5b-d9cb-469f-a165-70867728950e"},
    "invoice_serie_or_number": {"invoice_serie_or_number": "WEB"},
    "template_uuid": {"template_uuid": "0f8fad5b-d9cb-469f-a165-70867728950e"},
    "template_base64_string": {"template_base64_string": "PHhzbC8+"},
    "tax_exemption_reason_info": {
        "tax_exemption_reason_info": TaxExemptionReasons(otv_exemption_reason_code="101"),
    },
    "order_reference_document": {"order_reference_document": FILE},
    "additional_document_references": {"additional_document_references": (FILE,)},
}
# Always the order's own, which every document has.
OF_THE_ORDER = {"issue_date", "currency_code", "exchange_rate"}


async def form_of(desk: Desk, **changes: Any) -> dict[str, Any]:
    """What the portal has kept of an order with these changes alone."""
    await desk.made(**{"website": None, "payment": None, **changes})
    (draft,) = desk.portal.drafts
    return draft.form


def errors_of(desk: Desk, **changes: Any) -> tuple[FieldError, ...]:
    with pytest.raises(UnpreparableError) as refused:
        desk.prepared(**changes)
    return refused.value.errors


def is_in(form: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    return all(form[name] == value or (name == "not" and value in form[name]) for name, value in found.items())


def test_every_field_of_the_invoice_info_is_one_of_these() -> None:
    names = {each.name for each in fields(InvoiceInfo)}
    assert names == CARRIED.keys() | REFUSED.keys() | OF_THE_ORDER


@pytest.mark.parametrize("name", CARRIED)
async def test_what_has_a_place_is_found_there(desk: Desk, name: str) -> None:
    given, found = CARRIED[name]
    assert is_in(await form_of(desk, invoice_info=InvoiceInfo(**given)), found)


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_none_is_refused_by_name(desk: Desk, name: str) -> None:
    errors = errors_of(desk, invoice_info=InvoiceInfo(**REFUSED[name]))
    assert "NOT_IN_PORTAL" in {error.code for error in errors}


def test_a_second_despatch_document_is_refused(desk: Desk) -> None:
    both = tuple(DatedReference(value=f"EIR202600000000{n}", issue_date=DAY) for n in (1, 2))
    errors = errors_of(desk, invoice_info=InvoiceInfo(despatch_document_reference=both))
    assert [error.path for error in errors] == ["$.order.invoice_info.DespatchDocumentReference"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"name": "Şeker"}, {"malHizmet": "Şeker"}),
        ({"sku": "S-1"}, {"malHizmet": "Çay bardağı (S-1)"}),
        ({"quantity": Decimal("2.5")}, {"miktar": Decimal("2.5")}),
        ({"unit": "KGM"}, {"birim": "KGM"}),
        ({"unit_price": Decimal("60.00")}, {"birimFiyat": "50.00000000", "fiyat": "150.00"}),
        ({"vat_rate": Decimal(10)}, {"kdvOrani": "10", "kdvTutari": "10.91"}),
        (
            {"discount": Decimal("12.00")},
            {"iskontoArttm": "İskonto", "iskontoTutari": "10.00", "malHizmetTutari": "90.00"},
        ),
    ],
)
async def test_a_line_s_field_is_in_the_portal_s_line(
    desk: Desk, changes: dict[str, Any], found: dict[str, Any]
) -> None:
    form = await form_of(desk, lines=(replace(LINE, **changes),))
    (line,) = form["malHizmetTable"]
    assert {name: line[name] for name in found} == found


def test_a_unit_that_the_portal_has_not_is_refused(desk: Desk) -> None:
    (error,) = errors_of(desk, lines=(replace(LINE, unit="BO"),))
    assert (error.path, error.code) == ("$.order.lines[0].unit", "UNIT_UNKNOWN")


def test_a_line_without_vat_is_refused(desk: Desk) -> None:
    errors = errors_of(desk, lines=(replace(LINE, vat_rate=Decimal(0), vat_exemption_code="335"),))
    assert "VAT_EXEMPTION_UNSUPPORTED" in {error.code for error in errors}


async def test_withheld_vat_has_its_code_rate_and_amount_and_lowers_what_is_to_be_paid(desk: Desk) -> None:
    form = await form_of(desk, lines=(_with(withholding=WithheldVat(code="606")),), person=TAXPAYER)
    (line,) = form["malHizmetTable"]
    assert (form["faturaTipi"], line["tevkifatKodu"], line["V9015Orani"]) == ("TEVKIFAT", 606, 90)
    assert (line["kdvTutari"], line["V9015Tutari"]) == ("20.00", "18.00")
    assert (form["vergilerDahilToplamTutar"], form["odenecekTutar"]) == ("120.00", "102.00")


async def test_a_tax_in_the_base_of_vat_has_its_vat(desk: Desk) -> None:
    taxed = _with(taxes=(FurtherTax(code="0073", rate=Decimal(10)),))
    form = await form_of(desk, lines=(taxed,), prices_include_vat=False)
    (line,) = form["malHizmetTable"]
    assert (line["V0073Orani"], line["V0073Tutari"], line["V0073KdvTutari"]) == (10, "12.00", "2.40")
    assert (line["kdvTutari"], form["vergilerToplami"], form["odenecekTutar"]) == ("26.40", "38.40", "158.40")


async def test_accommodation_has_its_tax_and_its_days(desk: Desk) -> None:
    stay = replace(_with(taxes=(FurtherTax(code="0059", rate=Decimal(2)),)), name="Konaklama", vat_rate=Decimal(10))
    form = await form_of(
        desk,
        lines=(stay,),
        prices_include_vat=False,
        details=InvoiceDetails(period=Period(start_date=DAY, end_date=date(2026, 4, 30))),
    )
    (line,) = form["malHizmetTable"]
    assert (form["faturaTipi"], line["V0059Tutari"]) == ("KONAKLAMAVERGISI", "2.40")
    assert "V0059KdvTutari" not in line
    assert "Dönem: 28/04/2026 - 30/04/2026" in form["not"]


@pytest.mark.parametrize(
    "tax",
    [
        FurtherTax(code="9077", per_unit=PerUnit(amount=Decimal("1.50"))),
        FurtherTax(code="8004", rate=Decimal(2)),
        FurtherTax(code="4171", rate=Decimal(2)),
    ],
)
def test_a_tax_that_would_come_to_another_total_is_refused(desk: Desk, tax: FurtherTax) -> None:
    errors = errors_of(desk, lines=(_with(taxes=(tax,)),), prices_include_vat=False)
    assert "NOT_AT_THIS_PROVIDER" in {error.code for error in errors}


ID = Identification(scheme="KUNYENO", value="1234567890123456789")
NO_PLACE: Mapping[Detail, dict[str, Any]] = {
    Detail.SPECIAL_BASE: {"lines": (LineDetails(special_base=Decimal("40.00")),)},
    Detail.MARKS: {"lines": (LineDetails(marks=(ID,)),)},
    Detail.GOODS: {"lines": (LineDetails(goods=Goods(model_name="M")),)},
    Detail.DELIVERY: {"lines": (LineDetails(delivery=Delivery(customs_id="123456789012")),)},
    Detail.ACCOUNTING_COST: {"details": InvoiceDetails(accounting_cost="SAGLIK_ECZ")},
    Detail.SELLER_IDS: {"details": InvoiceDetails(seller_ids=(ID,))},
    Detail.BUYER_IDS: {"details": InvoiceDetails(buyer_ids=(ID,))},
    Detail.VAT_DEFERRED: {"details": InvoiceDetails(vat_deferred=True)},
}


def test_every_detail_is_carried_or_among_those_that_are_refused(desk: Desk) -> None:
    assert desk.adapter.capabilities.details == set(Detail) - NO_PLACE.keys()


@pytest.mark.parametrize("detail", NO_PLACE)
def test_a_detail_without_a_place_is_refused_by_name(desk: Desk, detail: Detail) -> None:
    given = NO_PLACE[detail]
    lines = tuple(replace(LINE, details=each) for each in given["lines"]) if "lines" in given else (LINE,)
    errors = errors_of(desk, lines=lines, details=given.get("details"))
    assert "NOT_AT_THIS_PROVIDER" in {error.code for error in errors if error.path.endswith(detail)}


async def test_the_order_s_note_currency_and_rate_are_in_the_form(desk: Desk) -> None:
    form = await form_of(desk, note="Kapıya bırakın", currency="EUR", exchange_rate=Decimal("48.123456"))
    assert form["not"].startswith("Kapıya bırakın\n")
    assert (form["paraBirimi"], form["dovzTLkur"]) == ("EUR", "48.123456")
    assert form["not"].endswith("120.00 EUR")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"name": "Deniz"}, {"aliciAdi": "Deniz"}),
        ({"family_name": "Deneme"}, {"aliciSoyadi": "Deneme"}),
        ({"tax_office": "Şişli"}, {"vergiDairesi": "Şişli"}),
        ({"email": "deneme@example.test"}, {"eposta": "deneme@example.test"}),
        ({"phone": "+90 555 000 00 42"}, {"tel": "+90 555 000 00 42"}),
    ],
)
def test_a_buyer_s_field_is_in_the_form(desk: Desk, changes: dict[str, Any], found: dict[str, Any]) -> None:
    person = replace(CONSUMER, buyer=replace(CONSUMER.buyer, **changes))
    form = desk.form(person)
    assert {name: form[name] for name in found} == found


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("street", "Örnek Sk. 1", "bulvarcaddesokak"),
        ("district", "Çankaya", "mahalleSemtIlce"),
        ("city", "Ankara", "sehir"),
        ("postal_code", "06690", "postaKodu"),
    ],
)
def test_a_field_of_the_buyer_s_address_is_in_the_form(desk: Desk, field: str, value: str, found: str) -> None:
    address = replace(CONSUMER.buyer.address, **{field: value})
    assert desk.form(replace(CONSUMER, buyer=replace(CONSUMER.buyer, address=address)))[found] == value


def _with(**details: Any) -> OrderLine:
    return replace(LINE, details=LineDetails(**details))
