"""A document that waits for its approval, and was never sent, is drawn from what an approval would send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import DocumentApproved
from app.domain.policy import Trigger
from app.operations import preview
from app.operations.errors import NotPossibleError
from app.operations.preview import command_if_approved, drawn, preview_document
from app.operations.ubl import PageFormat
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.tracking.documents import TrackedDocument
from tests.harness.pipeline import TOPICS, Pipeline, event, order
from tests.providers.examples import CONSUMER, FACTS, command


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """An installation in memory, under MANUAL, whose topics the preview reads."""
    found = Pipeline(trigger=Trigger.MANUAL)

    def read(_bootstrap: str, topic: str) -> Iterator[InRecord]:
        return iter([*found.topics[topic]])

    monkeypatch.setattr(preview, "bootstrap", lambda: "")
    monkeypatch.setattr(preview, "topics", lambda: TOPICS)
    monkeypatch.setattr(preview, "codec", Codec)
    monkeypatch.setattr(preview, "read_topic", read)
    return found


def waiting(pipeline: Pipeline) -> DocumentStatus:
    """The one document that waits for its approval."""
    kept = pipeline.on(TOPICS.document_status)
    found = {each.document_id: each for each in (pipeline.codec.read(DocumentStatus, one.value) for one in kept)}
    (one,) = (each for each in found.values() if each.attention is Attention.AWAITING_APPROVAL)
    return one


def commands(pipeline: Pipeline) -> list[InvoiceCommand]:
    kept = pipeline.on(TOPICS.commands("nilvera"))
    return [pipeline.codec.read(InvoiceCommand, each.value) for each in kept]


async def test_what_would_be_sent_is_what_is_sent_when_it_is_approved(pipeline: Pipeline) -> None:
    await pipeline.submit(order("S-1"), order("S-2", lines=2))
    await pipeline.submit(
        event("S-1", {"type": "OrderAmended", "lines": [{**order("S-1")["body"]["lines"][0], "unit_price": "10.00"}]})
    )
    await pipeline.submit(event("S-2", {"type": "LinesCancelled", "line_references": ["1", "2"]}))
    found = waiting(pipeline)
    shown = command_if_approved(found, pipeline.now)
    assert shown is not None
    assert (shown.action, shown.document_id, commands(pipeline)) == (Action.ISSUE, found.document_id, [])
    assert shown.order is not None
    assert [line.unit_price for line in shown.order.lines] == [Decimal("10.00")]
    await pipeline.submit(event("S-1", {"type": "DocumentApproved", "document_id": found.document_id}))
    (sent,) = commands(pipeline)
    assert (sent.order, sent.person, sent.connection) == (shown.order, shown.person, shown.connection)


async def test_a_document_that_waits_for_nothing_is_not_folded_for(pipeline: Pipeline) -> None:
    await pipeline.submit(order("S-1"))
    found = waiting(pipeline)
    await pipeline.submit(event("S-1", {"type": DocumentApproved.__name__, "document_id": found.document_id}))
    kept = pipeline.on(TOPICS.document_status)[-1]
    latest = pipeline.codec.read(DocumentStatus, kept.value)
    assert command_if_approved(latest, pipeline.now + timedelta(days=1)) is None


async def test_what_a_provider_calls_a_draft_is_not_taken_for_its_legal_number(pipeline: Pipeline) -> None:
    await pipeline.submit(order("S-1"))
    draft = replace(waiting(pipeline), state=DocumentState.DRAFT, number="TASLAK-1")
    page = drawn(draft, command(person=CONSUMER), FACTS, PageFormat.HTML)
    assert (page.payable, page.currency) == (Decimal("120.00"), "TRY")
    assert b"TASLAK-1" not in page.content


async def test_what_is_legal_still_while_it_is_cancelled_is_not_drawn_as_a_preview(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pipeline.submit(order("S-1"))
    legal = TrackedDocument(history=(replace(waiting(pipeline), state=DocumentState.CANCEL_PENDING),))
    monkeypatch.setattr(preview.documents, "find_document", lambda _: legal)
    with pytest.raises(NotPossibleError, match="CANCEL_PENDING: download it"):
        preview_document("any", PageFormat.HTML)
