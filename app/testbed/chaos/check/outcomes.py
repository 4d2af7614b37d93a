"""How events were answered: as they were made up to be, and where a person or a provider stepped in, for a reason.

An answer that refuses must have its cause in what was published and made; one that takes must have come about.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from app.domain.documents import DocumentState
from app.domain.orders import (
    DocumentCancellationRequested,
    InvoiceCorrected,
    OrderPlaced,
    OrderStatusChanged,
    RerouteRequested,
)
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.after_sales_causes import (
    AFTER_SALES,
    corrected,
    corrected_otherwise,
    credited,
    exceeds,
    nameless_original,
    no_such_document,
    reissued,
    uninvoiced_line,
)
from app.testbed.chaos.check.causes import (
    Cause,
    all_cancelled,
    also,
    beside_cancelled_lines,
    cancelled_line,
    decided_otherwise,
    either,
    gone,
    invoiced_line,
    is_made,
    is_past_signing,
    moved,
    never_came,
    other_review,
    other_was_asked_about,
    taken_line,
    unknown_line,
    was_asked_about,
    was_in,
    worthless,
    worthless_rest,
)
from app.testbed.chaos.check.defects import Defects, wrong
from app.testbed.chaos.check.evidence import Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex, name_of
from app.testbed.chaos.check.vocabulary import DEAD, INVOICING
from app.testbed.generator import OrderStep
from app.testbed.generator.content import SHIPPED

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


_OF_LINES: Final[Mapping[str, Cause]] = {
    "LINE_CANCELLED": cancelled_line,
    "LINE_CLAIMED": taken_line,
    "LINE_INVOICED": invoiced_line,
    "DOCUMENT_IN_REVIEW": was_asked_about,
}
_OF_CREDITS: Final[Mapping[str, Cause]] = {
    "UNKNOWN_LINE": unknown_line,
    "ORDER_NOT_FOUND": never_came,
    "LINE_NOT_INVOICED": uninvoiced_line,
    "QUANTITY_EXCEEDS_LINE": exceeds,
    "AMOUNT_EXCEEDS_LINE": exceeds,
    "ORIGINAL_NOT_NAMED": nameless_original,
    "DOCUMENT_IN_REVIEW": was_asked_about,
}
# Of each event, what it may be refused for, and what must be the case then.
REFUSALS: Final[Mapping[str, Mapping[str, Cause]]] = MappingProxyType(
    {
        "InvoiceRequested": {
            **_OF_LINES,
            "UNKNOWN_LINE": unknown_line,
            "ORDER_NOT_FOUND": never_came,
            "NOTHING_TO_INVOICE": worthless,
            "DISCOUNT_RATE_OF_NO_LINE": worthless,
            "DISCOUNT_EXCEEDS_GOODS": worthless,
        },
        "OrderStatusChanged": {"ORDER_NOT_FOUND": never_came},
        "OrderReturned": _OF_CREDITS,
        "GoodwillGranted": _OF_CREDITS,
        "OrderAmended": {**_OF_LINES, "UNKNOWN_LINE": unknown_line, "ORDER_NOT_FOUND": never_came},
        "InvoiceCorrected": {
            **_OF_LINES,
            "UNKNOWN_DOCUMENT": no_such_document,
            "DOCUMENT_ENDED": was_in(DEAD),
            "DOCUMENT_NOT_CANCELLABLE": was_in({S.DELIVERED, S.ACCEPTED}),
            "DOCUMENT_CREDITED": credited,
            "DOCUMENT_IN_REVIEW": was_asked_about,
            "DOCUMENT_CORRECTED": corrected,
            "CANCELLATION_REFUSED": is_made,
            "CANCELLING": either(also(DocumentCancellationRequested), also(InvoiceCorrected)),
            "REROUTING": also(RerouteRequested),
            "NOTHING_CORRECTED": corrected_otherwise,
        },
        "LinesCancelled": {"LINE_INVOICED": invoiced_line, "UNKNOWN_LINE": unknown_line},
        "DocumentApproved": {
            "DOCUMENT_ENDED": was_in(DEAD),
            "DOCUMENT_IN_REVIEW": other_was_asked_about,
            "WITHDRAWING": either(beside_cancelled_lines, also(DocumentCancellationRequested)),
        },
        "SignatureRequested": {"NOT_AWAITING_SIGNATURE": is_past_signing, "DOCUMENT_IN_REVIEW": was_asked_about},
        "DocumentMarkedDeleted": {"NOT_TO_BE_DELETED": was_in(INVOICING), "DOCUMENT_IN_REVIEW": was_asked_about},
        "DocumentMarkedIssued": {"NOT_AWAITING_SIGNATURE": is_past_signing, "DOCUMENT_IN_REVIEW": was_asked_about},
        "ReviewDecided": {"NO_SUCH_REVIEW": other_review, "REVIEW_DECIDED": decided_otherwise},
        "DocumentCancellationRequested": {
            "DOCUMENT_NOT_CANCELLABLE": was_in({S.DELIVERED, S.ACCEPTED}),
            "DOCUMENT_ENDED": was_in(DEAD),
            "DOCUMENT_IN_REVIEW": was_asked_about,
            "CANCELLATION_REFUSED": is_made,
            "CORRECTING": also(InvoiceCorrected),
            "REROUTING": also(RerouteRequested),
            "DOCUMENT_CREDITED": credited,
            "UNKNOWN_DOCUMENT": no_such_document,
        },
        "RerouteRequested": {
            **_OF_LINES,
            "NOTHING_TO_INVOICE": worthless_rest,
            "DISCOUNT_RATE_OF_NO_LINE": worthless_rest,
            "DISCOUNT_EXCEEDS_GOODS": worthless_rest,
            "ALREADY_ISSUED": was_in(INVOICING),
            "DOCUMENT_ENDED": was_in(DEAD),
            "CANCELLING": also(DocumentCancellationRequested),
            "WITHDRAWING": beside_cancelled_lines,
            "DOCUMENT_MOVED": also(RerouteRequested),
        },
    }
)
# What must have come about after these answers.
RESULTS: Final[Mapping[tuple[str, Verdict], Cause]] = MappingProxyType(
    {
        ("DocumentCancellationRequested", Verdict.OK): gone,
        ("DocumentCancellationRequested", Verdict.DUPLICATE): gone,
        ("RerouteRequested", Verdict.OK): moved,
        ("LinesCancelled", Verdict.DUPLICATE): all_cancelled,
        ("InvoiceCorrected", Verdict.OK): reissued,
        ("InvoiceCorrected", Verdict.DUPLICATE): reissued,
    }
)
