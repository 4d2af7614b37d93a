"""Each field of an order alone, on its way to Sovos: it arrives, and what it has no place for is refused by name."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import (
    AdditionalDocument,
)
from app.domain.orders import LineKind, OrderType
from app.domain.parties import Person
from app.domain.payment import Payment, PaymentMethod
from providers.base import Done, UnpreparableError
from providers.sovos.adapter import SovosAdapter
from tests.providers.examples import CONSUMER, FACTS, ISSUED_AT, LINE, SELLER, TAXPAYER, command
from tests.providers.sovos.bench import bench_with, settings_for

DAY = date(2026, 4, 29)
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
