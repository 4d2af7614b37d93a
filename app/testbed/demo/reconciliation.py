"""The reconciliation: what upstream sent, what was answered, and what the provider really made are compared.

It reads topics and the simulators' records only, and decides nothing by the planner's or the issuer's own code.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

from app.domain.documents import DEAD, LEGAL, UNSIGNED, Attention, DocumentState
from app.domain.money import KURUS, to_kurus
from app.domain.orders import LineKind, OrderEvent, OrderLine, OrderPlaced
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.installation.simulators import SimulatedDocument
from app.tracking.documents import TrackedDocument

# What names a document on either side: business, order, and its sorted lines.
DocumentName = tuple[str, str, tuple[str, ...]]
# What the provider made and then ended.
GONE: Final = frozenset({"DRAFT", "FAILED", "CANCELLED"})


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """Totals that a person can check; `discrepancies` are the sentences that keep it from balancing.

    `unsigned`: drafts at their provider that wait for a person's signature. `at_providers`: what each has made.
    """

    orders: int = 0
    events: int = 0
    documents: int = 0
    issued: int = 0
    duplicates_answered: int = 0
    refused: int = 0
    held: int = 0
    held_then_released: int = 0
    still_held: int = 0
    in_review: int = 0
    awaiting_approval: int = 0
    unsigned: int = 0
    looked_up_then_adopted: int = 0
    rejected_by_provider: int = 0
    lost: int = 0
    double: int = 0
    wrong: int = 0
    gaps: int = 0
    states: dict[str, int] = field(default_factory=dict)
    at_providers: dict[str, int] = field(default_factory=dict)
    discrepancies: list[str] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """Nothing lost, nothing double, no gap, no contradiction."""
        return not self.discrepancies

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"balanced": self.balanced, **asdict(self)}


def reconcile(
    *,
    sent: Iterable[OrderEvent],
    outcomes: Iterable[OrderOutcome],
    documents: Mapping[str, TrackedDocument],
    made: Iterable[SimulatedDocument],
    expected: Iterable[DocumentName],
) -> Reconciliation:
    """Compares the five."""
    sent, made = list(sent), list(made)
    found = Reconciliation(
        orders=len({(event.business, event.order_reference) for event in sent}),
        events=len(sent),
        documents=len(documents),
        states=dict(Counter(document.latest.state for document in documents.values())),
        at_providers=dict(Counter(entry.provider for entry in made)),
    )
    _count_outcomes(found, outcomes)
    _count_documents(found, documents)
    _find_lost(found, documents, expected)
    _find_shared_lines(found, documents)
    _find_contradictions(found, documents, made, _orders_in(sent))
    return found


def _count_outcomes(found: Reconciliation, outcomes: Iterable[OrderOutcome]) -> None:
    """Every event has one final outcome; HELD may come before it."""
    by_event: dict[str, set[Verdict]] = {}
    for outcome in outcomes:
        by_event.setdefault(outcome.event_id, set()).add(outcome.verdict)
    for verdicts in by_event.values():
        final = verdicts - {Verdict.HELD}
        found.duplicates_answered += Verdict.DUPLICATE in final
        found.refused += Verdict.REJECTED in final
        found.held += Verdict.HELD in verdicts
        found.still_held += not final
        found.held_then_released += Verdict.HELD in verdicts and Verdict.OK in final
        if len(final) > 1:
            found.discrepancies.append(f"an event has {len(final)} different final outcomes")
    if len(by_event) != found.events:
        found.lost += max(found.events - len(by_event), 0)
        found.discrepancies.append(f"{found.events} events were sent and {len(by_event)} have an outcome")


def _count_documents(found: Reconciliation, documents: Mapping[str, TrackedDocument]) -> None:
    for document_id, document in documents.items():
        latest = document.latest
        found.issued += latest.state in LEGAL
        found.in_review += document.in_review
        found.unsigned += latest.state in UNSIGNED
        found.awaiting_approval += latest.attention is Attention.AWAITING_APPROVAL
        found.rejected_by_provider += latest.state is DocumentState.REJECTED
        found.looked_up_then_adopted += document.was_adopted
        if document.gaps:
            found.gaps += len(document.gaps)
            found.discrepancies.append(f"document {document_id} has no status {document.gaps}")


def _find_lost(
    found: Reconciliation, documents: Mapping[str, TrackedDocument], expected: Iterable[DocumentName]
) -> None:
    """Every document that should exist is there, and has ended or waits for a person."""
    known = {(d.latest.business, d.latest.order_reference, tuple(sorted(d.latest.lines))) for d in documents.values()}
    for name in set(expected) - known:
        found.lost += 1
        found.discrepancies.append(f"order {name[0]}/{name[1]}: no document over lines {', '.join(name[2])}")
    ended = LEGAL | DEAD | UNSIGNED
    waiting = {Attention.NEEDS_REVIEW, Attention.AWAITING_APPROVAL}
    for document_id, document in documents.items():
        if document.latest.state not in ended and document.latest.attention not in waiting:
            found.lost += 1
            found.discrepancies.append(f"document {document_id} stays at {document.latest.state}")


def _find_shared_lines(found: Reconciliation, documents: Mapping[str, TrackedDocument]) -> None:
    """One order line is on at most one living document."""
    living: dict[tuple[str, str, str], str] = {}
    for document_id, document in documents.items():
        latest = document.latest
        for line in latest.lines if latest.state not in DEAD else ():
            other = living.setdefault((latest.business, latest.order_reference, line), document_id)
            if other != document_id:
                found.double += 1
                found.discrepancies.append(f"line {line} of {latest.order_reference} is on {other} and {document_id}")


def _orders_in(sent: Iterable[OrderEvent]) -> dict[tuple[str, str], OrderPlaced]:
    """Each order as upstream placed it first: a later one under the same reference is a repeat or was refused."""
    orders: dict[tuple[str, str], OrderPlaced] = {}
    for event in sent:
        if isinstance(event.body, OrderPlaced):
            orders.setdefault((event.business, event.order_reference), event.body)
    return orders


def _find_contradictions(
    found: Reconciliation,
    documents: Mapping[str, TrackedDocument],
    made: Iterable[SimulatedDocument],
    orders: Mapping[tuple[str, str], OrderPlaced],
) -> None:
    """What we call issued, the provider has made once; what it has made, we know of."""
    by_reference: dict[tuple[str, str], list[SimulatedDocument]] = {}
    for entry in made:
        by_reference.setdefault((entry.provider, entry.reference), []).append(entry)
    for (provider, reference), entries in by_reference.items():
        if len(entries) > 1:
            found.double += len(entries) - 1
            found.discrepancies.append(f"{provider} made {len(entries)} documents under {reference}")
        if reference not in documents:
            found.discrepancies.append(f"{provider} has {reference}, which is in no status")
        elif provider != documents[reference].latest.provider:
            found.discrepancies.append(f"{provider} has {reference}, which is a document at another provider")
    for document_id, document in documents.items():
        order = orders.get((document.latest.business, document.latest.order_reference))
        _compare(found, document, by_reference.get((document.latest.provider, document_id), []), order)


def _compare(
    found: Reconciliation, document: TrackedDocument, made: list[SimulatedDocument], order: OrderPlaced | None
) -> None:
    latest = document.latest
    document_id = latest.document_id
    if latest.state in LEGAL and all(entry.state in GONE for entry in made):
        found.lost += 1
        found.discrepancies.append(f"document {document_id} is {latest.state} and its provider has none")
    if latest.state in UNSIGNED and not made:
        found.lost += 1
        found.discrepancies.append(f"document {document_id} is {latest.state} and its provider has none")
    if latest.state in DEAD and any(entry.state not in GONE for entry in made):
        found.discrepancies.append(f"document {document_id} is {latest.state} and lives at its provider")
    if any(entry.order_reference not in {None, latest.order_reference} for entry in made):
        found.discrepancies.append(f"document {document_id} is under another order at its provider")
    if order is not None:
        wanted = [line for line in order.lines if line.line_reference in latest.lines]
        worth, tolerance = _worth(order, wanted), KURUS * (len(wanted) + 1)
        goods = sum(line.kind is not LineKind.DISCOUNT for line in wanted)
        for entry in made:
            if abs(entry.payable - worth) > tolerance or entry.lines != goods:
                found.wrong += 1
                said = f"{entry.lines} lines for {entry.payable} instead of {goods} for {worth}"
                found.discrepancies.append(f"document {document_id} has {said} at its provider")


def _worth(order: OrderPlaced, lines: list[OrderLine]) -> Decimal:
    """What these lines cost the buyer, counted without the documents' own arithmetic; a kuruş a line may differ."""
    return sum((_gross(order, line) for line in lines), Decimal(0))


def _gross(order: OrderPlaced, line: OrderLine) -> Decimal:
    amount = line.quantity * line.unit_price - line.discount
    return to_kurus(amount if order.prices_include_vat else amount * (1 + line.vat_rate / 100))
