"""The service's answers, word by word."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Absent, Different, Done, NotSent, Unclear, Unknown
from providers.hepsiburada_efaturam import answers
from providers.hepsiburada_efaturam.answers import Said
from providers.transport.http import Reply
from tests.providers.examples import REGISTERED_VKN, TAXPAYER, TCKN, command, prepared_by
from tests.providers.hepsiburada_efaturam.service import NAME

PREPARED = prepared_by(NAME, command(), DocumentType.EARSIV)
BASIC = replace(PREPARED, document_type=DocumentType.EFATURA)
S = DocumentState


def said(value: object = None, *, succeeded: bool = True, message: str = "") -> Said:
    return Said(succeeded=succeeded, message=message, value=value)


def failed(message: str) -> Said:
    return said(succeeded=False, message=message)


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", "null", '{"IsSucceeded": true}', '{"IsSucceded": "true"}', '{"Message": "x"}', '{"IsSucce'],
)
def test_another_form_than_the_service_s_own_says_nothing(body: str) -> None:
    reply = Reply(status=200, text=body)
    assert isinstance(answers.said_in(reply), Unknown)
    assert not answers.is_own(reply)


def test_names_are_read_in_any_case_and_messages_that_are_none_are_empty() -> None:
    reply = Reply(status=400, text='{"isSucceded": false, "message": null, "VALUE": 1}')
    assert answers.said_in(reply) == said(1, succeeded=False)
    assert answers.is_own(reply)


@pytest.mark.parametrize("message", ["Kullanıcı adı veya şifre hatalı.", "KULLANICI ADI HATALI", "Invalid password"])
def test_a_refused_login_waits_for_its_owner(message: str) -> None:
    found = answers.login_failure(failed(message))
    assert isinstance(found, NotSent)
    assert found.needs_owner


@pytest.mark.parametrize(
    "message",
    ["", "Bu fatura daha önce gönderilmiş", "Fatura ZATEN mevcut", "Beklenmeyen bir hata oluştu", "Zaman aşımı",
     "The operation has timed out, try again", "Aynı ETTN ile kayıt var"],
)  # fmt: skip
def test_a_failure_that_may_mean_that_it_is_there_is_no_refusal(message: str) -> None:
    assert isinstance(answers.failure(failed(message)), Unknown)
    assert answers.login_failure(failed(message)) is None


def test_any_other_failure_may_be_a_refusal() -> None:
    assert answers.failure(failed("Ödenecek tutar hatalı.")) is None


def row(**changes: object) -> dict[str, Any]:
    return {"Id": PREPARED.reference.upper(), "Number": "ABC2026000000001", "InvoiceScenario": "eArchive"} | changes


def test_a_number_for_our_uuid_is_done() -> None:
    expected = Done(
        reference=PREPARED.reference, state=S.PROCESSING, ettn=PREPARED.reference, number="ABC2026000000001"
    )
    assert answers.accepted(said([row()]), PREPARED) == expected
    assert answers.accepted(said([row(InvoiceScenario=1)]), PREPARED) == expected


@pytest.mark.parametrize(
    "value",
    [None, True, [], {}, [row(), row()], [row(Id="7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001")], [row(Id=None)],
     [row(Number="")], [row(Number=17)], [row(Number="A" * 31)], [row(InvoiceScenario="eInvoice")], [None]],
)  # fmt: skip
def test_a_success_that_names_anything_else_is_unknown(value: object) -> None:
    assert isinstance(answers.accepted(said(value), PREPARED), Unknown)


def test_a_number_that_is_not_the_one_we_gave_is_looked_up() -> None:
    ours = replace(PREPARED, number="ABC2026000000002")
    assert isinstance(answers.accepted(said([row()]), ours), Unknown)


@pytest.mark.parametrize(
    ("code", "name", "archive", "basic", "commercial"),
    [
        (0, "Draft", S.DRAFT, S.DRAFT, S.DRAFT),
        (10, "Canceled", S.CANCELLED, S.CANCELLED, S.CANCELLED),
        (100, "Queued", S.PROCESSING, S.PROCESSING, S.PROCESSING),
        (200, "Processing", S.PROCESSING, S.PROCESSING, S.PROCESSING),
        (300, "SentToGib", S.PROCESSING, S.PROCESSING, S.PROCESSING),
        (1000, "Approved", S.ISSUED, S.DELIVERED, S.ACCEPTED),
        (1100, "WaitingForAprovement", S.DELIVERED, S.DELIVERED, S.DELIVERED),
        (1200, "Declined", S.REJECTED_BY_BUYER, S.REJECTED_BY_BUYER, S.REJECTED_BY_BUYER),
        (1400, "eArchiveCanceled", S.CANCELLED, S.CANCELLED, S.CANCELLED),
        (2000, "Error", S.REJECTED, S.REJECTED, S.REJECTED),
        (1300, "Return", S.DELIVERED, S.DELIVERED, S.DELIVERED),
        (4711, "Neu", None, None, None),
    ],
)
def test_states_are_those_of_the_code_or_of_the_name(
    code: int, name: str, archive: S | None, basic: S | None, commercial: S | None
) -> None:
    for status in ({"StatusCode": code, "Status": 9}, {"StatusCode": name}, {"Status": name}):
        assert answers.state_of(status, PREPARED) is archive
        assert answers.state_of(status, BASIC) is basic
        assert answers.state_of(status, replace(BASIC, awaits_answer=True)) is commercial


def test_an_error_has_the_service_s_reason_or_says_that_there_is_none() -> None:
    for message, shown in (("Şematron", "Şematron"), (None, answers.NO_REASON), (7, answers.NO_REASON)):
        done = answers.done_of({"StatusCode": 2000, "Message": message}, PREPARED, None)
        assert isinstance(done, Done)
        assert [error.message for error in done.errors] == [shown]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (said([]), Absent),
        (failed("Fatura bulunamadı."), Absent),
        (failed("Kayıt bulunamadı."), Unclear),
        (failed(""), Unclear),
        (said(None), Unclear),
        (said([{"InvoiceId": "another"}]), Unclear),
        (said([{"InvoiceId": PREPARED.reference}] * 2), Unclear),
        (said([{"InvoiceId": PREPARED.reference.upper(), "StatusCode": 100}]), dict),
    ],
)
def test_only_the_service_itself_says_that_a_document_is_not_there(answer: Said, expected: type) -> None:
    assert isinstance(answers.status_in(answer, PREPARED.reference), expected)


def listed(**changes: object) -> dict[str, Any]:
    return {
        "InvoiceId": "ABC2026000000001",
        "DocumentId": PREPARED.reference,
        "LocalDocumentId": PREPARED.reference,
        "OrderDocumentId": "ORDER-first",
        "Scenario": "eArchive",
        "TargetTcknVkn": TCKN,
        "DocumentCurrencyCode": "TRY",
        "PayableAmount": Decimal("120.0"),
        "TaxExclusiveAmount": 100,
    } | changes


@pytest.mark.parametrize("name", ["LocalDocumentId", "OrderDocumentId", "Scenario"])
def test_what_a_row_may_leave_out_does_not_matter_then(name: str) -> None:
    assert answers.compared(listed(), PREPARED) is None
    assert answers.compared(listed(**{name: None}), PREPARED) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("LocalDocumentId", "another"), ("OrderDocumentId", "O-2"), ("Scenario", "eInvoice"),
     ("TargetTcknVkn", REGISTERED_VKN), ("DocumentCurrencyCode", "EUR"), ("PayableAmount", Decimal("120.01")),
     ("TaxExclusiveAmount", Decimal(99))],
)  # fmt: skip
def test_a_row_that_differs_is_another_document(name: str, value: object) -> None:
    found = answers.compared(listed(**{name: value}), PREPARED)
    assert isinstance(found, Different)
    assert name in found.detail


@pytest.mark.parametrize(
    ("name", "value"),
    [("TargetTcknVkn", None), ("DocumentCurrencyCode", ""), ("PayableAmount", "120"), ("TaxExclusiveAmount", None)],
)
def test_a_row_that_lacks_what_tells_documents_apart_is_unclear(name: str, value: object) -> None:
    assert isinstance(answers.compared(listed(**{name: value}), PREPARED), Unclear)


def test_our_number_is_compared_where_we_number() -> None:
    ours = replace(PREPARED, number="ABC2026000000002")
    assert isinstance(answers.compared(listed(), ours), Different)


def test_of_a_list_the_row_with_our_uuid_counts() -> None:
    page = {"Items": [listed(DocumentId="another"), listed()]}
    assert answers.listed_in(said(page), PREPARED.reference) == listed()
    for value in ({"Items": []}, {"Items": [listed(), listed()]}, {}, None, []):
        assert isinstance(answers.listed_in(said(value), PREPARED.reference), Unclear)


@pytest.mark.parametrize(
    "answer",
    [
        said({"ReceiverboxAliases": None}),
        said(None),
        failed("x"),
        Unknown(why="x"),
        said({"ReceiverboxAliases": [{"Alias": 7}]}),
    ],
)
def test_an_answer_without_mailboxes_says_nothing_of_the_buyer(answer: Said | Unknown) -> None:
    assert isinstance(answers.mailboxes_in(answer), Unclear)


def test_a_mailbox_that_is_closed_is_none() -> None:
    rows = [{"Alias": "urn:mail:a", "Enabled": False}, {"Alias": "urn:mail:b"}]
    assert answers.mailboxes_in(said({"ReceiverboxAliases": rows})) == ["urn:mail:b"]


def test_the_scenario_is_the_document_s_in_either_spelling() -> None:
    for spelling in ("Uuid", "UUID"):
        made = prepared_by(NAME, command(person=TAXPAYER), DocumentType.EFATURA, spelling=spelling)
        assert json.loads(made.request)["Scenario"] == "eInvoice"
