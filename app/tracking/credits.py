"""What buyers were credited for an order's invoices: returns and goodwill, by the notices of them. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from app.domain.documents import DEAD, Attention, Intent
from app.domain.notices import LinesCredited, OrderNotice
from app.domain.record import record
from app.tracking.documents import TrackedDocument

_NONE = Decimal(0)


@record
class Credited:
    """What of one line came back: pieces, and an amount in the order's currency and its prices' own terms."""

    pieces: Decimal = _NONE
    amount: Decimal = _NONE


NOTHING: Final = Credited()


def credited(document_id: str, reference: str, credits_: Iterable[LinesCredited]) -> Credited:
    """What counts against this line of this invoice. `credits_`: those of its order that count."""
    lines = [line for each in credits_ if each.original == document_id for line in each.lines]
    mine = [line for line in lines if line.line_reference == reference]
    return Credited(
        pieces=sum((line.quantity for line in mine), _NONE), amount=sum((line.amount for line in mine), _NONE)
    )


def counted_credits(documents: Sequence[TrackedDocument], notices: Iterable[OrderNotice]) -> tuple[LinesCredited, ...]:
    """What counts of all that was credited: registered only, or on a document that has not ended, or may live."""
    last = {_key(each): each for each in _credits(notices)}
    return tuple(each for key, each in last.items() if _counts([d for d in documents if _key_of(d) == key]))


def credit_of(document: TrackedDocument, notices: Iterable[OrderNotice]) -> LinesCredited | None:
    """What this document takes back; None of an invoice, and where no notice says it yet."""
    if document.latest.intent is Intent.INVOICE:
        return None
    known = [each for each in _credits(notices) if _key(each) == _key_of(document)]
    mine = [each for each in known if each.document_id == document.latest.document_id]
    # One that was moved to another connection has the notice of the one before it.
    return next(reversed(mine or known), None)


def _credits(notices: Iterable[OrderNotice]) -> Iterable[LinesCredited]:
    return (notice.body for notice in notices if isinstance(notice.body, LinesCredited))


def _key(credit: LinesCredited) -> tuple[Intent, str | None, str | None]:
    return credit.intent, credit.reference, credit.original


def _key_of(document: TrackedDocument) -> tuple[Intent, str | None, str | None]:
    return document.latest.intent, document.credit_reference, document.original


def _counts(documents: Sequence[TrackedDocument]) -> bool:
    latest = [document.latest for document in documents]
    return not latest or any(each.state not in DEAD or each.attention is Attention.NEEDS_REVIEW for each in latest)
