"""How it was paid, the cash register's slip, and what an internet sale has to tell."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.invoice_info.enums import Platform, Sending
from app.domain.invoice_info.model import PaymentMeans, PaymentTerms
from app.domain.payment import PaymentMethod
from tests.documents.invoice_info.infos import INTERNET, SALE, SLIP, TODAY, WHOLE, found

TRANSPORTER = {"transporter_name": None, "transporter_register_number": None, "transport_date": None}


def sold(**changes: Any) -> Any:
    return replace(INTERNET, internet_info=replace(SALE, **changes))


@pytest.mark.parametrize("code", ["1", "10", "42", "48", "ZZZ"])
def test_payment_means_that_gib_takes_are_taken(code: str) -> None:
    means = PaymentMeans(code=code, channel_code="anything", due_date=TODAY)
    assert found(replace(WHOLE, payment_means_info=means, payment_terms_info=PaymentTerms())) == set()


@pytest.mark.parametrize("code", ["54", "55", "58", "048", "zzz"])
def test_payment_means_that_gib_rejects_are_refused(code: str) -> None:
    assert found(replace(WHOLE, payment_means_info=PaymentMeans(code=code))) == {
        ("PaymentMeansInfo.Code", "PAYMENT_MEANS_UNKNOWN")
    }


@pytest.mark.parametrize(
    ("account", "wrong"),
    [
        ("TR330006100519786457841326", False),
        ("DE89370400440532013000", False),
        ("TR330006100519786457841327", True),
        ("TR33 0006 1005 1978 6457 8413 26", False),
        ("TR33 0006 1005 1978 6457 8413 27", True),
        ("tr330006100519786457841326", False),
        ("TR33000610051978645784132", True),
        ("TR33000610051978645784132٦", True),
        ("XX330006100519786457841326", True),
        ("1234567", False),
        ("1234-5678901", False),
        ("HS00123456", False),
    ],
)
def test_the_payees_account_is_any_and_an_iban_has_its_check_digits(account: str, *, wrong: bool) -> None:
    means = PaymentMeans(code="42", payee_financial_account_id=account)
    expected = {("PaymentMeansInfo.PayeeFinancialAccountID", "IBAN_INVALID")} if wrong else set()
    assert found(replace(WHOLE, payment_means_info=means)) == expected


def test_a_slip_is_of_a_type_that_gib_knows() -> None:
    assert found(replace(WHOLE, okc_info=SLIP)) == set()
    assert found(replace(WHOLE, okc_info=replace(SLIP, document_description="FIS"))) == {
        ("OKCInfo.DocumentDescription", "OKC_SLIP_UNKNOWN")
    }


def test_an_internet_sale_tells_itself_and_is_sent_electronically() -> None:
    assert found(INTERNET) == set()
    assert found(replace(INTERNET, internet_info=None)) == {("InternetInfo", "INTERNET_INFO_REQUIRED")}
    assert found(replace(INTERNET, send_type=Sending.KAGIT)) == {("SendType", "SEND_TYPE_NOT_ELEKTRONIK")}
    assert found(replace(INTERNET, send_type=None)) == {("SendType", "REQUIRED")}


def test_any_other_sale_does_not_tell_of_one() -> None:
    assert found(replace(INTERNET, sales_platform=Platform.NORMAL)) == {("InternetInfo", "INTERNET_INFO_NOT_ALLOWED")}


@pytest.mark.parametrize(
    "site", ["www.example.com", "https://example.com.tr/a?b=1", "example.com;www.örnek.com.tr", "example.com:8080"]
)
def test_web_sites_are_addresses(site: str) -> None:
    assert found(sold(web_site=site)) == set()


@pytest.mark.parametrize(
    "site", ["Deneme Mağazası", "example", "example.com;", "example.com, example.org", "ftp://a.b"]
)
def test_what_is_no_address_is_refused(site: str) -> None:
    assert found(sold(web_site=site)) == {("InternetInfo.WebSite", "WEB_SITE_INVALID")}


@pytest.mark.parametrize("method", PaymentMethod)
def test_a_payment_says_its_name_and_day_where_the_model_asks(method: PaymentMethod) -> None:
    named = method in {PaymentMethod.INTERMEDIARY, PaymentMethod.OTHER}
    expected = set()
    if named:
        expected.add(("InternetInfo.PaymentMethodName", "PAYMENT_NAME_REQUIRED"))
    if method is not PaymentMethod.OTHER:
        expected.add(("InternetInfo.PaymentDate", "PAYMENT_DATE_REQUIRED"))
    assert found(sold(payment_method=method, payment_method_name=None, payment_date=None)) == expected
    assert found(sold(payment_method=method, payment_method_name="Deneme Ödeme", payment_date=TODAY)) == set()


def test_goods_have_a_carrier_and_services_none() -> None:
    missing = {
        ("InternetInfo.TransporterName", "TRANSPORTER_REQUIRED"),
        ("InternetInfo.TransporterRegisterNumber", "TRANSPORTER_REQUIRED"),
        ("InternetInfo.TransportDate", "TRANSPORTER_REQUIRED"),
    }
    assert found(sold(**TRANSPORTER)) == missing
    assert found(sold(**TRANSPORTER), services_only=True) == set()
    assert found(INTERNET, services_only=True) == set()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("transporter_name", "TransporterName"),
        ("transporter_register_number", "TransporterRegisterNumber"),
        ("transport_date", "TransportDate"),
    ],
)
@pytest.mark.parametrize("services_only", [True, False])
def test_half_a_carrier_is_none(field: str, name: str, *, services_only: bool) -> None:
    assert found(sold(**{field: None}), services_only=services_only) == {
        (f"InternetInfo.{name}", "TRANSPORTER_REQUIRED")
    }


@pytest.mark.parametrize(
    ("number", "wrong"),
    [("7750409379", False), ("10000000146", False), ("7750409378", True), ("10000000147", True),
     ("11111111111", True), ("DENEME", True), ("77504093٧9", True)],
)  # fmt: skip
def test_a_carriers_number_has_right_check_digits(number: str, *, wrong: bool) -> None:
    expected = {("InternetInfo.TransporterRegisterNumber", "TAX_NUMBER_INVALID")} if wrong else set()
    assert found(sold(transporter_register_number=number)) == expected
