"""What each document of an order is about, by the order as it was then: for whom, over what, when, how much. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.documents.from_order.header import plain_type
from app.documents.from_order.totals import Totals, totals_of
from app.domain.credited_lines import credited_line
from app.domain.deadlines import issue_until, object_until
from app.domain.document_info import RETURN_PROFILE, RETURNS, is_without_vat, of_part
from app.domain.documents import LEGAL, UNFINISHED, DocumentType, Intent
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_types import needs_of, reason_of, type_of
from app.domain.notices import ShipmentConfirmed
from app.domain.orders import InvoiceCorrected, InvoiceRequested, OrderLine, OrderPlaced
from app.domain.policy import Policy
from app.tracking.credits import credit_of
from app.tracking.documents import TrackedDocument
from app.tracking.orders import TrackedBuyer, TrackedEvent, TrackedOrder
from app.tracking.versions import OrderVersion, as_of

ARCHIVE: Final = "EARSIVFATURA"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContent:
    """`lines` as they are on the document, in the order's prices. `buyer`: None for the final consumer.

    `kind` and `profile`: UBL-TR's type and profile (senaryo); the profile is None until it is decided. `issue_until`:
    the last day to issue it by law, while it is not issued and its goods have left. `object_until`: the last day on
    which an invoice can be objected to.
    """

    lines: tuple[OrderLine, ...]
    currency: str
    buyer: TrackedBuyer | None
    kind: InvoiceType
    profile: str | None
    totals: Totals
    shipment: ShipmentConfirmed | None
    issue_until: date | None
    object_until: date | None


def content_of(order: TrackedOrder, document: TrackedDocument, known: Sequence[OrderVersion]) -> DocumentContent | None:
    """`known`: the order's `versions`. None where they do not say it."""
    lines = _lines(order, document, known)
    if not lines:
        return None
    content = _version(order, document, known).content
    info = _info(order, document, content, lines)
    kind = _kind(document, info, lines)
    policy, shipment = _policy(order, document), _shipment(order, document)
    return DocumentContent(
        lines=lines,
        currency=content.currency,
        buyer=_buyer(order, document, known),
        kind=kind,
        profile=_profile(document, kind, policy),
        totals=totals_of(
            lines,
            prices_include_vat=content.prices_include_vat,
            kind=kind,
            vat_deferred=bool(content.details and content.details.vat_deferred),
        ),
        shipment=shipment,
        issue_until=_issue_until(document, shipment, policy),
        object_until=_object_until(document, policy),
    )


def order_totals(content: OrderPlaced) -> Totals:
    """What all lines of an order come to. Raises ValueError for lines that make no document."""
    info = content.invoice_info
    kind = type_of(info, content.lines) or plain_type(_exemptions(content.lines, reason_of(info)))
    return totals_of(content.lines, prices_include_vat=content.prices_include_vat, kind=kind)


# --- of which order, for whom -----------------------------------------------------------------------------------------


def _version(order: TrackedOrder, document: TrackedDocument, known: Sequence[OrderVersion]) -> OrderVersion:
    """The order as its document was made from it: of what takes back, as its invoice was."""
    original = _document(order, document.original)
    return as_of(known, (original or document).history[0].occurred_at)


def _buyer(order: TrackedOrder, document: TrackedDocument, known: Sequence[OrderVersion]) -> TrackedBuyer | None:
    """A correction that names no buyer is for whom the wrong invoice was for."""
    wrong = _document(order, document.latest.corrects)
    if wrong is not None and all(each.buyer is None for each in _made_by(order, document, InvoiceCorrected)):
        return _buyer(order, wrong, known)
    original = _document(order, document.original)
    return _buyer(order, original, known) if original else _version(order, document, known).buyer


def _document(order: TrackedOrder, document_id: str | None) -> TrackedDocument | None:
    return next((each for each in order.documents if each.latest.document_id == document_id), None)


def _made_by(order: TrackedOrder, document: TrackedDocument, kind: type) -> Iterator[TrackedEvent]:
    """The events of this kind that were answered with the document."""
    for event in order.events:
        named = {each.document_id for answer in event.answers for each in answer.documents}
        if event.logged and isinstance(event.logged.body, kind) and document.latest.document_id in named:
            yield event


# --- over what --------------------------------------------------------------------------------------------------------


def _lines(order: TrackedOrder, document: TrackedDocument, known: Sequence[OrderVersion]) -> tuple[OrderLine, ...]:
    if not known:
        return ()
    ordered, wanted = _version(order, document, known).content.lines, set(document.latest.lines)
    lines = tuple(line for line in ordered if line.line_reference in wanted)
    if document.latest.intent is Intent.INVOICE:
        return lines
    credit, of_reference = credit_of(document, order.notices), {line.line_reference: line for line in lines}
    known_lines = credit.lines if credit else ()
    return tuple(credited_line(of_reference[each.line_reference], each) for each in known_lines)


def _info(
    order: TrackedOrder, document: TrackedDocument, content: OrderPlaced, lines: tuple[OrderLine, ...]
) -> InvoiceInfo | None:
    """The request's, else the order's for these lines."""
    bodies = (event.logged.body for event in _made_by(order, document, InvoiceRequested) if event.logged)
    asked = (body.invoice_info for body in bodies if isinstance(body, InvoiceRequested))
    of_order = of_part(content.invoice_info, content, lines) if content.invoice_info else None
    return next((each for each in asked if each), None) or of_order


def _kind(document: TrackedDocument, info: InvoiceInfo | None, lines: tuple[OrderLine, ...]) -> InvoiceType:
    reason = reason_of(info)
    if document.latest.intent is not Intent.INVOICE:
        is_withheld = InvoiceType.TEVKIFAT in needs_of(lines, reason)
        return InvoiceType.TEVKIFATIADE if is_withheld else InvoiceType.IADE
    return type_of(info, lines) or plain_type(_exemptions(lines, reason))


def _exemptions(lines: Sequence[OrderLine], reason: str | None) -> Iterator[str]:
    codes = (line.vat_exemption_code or reason for line in lines if is_without_vat(line))
    return (code for code in codes if code)


def _profile(document: TrackedDocument, kind: InvoiceType, policy: Policy | None) -> str | None:
    match document.latest.document_type:
        case DocumentType.EARSIV:
            return ARCHIVE
        case DocumentType.EFATURA:
            return RETURN_PROFILE if kind in RETURNS else policy.efatura_profile if policy else None
        case _:
            return None


# --- when -------------------------------------------------------------------------------------------------------------


def _policy(order: TrackedOrder, document: TrackedDocument) -> Policy | None:
    """That of the event that planned it; where this was one of our own writers, the order's."""
    caused_by = document.history[0].caused_by
    events = [event for event in order.events if event.event_id == caused_by]
    logged = (event.logged for event in (*events, order.placed) if event is not None)
    return next((each.policy for each in logged if each is not None and each.policy), None)


def _shipment(order: TrackedOrder, document: TrackedDocument) -> ShipmentConfirmed | None:
    """Its own, else that of the document in whose place it is, which had the same lines."""
    if document.latest.intent is not Intent.INVOICE:
        return None
    known = [notice.body for notice in order.notices if isinstance(notice.body, ShipmentConfirmed)]
    mine = [each for each in known if each.document_id == document.latest.document_id]
    same = [each for each in known if set(each.line_references) == set(document.latest.lines)]
    return next(reversed(mine or same), None)


def _issue_until(document: TrackedDocument, shipment: ShipmentConfirmed | None, policy: Policy | None) -> date | None:
    if shipment is None or shipment.dispatch_date is None or policy is None or document.latest.state not in UNFINISHED:
        return None
    return issue_until(shipment.dispatch_date, policy.issue_within_days)


def _object_until(document: TrackedDocument, policy: Policy | None) -> date | None:
    latest = document.latest
    if latest.issue_date is None or policy is None or latest.state not in LEGAL:
        return None
    return object_until(latest.issue_date, policy.object_within_days)
