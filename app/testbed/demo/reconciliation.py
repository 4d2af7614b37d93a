"""Do the books balance? What upstream sent, what we said, and what the provider really made, held against each other.

It reads topics and the simulators' ledgers only, and decides nothing by the planner's or the issuer's own code.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

from app.domain.documents import DEAD, LEGAL, Attention, DocumentState
from app.domain.money import KURUS, to_kurus
from app.domain.orders import LineKind, OrderEvent, OrderLine, OrderPlaced
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.installation.simulators import SimulatedDocument
from app.tracking.documents import TrackedDocument

# A document as everybody can name it: business, order, and its sorted lines.
DocumentName = tuple[str, str, tuple[str, ...]]
# What the provider made and nothing stands of.
GONE: Final = frozenset({"FAILED", "CANCELLED"})


@dataclass(slots=True, kw_only=True)
class Books:
    """The summary that a person can check; `findings` are the sentences that keep it from balancing."""

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
    looked_up_then_adopted: int = 0
    rejected_by_provider: int = 0
    lost: int = 0
    double: int = 0
    wrong: int = 0
    gaps: int = 0
    states: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """Nothing lost, nothing double, no gap, no contradiction."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"balanced": self.balanced, **asdict(self)}


def balance(
    *,
    sent: Iterable[OrderEvent],
    outcomes: Iterable[OrderOutcome],
    documents: Mapping[str, TrackedDocument],
    ledger: Iterable[SimulatedDocument],
    expected: Iterable[DocumentName],
) -> Books:
    """Holds the five against each other."""
    sent, ledger = list(sent), list(ledger)
    books = Books(
        orders=len({(event.business, event.order_reference) for event in sent}),
        events=len(sent),
        documents=len(documents),
        states=dict(Counter(document.latest.state for document in documents.values())),
    )
    _count_outcomes(books, outcomes)
    _count_documents(books, documents)
    _find_lost(books, documents, expected)
    _find_shared_lines(books, documents)
    _find_contradictions(books, documents, ledger, _orders_in(sent))
    return books


def _count_outcomes(books: Books, outcomes: Iterable[OrderOutcome]) -> None:
    """Every event has one final outcome; HELD may come before it."""
    by_event: dict[str, set[Verdict]] = {}
    for outcome in outcomes:
        by_event.setdefault(outcome.event_id, set()).add(outcome.verdict)
    for verdicts in by_event.values():
        final = verdicts - {Verdict.HELD}
        books.duplicates_answered += Verdict.DUPLICATE in final
        books.refused += Verdict.REJECTED in final
        books.held += Verdict.HELD in verdicts
        books.still_held += not final
        books.held_then_released += Verdict.HELD in verdicts and Verdict.OK in final
        if len(final) > 1:
            books.findings.append(f"an event has {len(final)} different final outcomes")
    if len(by_event) != books.events:
        books.lost += max(books.events - len(by_event), 0)
        books.findings.append(f"{books.events} events were sent and {len(by_event)} have an outcome")


def _count_documents(books: Books, documents: Mapping[str, TrackedDocument]) -> None:
    for document_id, document in documents.items():
        latest = document.latest
        books.issued += latest.state in LEGAL
        books.in_review += document.in_review
        books.awaiting_approval += latest.attention is Attention.AWAITING_APPROVAL
        books.rejected_by_provider += latest.state is DocumentState.REJECTED
        books.looked_up_then_adopted += document.was_adopted
        if document.gaps:
            books.gaps += len(document.gaps)
            books.findings.append(f"document {document_id} has no status {document.gaps}")


def _find_lost(books: Books, documents: Mapping[str, TrackedDocument], expected: Iterable[DocumentName]) -> None:
    """Every document that should exist is there, and has ended or waits for a person."""
    known = {(d.latest.business, d.latest.order_reference, tuple(sorted(d.latest.lines))) for d in documents.values()}
    for name in set(expected) - known:
        books.lost += 1
        books.findings.append(f"order {name[0]}/{name[1]}: no document over lines {', '.join(name[2])}")
    settled = LEGAL | DEAD
    waiting = {Attention.NEEDS_REVIEW, Attention.AWAITING_APPROVAL}
    for document_id, document in documents.items():
        if document.latest.state not in settled and document.latest.attention not in waiting:
            books.lost += 1
            books.findings.append(f"document {document_id} stands at {document.latest.state}")


def _find_shared_lines(books: Books, documents: Mapping[str, TrackedDocument]) -> None:
    """One order line stands on at most one living document."""
    living: dict[tuple[str, str, str], str] = {}
    for document_id, document in documents.items():
        latest = document.latest
        for line in latest.lines if latest.state not in DEAD else ():
            other = living.setdefault((latest.business, latest.order_reference, line), document_id)
            if other != document_id:
                books.double += 1
                books.findings.append(f"line {line} of {latest.order_reference} stands on {other} and {document_id}")


def _orders_in(sent: Iterable[OrderEvent]) -> dict[tuple[str, str], OrderPlaced]:
    """Each order as upstream placed it first: a later one under the same reference is a repeat or was refused."""
    orders: dict[tuple[str, str], OrderPlaced] = {}
    for event in sent:
        if isinstance(event.body, OrderPlaced):
            orders.setdefault((event.business, event.order_reference), event.body)
    return orders


def _find_contradictions(
    books: Books,
    documents: Mapping[str, TrackedDocument],
    ledger: Iterable[SimulatedDocument],
    orders: Mapping[tuple[str, str], OrderPlaced],
) -> None:
    """What we call issued is in the provider's ledger once; what is there, we know of."""
    made: dict[tuple[str, str], list[SimulatedDocument]] = {}
    for entry in ledger:
        made.setdefault((entry.provider, entry.reference), []).append(entry)
    for (provider, reference), entries in made.items():
        if len(entries) > 1:
            books.double += len(entries) - 1
            books.findings.append(f"{provider} made {len(entries)} documents under {reference}")
        if reference not in documents:
            books.findings.append(f"{provider} has {reference}, of which no status tells")
    for document_id, document in documents.items():
        order = orders.get((document.latest.business, document.latest.order_reference))
        _compare(books, document, made.get((document.latest.provider, document_id), []), order)


def _compare(books: Books, document: TrackedDocument, made: list[SimulatedDocument], order: OrderPlaced | None) -> None:
    latest = document.latest
    document_id = latest.document_id
    if latest.state in LEGAL and all(entry.state in GONE for entry in made):
        books.lost += 1
        books.findings.append(f"document {document_id} is {latest.state} and its provider has none")
    if latest.state in DEAD and any(entry.state not in GONE for entry in made):
        books.findings.append(f"document {document_id} is {latest.state} and lives at its provider")
    if any(entry.order_reference not in {None, latest.order_reference} for entry in made):
        books.findings.append(f"document {document_id} stands under another order at its provider")
    if order is not None:
        wanted = [line for line in order.lines if line.line_reference in latest.lines]
        worth, tolerance = _worth(order, wanted), KURUS * (len(wanted) + 1)
        goods = sum(line.kind is not LineKind.DISCOUNT for line in wanted)
        for entry in made:
            if abs(entry.payable - worth) > tolerance or entry.lines != goods:
                books.wrong += 1
                said = f"{entry.lines} lines for {entry.payable} instead of {goods} for {worth}"
                books.findings.append(f"document {document_id} has {said} at its provider")


def _worth(order: OrderPlaced, lines: list[OrderLine]) -> Decimal:
    """What these lines cost the buyer, counted without the documents' own arithmetic; a kuruş a line may differ."""
    return sum((_gross(order, line) for line in lines), Decimal(0))


def _gross(order: OrderPlaced, line: OrderLine) -> Decimal:
    amount = line.quantity * line.unit_price - line.discount
    return to_kurus(amount if order.prices_include_vat else amount * (1 + line.vat_rate / 100))
