"""What issuers report, and what time does: numbered without a gap, and never backwards."""

from app.domain.documents import Attention, DocumentState, Evidence
from app.domain.orders import DocumentOverdue
from app.domain.policy import Trigger
from tests.planning.events import START, Log, document_id, placed, progressed

WHOLE = ("1", "2", "3")
ISSUED, PROCESSING = DocumentState.ISSUED, DocumentState.PROCESSING


def test_status_events_are_numbered_without_a_gap_and_regressions_are_dropped() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    document = document_id(*WHOLE)
    log.append(progressed(document, PROCESSING))
    log.append(progressed(document, ISSUED, number="EAR2026000000001"))
    log.append(progressed(document, PROCESSING))
    log.append(progressed(document, ISSUED))
    assert [(s.sequence, s.state) for s in log.all.statuses] == [
        (1, DocumentState.PLANNED),
        (2, PROCESSING),
        (3, ISSUED),
    ]
    assert log.all.statuses[-1].number == "EAR2026000000001"


def test_attention_stands_beside_the_state() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    evidence = (Evidence(at=START, what="sent"),)
    (status,) = log.append(
        progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.UNCERTAIN, evidence=evidence)
    ).statuses
    assert (status.state, status.attention, status.evidence) == (
        DocumentState.PLANNED,
        Attention.UNCERTAIN,
        evidence,
    )
    (status,) = log.append(progressed(document_id(*WHOLE), ISSUED)).statuses
    assert status.attention is None


def test_a_document_without_news_is_raised_once() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    overdue = DocumentOverdue(document_id=document_id(*WHOLE), sequence=1)
    (status,) = log.append(overdue, policy=None).statuses
    assert status.attention is Attention.OVERDUE
    assert not log.append(overdue, policy=None).statuses


def test_an_overdue_that_was_overtaken_by_news_says_nothing() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id(*WHOLE), PROCESSING))
    assert not log.append(DocumentOverdue(document_id=document_id(*WHOLE), sequence=1), policy=None).statuses
