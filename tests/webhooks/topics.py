"""Topics of statuses, outcomes and notices as lists, and how a broker would describe them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.domain.documents import Attention, DocumentState, DocumentStatus, Intent
from app.domain.notices import NoticeBody, OrderNotice
from app.domain.outcomes import OrderOutcome, Verdict
from app.following.offsets import TopicLog
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.webhooks.events import sources
from tests.webhooks.queued import NOW, SHOP

TOPICS = Topics()
CODEC = Codec()
STATUSES, OUTCOMES, NOTICES = TOPICS.document_status, TOPICS.order_outcomes, TOPICS.order_notices


def status_of(document: str, sequence: int, state: DocumentState = DocumentState.ISSUED, **more: Any) -> DocumentStatus:
    usual: dict[str, Any] = {
        "business": SHOP,
        "order_reference": "S-1",
        "intent": Intent.INVOICE,
        "attempt": 0,
        "attention": None,
        "provider": "nilvera",
        "connection": "nilvera",
        "lines": ("1", "2"),
        "shipment_reference": "SHP-1",
        "invoice_reference": None,
        "document_type": None,
        "ettn": None,
        "number": "ORN2026000000001",
        "issue_date": date(2026, 11, 2),
        "errors": (),
        "evidence": (),
        "review_revision": 0,
        "occurred_at": NOW,
        "caused_by": "e-1",
    }
    return DocumentStatus(document_id=document, sequence=sequence, state=state, **{**usual, **more})


def outcome_of(event_id: str, verdict: Verdict = Verdict.OK, **more: Any) -> OrderOutcome:
    usual: dict[str, Any] = {"reason": None, "errors": (), "documents": (), "request_id": "r-1"}
    return OrderOutcome(
        event_id=event_id,
        event_type="OrderPlaced",
        business=SHOP,
        order_reference="S-1",
        verdict=verdict,
        occurred_at=NOW,
        **{**usual, **more},
    )


def notice_of(body: NoticeBody) -> OrderNotice:
    return OrderNotice(
        notice_id="n-1", business=SHOP, order_reference="S-1", body=body, occurred_at=NOW, caused_by="e-1"
    )


def attention(document: str, sequence: int, what: Attention) -> DocumentStatus:
    return status_of(document, sequence, DocumentState.PROCESSING, attention=what)


@dataclass(slots=True)
class FakeTopics:
    """One partition each; `clock` is the broker's."""

    records: dict[str, list[InRecord]] = field(default_factory=lambda: {topic: [] for topic in sources(TOPICS)})
    topic_id: str = "first"

    def write(self, topic: str, value: Any, at: datetime = NOW) -> InRecord:
        log = self.records[topic]
        raw = value if isinstance(value, bytes) else CODEC.write(value)
        made = InRecord(
            topic=topic,
            partition=0,
            offset=len(log),
            timestamp_ms=int(at.timestamp() * 1000),
            key=None,
            value=raw,
            headers=(),
        )
        log.append(made)
        return made

    def logs(self) -> dict[str, TopicLog]:
        return {
            topic: TopicLog(topic_id=f"{topic} {self.topic_id}", bounds={0: (0, len(log))})
            for topic, log in self.records.items()
        }

    def from_on(self, places: dict[tuple[str, int], int], most: int = 500) -> list[InRecord]:
        """What follows these offsets."""
        following = [record for topic, log in self.records.items() for record in log[places[topic, 0] :]]
        return following[:most]
