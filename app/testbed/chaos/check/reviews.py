"""Reviews: what a person decided, and what came of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.defects import Defects, lost, wrong
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.vocabulary import LEGAL

# What the first decision on a review must have led to.
DECIDED: Final[Mapping[ReviewAnswer, frozenset[DocumentState]]] = MappingProxyType(
    {ReviewAnswer.CONFIRM_ISSUED: LEGAL, ReviewAnswer.REJECT: frozenset({DocumentState.REJECTED})}
)
# What a question's evidence shows of the calls that it is about; each names its step first.
_CALLS: Final = frozenset({"SENT", "ANSWERED", "LOOKED_UP"})
_CANCELLATION: Final = "CANCELLATION"


def asks_about_cancellation(status: DocumentStatus) -> bool:
    """A person is asked whether a cancellation has worked: the document is legal, and all calls shown are for that.

    A question about the document's creation may be asked in the same state; its evidence shows other steps.
    """
    calls = [line.detail for line in status.evidence if line.what in _CALLS]
    is_asked = status.attention is Attention.NEEDS_REVIEW and status.state is DocumentState.CANCEL_PENDING
    return is_asked and bool(calls) and all(call.startswith(_CANCELLATION) for call in calls)


def decisions(index: EvidenceIndex) -> Defects:
    """What a person decided, and was answered OK, has come about."""
    for submitted in index.evidence.submitted:
        body = submitted.event.body
        if not isinstance(body, ReviewDecided) or index.verdict(submitted) is not Verdict.OK:
            continue
        document = index.documents.get(body.document_id)
        if document is None:
            yield wrong(f"a review of {body.document_id} was decided, which no status names")
        else:
            yield from _came_about(body, document.latest)


def _came_about(body: ReviewDecided, latest: DocumentStatus) -> Defects:
    said = f"document {body.document_id}: review {body.revision} was answered {body.decision}"
    if latest.attention is Attention.NEEDS_REVIEW and latest.review_revision == body.revision:
        yield lost(f"{said}, and it still asks")
    elif body.decision in DECIDED and latest.state not in DECIDED[body.decision]:
        yield wrong(f"{said}, and it is {latest.state}")
    elif body.decision is ReviewAnswer.CONFIRM_ISSUED and latest.number != body.number:
        yield wrong(f"{said} with {body.number}, and its number is {latest.number}")
