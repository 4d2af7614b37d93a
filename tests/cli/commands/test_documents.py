"""What an operator asks of a document: the event that is written, or one sentence why not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from app.cli.main import app
from app.cli.printing.documents import print_document
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.orders import (
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    OrderEvent,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
)
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Trigger
from app.operations import documents, retrying, submit
from app.operations.documents import DocumentDetails
from app.operations.submit import SubmittedEvent
from app.settings import Settings, settings
from app.store import Store, new_key
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.tracking.documents import track
from tests.planning.events import Log, document_id, placed, progressed
from tests.store.configurations import business
from tests.store.test_numbers import wanted

DOCUMENT = document_id("1", "2", "3")
MINUTE = timedelta(minutes=1)
S = DocumentState


class Desk:
    """One document in this state, and the events that were written about it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        log = Log(Trigger.ORDER_PLACED)
        log.append(placed())
        log.append(progressed(DOCUMENT, S.ISSUED, number="N1"))
        self.latest = log.all.statuses[-1]
        self.written: list[tuple[Any, str, str | None]] = []
        self.verdict: OrderOutcome | None = Log().outcome(placed())
        monkeypatch.setattr(documents, "all_documents", lambda: track([replace(self.latest, sequence=1)]))
        monkeypatch.setattr(submit, "submit", self._submit)

    def _submit(self, events: list[OrderEvent], wait: float) -> list[SubmittedEvent]:
        assert wait > 0
        (event,) = events
        assert event.order_reference == self.latest.order_reference
        self.written.append((event.body, event.actor, event.reason))
        return [SubmittedEvent(event=event, outcome=self.verdict)]

    def type(self, state: DocumentState, *arguments: str) -> tuple[int, str]:
        self.latest = replace(self.latest, state=state)
        result = CliRunner().invoke(app, ["documents", *arguments, "--actor", "ayse"])
        return result.exit_code, result.output


@pytest.fixture
def store(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Two businesses of one taxpayer; the desk's document is of the first."""
    database, key = f"sqlite:///{tmp_path}/f.db", new_key()
    monkeypatch.setenv("FATURAFLOW_DATABASE", database)
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", key)
    settings.cache_clear()
    with Store.open(Settings(database=database, secret_key=SecretStr(key))) as opened:
        opened.apply([business(desk.latest.business), business(OTHER_SHOP)], actor="test")
        yield opened
    settings.cache_clear()


OTHER_SHOP = "ORNEK-PAZAR"
MARK = ("mark-issued", DOCUMENT, "--number", "ABC2026000000001", "--date", "2026-11-30")


@pytest.mark.usefixtures("store")
def test_a_document_is_marked_as_issued_where_it_waits(desk: Desk) -> None:
    code, _ = desk.type(S.AWAITING_SIGNATURE, *MARK)
    assert code == 0
    (body, actor, _), *_ = desk.written
    assert (body.number, body.issue_date, actor) == ("ABC2026000000001", date(2026, 11, 30), "ayse")


def test_what_waits_for_no_number_or_has_no_sound_one_is_not_marked(desk: Desk) -> None:
    assert "waits for no number" in desk.type(S.PROCESSING, *MARK)[1]
    assert "no number as GİB" in desk.type(S.DRAFT, "mark-issued", DOCUMENT, "--number", "guid-1")[1]
    assert "is no ETTN" in desk.type(S.DRAFT, *MARK, "--ettn", "guid-1")[1]
    assert desk.written == []


@pytest.mark.usefixtures("store")
def test_a_mistyped_number_is_corrected_and_is_another_document_s_again(desk: Desk) -> None:
    desk.type(S.AWAITING_SIGNATURE, *MARK)
    desk.latest = replace(desk.latest, number="ABC2026000000001")
    right = ("mark-issued", DOCUMENT, "--number", "ABC2026000000002")
    assert "corrected by --correct" in desk.type(S.ISSUED, *right)[1]
    assert desk.type(S.ISSUED, *right, "--correct")[0] == 0
    (body, *_) = desk.written[-1]
    assert (body.number, body.corrects) == ("ABC2026000000002", "ABC2026000000001")
    desk.latest = replace(desk.latest, document_id=document_id("7"), number=None)
    assert desk.type(S.AWAITING_SIGNATURE, "mark-issued", document_id("7"), *MARK[2:])[0] == 0
    assert "is document" in desk.type(S.AWAITING_SIGNATURE, "mark-issued", document_id("7"), *right[2:])[1]


@pytest.mark.parametrize("state", [S.AWAITING_SIGNATURE, S.CANCELLED])
def test_where_there_is_no_number_nothing_is_corrected(desk: Desk, state: DocumentState) -> None:
    assert "no number to correct" in desk.type(state, *MARK, "--correct")[1]
    assert desk.written == []


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("shop", ["its own", OTHER_SHOP])
def test_the_number_of_another_document_of_the_taxpayer_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, shop: str
) -> None:
    desk.latest = replace(desk.latest, state=S.AWAITING_SIGNATURE, number=None)
    other = replace(desk.latest, document_id=document_id("7"), number="ABC2026000000001", sequence=1)
    other = other if shop == "its own" else replace(other, business=shop)
    monkeypatch.setattr(documents, "all_documents", lambda: track([replace(desk.latest, sequence=1), other]))
    assert "has ABC2026000000001" in desk.type(S.AWAITING_SIGNATURE, *MARK)[1]
    assert desk.written == []


@pytest.mark.usefixtures("store")
def test_two_persons_cannot_give_two_documents_one_number_at_once(desk: Desk) -> None:
    """What one of them has said is not answered yet, and in no status."""
    desk.latest = replace(desk.latest, number=None)
    desk.verdict = None
    desk.type(S.AWAITING_SIGNATURE, *MARK)
    other = replace(desk.latest, document_id=document_id("7"), business=OTHER_SHOP)
    desk.latest = other
    code, said = desk.type(S.AWAITING_SIGNATURE, "mark-issued", other.document_id, *MARK[2:])
    assert code == 1
    assert f"is document {DOCUMENT}'s" in " ".join(said.split())
    assert len(desk.written) == 1


def test_what_was_to_be_taken_back_is_marked_as_deleted_where_its_provider_cannot_show_that(desk: Desk) -> None:
    desk.latest = replace(desk.latest, provider="bizimhesap", document_type=DocumentType.SALES_INVOICE)
    code, _ = desk.type(S.AWAITING_SIGNATURE, "mark-deleted", DOCUMENT, "--reason", "deleted in the panel")
    assert code == 0
    assert desk.written == [(DocumentMarkedDeleted(document_id=DOCUMENT), "ayse", "deleted in the panel")]
    assert "no record of it to delete" in desk.type(S.ISSUED, "mark-deleted", DOCUMENT)[1]


def test_where_the_provider_shows_what_became_of_it_nobody_has_to_say_it(desk: Desk) -> None:
    desk.latest = replace(desk.latest, provider="gib-earsiv", document_type=DocumentType.EARSIV)
    assert "shows by itself" in desk.type(S.AWAITING_SIGNATURE, "mark-deleted", DOCUMENT)[1]
    assert "shows by itself" in desk.type(S.DRAFT, *MARK)[1]
    assert desk.written == []


def confirm(*words: str) -> str:
    return CliRunner().invoke(app, ["review", "confirm-issued", DOCUMENT, *words, "--actor", "ayse"]).output


@pytest.mark.usefixtures("store")
def test_what_a_person_confirms_is_held_as_what_they_mark_is(desk: Desk) -> None:
    """The same number is confirmed of one document and marked of another before the planner has answered."""
    desk.latest, desk.verdict = replace(desk.latest, number=None, attention=Attention.NEEDS_REVIEW), None
    desk.latest = replace(desk.latest, state=S.PLANNED)
    confirm("--number", "ABC2026000000001")
    desk.latest = replace(desk.latest, document_id=document_id("7"), attention=None, business=OTHER_SHOP)
    code, said = desk.type(S.AWAITING_SIGNATURE, "mark-issued", document_id("7"), *MARK[2:])
    assert (code, f"is document {DOCUMENT}'s" in " ".join(said.split()), len(desk.written)) == (1, True, 1)


def test_what_a_document_bears_already_is_confirmed_whoever_counts_its_series(desk: Desk, store: Store) -> None:
    store.numbers().allot(wanted(business=desk.latest.business))
    desk.latest = replace(desk.latest, state=S.CANCEL_PENDING, attention=Attention.NEEDS_REVIEW, number=None)
    assert "counted by us" in " ".join(confirm("--number", "ORN2026000000009").split())
    desk.latest = replace(desk.latest, number="ORN2026000000009")
    confirm("--number", "ORN2026000000009")
    assert [body.number for body, *_ in desk.written] == ["ORN2026000000009"]


@pytest.mark.usefixtures("store")
def test_a_person_s_answer_has_a_number_and_an_ettn_of_gib_s_form(desk: Desk) -> None:
    desk.latest = replace(desk.latest, state=S.PLANNED, attention=Attention.NEEDS_REVIEW)
    assert "no number as GİB" in confirm("--number", "guid-1")
    assert "is no ETTN" in confirm("--number", "ABC2026000000001", "--ettn", "guid-1")
    assert desk.written == []
    confirm("--number", "ABC2026000000001", "--ettn", "3291D079-289C-52B0-B076-371F6C144C8B")
    (body, *_), *_ = desk.written
    assert (body.number, body.ettn) == ("ABC2026000000001", "3291d079-289c-52b0-b076-371f6c144c8b")


@pytest.mark.usefixtures("store")
def test_a_provider_that_is_made_up_has_numbers_of_its_own_form(desk: Desk) -> None:
    desk.latest = replace(desk.latest, state=S.PLANNED, attention=Attention.NEEDS_REVIEW, provider="testbook")
    confirm("--number", "TB-000001")
    (body, *_), *_ = desk.written
    assert body.number == "TB-000001"


def listed(*words: str) -> Any:
    return json.loads(CliRunner().invoke(app, ["documents", "list", "--json", *words]).stdout)


def test_avro_without_a_registry_is_one_sentence_that_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    record = InRecord(topic="t", partition=0, offset=0, timestamp_ms=0, key=b"k", value=b"\0\0\0\0\1x", headers=())
    monkeypatch.setattr(documents, "bootstrap", lambda: "none:1")
    monkeypatch.setattr(documents, "read_topic", lambda *_, **__: [record])
    monkeypatch.setattr(documents, "codec", Codec)
    result = CliRunner().invoke(app, ["documents", "list"])
    assert result.exit_code == 1
    assert "set FATURAFLOW_SCHEMA_REGISTRY" in result.stderr
    assert isinstance(result.exception, SystemExit)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_documents_are_listed_by_their_latest_news_whatever_their_partitions(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = replace(
        desk.latest, document_id=f"f{desk.latest.document_id}", occurred_at=desk.latest.occurred_at + MINUTE
    )
    monkeypatch.setattr(documents, "all_documents", lambda: track([later, desk.latest]))
    known = [desk.latest.document_id, later.document_id]
    assert [each["document_id"] for each in listed()] == known
    assert [each["document_id"] for each in listed("--limit", "1")] == known[1:]


def test_a_list_names_where_each_document_is_and_fits_eighty_columns(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = replace(desk.latest, number="ABC2026000000001", connection=desk.latest.provider, sequence=1)
    shown = [one]
    monkeypatch.setattr(documents, "all_documents", lambda: track(shown))
    first, head, row = CliRunner().invoke(app, ["documents", "list"]).stdout.splitlines()
    assert first == f"1 of 1 documents of {one.business}"
    assert head.split() == ["DOCUMENT", "ORDER", "AT", "STATE", "NUMBER", "SINCE"]
    assert row.split()[2:5] == [one.provider, "ISSUED", "ABC2026000000001"]
    assert len(row) <= 80
    shown.append(replace(one, document_id=document_id("7"), business=OTHER_SHOP, connection="second"))
    _, head, *rows = CliRunner().invoke(app, ["documents", "list"]).stdout.splitlines()
    assert "BUSINESS" in head
    assert any(f"second ({one.provider})" in row for row in rows)


def test_what_waits_for_a_signature_is_listed_for_a_person_with_what_to_do(desk: Desk) -> None:
    desk.latest = replace(desk.latest, state=S.AWAITING_SIGNATURE, document_type=DocumentType.EARSIV)
    result = CliRunner().invoke(app, ["documents", "list", "--attention"])
    assert result.exit_code == 3
    assert f"{DOCUMENT[:13]}: sign it in nilvera's portal\n" in result.stdout


def test_what_waits_for_its_approval_is_approved_here_and_not_sent_off_there(desk: Desk) -> None:
    waiting = replace(desk.latest, state=S.DRAFT, attention=Attention.AWAITING_APPROVAL)
    assert documents.hint_of(waiting) == (
        "see it by `faturaflow documents preview`; `faturaflow documents approve` it, or cancel it"
    )


@pytest.mark.parametrize(
    ("provider", "kind", "hint"),
    [
        ("gib-earsiv", DocumentType.EARSIV, "sign it in gib-earsiv's portal, or by `faturaflow documents sign`"),
        (
            "bizimhesap",
            DocumentType.SALES_INVOICE,
            "make it legal in bizimhesap's portal, and record its number by `faturaflow documents mark-issued`",
        ),
    ],
)
def test_what_to_do_about_a_signature_is_what_its_provider_can(
    desk: Desk, provider: str, kind: DocumentType, hint: str
) -> None:
    waiting = replace(desk.latest, state=S.AWAITING_SIGNATURE, provider=provider, document_type=kind)
    assert documents.hint_of(waiting) == hint


def test_a_cancellation_is_written_with_its_reason_and_who_asks(desk: Desk) -> None:
    code, output = desk.type(S.ISSUED, "cancel", DOCUMENT[:8], "--reason", "placed twice")
    assert (code, output) == (0, f"{desk.latest.order_reference} DocumentCancellationRequested: OK\n")
    asked = DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice")
    assert desk.written == [(asked, "ayse", None)]


@pytest.mark.parametrize(
    ("state", "says"),
    [(S.CANCELLED, "nothing left to cancel"), (S.REJECTED, "nothing left"), (S.DELIVERED, "settle it with the buyer")],
)
def test_what_cannot_be_cancelled_is_said_in_a_sentence(desk: Desk, state: DocumentState, says: str) -> None:
    code, output = desk.type(state, "cancel", DOCUMENT, "--reason", "placed twice")
    assert (code, says in output, output.count("\n")) == (1, True, 1)
    assert not desk.written


def test_a_cancellation_without_a_reason_is_not_written(desk: Desk) -> None:
    code, output = desk.type(S.ISSUED, "cancel", DOCUMENT, "--reason", " ")
    assert (code, "needs its reason" in output, desk.written) == (1, True, [])


def test_a_move_is_written_with_its_target_and_why(desk: Desk) -> None:
    code, _ = desk.type(S.PLANNED, "reroute", DOCUMENT[:8], "--to", "testbook", "--reason", "nilvera is down")
    assert code == 0
    assert desk.written == [(RerouteRequested(document_id=DOCUMENT, connection="testbook"), "ayse", "nilvera is down")]


@pytest.mark.parametrize(
    ("state", "to", "says"),
    [
        (S.ISSUED, "testbook", "cancel it first"),
        (S.CANCEL_PENDING, "testbook", "cancel it first"),
        (S.REJECTED, "testbook", "request the invoice again"),
        (S.PLANNED, "nilvera", "choose another connection"),
        (S.PLANNED, "No Body", "no connection's name"),
    ],
)
def test_what_cannot_be_moved_is_said_in_a_sentence(desk: Desk, state: DocumentState, to: str, says: str) -> None:
    code, output = desk.type(state, "reroute", DOCUMENT, "--to", to)
    assert (code, says in output, desk.written) == (1, True, [])


def test_a_document_that_nobody_knows_is_said(desk: Desk) -> None:
    code, output = desk.type(S.ISSUED, "cancel", "nobody", "--reason", "x")
    assert (code, "No documents" in output) == (1, True)


@pytest.mark.parametrize(("state", "word"), [(S.PLANNED, "not yet"), (S.REJECTED, "none")])
def test_a_document_that_has_ended_waits_for_no_number(
    desk: Desk, capsys: pytest.CaptureFixture[str], state: DocumentState, word: str
) -> None:
    [tracked] = track([replace(desk.latest, state=state, number=None)]).values()
    print_document(DocumentDetails(document=tracked, content=None, mailing="the store is away"))
    assert f"number            {word}\n" in capsys.readouterr().out


def test_what_waits_for_an_answer_is_looked_at_again_now(desk: Desk) -> None:
    desk.latest = replace(desk.latest, attention=Attention.NEEDS_REVIEW, review_revision=1)
    assert desk.type(S.PROCESSING, "retry", DOCUMENT)[0] == 0
    ((body, actor, _),) = desk.written
    assert (body, actor) == (
        ReviewDecided(document_id=DOCUMENT, revision=1, decision=ReviewAnswer.LOOK_AGAIN),
        "ayse",
    )


def test_what_waits_for_its_connection_has_that_tried_again_now(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, ...]] = []
    monkeypatch.setattr(retrying, "retry_connection", lambda *which, actor: tried.append((*which, actor)))
    desk.latest = replace(desk.latest, attention=Attention.CONNECTION)
    assert desk.type(S.PLANNED, "retry", DOCUMENT)[0] == 0
    assert (tried, desk.written) == ([("ORNEK", "nilvera", "ayse")], [])


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (S.PROCESSING, "it is tried again by itself"),
        (S.ISSUED, "there is nothing to try again"),
        (S.REJECTED, "request the invoice again instead"),
    ],
)
def test_what_waits_for_nobody_is_not_tried_again(desk: Desk, state: DocumentState, says: str) -> None:
    code, output = desk.type(state, "retry", DOCUMENT)
    assert (code, desk.written) == (1, [])
    assert says in output
