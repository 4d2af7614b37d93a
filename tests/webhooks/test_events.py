"""What a receiver gets of a record: its type, its lane, its bytes, and nothing of a person."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentReference, DocumentState, Evidence, Intent
from app.domain.errors import FieldError
from app.domain.notices import (
    CreditedLine,
    Deadline,
    DeadlineNear,
    LinesAgeing,
    LinesCredited,
    NoticeBody,
    ShipmentConfirmed,
)
from app.domain.outcomes import Verdict
from app.store.webhooks.queue import WebhookEvent
from app.webhooks.events import MOST_LISTED, TYPES, sources, trial
from tests.webhooks.queued import NOW, SHOP
from tests.webhooks.topics import (
    CODEC,
    NOTICES,
    OUTCOMES,
    STATUSES,
    TOPICS,
    FakeTopics,
    notice_of,
    outcome_of,
    status_of,
)


def events_of(topic: str, value: Any) -> list[WebhookEvent]:
    return list(sources(TOPICS)[topic](FakeTopics().write(topic, value), CODEC))


def data_of(event: WebhookEvent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.body)["data"]
    return found


@pytest.mark.parametrize("state", DocumentState)
def test_each_state_of_a_document_is_a_type(state: DocumentState) -> None:
    (event,) = events_of(STATUSES, status_of("d1", 3, state))
    assert event.type == f"document.{state.lower()}"
    assert event.type in TYPES
    assert (event.lane, event.business, event.at) == ("d1", SHOP, NOW)


def test_a_status_is_sent_as_the_standard_has_it() -> None:
    (event,) = events_of(STATUSES, status_of("d1", 3))
    assert json.loads(event.body) == {
        "type": "document.issued",
        "timestamp": "2026-11-02T09:00:00Z",
        "data": {
            "businessCode": SHOP,
            "orderReference": "S-1",
            "documentId": "d1",
            "sequence": 3,
            "state": "ISSUED",
            "intent": "INVOICE",
            "number": "ORN2026000000001",
            "issueDate": "2026-11-02",
            "provider": "nilvera",
            "connection": "nilvera",
            "shipmentReference": "SHP-1",
            "lineReferences": ["1", "2"],
            "lineReferencesTotal": 2,
            "errorDetails": [],
            "errorDetailsTotal": 0,
        },
    }


def test_a_record_that_is_read_again_gives_the_same_id_and_the_same_bytes() -> None:
    assert events_of(STATUSES, status_of("d1", 3)) == events_of(STATUSES, status_of("d1", 3))


def test_ids_of_different_steps_differ_and_have_no_dot() -> None:
    known = [events_of(STATUSES, status_of(document, number))[0] for document in ("d1", "d2") for number in (1, 2)]
    ids = {event.event_id for event in known}
    assert len(ids) == 4
    assert not any("." in each for each in ids)


def test_a_document_that_waits_for_a_person_is_an_event_of_its_own() -> None:
    status = status_of("d1", 3, DocumentState.PROCESSING, attention=Attention.NEEDS_REVIEW)
    state, attention = events_of(STATUSES, status)
    assert (state.type, attention.type) == ("document.processing", "document.attention")
    assert state.event_id != attention.event_id
    assert data_of(attention)["attention"] == "NEEDS_REVIEW"


def test_what_may_name_a_person_is_not_sent() -> None:
    evidence = (Evidence(at=NOW, what="answer", detail="Alıcı: Deneme Alıcı"),)
    status = status_of("d1", 3, evidence=evidence, extensions={"buyer": "Deneme Alıcı"})
    (event,) = events_of(STATUSES, status)
    assert b"Deneme" not in event.body


def test_a_long_list_is_cut_and_counted() -> None:
    lines = tuple(f"{number}" for number in range(MOST_LISTED + 5))
    errors = tuple(FieldError(path="$", code="X", message="wrong") for _ in range(MOST_LISTED + 5))
    (event,) = events_of(STATUSES, status_of("d1", 1, lines=lines, errors=errors))
    data = data_of(event)
    assert (len(data["lineReferences"]), data["lineReferencesTotal"]) == (MOST_LISTED, MOST_LISTED + 5)
    assert (len(data["errorDetails"]), data["errorDetailsTotal"]) == (MOST_LISTED, MOST_LISTED + 5)
    assert len(event.body) < 20_000


def test_an_outcome_is_the_completion_of_a_request() -> None:
    document = DocumentReference(
        document_id="d1",
        intent=Intent.INVOICE,
        state=DocumentState.PLANNED,
        provider="nilvera",
        connection="nilvera",
        lines=("1",),
    )
    errors = (FieldError(path="$.body.currency", code="WRONG_FORMAT", message="is no currency"),)
    outcome = outcome_of("e-1", Verdict.REJECTED, reason="INVALID", errors=errors, documents=(document,))
    (event,) = events_of(OUTCOMES, outcome)
    assert (event.type, event.lane) == ("request.completed", f"{SHOP}/S-1")
    data = data_of(event)
    assert (data["result"], data["requestId"], data["eventId"]) == ("REJECTED", "r-1", "e-1")
    assert data["errorDetails"] == [{"path": "$.body.currency", "code": "WRONG_FORMAT", "message": "is no currency"}]
    assert data["documents"] == [{"documentId": "d1", "state": "PLANNED", "number": None}]


def test_what_is_held_is_told_and_its_end_is_another_event() -> None:
    (held,) = events_of(OUTCOMES, outcome_of("e-1", Verdict.HELD, reason="ORDER_MISSING"))
    (done,) = events_of(OUTCOMES, outcome_of("e-1"))
    assert (held.type, done.type) == ("request.held", "request.completed")
    assert held.event_id != done.event_id


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (
            ShipmentConfirmed(line_references=("1",), document_id="d1", dispatch_date=date(2026, 11, 2)),
            "shipment.confirmed",
            {"documentId": "d1", "dispatchDate": "2026-11-02"},
        ),
        (
            LinesAgeing(line_references=("1",), open_since=NOW),
            "order.lines_ageing",
            {"openSince": "2026-11-02T09:00:00Z"},
        ),
        (
            DeadlineNear(deadline=Deadline.ISSUE, until=date(2026, 11, 9), line_references=("1",)),
            "order.deadline_near",
            {"deadline": "ISSUE", "until": "2026-11-09"},
        ),
        (
            LinesCredited(
                intent=Intent.RETURN,
                reference="R-1",
                day=date(2026, 11, 2),
                lines=(CreditedLine(line_reference="1", quantity=Decimal("1E+1"), amount=Decimal("60.00")),),
                original="d0",
            ),
            "order.lines_credited",
            {"lines": [{"lineReference": "1", "quantity": "10", "amount": "60.00"}], "original": "d0"},
        ),
    ],
)
def test_each_kind_of_notice_is_a_type(body: NoticeBody, kind: str, says: dict[str, Any]) -> None:
    (event,) = events_of(NOTICES, notice_of(body))
    assert (event.type, event.lane) == (kind, f"{SHOP}/S-1")
    assert event.type in TYPES
    assert data_of(event).items() >= says.items()


def test_a_trial_says_that_it_is_one() -> None:
    event = trial(SHOP, "endpoint", "an-id", NOW)
    assert json.loads(event.body)["type"] == event.type == "webhook.test"
