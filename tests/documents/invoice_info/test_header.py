"""What the invoice is, when, under which number, in which currency, in which template."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.documents.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Sending
from tests.documents.invoice_info.infos import NOW, WHOLE, XSLT, found


def test_a_whole_one_violates_nothing() -> None:
    assert found(WHOLE) == set()


def test_what_every_invoice_has_may_not_be_missing() -> None:
    missing = {"InvoiceType", "InvoiceSerieOrNumber", "IssueDate", "CurrencyCode", "SendType"}
    assert found(InvoiceInfo()) == {(field, "REQUIRED") for field in missing}


def test_a_paper_invoice_is_fine_when_nothing_was_sold_on_the_internet() -> None:
    assert found(replace(WHOLE, send_type=Sending.KAGIT)) == set()


def test_a_cancellation_is_no_invoice() -> None:
    assert found(replace(WHOLE, invoice_type=InvoiceType.IPTAL)) == {("InvoiceType", "INVOICE_TYPE_IPTAL")}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("AB", "SERIES_OR_NUMBER_LENGTH"),
        ("ABCD", "SERIES_OR_NUMBER_LENGTH"),
        ("ABC20260000000001", "SERIES_OR_NUMBER_LENGTH"),
        ("abc", "SERIES_FORMAT"),
        ("ÇAB", "SERIES_FORMAT"),
        ("ABC202600000000A", "NUMBER_FORMAT"),
        ("ABC1926000000001", "NUMBER_FORMAT"),
        ("ABC20260000000٣1", "NUMBER_FORMAT"),
    ],
)
def test_what_is_neither_series_nor_number_is_told_by_its_length_or_letters(said: str, code: str) -> None:
    assert found(replace(WHOLE, invoice_serie_or_number=said)) == {("InvoiceSerieOrNumber", code)}


@pytest.mark.parametrize("said", ["DNA", "1A2", "DNA2026000000001"])
def test_a_series_or_a_number_is_taken(said: str) -> None:
    assert found(replace(WHOLE, invoice_serie_or_number=said)) == set()


def test_the_numbers_year_is_the_turkish_year_of_issue() -> None:
    new_year = datetime(2025, 12, 31, 21, 30, tzinfo=UTC)  # half past midnight in Istanbul
    assert found(replace(WHOLE, issue_date=new_year, invoice_serie_or_number="DNA2026000000001")) == set()
    assert found(replace(WHOLE, issue_date=new_year, invoice_serie_or_number="DNA2025000000001")) == {
        ("InvoiceSerieOrNumber", "NUMBER_YEAR")
    }


def test_no_invoice_is_issued_after_today_in_turkish_time() -> None:
    tonight = datetime(2026, 11, 21, 20, 59, tzinfo=UTC)
    tomorrow = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
    assert found(replace(WHOLE, issue_date=tonight)) == set()
    assert found(replace(WHOLE, issue_date=tomorrow)) == {("IssueDate", "ISSUE_DATE_IN_FUTURE")}
    assert found(replace(WHOLE, issue_date=tomorrow), now=tomorrow) == set()


@pytest.mark.parametrize("currency", ["TRL", "XYZ"])
def test_a_currency_that_gib_does_not_take_is_refused(currency: str) -> None:
    assert found(replace(WHOLE, currency_code=currency, exchange_rate=Decimal(1))) == {
        ("CurrencyCode", "CURRENCY_UNKNOWN")
    }


def test_a_foreign_currency_has_a_rate_and_the_lira_none() -> None:
    assert found(replace(WHOLE, currency_code="EUR", exchange_rate=Decimal("48.1234"))) == set()
    assert found(replace(WHOLE, exchange_rate=Decimal(0))) == set()
    for absent in (None, Decimal(0)):
        assert found(replace(WHOLE, currency_code="EUR", exchange_rate=absent)) == {
            ("ExchangeRate", "EXCHANGE_RATE_REQUIRED")
        }
    assert found(replace(WHOLE, exchange_rate=Decimal(1))) == {("ExchangeRate", "EXCHANGE_RATE_NOT_ALLOWED")}


def test_one_template_is_given_or_none() -> None:
    template = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert found(replace(WHOLE, template_uuid=template)) == set()
    assert found(replace(WHOLE, template_base64_string=XSLT)) == set()
    assert found(replace(WHOLE, template_uuid=template, template_base64_string=XSLT)) == {
        ("TemplateBase64String", "TEMPLATE_AMBIGUOUS")
    }


BOMB = b'<!DOCTYPE a [<!ENTITY a0 "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 40) for level in range(1, 9)
)


@pytest.mark.parametrize(
    "document",
    [
        b"no xml",
        b"%PDF-1.7",
        b"<html/>",
        b"<stylesheet/>",
        b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform">',
        b'<xsl:template xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>',
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        BOMB + b']><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform">&a8;</xsl:stylesheet>',
    ],
)
def test_a_template_that_is_no_stylesheet_is_refused(document: bytes) -> None:
    info = replace(WHOLE, template_base64_string=base64.b64encode(document).decode())
    assert found(info) == {("TemplateBase64String", "TEMPLATE_NOT_XSLT")}


def test_a_template_may_have_entities_a_byte_order_mark_and_the_other_root() -> None:
    document = (
        '\ufeff<?xml version="1.0"?><!DOCTYPE x:transform [<!ENTITY nbsp "&#160;">]>'
        '<x:transform version="2.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><a>&nbsp;</a></x:transform>'
    )
    assert found(replace(WHOLE, template_base64_string=base64.b64encode(document.encode()).decode())) == set()


STYLESHEET = '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">{}</xsl:stylesheet>'


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (STYLESHEET.format("<xsl:import href='http://www.example.com/x.xsl'/>"), "TEMPLATE_READS"),
        (STYLESHEET.format("<xsl:copy-of select=\"document('file:///etc/passwd')\"/>"), "TEMPLATE_READS"),
        (
            "<!DOCTYPE x [<!ENTITY hidden 'document(/a)'>]>" + STYLESHEET.format("<xsl:copy-of select='&hidden;'/>"),
            "TEMPLATE_READS",
        ),
        (
            STYLESHEET.format("<m:script xmlns:m='urn:schemas-microsoft-com:xslt'>new ActiveXObject()</m:script>"),
            "TEMPLATE_EXTENSION",
        ),
    ],
)
def test_a_template_that_reads_or_executes_is_refused(document: str, code: str) -> None:
    info = replace(WHOLE, template_base64_string=base64.b64encode(document.encode()).decode())
    assert found(info) == {("TemplateBase64String", code)}


def test_a_template_loads_no_entity_from_outside(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<html/>", encoding="utf-8")
    document = f"<!DOCTYPE x [<!ENTITY e SYSTEM 'file://{secret}'>]>" + STYLESHEET.format("&e;")
    info = replace(WHOLE, template_base64_string=base64.b64encode(document.encode()).decode())
    assert found(info) == {("TemplateBase64String", "TEMPLATE_NOT_XSLT")}


def test_every_violation_is_in_the_list_at_once() -> None:
    assert found(
        replace(
            WHOLE,
            invoice_type=InvoiceType.ISTISNA,
            invoice_serie_or_number="ABCD",
            currency_code="USD",
            is_despatch=True,
            issue_date=datetime(2026, 11, 23, tzinfo=UTC),
        ),
        now=NOW,
    ) == {
        ("InvoiceSerieOrNumber", "SERIES_OR_NUMBER_LENGTH"),
        ("ExchangeRate", "EXCHANGE_RATE_REQUIRED"),
        ("IssueDate", "ISSUE_DATE_IN_FUTURE"),
        ("TaxExemptionReasonInfo.KDVExemptionReasonCode", "VAT_EXEMPTION_REQUIRED"),
    }
