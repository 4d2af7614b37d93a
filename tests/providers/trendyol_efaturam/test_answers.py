"""What Trendyol's answers come to: its problems by name, its statuses by code, and whether a document is ours."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Different, Done, NotSent, Outcome, Prepared, Refused, Unclear, Unknown
from providers.transport.http import Reply
from providers.trendyol_efaturam import answers
from providers.trendyol_efaturam.problems import errors_of, is_own
from tests.providers.examples import TAXPAYER, command, prepared_by

TYPES = "https://api.trendyol.com/etransformation/invoice/"
S = DocumentState


def prepared(document_type: DocumentType = DocumentType.EARSIV, **more: Any) -> Prepared:
    person = {"person": TAXPAYER} if document_type is DocumentType.EFATURA else {}
    return prepared_by("trendyol-efaturam", command(**person), document_type, **more)


EARSIV = prepared()
EFATURA = prepared(DocumentType.EFATURA)


def problem(status: int, kind: str, title: str = "Problem", **more: object) -> Reply:
    body = {"type": TYPES + kind, "title": title, "status": status, "detail": "in words", "instance": "/", **more}
    return Reply(status=status, text=json.dumps(body))


def of_create(reply: Reply) -> Outcome:
    return answers.created(reply, prepared())


def accepted(**changes: object) -> Reply:
    """The answer to a create call of the first version."""
    body = {
        "invoiceUuid": prepared().reference, "invoiceId": "ABC2026000000001", "status": 10, "currency": "TRY",
        "payableAmount": 12000, "receiverTaxId": "10000000078", "scenario": "EARSIVFATURA", **changes,
    }  # fmt: skip
    return Reply(status=200, text=json.dumps(body))


def test_a_number_for_our_uuid_is_done() -> None:
    done = of_create(accepted())
    assert isinstance(done, Done)
    assert (done.state, done.number, done.ettn) == (S.PROCESSING, "ABC2026000000001", prepared().reference)


@pytest.mark.parametrize("uuid", [prepared().reference.upper(), prepared().reference])
def test_a_uuid_is_the_same_in_any_case(uuid: str) -> None:
    assert isinstance(of_create(accepted(invoiceUuid=uuid)), Done)


@pytest.mark.parametrize(
    "changes",
    [
        {"invoiceUuid": None},
        {"invoiceUuid": "another"},
        {"invoiceId": None},
        {"invoiceId": 7},
        {"invoiceId": {"value": "ABC2026000000001"}},
        {"status": 11},
        {"status": None},
        {"status": True},
        {"payableAmount": 120},
        {"payableAmount": 1200000},
        {"receiverTaxId": "20000000046"},
        {"externalCancellationType": "KEP"},
    ],
)
def test_a_200_that_says_anything_else_is_unknown(changes: dict[str, object]) -> None:
    assert isinstance(of_create(accepted(**changes)), Unknown)


def test_a_factor_of_a_hundred_is_said_in_lira() -> None:
    outcome = of_create(accepted(payableAmount=1200000))
    assert isinstance(outcome, Unknown)
    assert "payableAmount is 12000.00, not 120.00" in outcome.why


def test_a_number_that_is_not_the_one_we_gave_is_looked_up() -> None:
    ours = prepared(number="ABC2026000000009", numbers="ours")
    assert isinstance(answers.created(accepted(), ours), Unknown)


@pytest.mark.parametrize(
    ("status", "kind", "title"),
    [
        (409, "invoice-uuid-cant-be-used", "Problem"),
        (409, "x", "InvoiceUuidCantBeUsedProblem"),
        (409, "InvoiceUuidCantBeUsedProblem", "Conflict"),
        (409, "invoice-id-already-exists", ""),
        (409, "invoice-could-not-be-saved", ""),
        (409, "a-name-that-no-table-has", ""),
        (404, "a-name-that-no-table-has", ""),
        (400, "a-name-that-no-table-has", ""),
    ],
)
def test_what_may_be_there_is_unknown(status: int, kind: str, title: str) -> None:
    assert isinstance(of_create(problem(status, kind, title)), Unknown)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, "target-alias-not-found"),
        (404, "tax-payer-not-found"),
        (404, "corporate-prefix-not-found"),
        (404, "corporate-default-prefix-not-found"),
        (409, "receiver-and-sender-emails-are-same"),
        (409, "scenario-not-valid"),
        (409, "corporate-prefix-is-unusable"),
        (422, "ubl-validation-failed"),
        (422, "multiple-aliases-exist"),
        (422, "a-name-that-no-table-has"),
    ],
)
def test_a_refusal_is_in_trendyols_words(status: int, kind: str) -> None:
    outcome = of_create(problem(status, kind))
    assert isinstance(outcome, Refused)
    (error,) = outcome.errors
    assert error.code == "TRENDYOL_" + kind.upper().replace("-", "_")
    assert error.message == "Problem: in words"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (409, "insufficient-credit"),
        (409, "../gateway/application-mismatch"),
        (404, "application-not-found"),
        (404, "corporate-not-found"),
        (404, "stylesheet-with-code-not-found"),
    ],
)
def test_what_only_the_owner_can_cure_makes_the_connection_wait(status: int, kind: str) -> None:
    outcome = of_create(problem(status, kind))
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


def test_what_is_wrong_in_a_body_is_listed_by_field() -> None:
    listed = [{"code": "Size", "defaultMessage": "too long", "field": "notes[0]"}, {"code": 7, "field": None}]
    errors = errors_of(problem(422, "validation-problem", "ValidationProblem", errors=listed))
    assert [(error.code, error.message) for error in errors] == [
        ("TRENDYOL_VALIDATION", "ValidationProblem: in words"),
        ("TRENDYOL_SIZE", "notes[0]: too long"),
        ("TRENDYOL_ERROR", ": "),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "about:blank", "title": "Conflict", "status": 409}',
        '{"title": "Conflict", "status": 409}',
        '{"type": "https://api.trendyol.com/etransformation/x", "title": "Conflict", "status": 404}',
        '{"type": "https://api.trendyol.com/etransformation/x", "status": 409}',
        '{"type": ["/problem/"], "title": "Conflict", "status": 409}',
        '{"message": "Conflict"}',
        "<html>",
        "[]",
        "",
    ],
)
def test_only_a_problem_of_its_own_type_is_trendyols_word(text: str) -> None:
    reply = Reply(status=409, text=text)
    assert not is_own(reply)
    assert isinstance(of_create(reply), Unknown)
    assert errors_of(reply) == ()


@pytest.mark.parametrize(
    ("reply", "absent"),
    [
        (problem(404, "invoice-not-found"), True),
        (problem(404, "not-found"), True),
        (problem(404, "target-alias-not-found"), False),
        (problem(404, "corporate-not-found"), False),
        (problem(410, "invoice-not-found"), False),
        (Reply(status=404, text='{"message": "no invoice"}'), False),
    ],
)
def test_only_trendyol_itself_can_say_that_a_document_is_absent(reply: Reply, *, absent: bool) -> None:
    assert answers.is_absence(reply) is absent


@pytest.mark.parametrize(
    ("code", "earsiv", "efatura"),
    [
        (10, S.PROCESSING, S.PROCESSING),
        (20, S.PROCESSING, S.PROCESSING),
        (29, S.REJECTED, S.REJECTED),
        (30, S.PROCESSING, S.PROCESSING),
        (40, S.PROCESSING, S.PROCESSING),
        (50, S.DELIVERED, S.DELIVERED),
        (100, S.PROCESSING, S.PROCESSING),
        (105, S.REJECTED_BY_BUYER, S.REJECTED_BY_BUYER),
        (200, S.PROCESSING, S.PROCESSING),
        (205, S.ISSUED, S.DELIVERED),
        (305, S.CANCELLED, S.CANCELLED),
        (405, S.REJECTED, S.REJECTED),
        (0, None, None),
        (999, None, None),
    ],
)
def test_the_status_as_a_number_and_as_text(code: int, earsiv: S | None, efatura: S | None) -> None:
    for said in (code, str(code)):
        assert answers.state_of({"status": said}, EARSIV) is earsiv
        assert answers.state_of({"status": said}, EFATURA) is efatura


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (None, S.ACCEPTED),
        ("APPROVED", S.ACCEPTED),
        ("AUTO_APPROVED", S.ACCEPTED),
        ("DENIED", S.REJECTED_BY_BUYER),
        ("RETURNED", S.DELIVERED),
        ("ANOTHER", None),
        (7, None),
    ],
)
def test_the_buyer_s_reply_to_a_commercial_efatura(reply: object, state: S | None) -> None:
    body = {"status": 205, "replyType": reply}
    assert answers.state_of(body, replace(EFATURA, awaits_answer=True)) is state


@pytest.mark.parametrize("status", ["", "20.5", "²", None, 2.5, True, [205]])
def test_a_status_that_is_no_number_is_in_no_table(status: object) -> None:
    assert answers.state_of({"status": status}, EARSIV) is None


def test_a_document_that_failed_says_why() -> None:
    body = {"invoiceUuid": EARSIV.reference, "status": 29, "gibStatus": "X", "errorMessage": "the schematron says no"}
    done = answers.done_of(body, EARSIV, "N")
    assert isinstance(done, Done)
    assert [(error.code, error.message) for error in done.errors] == [
        ("TRENDYOL_STATUS_ERROR", "status 29; the schematron says no; X")
    ]


def test_a_cancellation_outside_is_for_a_person() -> None:
    body = {"invoiceUuid": EARSIV.reference, "status": 205, "externalCancellationType": "NOTARY"}
    found = answers.done_of(body, EARSIV, "N")
    assert isinstance(found, Unclear)
    assert "NOTARY" in found.why


ROW = {
    "invoiceUuid": prepared().reference, "localReferenceId": prepared().reference, "receiverTaxId": "10000000078",
    "payableAmount": 12000, "scenario": "EARSIVFATURA", "invoiceTypeCode": "SATIS", "currency": "TRY",
}  # fmt: skip


@pytest.mark.parametrize("left_out", [*ROW])
def test_a_row_that_leaves_something_out_agrees_with_what_was_sent(left_out: str) -> None:
    assert answers.compared({name: value for name, value in ROW.items() if name != left_out}, prepared()) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"payableAmount": 12300}, "payableAmount is 123.00, not 120.00"),
        ({"payableAmount": 120}, "payableAmount is 1.20, not 120.00"),
        ({"receiverTaxId": "20000000046"}, "receiverTaxId is"),
        ({"currency": "EUR"}, "currency is EUR, not TRY"),
        ({"scenario": "TEMELFATURA"}, "scenario is TEMELFATURA"),
        ({"invoiceTypeCode": "IADE"}, "invoiceTypeCode is IADE"),
        ({"localReferenceId": "another"}, "localReferenceId is another"),
    ],
)
def test_another_document_under_our_uuid_is_different(changes: dict[str, object], said: str) -> None:
    found = answers.compared({**ROW, **changes}, prepared())
    assert isinstance(found, Different)
    assert said in found.detail


def test_decimals_are_compared_with_decimals() -> None:
    made = command(earsiv_series=None)
    second = prepared_by("trendyol-efaturam", made, DocumentType.EARSIV, earsiv_api="v2")
    assert answers.compared({"payableAmount": 120}, second) is None
    found = answers.compared({"payableAmount": 12000}, second)
    assert isinstance(found, Different)


@pytest.mark.parametrize(
    "content",
    [
        [],
        [{**ROW, "invoiceUuid": "another"}],
        [ROW, ROW],
        [{**ROW, "payableAmount": "12000"}],
        [{**ROW, "receiverTaxId": None}],
        [7],
        {"row": ROW},
        None,
    ],
)
def test_a_search_that_does_not_show_our_document_once_and_whole_shows_nothing(content: object) -> None:
    reply = Reply(status=200, text=json.dumps({"content": content}))
    assert answers.row_in(reply, prepared().reference) is None


def test_a_search_that_answers_loosely_shows_ours_by_its_uuid() -> None:
    content = [{**ROW, "invoiceUuid": "another"}, {**ROW, "invoiceUuid": prepared().reference.upper()}]
    assert answers.row_in(Reply(status=200, text=json.dumps({"content": content})), prepared().reference) == content[1]


@pytest.mark.parametrize(
    ("reply", "mailboxes"),
    [
        (Reply(status=200, text="[]"), []),
        (problem(404, "tax-payer-not-found"), []),
        (Reply(status=200, text='[{"alias": "a", "aliasType": "INVOICE"}]'), ["a"]),
        (Reply(status=200, text='[{"alias": "a", "aliasType": "DESPATCH_ADVICE"}]'), []),
    ],
)
def test_the_mailboxes_of_a_taxpayer(reply: Reply, mailboxes: list[str]) -> None:
    assert answers.mailboxes_in(reply) == mailboxes


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=200, text='[{"alias": "a", "aliasType": "ANOTHER"}]'),
        Reply(status=200, text='[{"alias": 7, "aliasType": "INVOICE"}]'),
        Reply(status=200, text='[{"alias": "", "aliasType": "INVOICE"}]'),
        Reply(status=200, text='{"message": "later"}'),
        Reply(status=404, text='{"message": "no route"}'),
        problem(404, "corporate-not-found"),
    ],
)
def test_an_answer_that_cannot_be_read_says_nothing_of_the_buyer(reply: Reply) -> None:
    assert answers.mailboxes_in(reply) == Unclear(why=reply.excerpt())


@pytest.mark.parametrize(
    ("status", "body", "url"),
    [
        (200, b"https://files.example/1.pdf\n", "https://files.example/1.pdf"),
        (200, b'"https://files.example/1.pdf"', "https://files.example/1.pdf"),
        (200, b'{"url": "https://files.example/1.pdf"}', None),
        (200, b"not yet", None),
        (202, b"https://files.example/1.pdf", None),
    ],
)
def test_the_address_of_a_file(status: int, body: bytes, url: str | None) -> None:
    assert answers.url_in(Reply(status=status, text=body.decode(), body=body)) == url
