"""The independent check: what upstream sent, what was published and what the providers made are compared.

Pure over values. It knows nothing of the planner's and the issuer's code; what must come of an order it takes from
the generator, and where a person or a provider intervened, from what was answered.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus, Intent
from app.domain.orders import GoodwillGranted, InvoiceCorrected, InvoiceRequested, OrderPlaced, OrderReturned
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.chaos.check import (
    commands,
    corrected,
    dead_letters,
    drafts,
    outcomes,
    provider_documents,
    published,
    repeats,
    reviews,
)
from app.testbed.chaos.check.credited import credits_and_returns, of_event, returned_state
from app.testbed.chaos.check.defects import Defect, Defects, double, gap, lost, wrong
from app.testbed.chaos.check.document_history import is_finished, living
from app.testbed.chaos.check.evidence import OrderName, RunEvidence, Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex, name_of
from app.testbed.chaos.check.expected_content import can_be_invoiced, lines_of
from app.testbed.chaos.check.vocabulary import ARCS, DEAD, INVOICING, LEGAL, credit_id, document_id

Lines = tuple[str, ...]
# What is decided when there is an invoice.
NEEDS_INVOICE: Final = (OrderReturned, GoodwillGranted, InvoiceCorrected)


def check(evidence: RunEvidence) -> list[Defect]:
    """Everything that is not as it must be; empty when every promise was kept."""
    index = EvidenceIndex(evidence=evidence)
    return [
        *_outcomes(index),
        *outcomes.verdicts(index),
        *_expected_documents(index),
        *commands.commands(index),
        *published.outcomes(index),
        *published.documents(index),
        *_histories(index),
        *_shared_lines(index),
        *credits_and_returns(index),
        *corrected.corrections(index),
        *drafts.drafts(index),
        *provider_documents.documents(index),
        *provider_documents.attempts(index),
        *_line_states(index),
        *dead_letters.dead_letters(index),
        *repeats.repeats(index),
        *reviews.decisions(index),
        *provider_documents.reported_gaps(index),
    ]


# --- events and their outcomes ---------------------------------------------------------------------------------------


def _outcomes(index: EvidenceIndex) -> Defects:
    """Every event has its one final outcome, or is held for a reason that still holds."""
    for submitted in index.evidence.submitted:
        outcomes = index.outcomes.get(submitted.event_id, [])
        final = [outcome for outcome in outcomes if outcome.verdict is not Verdict.HELD]
        if not outcomes:
            yield lost(f"{_event_in_words(submitted)} has no outcome")
        elif len(final) > 1:
            verdicts = ", ".join(outcome.verdict for outcome in final)
            yield double(f"{_event_in_words(submitted)} has {len(final)} different final outcomes: {verdicts}")
        elif not final and not _still_held(index, submitted, outcomes):
            yield lost(f"{_event_in_words(submitted)} is held for {outcomes[0].reason}, and nothing holds it")
    for event_id in sorted(index.outcomes.keys() - index.evidence.event_ids):
        yield wrong(f"an outcome answers event {event_id}, which was never submitted")


def _still_held(index: EvidenceIndex, submitted: Submitted, outcomes: list[OrderOutcome]) -> bool:
    """The order is not there; or a document that must be legal, withdrawn or cancelled first waits for a person."""
    if submitted.order not in index.taken:
        return any(outcome.reason == "ORDER_NOT_ARRIVED" for outcome in outcomes)
    asks = {Attention.NEEDS_REVIEW, Attention.DELETE_AT_PROVIDER}
    asking = [status for status in index.documents_of.get(submitted.order, ()) if status.attention in asks]
    if isinstance(submitted.event.body, NEEDS_INVOICE):  # HELD is said once, also where it waited for its order first
        latest = index.documents_of.get(submitted.order, ())
        waits = any(is_finished(status) and status.state not in LEGAL | DEAD for status in latest)
        return waits or bool(asking) or _is_asked_for_anew(index, submitted)
    return any(outcome.reason in {"WITHDRAWING", "CANCELLING"} for outcome in outcomes) and bool(asking)


def _is_asked_for_anew(index: EvidenceIndex, submitted: Submitted) -> bool:
    """A line's invoice was taken back because of another line, and upstream has to act before it has one again.

    It asks for it once more, or cancels the discount that was for the other line, without which nothing is planned.
    """
    known, taken = index.evidence.lines.get(submitted.order, {}), index.taken.get(submitted.order)
    is_credit = isinstance(submitted.event.body, OrderReturned | GoodwillGranted)
    left = {line for line, each in known.items() if each.status == "OPEN"}
    is_planned = index.plans_by_itself(submitted.order) and taken is not None and can_be_invoiced(lines_of(taken, left))
    if not is_credit or is_planned:
        return False
    documents = index.documents_of.get(submitted.order, ())
    taken_back = {line for each in documents if each.state is DocumentState.CANCELLED for line in each.lines}
    return not left.isdisjoint(taken_back & of_event(submitted)[1].keys())


# --- documents that must be ------------------------------------------------------------------------------------------


def _expected_documents(index: EvidenceIndex) -> Defects:
    for order in index.generated:
        if order not in index.orders:
            yield lost(f"order {name_of(order)} was made up and is on no topic")
            continue
        found = {status.lines for status in index.documents_of.get(order, ())}
        promised = set(_promised(index, order))
        if index.went_as_made_up(order):
            promised |= set(index.generated[order].expected.documents)
        promised, possible = _after_cancellations(index, order, promised)
        for lines in sorted(promised - found):
            yield lost(f"order {name_of(order)}: no document over lines {', '.join(lines)}")
        for lines in sorted(each for each in found - promised if not possible(each)):
            yield wrong(f"order {name_of(order)}: no event asked for the document over lines {', '.join(lines)}")


def _promised(index: EvidenceIndex, order: OrderName) -> Iterator[tuple[str, ...]]:
    """What was answered OK and asks for a document."""
    for submitted in index.orders[order]:
        body = submitted.event.body
        if index.verdict(submitted) is not Verdict.OK:
            continue
        if isinstance(body, InvoiceRequested):
            yield tuple(sorted(body.line_references))
        elif isinstance(body, OrderPlaced) and index.plans_by_itself(order):
            yield tuple(sorted(line.line_reference for line in body.lines))


def _after_cancellations(
    index: EvidenceIndex, order: OrderName, promised: set[Lines]
) -> tuple[set[Lines], Callable[[Lines], bool]]:
    """What must be and may be, where lines were taken from an order that plans by itself: the rest is planned anew.

    The whole need not have been planned when a cancellation overtook it, nor the rest when a document was refused or
    given up by a person.
    """
    taken, cancelled = index.taken.get(order), index.cancelled_lines.get(order, set())
    if taken is None or not index.plans_by_itself(order) or not cancelled:
        return promised, lambda _: False
    assert isinstance(taken.event.body, OrderPlaced)
    whole = {line.line_reference for line in taken.event.body.lines}
    rest = tuple(sorted(whole - cancelled))
    documents = index.documents_of.get(order, ())
    given_up = any(each.state is DocumentState.REJECTED or each.document_id in index.given_up for each in documents)
    is_due = not given_up and can_be_invoiced(lines_of(taken, rest))
    due = {rest} if is_due else set()
    return promised - {tuple(sorted(whole))} | due, lambda lines: set(rest) <= set(lines) <= whole


def _shared_lines(index: EvidenceIndex) -> Defects:
    """One order line is on at most one living document."""
    for order, statuses in index.documents_of.items():
        holders = Counter(line for status in living(statuses) for line in status.lines)
        for line in sorted(line for line, count in holders.items() if count > 1):
            yield double(f"order {name_of(order)}: line {line} is on {holders[line]} living documents")


# --- their statuses --------------------------------------------------------------------------------------------------


def _histories(index: EvidenceIndex) -> Defects:
    seen: dict[tuple[str, int], DocumentStatus] = {}
    for status in index.evidence.statuses:
        if seen.setdefault((status.document_id, status.sequence), status) != status:
            yield wrong(f"document {status.document_id} has two different records with sequence {status.sequence}")
    for name, document in index.documents.items():
        for missing in document.gaps:
            yield gap(f"document {name} has no status {missing}")
        for before, after in pairwise(document.history):
            if after.state is not before.state and after.state not in ARCS[before.state]:
                yield wrong(f"document {name} went from {before.state} to {after.state}")
        if not is_finished(document.latest) or _waits_in_vain(index, document.latest):
            yield lost(f"document {name} stays at {document.latest.state}, and no person is asked")
        yield from (wrong(f"document {name} {sentence}") for sentence in _identity(document.history))


def _waits_in_vain(index: EvidenceIndex, latest: DocumentStatus) -> bool:
    """For a signature, which its business gives through another provider, unless a person is asked."""
    waits = latest.state is DocumentState.AWAITING_SIGNATURE and latest.attention is None
    return waits and index.evidence.sign_through.get(latest.business, latest.provider) != latest.provider


def _identity(history: Sequence[DocumentStatus]) -> Iterator[str]:
    """Its id is that of its order, its lines and its try, and nothing of these ever changes."""
    first = history[0]
    due = _due_id(first)
    if first.document_id != due:
        yield f"has an id that is not that of its order and lines, {due}"
    names = {(s.business, s.order_reference, s.lines, s.attempt, s.provider, s.connection, s.intent) for s in history}
    if len(names) > 1:
        yield f"appears as {sorted(map(str, names))}"


def _due_id(first: DocumentStatus) -> str:
    """Of an invoice by its lines; of what takes back, by its reference and the invoice that had them."""
    if first.intent is Intent.INVOICE:
        return document_id(first.business, first.order_reference, first.lines, first.attempt)
    of = first.credit_reference or "", first.original or ""
    return credit_id(first.business, first.order_reference, first.intent, of, first.attempt)


def _line_states(index: EvidenceIndex) -> Defects:
    """The planner's table has every line as the documents and the answers have it."""
    for order, submitted in index.taken.items():
        known = index.evidence.lines.get(order)
        if known is None:
            yield lost(f"order {name_of(order)} was taken, and the planner does not know it")
            continue
        body = submitted.event.body
        assert isinstance(body, OrderPlaced)
        for line in body.lines:
            due = _line_state(index, order, line.line_reference)
            at = known.get(line.line_reference)
            if at is None or (at.status, at.document_id) != due:
                yield wrong(f"order {name_of(order)}: line {line.line_reference} is {at}, not {_list([due])}")


def _line_state(index: EvidenceIndex, order: OrderName, line: str) -> tuple[str, str | None]:
    for status in living(index.documents_of.get(order, ())):
        if line in status.lines:
            if status.state not in INVOICING:
                return "CLAIMED", status.document_id
            return returned_state(index, order, line, status.document_id), status.document_id
    return ("CANCELLED" if line in index.cancelled_lines.get(order, ()) else "OPEN"), None


def _event_in_words(submitted: Submitted) -> str:
    return f"order {name_of(submitted.order)}: {submitted.event.body.type} ({submitted.event_id})"


def _list(values: Sequence[tuple[str, object]]) -> str:
    return "; ".join(f"{name} {value}" for name, value in values)
