"""What an order's InvoiceInfo says wrong by itself is refused at once, with where it stands."""

from typing import Any

import pytest

from app.domain.outcomes import OrderOutcome
from app.stream.records import Record
from tests.intake.test_intake import CODEC, ORDER, Upstream

PDF = "JVBERi0xLjcgYW4gYXJ0aWZpY2lhbCBvbmU="


def order(info: dict[str, Any]) -> dict[str, Any]:
    return {**ORDER, "body": {**ORDER["body"], "invoice_info": info}}


def outcome_of(record: Record) -> OrderOutcome:
    assert record.value is not None
    return CODEC.read(OrderOutcome, record.value)


async def refused(info: dict[str, Any]) -> set[tuple[str, str]]:
    (record,) = await Upstream().send(order(info))
    return {(error.path.removeprefix("$.body."), error.code) for error in outcome_of(record).errors}


@pytest.mark.parametrize(
    ("info", "path", "code"),
    [
        ({"UUID": "00000000-0000-0000-0000-000000000000"}, "UUID", "UUID_IS_NIL"),
        ({"InvoiceSerieOrNumber": "ABC20260000001"}, "InvoiceSerieOrNumber", "SERIES_OR_NUMBER_LENGTH"),
        ({"InvoiceSerieOrNumber": "ABC1926000000001"}, "InvoiceSerieOrNumber", "NUMBER_FORMAT"),
        (
            {"IssueDate": "2026-12-31T23:30:00Z", "InvoiceSerieOrNumber": "ABC2026000000001"},
            "InvoiceSerieOrNumber",
            "NUMBER_YEAR",
        ),
        ({"InvoiceType": "IPTAL"}, "InvoiceType", "INVOICE_TYPE_IPTAL"),
        ({"InvoiceType": "IADE"}, "ReturnInvoiceInfo", "RETURN_INVOICE_REQUIRED"),
        (
            {"ReturnInvoiceInfo": [{"InvoiceNumber": "ABC2026000000001", "IssueDate": "2026-10-20"}]},
            "ReturnInvoiceInfo",
            "RETURN_INVOICE_NOT_ALLOWED",
        ),
        ({"PaymentMeansInfo": {"Code": "4711"}}, "PaymentMeansInfo.Code", "PAYMENT_MEANS_UNKNOWN"),
        (
            {"TaxExemptionReasonInfo": {"OTVExemptionReasonCode": "101"}},
            "TaxExemptionReasonInfo.OTVExemptionReasonCode",
            "REASON_OF_NO_LINE",
        ),
        (
            {"InternetInfo": {"WebSite": "www.example.com", "PaymentMethod": "DIGER"}},
            "InternetInfo",
            "INTERNET_INFO_NOT_ALLOWED",
        ),
    ],
)
async def test_each_fault_has_its_path_and_code(info: dict[str, Any], path: str, code: str) -> None:
    assert await refused(info) == {(f"invoice_info.{path}", code)}


async def test_a_cancellation_is_no_type_and_the_refusal_says_how_a_document_is_cancelled() -> None:
    (record,) = await Upstream().send(order({"InvoiceType": "IPTAL"}))
    (error,) = outcome_of(record).errors
    assert (error.code, "`faturaflow documents cancel`" in error.message) == ("INVOICE_TYPE_IPTAL", True)


async def test_an_order_may_bring_its_ettn_its_number_and_its_date() -> None:
    brought = {
        "UUID": "0F8FAD5B-D9CB-469F-A165-70867728950E",
        "IssueDate": "2026-11-02T09:00:00+03:00",
        "InvoiceSerieOrNumber": "ABC2026000000001",
    }
    (record,) = await Upstream().send(order(brought))
    assert record.topic.endswith("log.v1")


async def test_what_cannot_be_read_comes_in_one_list_with_what_else_cannot() -> None:
    info = {"SendType": "POST", "Surprise": 1, "PaymentTermsInfo": {"Percent": 101}}
    (record,) = await Upstream().send({**order(info), "occurred_at": "yesterday"})
    assert {(error.path, error.code) for error in outcome_of(record).errors} == {
        ("$.occurred_at", "NOT_A_TIME"),
        ("$.body.invoice_info.SendType", "NOT_ALLOWED"),
        ("$.body.invoice_info.Surprise", "UNKNOWN_FIELD"),
        ("$.body.invoice_info.PaymentTermsInfo.Percent", "OUT_OF_RANGE"),
    }


async def test_what_a_later_event_fills_in_is_not_missed_yet() -> None:
    file = {"Base64Data": PDF, "MimeCode": "application/pdf", "FileName": "a.pdf"}
    upstream = Upstream()
    info = {
        "InvoiceType": 0,
        "InvoiceSerieOrNumber": "WEB",
        "SalesPlatform": 1,
        "SendType": 2,
        "InternetInfo": {"WebSite": "www.example.com", "PaymentMethod": "KREDIKARTI/BANKAKARTI"},
        "OrderReferenceDocument": {"ID": "1"},
        "AdditionalDocumentReferences": [{"ID": "2", "Attachment": file}],
    }
    (record,) = await upstream.send(order(info))
    assert record.topic == "order-log.v1"
