"""What the check asks beside the orders: bad input, repeats after the rebuild, and what persons decided."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.chaos.check.bad_input import DEAD_LETTERS, REFUSALS
from app.testbed.chaos.check.defects import Defects, lost, wrong
from app.testbed.chaos.check.evidence import FoundDeadLetter, Submitted, SubmittedBadInput
from app.testbed.chaos.check.evidence_index import EvidenceIndex, name_of
from app.testbed.chaos.check.vocabulary import LEGAL

# What the first decision on a review must have led to.
DECIDED: Final[Mapping[ReviewAnswer, frozenset[DocumentState]]] = MappingProxyType(
    {ReviewAnswer.CONFIRM_ISSUED: LEGAL, ReviewAnswer.REJECT: frozenset({DocumentState.REJECTED})}
)


def dead_letters(index: EvidenceIndex) -> Defects:
    """Every unusable record has its one ending, with its own bytes; nothing that is usable became a dead letter."""
    letters = dict.fromkeys(index.evidence.dead_letters)  # what was written twice alike is there once
    sources = {bad_input.place for bad_input in index.evidence.bad_input}
    for letter in letters:
        if letter.source not in sources:
            yield lost(f"{letter.topic} holds {letter.source} ({letter.reason}), which can be read")
    for bad_input in index.evidence.bad_input:
        yield from _ending(index, bad_input, [letter for letter in letters if letter.source == bad_input.place])


def _ending(index: EvidenceIndex, bad_input: SubmittedBadInput, found: list[FoundDeadLetter]) -> Defects:
    outcomes = index.outcomes.get(bad_input.event_id, [])
    said = [*(letter.reason for letter in found), *(outcome.reason for outcome in outcomes)]
    due = DEAD_LETTERS.get(bad_input.kind) or REFUSALS[bad_input.kind]
    if not said:
        yield lost(f"{bad_input.place} ({bad_input.kind}) has neither a dead letter nor an answer")
    elif said != [due] or bool(found) != (bad_input.kind in DEAD_LETTERS):
        yield wrong(f"{bad_input.place} ({bad_input.kind}) ended as {said}, not as {due}")
    elif any(letter.digest != bad_input.digest for letter in found):
        yield wrong(f"the dead letter of {bad_input.place} ({bad_input.kind}) has other bytes")
    elif any(outcome.verdict is not Verdict.REJECTED for outcome in outcomes):
        yield wrong(f"{bad_input.place} ({bad_input.kind}) was not refused")


def repeats(index: EvidenceIndex) -> Defects:
    """After the rebuild a repeated order is answered with the documents that exist, as they are now."""
    for repeat in index.evidence.repeats:
        outcomes = index.outcomes.get(repeat.event_id, [])
        if not outcomes:
            yield lost(f"order {name_of(repeat.order)}: its repeat after the rebuild has no outcome")
        for outcome in outcomes:
            yield from _answered(index, repeat, outcome)


def _answered(index: EvidenceIndex, repeat: Submitted, outcome: OrderOutcome) -> Defects:
    latest = index.documents_of.get(repeat.order, ())
    due = {(status.document_id, status.state, status.number) for status in latest}
    said = {(document.document_id, document.state, document.number) for document in outcome.documents}
    if outcome.verdict is not Verdict.DUPLICATE or said != due:
        yield wrong(
            f"order {name_of(repeat.order)}: after the rebuild its repeat is {outcome.verdict} with "
            f"{sorted(said, key=str)}, not DUPLICATE with {sorted(due, key=str)}"
        )


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
