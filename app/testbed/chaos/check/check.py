"""The independent check: what upstream sent, what we said and what the providers made, held against each other.

Pure over values. It knows nothing of the planner's and the issuer's code; what must come of an order it takes from
the generator, and where a person or a provider intervened, from what was answered.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import InvoiceRequested, OrderPlaced
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.chaos.check import attempts, commands, further_checks, numbers, outcomes, published
from app.testbed.chaos.check.defects import Defect, Defects, double, gap, lost, wrong
from app.testbed.chaos.check.evidence import OrderName, RunEvidence, Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex, is_settled, living, name_of
from app.testbed.chaos.check.expected_amounts import can_be_invoiced
from app.testbed.chaos.check.expected_content import differences, lines_of
from app.testbed.chaos.check.vocabulary import ARCS, DEAD, INVOICING, LEGAL, document_id

Lines = tuple[str, ...]


def check(evidence: RunEvidence) -> list[Defect]:
    """Everything that is not as it must be; empty when every promise was kept."""
    index = EvidenceIndex(evidence=evidence)
    return [
        *_outcomes(index),
        *outcomes.verdicts(index),
        *_expected_documents(index),
        *commands.commands(index),
        *attempts.attempts(index),
        *published.outcomes(index),
        *published.documents(index),
        *_histories(index),
        *_shared_lines(index),
        *_ledgers(index),
        *_line_states(index),
        *further_checks.dead_letters(index),
        *further_checks.repeats(index),
        *further_checks.decisions(index),
        *numbers.ends(index),
    ]


# --- events and their outcomes ---------------------------------------------------------------------------------------


def _outcomes(index: EvidenceIndex) -> Defects:
    """Every event has its one final outcome, or is held for a reason that stands."""
    for submitted in index.evidence.submitted:
        outcomes = index.outcomes.get(submitted.event_id, [])
        final = [outcome for outcome in outcomes if outcome.verdict is not Verdict.HELD]
        if not outcomes:
            yield lost(f"{_said(submitted)} has no outcome")
        elif len(final) > 1:
            verdicts = ", ".join(outcome.verdict for outcome in final)
            yield double(f"{_said(submitted)} has {len(final)} different final outcomes: {verdicts}")
        elif not final and not _still_held(index, submitted, outcomes):
            yield lost(f"{_said(submitted)} is held for {outcomes[0].reason}, and nothing holds it")
    for event_id in sorted(index.outcomes.keys() - index.evidence.event_ids):
        yield wrong(f"an outcome answers event {event_id}, which nobody submitted")


def _still_held(index: EvidenceIndex, submitted: Submitted, outcomes: list[OrderOutcome]) -> bool:
    """The order is not there; or a document that must be withdrawn or cancelled first waits for a person."""
    if any(outcome.reason == "ORDER_NOT_ARRIVED" for outcome in outcomes):
        return submitted.order not in index.taken
    in_review = [s for s in index.documents_of.get(submitted.order, ()) if s.attention is Attention.NEEDS_REVIEW]
    return any(outcome.reason in {"WITHDRAWING", "CANCELLING"} for outcome in outcomes) and bool(in_review)


# --- documents that must be ------------------------------------------------------------------------------------------


def _expected_documents(index: EvidenceIndex) -> Defects:
    for order in index.generated:
        if order not in index.orders:
            yield lost(f"order {name_of(order)} was made up and stands on no topic")
            continue
        found = {status.lines for status in index.documents_of.get(order, ())}
        promised = set(_promised(index, order))
        if index.went_as_made_up(order):
            promised |= set(index.generated[order].expected.documents)
        promised, possible = _after_cancellations(index, order, promised)
        for lines in sorted(promised - found):
            yield lost(f"order {name_of(order)}: no document over lines {', '.join(lines)}")
        for lines in sorted(each for each in found - promised if not possible(each)):
            yield wrong(f"order {name_of(order)}: nobody asked for the document over lines {', '.join(lines)}")


def _promised(index: EvidenceIndex, order: OrderName) -> Iterator[tuple[str, ...]]:
    """What was answered OK and asks for a document."""
    for submitted in index.orders[order]:
        body = submitted.event.body
        if index.verdict(submitted) is not Verdict.OK:
            continue
        if isinstance(body, InvoiceRequested):
            yield tuple(sorted(body.line_references))
        elif isinstance(body, OrderPlaced) and order[0] in index.evidence.planned_by_order:
            yield tuple(sorted(line.line_reference for line in body.lines))


def _after_cancellations(
    index: EvidenceIndex, order: OrderName, promised: set[Lines]
) -> tuple[set[Lines], Callable[[Lines], bool]]:
    """What must be and may be, where lines were taken from an order that plans by itself: the rest is planned anew.

    The whole need not have been planned when a cancellation overtook it, nor the rest when a document was refused or
    given up by a person.
    """
    taken, cancelled = index.taken.get(order), index.cancelled_lines.get(order, set())
    if taken is None or order[0] not in index.evidence.planned_by_order or not cancelled:
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
    """One order line stands on at most one living document."""
    for order, statuses in index.documents_of.items():
        holders = Counter(line for status in living(statuses) for line in status.lines)
        for line in sorted(line for line, count in holders.items() if count > 1):
            yield double(f"order {name_of(order)}: line {line} stands on {holders[line]} living documents")


# --- what was told of them -------------------------------------------------------------------------------------------


def _histories(index: EvidenceIndex) -> Defects:
    told: dict[tuple[str, int], DocumentStatus] = {}
    for status in index.evidence.statuses:
        if told.setdefault((status.document_id, status.sequence), status) != status:
            yield wrong(f"document {status.document_id} has two different records with sequence {status.sequence}")
    for name, document in index.documents.items():
        for missing in document.gaps:
            yield gap(f"document {name} has no status {missing}")
        for before, after in pairwise(document.history):
            if after.state is not before.state and after.state not in ARCS[before.state]:
                yield wrong(f"document {name} went from {before.state} to {after.state}")
        if not is_settled(document.latest):
            yield lost(f"document {name} stands at {document.latest.state}, and nobody is asked")
        yield from (wrong(f"document {name} {sentence}") for sentence in _identity(document.history))


def _identity(history: Sequence[DocumentStatus]) -> Iterator[str]:
    """Its id is that of its order, its lines and its try, and nothing of these ever changes."""
    first = history[0]
    due = document_id(first.business, first.order_reference, first.lines, first.attempt)
    if first.document_id != due:
        yield f"has an id that is not that of its order and lines, {due}"
    names = {(s.business, s.order_reference, s.lines, s.attempt, s.provider, s.intent) for s in history}
    if len(names) > 1:
        yield f"is told as {sorted(map(str, names))}"


def _line_states(index: EvidenceIndex) -> Defects:
    """The planner's memory says of every line what the documents and the answers say."""
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
            return ("INVOICED" if status.state in INVOICING else "CLAIMED"), status.document_id
    return ("CANCELLED" if line in index.cancelled_lines.get(order, ()) else "OPEN"), None


# --- what the providers made -----------------------------------------------------------------------------------------


def _ledgers(index: EvidenceIndex) -> Defects:
    for reference, made in index.made.items():
        if len(made) > 1:
            yield double(f"{made[0].provider} made {len(made)} documents under {reference}")
        if reference not in index.documents:
            yield wrong(f"{made[0].provider} has {reference}, of which no status tells")
    for name, document in index.documents.items():
        yield from _agrees(index, name, document.latest)


def _agrees(index: EvidenceIndex, name: str, latest: DocumentStatus) -> Defects:
    """The provider has what we say it has, with this order's content."""
    made = index.made.get(name, [])
    stands = [document for document in made if not document.ended]
    if latest.state in LEGAL and not stands:
        yield lost(f"document {name} is {latest.state}, and {latest.provider} has none")
    if latest.state in DEAD and stands:
        yield double(f"document {name} is {latest.state}, and lives at {latest.provider}")
    if latest.state is DocumentState.REJECTED and not made and name not in index.rejected_by_persons:
        yield wrong(f"document {name} is REJECTED, and {latest.provider} never refused it")
    if latest.state is DocumentState.CANCELLED and not _withdrawn(index, latest):
        yield wrong(f"document {name} is CANCELLED, and nobody's cancellation was taken")
    if latest.attention is Attention.AWAITING_APPROVAL and made:
        yield double(f"document {name} waits for its approval, and lives at {latest.provider}")
    surely_found = (latest.business, latest.provider) in index.evidence.surely_found
    if latest.attention is Attention.NEEDS_REVIEW and made and surely_found:
        yield wrong(f"document {name} was accepted by {latest.provider}, and ends in review")
    for document in made:
        yield from (wrong(sentence) for sentence in differences(index, latest, document))


def _withdrawn(index: EvidenceIndex, latest: DocumentStatus) -> bool:
    cancelled = index.cancelled_lines.get((latest.business, latest.order_reference), set())
    return not cancelled.isdisjoint(latest.lines) or latest.document_id in index.given_up


def _said(submitted: Submitted) -> str:
    return f"order {name_of(submitted.order)}: {submitted.event.body.type} ({submitted.event_id})"


def _list(values: Sequence[tuple[str, object]]) -> str:
    return "; ".join(f"{name} {value}" for name, value in values)
