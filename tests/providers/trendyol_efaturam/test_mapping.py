"""Our document in Trendyol's words: the exact JSON of both versions, in whole kuruş and in decimals."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.orders import OrderType
from app.domain.parties import Address, BusinessFacts, Buyer, Carrier, Person
from app.domain.payment import Payment, PaymentMethod
from providers.base import UnpreparableError
from providers.trendyol_efaturam.simulator.checks import sent_of
from tests.providers.examples import ADDRESS, CONSUMER, FACTS, LINE, SELLER, TAXPAYER, TCKN, command, prepared_by

V1 = """
{"source": "PORTAL", "autoInvoiceId": true, "prefix": "ABC", "localReferenceId": "%(uuid)s", "notes": ["Teşekkürler"],
 "issuedAt": "2026-05-01T21:30:00.000Z",
 "recipientInfo": {"taxId": "10000000078", "countryCode": "TR", "city": "İstanbul", "district": "Kadıköy",
  "address": "Deneme Sokak 1", "postalCode": "34710", "email": "ayse@example.test", "name": "Ayşe", "surname": "Örnek"},
 "currencyInfo": {"currency": "TRY", "hasExchange": false},
 "invoiceInfo": {"invoiceType": "EARSIVFATURA", "invoiceTypeCode": "SATIS", "invoiceUuid": "%(uuid)s"},
 "invoiceLines": [{"itemName": "Çay bardağı", "unitCode": "C62", "quantity": 3, "unitPriceAmount": 3333.333333,
  "totalAmount": 10000, "totalDiscountAmount": 0, "taxableAmount": 10000, "taxPercent": 20, "taxAmount": 2000,
  "taxName": "KDV", "taxCode": "0015", "totalTax": {"totalTaxAmount": 2000, "subTotalTaxes": [
   {"taxableAmount": 10000, "taxAmount": 2000, "taxType": "KDV", "percent": 20, "name": "KDV"}]}}],
 "totalTax": {"totalTaxAmount": 2000, "subTotalTaxes": [
  {"taxableAmount": 10000, "taxAmount": 2000, "taxType": "KDV", "percent": 20, "name": "KDV"}]},
 "invoiceTotal": {"lineExtensionAmount": 10000, "taxExclusiveAmount": 10000, "taxInclusiveAmount": 12000,
  "payableAmount": 12000, "allowanceTotalAmount": 0},
 "orderInfo": {"orderId": "ORDER-first", "orderDate": "2026-04-30"},
 "deliveryInfo": {"carrierTaxId": "9876543217", "carrierName": "Deneme Kargo", "sentAt": "2026-05-02"},
 "paymentInfo": {"purchaseUrl": "shop.example", "paymentDate": "2026-04-30T09:00:00.000Z",
  "paymentMeans": "CREDIT_CARD"}}
"""
V2 = """
{"source": "PORTAL", "localReferenceId": "%(uuid)s", "notes": ["Teşekkürler"],
 "invoiceIdentification": {"invoiceType": "EARSIVFATURA", "invoiceTypeCode": "SATIS", "autoInvoiceId": true,
  "invoiceUuid": "%(uuid)s", "issuedAt": "2026-05-01T21:30:00.000Z"},
 "receiverInfo": {"taxId": "10000000078", "countryCode": "TR", "city": "İstanbul", "district": "Kadıköy",
  "address": "Deneme Sokak 1", "postalCode": "34710", "email": "ayse@example.test", "name": "Ayşe", "surname": "Örnek"},
 "invoiceLines": [{"itemName": "Çay bardağı", "unitCode": "C62", "quantity": 3, "unitPriceAmount": 33.33333333,
  "subtotal": 100.00, "totalAmount": 100.00, "totalDiscountAmount": 0, "totalTax": {"totalTaxAmount": 20.00,
   "subTotalTaxes": [{"taxableAmount": 100.00, "taxAmount": 20.00, "taxType": "KDV", "percent": 20}]}}],
 "totalTax": {"totalTaxAmount": 20.00, "subTotalTaxes": [
  {"taxableAmount": 100.00, "taxAmount": 20.00, "taxType": "KDV", "percent": 20}]},
 "invoiceTotal": {"totalRawPrice": 100.00, "totalSubtotal": 100.00, "totalAmount": 120.00, "totalDiscountAmount": 0,
  "payableAmount": 120.00},
 "references": {"orderInfo": {"orderId": "ORDER-first", "orderDate": "2026-04-30"}},
 "currencyInfo": {"currency": "TRY", "hasExchange": false, "calculationRate": 0},
 "paymentInfo": {"purchaseUrl": "shop.example", "paymentDate": "2026-04-30T09:00:00.000Z",
  "paymentMeans": "CREDIT_CARD"},
 "deliveryInfo": {"carrierTaxId": "9876543217", "carrierName": "Deneme Kargo", "sentAt": "2026-05-02"}}
"""


def body(
    made: InvoiceCommand, document_type: DocumentType = DocumentType.EARSIV, facts: BusinessFacts = FACTS, **more: str
) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(prepared_by("trendyol-efaturam", made, document_type, facts, **more).request)
    return found


def buyer(**changes: Any) -> dict[str, Any]:
    person = Person(buyer=replace(CONSUMER.buyer, **changes))
    found: dict[str, Any] = body(command(person=person))["recipientInfo"]
    return found


def test_an_internet_sale_to_a_consumer_in_kurus() -> None:
    made = command()
    prepared = prepared_by("trendyol-efaturam", made, DocumentType.EARSIV)
    assert prepared.reference == made.document_id
    assert json.loads(prepared.request) == json.loads(V1 % {"uuid": made.document_id})


def test_the_same_sale_in_decimals() -> None:
    made = command(earsiv_series=None)
    assert body(made, earsiv_api="v2") == json.loads(V2 % {"uuid": made.document_id})


def test_an_efatura_is_of_the_first_version_whatever_earsiv_is_sent_by() -> None:
    told = body(command(person=TAXPAYER), DocumentType.EFATURA, earsiv_api="v2")
    assert told["invoiceInfo"]["invoiceType"] == "TEMELFATURA"
    assert told["recipientInfo"] == {
        "taxId": "2000000002", "countryCode": "TR", "city": "İstanbul", "district": "Kadıköy",
        "address": "Deneme Sokak 1", "postalCode": "34710", "name": "Örnek Sanayi Ltd. Şti.", "taxOffice": "Şişli",
    }  # fmt: skip
    assert told["paymentInfo"] == {"paymentDate": "2026-04-30T09:00:00.000Z", "paymentMeans": "CREDIT_CARD"}
    assert "deliveryInfo" not in told


def test_a_discount_is_said_beside_what_the_line_comes_to_before_it() -> None:
    cheaper = command(lines=(replace(LINE, discount=Decimal("12.00")),))
    (line,) = body(cheaper)["invoiceLines"]
    said = ("totalAmount", "totalDiscountAmount", "taxableAmount", "taxAmount")
    assert [line[name] for name in said] == [10000, 1000, 9000, 1800]
    assert body(cheaper)["invoiceTotal"] == {
        "lineExtensionAmount": 10000, "taxExclusiveAmount": 9000, "taxInclusiveAmount": 10800, "payableAmount": 10800,
        "allowanceTotalAmount": 1000,
    }  # fmt: skip
    (other,) = body(cheaper, line_total="with_vat")["invoiceLines"]
    assert [other[name] for name in said] == [10800, 1000, 9000, 1800]


def test_a_foreign_currency_has_its_rate_of_the_day_in_istanbul() -> None:
    told = body(command(currency="EUR", exchange_rate=Decimal("48.1234")))
    assert told["currencyInfo"] == {
        "currency": "EUR", "hasExchange": True, "calculationRate": 48.1234, "sourceCurrency": "EUR",
        "targetCurrency": "TRY", "exchangeDate": "2026-05-02",
    }  # fmt: skip


def test_each_exemption_is_said_of_its_own_subtotal() -> None:
    exempt = replace(LINE, line_reference="L2", vat_rate=Decimal(0), vat_exemption_code="335")
    told = body(command(lines=(LINE, exempt)))
    zero, full = told["totalTax"]["subTotalTaxes"]
    assert (zero["taxExemptionReasonCode"], zero["taxAmount"], full["taxAmount"]) == (335, 0, 2000)
    assert "taxExemptionReason" in zero and "taxExemptionReasonCode" not in full
    assert told["invoiceInfo"]["invoiceTypeCode"] == "ISTISNA"


def test_our_number_takes_the_place_of_the_series() -> None:
    told = body(command(), number="ORN2026000000001", numbers="ours")
    assert (told["autoInvoiceId"], told["invoiceInfo"]["invoiceId"]) == (False, "ORN2026000000001")
    assert "prefix" not in told


def test_without_a_series_the_account_s_default_is_used() -> None:
    assert "prefix" not in body(command(earsiv_series=None))


def test_a_line_s_sku_is_said_with_its_name() -> None:
    assert body(command(lines=(replace(LINE, sku="CB-1"),)))["invoiceLines"][0]["itemName"] == "Çay bardağı (CB-1)"


def test_a_design_of_the_connection_is_named() -> None:
    assert body(command(), template="TASARIM1")["xsltCode"] == "TASARIM1"


@pytest.mark.parametrize(
    ("phone", "written"),
    [("+90 (532) 000-00-00", "+905320000000"), ("0532 000 00 00", "05320000000"), ("gece arayın", None), (None, None)],
)
def test_a_telephone_number_is_written_without_its_signs_or_left_out(phone: str | None, written: str | None) -> None:
    assert buyer(phone=phone).get("phone") == written


def test_an_e_mail_address_that_is_none_or_the_seller_s_own_is_left_out() -> None:
    assert "email" not in buyer(email="yok")
    own = replace(FACTS, seller=replace(SELLER, email="AYSE@example.test"))
    assert "email" not in body(command(), facts=own)["recipientInfo"]


def test_a_postal_code_of_another_country_goes_with_the_street() -> None:
    abroad = Address(street="Deneme 1", district="Mitte", city="Berlin", postal_code="D-101", country="DE")
    told = buyer(address=replace(abroad, postal_code="D-1017"))
    assert (told["address"], told["countryCode"]) == ("Deneme 1 D-1017", "DE")
    assert "postalCode" not in told


def test_a_person_with_one_name_has_a_surname_that_can_be_sent() -> None:
    told = buyer(name="Ayşe", family_name=None, tax_number=None)
    assert (told["name"], told["surname"]) == ("Ayşe", "--")


def test_the_final_consumer_has_no_street() -> None:
    told = body(command(person=None))["recipientInfo"]
    assert (told["taxId"], told["name"], told["surname"]) == ("11111111111", "Nihai", "Tüketici")
    assert "address" not in told


def test_a_carrier_who_is_a_person_has_a_surname() -> None:
    facts = replace(FACTS, carriers=(Carrier(name="Deneme Kargo", tax_number=TCKN),))
    told = body(command(), facts=facts)["deliveryInfo"]
    assert (told["carrierTaxId"], told["carrierName"], told["carrierSurname"]) == (TCKN, "Deneme", "Kargo")


def test_a_sale_of_nothing_that_travels_has_no_carrier() -> None:
    told = body(command(order_type=OrderType.DIGITAL_GOODS, carrier=None, dispatch_date=None))
    assert "deliveryInfo" not in told


@pytest.mark.parametrize(
    ("method", "word"),
    [
        (PaymentMethod.CARD, "CREDIT_CARD"),
        (PaymentMethod.TRANSFER, "EFT"),
        (PaymentMethod.CASH_ON_DELIVERY, "ON_DELIVERY"),
        (PaymentMethod.INTERMEDIARY, "MEDIATOR"),
        (PaymentMethod.OTHER, "OTHER"),
    ],
)
def test_every_way_of_paying_has_its_word(method: PaymentMethod, word: str) -> None:
    payment = Payment(method=method, paid_on=date(2026, 4, 30), name="Deneme Ödeme")
    told = body(command(payment=payment))["paymentInfo"]
    assert (told["paymentMeans"], told["paymentAgentName"]) == (word, "Deneme Ödeme")
    shop = body(command(payment=payment, website=None, carrier=None))["paymentInfo"]
    assert shop["paymentMeans"] == word
    assert "purchaseUrl" not in shop


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"name": "A" * 128}, "name"), ({"name": "A"}, "name"), ({"address": replace(ADDRESS, city="İ")}, "address.city")],
)
def test_what_trendyol_would_refuse_of_a_buyer_is_refused_by_name(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(UnpreparableError) as refusal:
        buyer(**changes)
    assert [(error.path, error.code) for error in refusal.value.errors] == [
        (f"$.person.buyer.{path}", "NOT_AT_THIS_PROVIDER")
    ]


def test_a_title_is_measured_whole() -> None:
    company = Person(buyer=Buyer(name="A" * 100, family_name="B" * 40, tax_number="2000000002", address=ADDRESS))
    with pytest.raises(UnpreparableError, match="141 characters"):
        body(command(person=company), DocumentType.EFATURA)


def test_more_kurus_than_an_integer_of_32_bits_holds_are_refused() -> None:
    lines = (replace(LINE, quantity=Decimal(1), unit_price=Decimal("21474836.48")),)
    with pytest.raises(UnpreparableError, match=r"21474836\.47"):
        body(command(lines=lines))
    assert (
        body(command(lines=lines, earsiv_series=None), earsiv_api="v2")["invoiceTotal"]["payableAmount"] == 21474836.48
    )


def test_an_efatura_needs_a_taxpayer() -> None:
    with pytest.raises(UnpreparableError) as refusal:
        body(command(person=None), DocumentType.EFATURA)
    assert [error.code for error in refusal.value.errors] == ["TAX_NUMBER_REQUIRED"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"earsiv_api": "v3"}, "earsiv_api must be one of v1, v2"),
        ({"source": "SYSTEM"}, "source must be one of"),
        ({"company_id": "12a"}, "company_id must be a number"),
        ({"efatura_status": "status"}, "efatura_status must be a path"),
        ({"earsiv_api": "v2", "numbers": "ours"}, "are for earsiv_api v1"),
        ({"earsiv_api": "v2", "template": "T"}, "are for earsiv_api v1"),
        ({"search": "yes"}, "unknown options search"),
    ],
)
def test_options_that_are_none_are_refused_at_once(options: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        body(command(), **options)


PRICES = st.decimals(Decimal(1), Decimal(5000), places=2)


@given(
    price=PRICES,
    quantity=st.decimals(Decimal("0.1"), 40, places=1),
    share=st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.333")]),
    rate=st.sampled_from([Decimal(1), Decimal(10), Decimal(20)]),
    version=st.sampled_from(["v1", "v2"]),
)
@settings(max_examples=60)
def test_the_sums_of_any_order_are_taken_by_the_simulator_to_the_kurus(
    price: Decimal, quantity: Decimal, share: Decimal, rate: Decimal, version: str
) -> None:
    discount = (price * quantity * share).quantize(Decimal("0.01"))
    line = replace(LINE, unit_price=price, quantity=quantity, discount=discount, vat_rate=rate)
    made = command(lines=(line, replace(line, line_reference="L2")), earsiv_series=None)
    prepared = prepared_by("trendyol-efaturam", made, DocumentType.EARSIV, earsiv_api=version)
    sent = sent_of(json.loads(prepared.request, parse_float=Decimal), v2=version == "v2")
    assert sent.payable == sum((each.amount + each.vat for each in sent.lines), Decimal(0))
