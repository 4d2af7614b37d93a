"""Nilvera's answers, word by word."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Different, Done, NotSent, Outcome, Refused, Unclear, Unknown
from providers.nilvera.answers import compared, created, errors_of, is_absence, state_of
from providers.transport.http import Reply
from tests.providers.examples import TCKN, command, prepared_by

PREPARED = prepared_by("nilvera", command(), DocumentType.EARSIV)
S = DocumentState


def outcome(status: int, body: object) -> Outcome:
    return created(Reply(status=status, text=body if isinstance(body, str) else json.dumps(body)), PREPARED)


def error(*codes: int) -> dict[str, Any]:
    return {"Errors": [{"Code": code, "Description": "said", "Detail": "so"} for code in codes]}


def test_a_number_for_our_uuid_is_done() -> None:
    assert outcome(200, {"UUID": PREPARED.reference.upper(), "InvoiceNumber": "ABC2026000000001"}) == Done(
        reference=PREPARED.reference, state=S.PROCESSING, ettn=PREPARED.reference, number="ABC2026000000001"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"UUID": "7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001", "InvoiceNumber": "ABC2026000000001"},
        {"UUID": PREPARED.reference},
        {"UUID": PREPARED.reference, "InvoiceNumber": ""},
        {"UUID": PREPARED.reference, "InvoiceNumber": 2026000000001},
        {"UUID": PREPARED.reference, "InvoiceNumber": "A" * 31},
        {"UUID": 17, "InvoiceNumber": "ABC2026000000001"},
        {"InvoiceNumber": "ABC2026000000001"},
        error(2004),
        {},
        [],
        "",
        "<html>",
        '{"UUID"',
    ],
)
def test_a_200_that_says_anything_else_is_unknown(body: object) -> None:
    assert isinstance(outcome(200, body), Unknown)


def test_a_number_that_is_not_the_one_we_gave_is_looked_up() -> None:
    body = json.dumps({"UUID": PREPARED.reference, "InvoiceNumber": "ABC2026000000002"})
    said = created(Reply(status=200, text=body), replace(PREPARED, number="ABC2026000000001"))
    assert isinstance(said, Unknown)


@pytest.mark.parametrize(("status", "code"), [(400, 2004), (404, 3000), (404, 3009), (409, 1000), (422, 2100)])
def test_a_refusal_is_told_in_nilveras_words(status: int, code: int) -> None:
    refused = outcome(status, error(code))
    assert isinstance(refused, Refused)
    assert [(e.code, e.message) for e in refused.errors] == [(f"NILVERA_{code}", "said: so")]
    assert refused.instead is None


@pytest.mark.parametrize(
    ("code", "instead"),
    [(2025, DocumentType.EFATURA), (2053, DocumentType.EFATURA), (2054, DocumentType.EARSIV)],
)
def test_a_buyer_who_changed_sides_asks_for_the_other_type(code: int, instead: DocumentType) -> None:
    refused = outcome(422, error(code))
    assert isinstance(refused, Refused)
    assert refused.instead is instead


@pytest.mark.parametrize("body", [{"title": "One or more validation errors occurred."}, {}, {"Errors": []}])
@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_is_one_only_in_nilvera_s_own_words(status: int, body: dict[str, object]) -> None:
    assert isinstance(outcome(status, body), Unknown)


@pytest.mark.parametrize(("status", "code"), [(400, 1015), (422, 1001)])
def test_what_is_already_there_is_looked_up_under_any_status(status: int, code: int) -> None:
    assert isinstance(outcome(status, error(code)), Unknown)


def test_a_mailbox_that_cannot_be_looked_up_now_can_be_the_next_time() -> None:
    said = outcome(422, error(2057))
    assert isinstance(said, NotSent)
    assert not said.needs_owner


@pytest.mark.parametrize("codes", [(1001,), (1004,), (1005,), (1015,), (1000, 1001)])
def test_what_is_already_there_must_be_looked_up(codes: tuple[int, ...]) -> None:
    assert isinstance(outcome(409, error(*codes)), Unknown)


@pytest.mark.parametrize(("status", "code"), [(422, 2000), (422, 2075), (422, 2078), (404, 3017), (404, 3030)])
def test_what_only_the_owner_can_cure_makes_the_connection_wait(status: int, code: int) -> None:
    waiting = outcome(status, error(code))
    assert isinstance(waiting, NotSent)
    assert waiting.needs_owner


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, "<html>no such page</html>"), (404, error(9999)), (409, {}), (409, error(9999)), (302, ""), (400, "<html>")],
)
def test_what_no_table_knows_is_unknown(status: int, body: object) -> None:
    assert isinstance(outcome(status, body), Unknown)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"StatusCode": "waiting"}, S.PROCESSING),
        ({"StatusCode": "unknown"}, S.PROCESSING),
        ({"StatusCode": "succeed", "CancelStatus": False}, S.ISSUED),
        ({"StatusCode": "succeed", "CancelStatus": True}, S.CANCELLED),
        ({"StatusCode": "error"}, S.REJECTED),
        ({"StatusCode": "merry"}, None),
        ({}, None),
    ],
)
def test_the_status_of_an_earsiv(body: dict[str, Any], state: DocumentState | None) -> None:
    assert state_of(body, DocumentType.EARSIV) is state


@pytest.mark.parametrize(
    ("code", "answer", "state"),
    [
        ("waiting", "unknown", S.PROCESSING),
        ("unknown", "unknown", S.PROCESSING),
        ("error", "unknown", S.REJECTED),
        ("succeed", "unknown", S.DELIVERED),
        ("succeed", "waitingForApproval", S.DELIVERED),
        ("succeed", "approved", S.ACCEPTED),
        ("succeed", "documentAnsweredAutomatically", S.ACCEPTED),
        ("succeed", "rejected", S.REJECTED_BY_BUYER),
        ("succeed", "sung", None),
        ("merry", "unknown", None),
    ],
)
def test_the_status_of_an_efatura(code: str, answer: str, state: DocumentState | None) -> None:
    body = {"InvoiceStatus": {"Code": code}, "Answer": {"AnswerCode": answer}}
    assert state_of(body, DocumentType.EFATURA) is state


def test_an_error_status_brings_its_reason() -> None:
    (archive,) = errors_of({"StatusDetail": "schematron"}, S.REJECTED)
    (sale,) = errors_of({"InvoiceStatus": {"Description": "1160", "DetailDescription": "schema"}}, S.REJECTED)
    assert (archive.message, sale.message) == ("schematron", "1160; schema")
    assert errors_of({"StatusDetail": "ok"}, S.ISSUED) == ()


def test_a_buyer_s_refusal_brings_the_buyer_s_reason() -> None:
    (noted,) = errors_of({"Answer": {"AnswerNote": "wrong price"}}, S.REJECTED_BY_BUYER)
    (silent,) = errors_of({"Answer": {"AnswerNote": None}}, S.REJECTED_BY_BUYER)
    assert (noted.message, silent.message) == ("wrong price", "the buyer gives no reason")


NUMBERED = replace(PREPARED, number="ABC2026000000001")


def details(**changes: object) -> dict[str, Any]:
    """As the public description of this answer has them."""
    said = {"UUID": PREPARED.reference, "InvoiceNumber": "ABC2026000000001", "CurrencyCode": "TRY"}
    return {**said, "InvoiceAmount": Decimal("120.0"), "TaxAmount": Decimal("20.0"), **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"UUID": PREPARED.reference.upper()},
        {"InvoiceAmount": 120},
        {"InvoiceAmount": Decimal("100.0")},
        {"PayableAmount": Decimal("120.00"), "InvoiceAmount": Decimal(1)},
        {"ReceiverTaxNumber": TCKN, "OrderReference": {"Value": "ORDER-first"}},
        {"OrderReference": "ORDER-first"},
    ],
)
def test_details_of_what_was_prepared_agree_with_it(changes: dict[str, Any]) -> None:
    assert compared(details(**changes), NUMBERED) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"InvoiceAmount": Decimal("120.5")},
        {"PayableAmount": Decimal("100.0")},
        {"CurrencyCode": "EUR"},
        {"InvoiceNumber": "ABC2026000000002"},
        {"ReceiverTaxNumber": "11111111111"},
        {"OrderReference": {"Value": "ORDER-second"}},
        {"OrderReference": "ORDER-second"},
    ],
)
def test_another_document_under_our_uuid_is_different(changes: dict[str, Any]) -> None:
    assert isinstance(compared(details(**changes), NUMBERED), Different)


def test_nilvera_s_own_number_is_not_known_before() -> None:
    assert compared(details(InvoiceNumber="XYZ2026000000009"), PREPARED) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"UUID": None},
        {"UUID": "7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001"},
        {"UUID": 17},
        {"CurrencyCode": None},
        {"InvoiceAmount": None},
        {"InvoiceAmount": "120.00"},
        {"InvoiceNumber": None},
        {"InvoiceNumber": 2026000000001},
    ],
)
def test_details_that_do_not_say_which_document_they_are_about_settle_nothing(changes: dict[str, Any]) -> None:
    assert isinstance(compared(details(**changes), NUMBERED), Unclear)


@pytest.mark.parametrize(
    ("status", "text", "absent"),
    [
        (404, json.dumps(error(3999)), True),
        (404, "", False),
        (404, "{}", False),
        (404, "<html>", False),
        (404, '{"message":"no Route matched with those values"}', False),
        (404, '{"status":404,"error":"Not Found","path":"/x"}', False),
        (404, '{"Errors":[]}', False),
        (404, '{"Errors":[{"Description":"Not Found"}]}', False),
        (404, json.dumps(error(3030)), False),
        (404, json.dumps(error(3009)), False),
        (404, json.dumps(error(3017)), False),
        (200, json.dumps(error(3999)), False),
        (400, json.dumps(error(3999)), False),
    ],
)
def test_only_nilvera_itself_can_say_that_a_document_is_absent(status: int, text: str, *, absent: bool) -> None:
    assert is_absence(Reply(status=status, text=text)) is absent
