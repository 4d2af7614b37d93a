"""What cannot be read is refused with every reason, each at its place, and none quotes what was there."""

import base64
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.documents.invoice_info import InvoiceInfo, InvoiceInfoRefused, read
from app.documents.safe_input.json import MOST_BYTES
from app.domain.invoice_info.fields import MOST_BASE64, MOST_LISTED
from tests.documents.invoice_info.infos import PDF, ROOT


def given(**inside: Any) -> InvoiceInfo:
    return read(json.dumps({"ArchiveInvoice": {"InvoiceInfo": inside}}).encode())


def refused(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvoiceInfoRefused) as caught:
        read(raw)
    return [(each.path.removeprefix(f"{ROOT}."), each.code) for each in caught.value.errors]


def refusals(**inside: Any) -> list[tuple[str, str]]:
    return refused(json.dumps({"ArchiveInvoice": {"InvoiceInfo": inside}}).encode())


@pytest.mark.parametrize(
    ("raw", "path", "code"),
    [
        (b"", "$", "NOT_JSON"),
        (b"\xff\xfe", "$", "NOT_JSON"),
        (b'{"ArchiveInvoice": {"InvoiceInfo": {"ExchangeRate": NaN}}}', "$", "NOT_JSON"),
        (
            b'{"ArchiveInvoice": {"InvoiceInfo": {"ExchangeRate": 1' + b"0" * 5000 + b"}}}",
            "ExchangeRate",
            "TOO_MANY_DIGITS",
        ),
        (b"[" * 100_000, "$", "NESTED_TOO_DEEP"),
        (b'{"ArchiveInvoice": {"InvoiceInfo": {"CurrencyCode": "TRY", "CurrencyCode": "USD"}}}', "$", "NAME_TWICE"),
        (b" " * (MOST_BYTES + 1), "$", "TOO_LARGE"),
        (b"[]", "$", "WRONG_TYPE"),
        (b"{}", "$.ArchiveInvoice", "REQUIRED"),
        (b'{"ArchiveInvoice": 1}', "$.ArchiveInvoice", "WRONG_TYPE"),
        (b'{"ArchiveInvoice": {}}', ROOT, "REQUIRED"),
        (b'{"ArchiveInvoice": {"InvoiceInfo": null}}', ROOT, "WRONG_TYPE"),
    ],
)
def test_what_is_no_archive_invoice_is_refused_where_it_ceases_to_be_one(raw: bytes, path: str, code: str) -> None:
    assert refused(raw) == [(path, code)]


def test_the_parts_beside_it_are_not_looked_at() -> None:
    assert read(b'{"ArchiveInvoice": {"InvoiceInfo": {}, "InvoiceLines": "?"}}') == InvoiceInfo()


def test_every_field_that_cannot_be_read_is_told_in_one_list() -> None:
    assert refusals(
        InvoiceType="SATIŞ",
        SendType=0,
        SalesPlatform=True,
        TemplateBase64String="no base64",
        is_despatch=True,
        IssueDate="2026-11-21T09:00:00",
        OrderReference=[],
        ReturnInvoiceInfo=[{"InvoiceNumber": "ABC2026000000001", "IssueDate": 20261121}, {}],
        InternetInfo={"WebSite": "www.example.com", "PaymentMethod": "OTHER"},
    ) == [
        ("TemplateBase64String", "NOT_BASE64"),
        ("InvoiceType", "NOT_ALLOWED"),
        ("IssueDate", "NO_TIME_ZONE"),
        ("SalesPlatform", "NOT_ALLOWED"),
        ("SendType", "NOT_ALLOWED"),
        ("OrderReference", "WRONG_TYPE"),
        ("ReturnInvoiceInfo[0].IssueDate", "NOT_A_DATE"),
        ("ReturnInvoiceInfo[1].InvoiceNumber", "REQUIRED"),
        ("ReturnInvoiceInfo[1].IssueDate", "REQUIRED"),
        ("InternetInfo.PaymentMethod", "NOT_ALLOWED"),
        ("is_despatch", "UNKNOWN_FIELD"),
    ]


def test_no_error_quotes_what_stood_there() -> None:
    with pytest.raises(InvoiceInfoRefused) as caught:
        given(
            UUID="Gizli Ad", InvoiceType="Gizli Ad", IssueDate="Gizli Ad", ExchangeRate="Gizli Ad", SendType="Gizli Ad"
        )
    assert len(caught.value.errors) == 5
    assert not [each for each in caught.value.errors if "Gizli" in each.message]
    assert "Gizli" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "said", ["JVBERi0xLj", "JVBERi0xLjQ", "%PDF-1.7", "JVBE Ri0x", "JVBE\nRi0x", "JVBE_-0x", "şşşş", "=JVB", "JV==Ri0x"]
)
def test_what_is_cut_off_or_no_base64_is_refused(said: str) -> None:
    document = {"ID": "1", "Attachment": {"Base64Data": said, "MimeCode": "application/pdf", "FileName": "a.pdf"}}
    assert refusals(AdditionalDocumentReferences=[document], TemplateBase64String=said) == [
        ("TemplateBase64String", "NOT_BASE64"),
        ("AdditionalDocumentReferences[0].Attachment.Base64Data", "NOT_BASE64"),
    ]


def test_a_file_without_content_is_refused() -> None:
    document = {"ID": "1", "Attachment": {"Base64Data": "", "MimeCode": "application/pdf", "FileName": "a.pdf"}}
    assert refusals(OrderReferenceDocument=document) == [("OrderReferenceDocument.Attachment.Base64Data", "TOO_SHORT")]


def test_a_huge_file_is_refused_with_its_size_and_the_bound() -> None:
    huge = base64.b64encode(bytes(MOST_BASE64)).decode()
    with pytest.raises(InvoiceInfoRefused) as caught:
        given(TemplateBase64String=huge)
    (error,) = caught.value.errors
    assert error.code == "TOO_LARGE"
    assert str(len(huge)) in error.message
    assert str(MOST_BASE64) in error.message
    assert given(TemplateBase64String="A" * MOST_BASE64).template_base64_string == "A" * MOST_BASE64


@pytest.mark.parametrize("name", ["../a.pdf", "..\\a.pdf", "a\u202efdp.exe", "a\x00.pdf", ""])
def test_a_file_name_is_a_name_and_no_path(name: str) -> None:
    document = {"ID": "1", "Attachment": {"Base64Data": PDF, "MimeCode": "application/pdf", "FileName": name}}
    ((path, _),) = refusals(OrderReferenceDocument=document)
    assert path == "OrderReferenceDocument.Attachment.FileName"


@pytest.mark.parametrize("field", ["UUID", "TemplateUUID", "TemplateBase64String"])
@pytest.mark.parametrize("said", ["", None])
def test_what_the_model_calls_empty_is_absent(field: str, said: str | None) -> None:
    assert given(**{field: said}) == InvoiceInfo()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("00000000-0000-0000-0000-000000000000", "UUID_IS_NIL"),
        ("{0f8fad5b-d9cb-469f-a165-70867728950e}", "WRONG_FORMAT"),
        ("0f8fad5bd9cb469fa16570867728950e", "WRONG_FORMAT"),
        ("0f8fad5b-d9cb-469f-a165-70867728950e\n", "WRONG_FORMAT"),
        (7, "WRONG_TYPE"),
    ],
)
def test_an_ettn_is_a_uuid_in_its_usual_form(said: str | int, code: str) -> None:
    assert refusals(UUID=said) == [("UUID", code)]


def test_an_absent_list_may_be_null() -> None:
    assert given(DespatchDocumentReference=None, ReturnInvoiceInfo=None, AdditionalDocumentReferences=None) == (
        InvoiceInfo()
    )


def test_a_list_is_bounded() -> None:
    note = {"IssueDate": "2026-11-21", "Value": "EIR2026000000001"}
    assert len(given(DespatchDocumentReference=[note] * MOST_LISTED).despatch_document_reference) == MOST_LISTED
    assert refusals(DespatchDocumentReference=[note] * (MOST_LISTED + 1)) == [("DespatchDocumentReference", "TOO_LONG")]


@pytest.mark.parametrize("said", ["2026-11-21T22:30:00Z", "2026-11-22T01:30:00+03:00", "2026-11-21T22:30:00.0000000Z"])
def test_a_moment_is_read_with_its_offset(said: str) -> None:
    assert given(IssueDate=said).issue_date == datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (1_700_000_000, "NOT_A_TIME"),
        ("1700000000", "NOT_A_TIME"),
        ("2026-11-21", "NOT_A_TIME"),
        ("2026-13-21T09:00:00Z", "NOT_A_TIME"),
        ("2026-11-21T09:00:00", "NO_TIME_ZONE"),
        ("2004-12-31T09:00:00Z", "OUT_OF_RANGE"),
        ("0001-01-01T00:00:00+03:00", "OUT_OF_RANGE"),
        ("9999-12-31T23:00:00-03:00", "OUT_OF_RANGE"),
    ],
)
def test_an_issue_date_is_a_moment_of_this_century_with_its_offset(said: str | int, code: str) -> None:
    assert refusals(IssueDate=said) == [("IssueDate", code)]


@pytest.mark.parametrize("said", ["2026-11-21", "2026-11-21T00:00:00", "2026-11-21T14:22:10.1234567"])
def test_a_day_may_have_a_clock_behind_it(said: str) -> None:
    reference = given(OrderReference={"IssueDate": said, "Value": "1"}).order_reference
    assert reference is not None
    assert reference.issue_date == date(2026, 11, 21)


@pytest.mark.parametrize(
    "said", ["2026-11-20T21:00:00Z", "2026-11-21T00:00:00Z", "2026-11-21T24:00:00", "21.11.2026", "2026-02-30", 0, True]
)
def test_a_day_that_could_be_another_one_is_refused(said: str | int) -> None:
    assert refusals(OrderReference={"IssueDate": said, "Value": "1"}) == [("OrderReference.IssueDate", "NOT_A_DATE")]


@pytest.mark.parametrize("said", [b"41.123456", b'"41.123456"', b"4.1123456e1"])
def test_an_amount_is_read_exactly_as_number_or_text(said: bytes) -> None:
    info = read(b'{"ArchiveInvoice": {"InvoiceInfo": {"ExchangeRate": ' + said + b"}}}")
    assert info.exchange_rate == Decimal("41.123456")


@pytest.mark.parametrize(
    ("said", "code"),
    [ (-1, "OUT_OF_RANGE"), (True, "NOT_A_NUMBER"), ("41,5", "NOT_A_NUMBER"),
     ("41.1234567", "TOO_MANY_DIGITS"), ("1234567890.123456", "TOO_MANY_DIGITS"), ("Infinity", "OUT_OF_RANGE")],
)  # fmt: skip
def test_a_rate_is_not_below_zero_and_has_six_decimals(said: Any, code: str) -> None:
    assert refusals(ExchangeRate=said) == [("ExchangeRate", code)]


def test_a_boolean_is_no_number_and_no_text() -> None:
    assert refusals(ISDespatch="true") == [("ISDespatch", "NOT_A_BOOLEAN")]
    assert refusals(ISDespatch=1) == [("ISDespatch", "NOT_A_BOOLEAN")]
    assert given(ISDespatch=True).is_despatch


@pytest.mark.parametrize("time", ["9:30", "24:00", "09:60", "09:30:00+03:00", "09.30", 930])
def test_a_slips_time_is_a_time_of_day(time: str | int) -> None:
    slip = {"ID": "1", "IssueDate": "2026-11-21", "ZNo": "1", "EndPointID": "AB1", "DocumentDescription": "E-ARSIV"}
    ((path, _),) = refusals(OKCInfo={**slip, "Time": time})
    assert path == "OKCInfo.Time"
    assert given(OKCInfo={**slip, "Time": "09:30"}).okc_info is not None


def test_a_slip_is_whole_or_absent() -> None:
    assert {path for path, code in refusals(OKCInfo={}) if code == "REQUIRED"} == {
        "OKCInfo.ID", "OKCInfo.IssueDate", "OKCInfo.Time", "OKCInfo.ZNo", "OKCInfo.EndPointID",
        "OKCInfo.DocumentDescription",
    }  # fmt: skip
