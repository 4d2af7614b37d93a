"""Our document in Nilvera's words: the exact JSON, and every reason why there is none."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import TaxExemptionReasons
from app.domain.orders import LineKind, OrderType
from app.domain.parties import BusinessFacts, Person
from app.domain.payment import Payment, PaymentMethod
from providers.base import UnpreparableError
from providers.nilvera.mapping import with_alias
from providers.nilvera.simulator.checks import problem_in
from tests.documents.from_order.test_invoice import checked, shipments, whole
from tests.providers.examples import (
    CONSUMER,
    FACTS,
    LINE,
    SELLER,
    SELLER_VKN,
    TAXPAYER,
    command,
    prepared_by,
)

NOTHING = TaxExemptionReasons(kdv_exemption_reason_code="351")
CONSUMER_JSON = """
{"ArchiveInvoice": {
  "InvoiceInfo": {
    "UUID": "%s",
    "InvoiceType": "SATIS",
    "InvoiceSerieOrNumber": "ABC",
    "IssueDate": "2026-05-02T00:30:00",
    "CurrencyCode": "TRY",
    "OrderReference": {"IssueDate": "2026-04-30", "Value": "ORDER-first"},
    "SalesPlatform": "INTERNET",
    "SendType": "ELEKTRONIK",
    "InternetInfo": {
      "WebSite": "shop.example",
      "PaymentMethod": "KREDIKARTI/BANKAKARTI",
      "PaymentDate": "2026-04-30",
      "TransporterName": "Deneme Kargo",
      "TransporterRegisterNumber": "9876543217",
      "TransportDate": "2026-05-02"
    },
    "LineExtensionAmount": 100.00,
    "GeneralKDV20Total": 20.00,
    "GeneralAllowanceTotal": 0.00,
    "PayableAmount": 120.00,
    "KdvTotal": 20.00
  },
  "CompanyInfo": {
    "TaxNumber": "1111111114",
    "Name": "Deneme Ticaret A.Ş.",
    "TaxOffice": "Kadıköy",
    "Address": "Deneme Sokak 1",
    "District": "Kadıköy",
    "City": "İstanbul",
    "Country": "Türkiye",
    "PostalCode": "34710"
  },
  "CustomerInfo": {
    "TaxNumber": "10000000078",
    "Name": "Ayşe Örnek",
    "Address": "Deneme Sokak 1",
    "District": "Kadıköy",
    "City": "İstanbul",
    "Country": "Türkiye",
    "PostalCode": "34710",
    "Mail": "ayse@example.test"
  },
  "InvoiceLines": [{
    "Index": "1",
    "Name": "Çay bardağı",
    "Quantity": 3,
    "UnitType": "C62",
    "Price": 33.33333333,
    "AllowanceTotal": 0.00,
    "KDVPercent": 20,
    "KDVTotal": 20.00
  }],
  "Notes": ["Teşekkürler"]
}}
"""


def model_of(
    made: InvoiceCommand, document_type: DocumentType = DocumentType.EARSIV, facts: BusinessFacts = FACTS
) -> dict[str, Any]:
    (model,) = json.loads(prepared_by("nilvera", made, document_type, facts).request).values()
    assert isinstance(model, dict)
    return model


def reasons(
    made: InvoiceCommand, document_type: DocumentType = DocumentType.EARSIV, facts: BusinessFacts = FACTS
) -> set[str]:
    with pytest.raises(UnpreparableError) as refusal:
        prepared_by("nilvera", made, document_type, facts)
    return {error.code for error in refusal.value.errors}


def test_an_internet_sale_to_a_consumer() -> None:
    made = command()
    prepared = prepared_by("nilvera", made, DocumentType.EARSIV)
    assert prepared.reference == made.document_id
    assert json.loads(prepared.request) == json.loads(CONSUMER_JSON % made.document_id)


def test_a_contact_that_is_no_number_and_no_address_is_not_sent() -> None:
    """Nilvera sends its mail there; what it says to another shape is not known, and no law asks for either."""
    typed = Person(buyer=replace(CONSUMER.buyer, phone="dahili 12", email="yok"))
    assert not {"Phone", "Mail"} & model_of(command(person=typed))["CustomerInfo"].keys()
    dotted = Person(buyer=replace(CONSUMER.buyer, phone="0532.123.45.67"))
    assert model_of(command(person=dotted))["CustomerInfo"]["Phone"] == "0532.123.45.67"


def test_amounts_are_numbers_with_two_decimals() -> None:
    request = prepared_by("nilvera", command(), DocumentType.EARSIV).request
    assert '"PayableAmount":120.00,' in request
    assert '"KDVTotal":20.00' in request


def test_an_efatura_has_a_profile_and_no_internet_sale() -> None:
    info = model_of(command(person=TAXPAYER), DocumentType.EFATURA)["InvoiceInfo"]
    assert info["InvoiceProfile"] == "TEMELFATURA"
    assert info["InvoiceSerieOrNumber"] == "EFA"
    assert not info.keys() & {"SalesPlatform", "SendType", "InternetInfo"}


def test_the_buyers_mailbox_is_added_beside_the_unchanged_document() -> None:
    request = prepared_by("nilvera", command(person=TAXPAYER), DocumentType.EFATURA).request
    sent = with_alias(request, "urn:mail:defaultpk@buyer.example")
    assert sent == f'{request[:-1]},"CustomerAlias":"urn:mail:defaultpk@buyer.example"}}'


def test_a_sale_from_no_website_is_an_ordinary_one() -> None:
    info = model_of(command(website=None, payment=None, carrier=None, dispatch_date=None))["InvoiceInfo"]
    assert info["SalesPlatform"] == "NORMAL"
    assert "InternetInfo" not in info


def test_digital_goods_and_services_need_no_carrier() -> None:
    service = replace(LINE, kind=LineKind.SERVICE)
    for changes in ({"order_type": OrderType.DIGITAL_GOODS}, {"lines": (service,)}):
        sale = model_of(command(carrier=None, dispatch_date=None, **changes))["InvoiceInfo"]["InternetInfo"]
        assert sale == {
            "WebSite": "shop.example",
            "PaymentMethod": "KREDIKARTI/BANKAKARTI",
            "PaymentDate": "2026-04-30",
        }


def test_an_internet_sale_names_everything_that_it_lacks() -> None:
    assert reasons(command(payment=None, carrier=None, dispatch_date=None)) == {
        "PAYMENT_REQUIRED",
        "TRANSPORTER_REQUIRED",
    }


def test_each_reason_is_named_once() -> None:
    with pytest.raises(UnpreparableError) as refusal:
        prepared_by("nilvera", command(carrier=None), DocumentType.EARSIV)
    assert [error.path for error in refusal.value.errors] == ["$.order.carrier"]


@pytest.mark.parametrize(
    ("payment", "missing"),
    [
        (Payment(method=PaymentMethod.CARD), {"PAYMENT_DATE_REQUIRED"}),
        (Payment(method=PaymentMethod.CASH_ON_DELIVERY), {"PAYMENT_DATE_REQUIRED"}),
        (Payment(method=PaymentMethod.OTHER), {"PAYMENT_NAME_REQUIRED"}),
        (Payment(method=PaymentMethod.INTERMEDIARY), {"PAYMENT_NAME_REQUIRED", "PAYMENT_DATE_REQUIRED"}),
    ],
)
def test_what_each_way_of_payment_must_say(payment: Payment, missing: set[str]) -> None:
    assert reasons(command(payment=payment)) == missing


def test_a_carrier_that_the_business_does_not_know_has_no_tax_number() -> None:
    assert reasons(command(carrier="Kim Kargo")) == {"CARRIER_UNKNOWN"}
    assert reasons(command(), facts=BusinessFacts(seller=SELLER)) == {"CARRIER_UNKNOWN"}


def test_a_series_is_needed_for_the_type_that_is_made() -> None:
    assert reasons(command(earsiv_series=None)) == {"SERIES_REQUIRED"}
    assert reasons(command(person=TAXPAYER, efatura_series=None), DocumentType.EFATURA) == {"SERIES_REQUIRED"}
    model_of(command(efatura_series=None))


@pytest.mark.parametrize("person", [None, Person(buyer=replace(CONSUMER.buyer, tax_number=None))])
def test_an_efatura_needs_a_taxpayer(person: Person | None) -> None:
    assert reasons(command(person=person), DocumentType.EFATURA) == {"TAX_NUMBER_REQUIRED"}


def test_nilvera_keeps_no_books() -> None:
    assert reasons(command(), DocumentType.SALES_INVOICE) == {"DOCUMENT_TYPE_UNSUPPORTED"}


def test_faults_of_the_order_and_of_the_sale_come_in_one_list() -> None:
    assert reasons(command(currency="EUR", carrier=None, earsiv_series=None)) == {
        "EXCHANGE_RATE_REQUIRED",
        "TRANSPORTER_REQUIRED",
        "SERIES_REQUIRED",
    }


def test_a_foreign_currency_carries_its_rate() -> None:
    info = model_of(command(currency="EUR", exchange_rate=Decimal("48.123456")))["InvoiceInfo"]
    assert (info["CurrencyCode"], info["ExchangeRate"]) == ("EUR", 48.123456)
    assert "ExchangeRate" not in model_of(command())["InvoiceInfo"]


def test_an_exemption_stands_in_the_header() -> None:
    book = replace(LINE, line_reference="L2", vat_rate=Decimal(0), vat_exemption_code="335")
    info = model_of(command(lines=(LINE, book)))["InvoiceInfo"]
    assert info["InvoiceType"] == "ISTISNA"
    assert info["TaxExemptionReasonInfo"] == {"KDVExemptionReasonCode": "335"}


def test_the_model_has_room_for_one_exemption_of_a_sale() -> None:
    exempt = [replace(LINE, vat_rate=Decimal(0), vat_exemption_code=code) for code in ("335", "101")]
    assert reasons(command(lines=tuple(exempt))) == {
        "ONE_VAT_EXEMPTION",
        "VAT_EXEMPTION_UNKNOWN",
        "VAT_EXEMPTION_UNSUPPORTED",
    }


@pytest.mark.parametrize("said", [None, InvoiceInfo(tax_exemption_reason_info=NOTHING)])
def test_a_gift_at_a_rate_of_its_own_has_reason_351_in_the_header(said: InvoiceInfo | None) -> None:
    gift = replace(LINE, line_reference="L2", vat_rate=Decimal(10), unit_price=Decimal(0))
    info = model_of(command(lines=(LINE, gift), invoice_info=said))["InvoiceInfo"]
    assert (info["InvoiceType"], info["TaxExemptionReasonInfo"]) == ("SATIS", {"KDVExemptionReasonCode": "351"})


def test_the_model_has_no_room_for_an_exempt_line_beside_a_gift_at_another_rate() -> None:
    gift = replace(LINE, line_reference="L2", unit_price=Decimal(0))
    book = replace(LINE, line_reference="L3", vat_rate=Decimal(0), vat_exemption_code="335")
    assert reasons(command(lines=(gift, book))) == {"ONE_VAT_EXEMPTION"}


def breaks_no_rule(order: DocumentOrder) -> None:
    made = replace(command(), order=order)
    try:
        prepared = prepared_by("nilvera", made, DocumentType.EARSIV)
    except UnpreparableError:
        assert reasons(made) <= {"NOTHING_TO_INVOICE", "ONE_VAT_EXEMPTION"}
    else:
        assert problem_in(json.loads(prepared.request, parse_float=Decimal)["ArchiveInvoice"], SELLER_VKN) is None
        assert not checked(whole(order))


@given(shipments(st.integers(1, 4)))
@settings(max_examples=10, deadline=None)
def test_what_is_prepared_breaks_no_rule_of_gibs_and_none_of_the_simulators(parts: list[DocumentOrder]) -> None:
    breaks_no_rule(parts[0])


@pytest.mark.fuzz
@given(shipments(st.integers(1, 6)))
@settings(max_examples=200, deadline=None)
def test_many_orders_that_are_prepared_break_no_rule(parts: list[DocumentOrder]) -> None:
    for order in parts:
        breaks_no_rule(order)


def test_a_company_abroad_has_the_number_that_practice_writes_and_is_no_registered_taxpayer() -> None:
    abroad = replace(CONSUMER.buyer, name="Example GmbH", family_name=None, tax_number="2222222222")
    made = command(person=Person(buyer=abroad))
    assert model_of(made)["CustomerInfo"]["TaxNumber"] == "2222222222"
    assert reasons(made, DocumentType.EFATURA) == {"TAX_NUMBER_REQUIRED"}


def test_a_discount_stands_on_the_lines_as_an_allowance() -> None:
    discount = replace(LINE, kind=LineKind.DISCOUNT, quantity=Decimal(1), unit_price=Decimal("-12.00"))
    model = model_of(command(lines=(LINE, discount)))
    (line,) = model["InvoiceLines"]
    assert (line["AllowanceTotal"], line["KDVTotal"]) == (10, 18)
    assert (model["InvoiceInfo"]["GeneralAllowanceTotal"], model["InvoiceInfo"]["PayableAmount"]) == (10, 108)


def test_a_due_date_stands_with_the_means_of_payment() -> None:
    info = model_of(command(due_date=date(2026, 6, 1)))["InvoiceInfo"]
    assert info["PaymentMeansInfo"] == {"Code": "48", "DueDate": "2026-06-01"}
