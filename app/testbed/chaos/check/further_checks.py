"""What the check asks beside the orders: rubbish, repeats after the rebuild, and what persons decided."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.chaos.check.bad_input import DEAD_LETTERS, REFUSALS
from app.testbed.chaos.check.evidence import Submitted, SubmittedRubbish, Unread
from app.testbed.chaos.check.evidence_index import Account, name_of
from app.testbed.chaos.check.findings import Findings, lost, wrong
from app.testbed.chaos.check.vocabulary import LEGAL

# What the first decision on a review must have led to.
DECIDED: Final[Mapping[ReviewAnswer, frozenset[DocumentState]]] = MappingProxyType(
    {ReviewAnswer.CONFIRM_ISSUED: LEGAL, ReviewAnswer.REJECT: frozenset({DocumentState.REJECTED})}
)


def dead_letters(account: Account) -> Findings:
    """Every unusable record has its one ending, with its own bytes; nothing that is usable became a dead letter."""
    letters = dict.fromkeys(account.evidence.dead_letters)  # what was written twice alike stands once
    sources = {rubbish.place for rubbish in account.evidence.rubbish}
    for letter in letters:
        if letter.source not in sources:
            yield lost(f"{letter.topic} holds {letter.source} ({letter.reason}), which can be read")
    for rubbish in account.evidence.rubbish:
        yield from _ending(account, rubbish, [letter for letter in letters if letter.source == rubbish.place])


def _ending(account: Account, rubbish: SubmittedRubbish, found: list[Unread]) -> Findings:
    outcomes = account.outcomes.get(rubbish.event_id, [])
    said = [*(letter.reason for letter in found), *(outcome.reason for outcome in outcomes)]
    due = DEAD_LETTERS.get(rubbish.kind) or REFUSALS[rubbish.kind]
    if not said:
        yield lost(f"{rubbish.place} ({rubbish.kind}) has neither a dead letter nor an answer")
    elif said != [due] or bool(found) != (rubbish.kind in DEAD_LETTERS):
        yield wrong(f"{rubbish.place} ({rubbish.kind}) ended as {said}, not as {due}")
    elif any(letter.digest != rubbish.digest for letter in found):
        yield wrong(f"the dead letter of {rubbish.place} ({rubbish.kind}) has other bytes")
    elif any(outcome.verdict is not Verdict.REJECTED for outcome in outcomes):
        yield wrong(f"{rubbish.place} ({rubbish.kind}) was not refused")


def repeats(account: Account) -> Findings:
    """After the rebuild a repeated order is answered with the documents that exist, as they stand."""
    for repeat in account.evidence.repeats:
        outcomes = account.outcomes.get(repeat.event_id, [])
        if not outcomes:
            yield lost(f"order {name_of(repeat.order)}: its repeat after the rebuild has no outcome")
        for outcome in outcomes:
            yield from _answered(account, repeat, outcome)


def _answered(account: Account, repeat: Submitted, outcome: OrderOutcome) -> Findings:
    standing = account.documents_of.get(repeat.order, ())
    due = {(status.document_id, status.state, status.number) for status in standing}
    said = {(document.document_id, document.state, document.number) for document in outcome.documents}
    if outcome.verdict is not Verdict.DUPLICATE or said != due:
        yield wrong(
            f"order {name_of(repeat.order)}: after the rebuild its repeat is {outcome.verdict} with "
            f"{sorted(said, key=str)}, not DUPLICATE with {sorted(due, key=str)}"
        )


def decisions(account: Account) -> Findings:
    """What a person decided, and was told OK, has come about."""
    for submitted in account.evidence.submitted:
        body = submitted.event.body
        if not isinstance(body, ReviewDecided) or account.verdict(submitted) is not Verdict.OK:
            continue
        document = account.documents.get(body.document_id)
        if document is None:
            yield wrong(f"a review of {body.document_id} was decided, of which no status tells")
        else:
            yield from _came_about(body, document.latest)


def _came_about(body: ReviewDecided, latest: DocumentStatus) -> Findings:
    said = f"document {body.document_id}: review {body.revision} was answered {body.decision}"
    if latest.attention is Attention.NEEDS_REVIEW and latest.review_revision == body.revision:
        yield lost(f"{said}, and it still asks")
    elif body.decision in DECIDED and latest.state not in DECIDED[body.decision]:
        yield wrong(f"{said}, and it is {latest.state}")
    elif body.decision is ReviewAnswer.CONFIRM_ISSUED and latest.number != body.number:
        yield wrong(f"{said} with {body.number}, and its number is {latest.number}")
