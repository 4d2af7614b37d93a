"""How events were answered: as they were made up to be, and where a person or a provider stepped in, for a reason.

An answer that refuses must have its cause in what was published and made; one that takes must have come about.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from app.domain.documents import Attention, DocumentState
from app.domain.numbers import NUMBER
from app.domain.orders import (
    DocumentCancellationRequested,
    GoodwillGranted,
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    OrderAmended,
    OrderPlaced,
    OrderReturned,
    OrderStatusChanged,
    RerouteRequested,
    ReviewDecided,
)
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.credited import of_event
from app.testbed.chaos.check.defects import Defects, wrong
from app.testbed.chaos.check.evidence import Submitted
from app.testbed.chaos.check.evidence_index import DocumentHistory, EvidenceIndex, name_of
from app.testbed.chaos.check.expected_content import can_be_invoiced, lines_of, sold
from app.testbed.chaos.check.vocabulary import DEAD, INVOICING, UNSIGNED
from app.testbed.generator import OrderStep
from app.testbed.generator.content import SHIPPED

# Whether what was published and made accounts for this answer to this event.
Cause = Callable[[EvidenceIndex, Submitted], bool]
# What is sent about an invoice that there is, or about an order before it has one.
AFTER_SALES: Final = (OrderAmended, OrderReturned, GoodwillGranted, InvoiceCorrected, DocumentCancellationRequested)
S = DocumentState


def verdicts(index: EvidenceIndex) -> Defects:
    """Every event's verdict."""
    for order, submitted in index.orders.items():
        if order not in index.generated:
            yield wrong(f"order {name_of(order)} was never made up")
            continue
        for sentence in (*_as_made_up(index, submitted), *_accounted_for(index, submitted)):
            yield wrong(f"order {name_of(order)}: {sentence}")


# --- as the generator made them up -----------------------------------------------------------------------------------


def _as_made_up(index: EvidenceIndex, submitted: Sequence[Submitted]) -> Iterator[str]:
    """All of upstream's events where only upstream spoke and no provider refused; else the order itself alone."""
    order = submitted[0].order
    untouched = not any(each.event.actor for each in submitted) and index.went_as_made_up(order)
    steps = index.generated[order].steps
    answered = [(each.event.body.type, index.verdict(each)) for each in submitted if _is_certain(each, untouched)]
    due = [(step.event.body.type, step.verdict) for step in steps if _is_certain(step, untouched)]
    if order in index.evidence.sent_twice:
        answered, due = sorted(answered, key=str), sorted(due, key=str)  # two systems' records overtake each other
    if answered != due:
        yield f"answered {_list(answered)} instead of {_list(due)}"


def _is_certain(each: Submitted | OrderStep, untouched: bool) -> bool:  # noqa: FBT001 - of the whole order
    """What follows an invoice is answered by what has become of that, and is judged by its causes."""
    body = each.event.body
    if not untouched:
        return isinstance(body, OrderPlaced)
    is_idle_word = isinstance(body, OrderStatusChanged) and body.status != SHIPPED
    return not (is_idle_word or isinstance(body, AFTER_SALES))


def _list(values: Sequence[tuple[str, object]]) -> str:
    return "; ".join(f"{name} {value}" for name, value in values)


# --- for a cause -----------------------------------------------------------------------------------------------------


def _accounted_for(index: EvidenceIndex, submitted: Sequence[Submitted]) -> Iterator[str]:
    for each in submitted:
        body, final = each.event.body, index.final(each)
        if final is None or isinstance(body, OrderPlaced):
            continue
        if final.verdict is Verdict.REJECTED:
            code = final.reason or ""
            cause = REFUSALS.get(body.type, {}).get(code)
            if cause is None or not cause(index, each):
                yield f"{body.type} ({each.event_id}) was refused for {code}, which nothing accounts for"
        elif not RESULTS.get((body.type, final.verdict), _nothing_asked)(index, each):
            yield f"{body.type} ({each.event_id}) was answered {final.verdict}, and it has not come about"


def _nothing_asked(_: EvidenceIndex, __: Submitted) -> bool:
    return True


def _lines(index: EvidenceIndex, submitted: Submitted) -> Collection[str]:
    """The lines that the event is about; another buyer is for every line."""
    body = submitted.event.body
    if isinstance(body, InvoiceRequested | LinesCancelled):
        return body.line_references
    if isinstance(body, OrderAmended) and submitted.event.person is not None:
        return index.lines_of(submitted.order)
    lines = body.lines if isinstance(body, OrderAmended | OrderReturned | GoodwillGranted) else ()
    return [line.line_reference for line in lines]


def _document_of(index: EvidenceIndex, submitted: Submitted) -> DocumentHistory | None:
    """The document that the event is about."""
    return index.documents.get(getattr(submitted.event.body, "document_id", ""))


def _others(index: EvidenceIndex, submitted: Submitted) -> Iterator[DocumentHistory]:
    """The documents of the order that share a line with the event's, or with its document's."""
    own = _document_of(index, submitted)
    lines = set(own.latest.lines if own else _lines(index, submitted))
    for status in index.documents_of.get(submitted.order, ()):
        if not lines.isdisjoint(status.lines) and (own is None or own.latest.document_id != status.document_id):
            yield index.documents[status.document_id]


def _was_in(states: Collection[DocumentState]) -> Cause:
    """The event's document was in one of these."""

    def cause(index: EvidenceIndex, submitted: Submitted) -> bool:
        document = _document_of(index, submitted)
        return document is not None and any(status.state in states for status in document.history)

    return cause


def _asked(document: DocumentHistory) -> bool:
    return any(status.attention is Attention.NEEDS_REVIEW for status in document.history)


def _was_asked_about(index: EvidenceIndex, submitted: Submitted) -> bool:
    document = _document_of(index, submitted)
    return any(map(_asked, [document] if document else _others(index, submitted)))


def _other_was_asked_about(index: EvidenceIndex, submitted: Submitted) -> bool:
    return any(map(_asked, _others(index, submitted)))


def _unknown_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    taken = index.taken.get(submitted.order)
    return taken is not None and len(lines_of(taken, _lines(index, submitted))) < len(set(_lines(index, submitted)))


def _cancelled_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    own = _document_of(index, submitted)
    lines = own.latest.lines if own else _lines(index, submitted)
    return not index.cancelled_lines.get(submitted.order, set()).isdisjoint(lines)


def _taken_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    return any(True for _ in _others(index, submitted))


def _invoiced_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    return any(s.state in INVOICING for document in _others(index, submitted) for s in document.history)


def _worthless(index: EvidenceIndex, submitted: Submitted) -> bool:
    taken = index.taken.get(submitted.order)
    return taken is not None and not can_be_invoiced(lines_of(taken, _lines(index, submitted)))


def _worthless_rest(index: EvidenceIndex, submitted: Submitted) -> bool:
    """What cancellations have left of the document that is to move."""
    own, taken = _document_of(index, submitted), index.taken.get(submitted.order)
    if own is None or taken is None:
        return False
    left = set(own.latest.lines) - index.cancelled_lines.get(submitted.order, set())
    return bool(left) and not can_be_invoiced(lines_of(taken, left))


def _also(body_type: type[DocumentCancellationRequested | RerouteRequested | InvoiceCorrected]) -> Cause:
    """The same document was to be undone otherwise, too."""

    def cause(index: EvidenceIndex, submitted: Submitted) -> bool:
        own = getattr(submitted.event.body, "document_id", None)
        bodies = (each.event.body for each in index.orders[submitted.order] if each is not submitted)
        return any(isinstance(body, body_type) and body.document_id == own for body in bodies)

    return cause


def _is_past_signing(index: EvidenceIndex, submitted: Submitted) -> bool:
    """It was signed or has ended, or a person asked for something that takes it back."""
    moved_on = _was_in(frozenset(S) - UNSIGNED - {S.PLANNED})(index, submitted)
    return moved_on or _also(DocumentCancellationRequested)(index, submitted)


def _beside_cancelled_lines(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Lines of its order were cancelled, which takes its document back."""
    return any(isinstance(each.event.body, LinesCancelled) for each in index.orders[submitted.order])


def _other_review(index: EvidenceIndex, submitted: Submitted) -> bool:
    document, body = _document_of(index, submitted), submitted.event.body
    return document is not None and isinstance(body, ReviewDecided) and document.latest.review_revision != body.revision


def _decided_otherwise(index: EvidenceIndex, submitted: Submitted) -> bool:
    body = submitted.event.body
    return isinstance(body, ReviewDecided) and any(
        (document, revision) == (body.document_id, body.revision) and decision is not body.decision
        for document, revision, decision, *_ in index.decided
    )


def _is_made(index: EvidenceIndex, submitted: Submitted) -> bool:
    made = index.made.get(getattr(submitted.event.body, "document_id", ""), ())
    return any(not document.ended for document in made)


def _gone(index: EvidenceIndex, submitted: Submitted) -> bool:
    """It is CANCELLED, or it has been and came to life again, of which a person is asked."""
    document = _document_of(index, submitted)
    return document is not None and any(status.state is S.CANCELLED for status in document.history)


def _moved(index: EvidenceIndex, submitted: Submitted) -> bool:
    """It is dead, and its lines were planned at the other connection, without those that were cancelled meanwhile."""
    body, own = submitted.event.body, _document_of(index, submitted)
    if not isinstance(body, RerouteRequested) or own is None or own.latest.state not in DEAD:
        return False
    left = set(own.latest.lines) - index.cancelled_lines.get(submitted.order, set())
    others = (document.latest for document in _others(index, submitted))
    return any(other.connection == body.connection and left <= set(other.lines) for other in others)


def _no_such_document(index: EvidenceIndex, submitted: Submitted) -> bool:
    """There is none, or the event has overtaken what planned it."""
    document, final = _document_of(index, submitted), index.final(submitted)
    return document is None or (final is not None and final.occurred_at <= document.history[0].occurred_at)


def _credited(index: EvidenceIndex, submitted: Submitted) -> bool:
    """A part of its document was given back, on a document."""
    own = getattr(submitted.event.body, "document_id", None)
    return any(grant.original == own and grant.document_id for grant in index.grants.get(submitted.order, ()))


def _uninvoiced_line(index: EvidenceIndex, submitted: Submitted) -> bool:
    """One of its lines was cancelled, or its document has ended, or nothing had asked for one yet."""
    if not index.plans_by_itself(submitted.order) or _cancelled_line(index, submitted):
        return True
    documents = list(_others(index, submitted))
    held = {line for document in documents for line in document.latest.lines}
    ended = any(status.state in DEAD for document in documents for status in document.history)
    return ended or not set(_lines(index, submitted)) <= held


def _exceeds(index: EvidenceIndex, submitted: Submitted) -> bool:
    """With all that was ever granted of a line it would be more than the line."""
    is_return = isinstance(submitted.event.body, OrderReturned)
    granted: Counter[str] = Counter()
    for grant in index.grants.get(submitted.order, ()):
        granted.update({line.line_reference: line.quantity if is_return else line.amount for line in grant.lines})
    for taken in index.versions.get(submitted.order, ()):
        for document in _others(index, submitted):
            limits = sold(taken, document.latest.lines)[0 if is_return else 1]
            asked = of_event(submitted)[1]
            if any(value + granted[line] > limits[line] for line, value in asked.items() if line in limits):
                return True
    return False


def _nameless_original(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Its invoice has a number of a bookkeeping program, or none that is known here."""
    return any(NUMBER.fullmatch(each.latest.number or "") is None for each in _others(index, submitted))


def _corrected_otherwise(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Another event has given the order what this one would correct."""
    return len(index.versions.get(submitted.order, ())) > 1


def _corrected(index: EvidenceIndex, submitted: Submitted) -> bool:
    document = _document_of(index, submitted)
    return document is not None and document.latest.corrected_by is not None


def _reissued(index: EvidenceIndex, submitted: Submitted) -> bool:
    """The wrong document has ended, and another one is in its place."""
    document = _document_of(index, submitted)
    return document is not None and document.latest.corrected_by in index.documents and document.latest.state in DEAD


def _either(*causes: Cause) -> Cause:
    return lambda index, submitted: any(cause(index, submitted) for cause in causes)


def _all_cancelled(index: EvidenceIndex, submitted: Submitted) -> bool:
    return set(_lines(index, submitted)) <= index.cancelled_lines.get(submitted.order, set())


def _never_came(index: EvidenceIndex, submitted: Submitted) -> bool:
    """Its order is not there, and it was waited for as long as the business's policy allows."""
    patience = index.evidence.patience_seconds
    held = [each for each in index.outcomes[submitted.event_id] if each.verdict is Verdict.HELD]
    final = index.final(submitted)
    if patience is None or final is None or not held or submitted.order in index.taken:
        return False
    return (final.occurred_at - held[0].occurred_at).total_seconds() >= patience


_OF_LINES: Final[Mapping[str, Cause]] = {
    "LINE_CANCELLED": _cancelled_line,
    "LINE_CLAIMED": _taken_line,
    "LINE_INVOICED": _invoiced_line,
    "DOCUMENT_IN_REVIEW": _was_asked_about,
}
_OF_CREDITS: Final[Mapping[str, Cause]] = {
    "UNKNOWN_LINE": _unknown_line,
    "ORDER_NOT_FOUND": _never_came,
    "LINE_NOT_INVOICED": _uninvoiced_line,
    "QUANTITY_EXCEEDS_LINE": _exceeds,
    "AMOUNT_EXCEEDS_LINE": _exceeds,
    "ORIGINAL_NOT_NAMED": _nameless_original,
    "DOCUMENT_IN_REVIEW": _was_asked_about,
}
# Of each event, what it may be refused for, and what must be the case then.
REFUSALS: Final[Mapping[str, Mapping[str, Cause]]] = MappingProxyType(
    {
        "InvoiceRequested": {
            **_OF_LINES,
            "UNKNOWN_LINE": _unknown_line,
            "ORDER_NOT_FOUND": _never_came,
            "NOTHING_TO_INVOICE": _worthless,
            "DISCOUNT_RATE_OF_NO_LINE": _worthless,
            "DISCOUNT_EXCEEDS_GOODS": _worthless,
        },
        "OrderStatusChanged": {"ORDER_NOT_FOUND": _never_came},
        "OrderReturned": _OF_CREDITS,
        "GoodwillGranted": _OF_CREDITS,
        "OrderAmended": {**_OF_LINES, "UNKNOWN_LINE": _unknown_line, "ORDER_NOT_FOUND": _never_came},
        "InvoiceCorrected": {
            **_OF_LINES,
            "UNKNOWN_DOCUMENT": _no_such_document,
            "DOCUMENT_ENDED": _was_in(DEAD),
            "DOCUMENT_NOT_CANCELLABLE": _was_in({S.DELIVERED, S.ACCEPTED}),
            "DOCUMENT_CREDITED": _credited,
            "DOCUMENT_IN_REVIEW": _was_asked_about,
            "DOCUMENT_CORRECTED": _corrected,
            "CANCELLATION_REFUSED": _is_made,
            "CANCELLING": _either(_also(DocumentCancellationRequested), _also(InvoiceCorrected)),
            "REROUTING": _also(RerouteRequested),
            "NOTHING_CORRECTED": _corrected_otherwise,
        },
        "LinesCancelled": {"LINE_INVOICED": _invoiced_line, "UNKNOWN_LINE": _unknown_line},
        "DocumentApproved": {
            "DOCUMENT_ENDED": _was_in(DEAD),
            "DOCUMENT_IN_REVIEW": _other_was_asked_about,
            "WITHDRAWING": _either(_beside_cancelled_lines, _also(DocumentCancellationRequested)),
        },
        "SignatureRequested": {"NOT_AWAITING_SIGNATURE": _is_past_signing, "DOCUMENT_IN_REVIEW": _was_asked_about},
        "DocumentMarkedDeleted": {"NOT_TO_BE_DELETED": _was_in(INVOICING), "DOCUMENT_IN_REVIEW": _was_asked_about},
        "DocumentMarkedIssued": {"NOT_AWAITING_SIGNATURE": _is_past_signing, "DOCUMENT_IN_REVIEW": _was_asked_about},
        "ReviewDecided": {"NO_SUCH_REVIEW": _other_review, "REVIEW_DECIDED": _decided_otherwise},
        "DocumentCancellationRequested": {
            "DOCUMENT_NOT_CANCELLABLE": _was_in({S.DELIVERED, S.ACCEPTED}),
            "DOCUMENT_ENDED": _was_in(DEAD),
            "DOCUMENT_IN_REVIEW": _was_asked_about,
            "CANCELLATION_REFUSED": _is_made,
            "REROUTING": _also(RerouteRequested),
            "DOCUMENT_CREDITED": _credited,
            "UNKNOWN_DOCUMENT": _no_such_document,
        },
        "RerouteRequested": {
            **_OF_LINES,
            "NOTHING_TO_INVOICE": _worthless_rest,
            "DISCOUNT_RATE_OF_NO_LINE": _worthless_rest,
            "DISCOUNT_EXCEEDS_GOODS": _worthless_rest,
            "ALREADY_ISSUED": _was_in(INVOICING),
            "DOCUMENT_ENDED": _was_in(DEAD),
            "CANCELLING": _also(DocumentCancellationRequested),
            "WITHDRAWING": _beside_cancelled_lines,
            "DOCUMENT_MOVED": _also(RerouteRequested),
        },
    }
)
# What must have come about after these answers.
RESULTS: Final[Mapping[tuple[str, Verdict], Cause]] = MappingProxyType(
    {
        ("DocumentCancellationRequested", Verdict.OK): _gone,
        ("DocumentCancellationRequested", Verdict.DUPLICATE): _gone,
        ("RerouteRequested", Verdict.OK): _moved,
        ("LinesCancelled", Verdict.DUPLICATE): _all_cancelled,
        ("InvoiceCorrected", Verdict.OK): _reissued,
        ("InvoiceCorrected", Verdict.DUPLICATE): _reissued,
    }
)
