"""One fold at work: an order's parts, unlocked, with the few primitives that change them or cause an effect."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.domain import identity
from app.domain.commands import Action, Cancellation, DocumentOrder, InvoiceCommand, ReviewDecision
from app.domain.documents import DocumentProgressed, DocumentState, DocumentStatus
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentOverdue,
    HoldExpired,
    InvoiceRequested,
    LinesCancelled,
    LoggedEvent,
    OrderLine,
    OrderPlaced,
    RerouteRequested,
    ReviewDecided,
)
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import RULES_VERSION
from app.planning.effects import DedupeEntry, Effects
from app.planning.invoice_info import size_faults
from app.planning.sameness import content_digest
from app.planning.state import LINE_TRANSITIONS, Answer, Document, Held, HeldFor, Line, LineStatus, OrderState

# Each held event is kept whole in the order's entry; more than this is not disorder but a fault upstream. People have
# as many places of their own.
MOST_HELD = 50
# What our own writers say; it gets no outcome and does not count against the bounds of what others submit.
INTERNAL = (DocumentProgressed, HoldExpired, DocumentOverdue)
# What people ask of one document, by whatever system they ask it.
OF_PEOPLE = (DocumentApproved, ReviewDecided, DocumentCancellationRequested, RerouteRequested)


def is_a_persons(event: LoggedEvent) -> bool:
    """A person is behind it: what upstream does must not leave them without a way to act."""
    return event.actor is not None or isinstance(event.body, OF_PEOPLE)


class Draft:
    """The next state of an order while its event is being folded.

    `again`: events that waited and whose wait has just ended; the fold decides them before it closes.
    `cancelled`: cancellations of lines that have been carried out; their answers are completed at its end.
    `resumed`: the documents that it planned without a request.
    """

    def __init__(self, state: OrderState, event: LoggedEvent) -> None:
        self.before = state
        self.event = event
        self.effects = Effects()
        self.placed = state.placed
        self.lines = dict(state.lines)
        self.documents = dict(state.documents)
        self.held = list(state.held)
        self.answers = dict(state.answers)
        self.again: list[LoggedEvent] = []
        self.cancelled: list[LoggedEvent] = []
        self.resumed: list[str] = []

    def close(self) -> OrderState:
        """The folded state: one version and one event id more."""
        return OrderState(
            version=self.before.version + 1,
            placed=self.placed,
            lines=self.lines,
            documents=self.documents,
            held=tuple(self.held),
            answers=self.answers,
            seen=(*self.before.seen, self.event.event_id),
            submitted=self.before.submitted + (not isinstance(self.event.body, INTERNAL)),
            frozen=self.before.frozen,
        )

    @property
    def order(self) -> OrderPlaced:
        """The order's content. Only asked for once the order has arrived."""
        if self.placed is None or not isinstance(self.placed.body, OrderPlaced):
            raise LookupError("the order has not arrived")
        return self.placed.body

    def order_lines(self, references: Iterable[str]) -> tuple[OrderLine, ...]:
        """These lines as they were ordered, in the order's sequence."""
        wanted = set(references)
        return tuple(line for line in self.order.lines if line.line_reference in wanted)

    # --- answers ---------------------------------------------------------------------------------------------------

    def answer(
        self,
        event: LoggedEvent,
        verdict: Verdict,
        reason: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        documents: Iterable[str] = (),
        remember: bool = True,
    ) -> None:
        """The event's outcome; remembered under its request id when it has one."""
        found = tuple(self.documents[document_id] for document_id in documents)
        self.effects.outcomes.append(
            OrderOutcome(
                event_id=event.event_id,
                event_type=event.body.type,
                business=event.business,
                order_reference=event.order_reference,
                request_id=event.request_id,
                verdict=verdict,
                reason=reason,
                errors=errors,
                documents=tuple(document.reference() for document in found),
                occurred_at=self.event.received_at,
                extensions=event.extensions,
            )
        )
        if event.request_id is not None and remember:
            self.answers[event.request_id] = Answer(
                event_id=event.event_id,
                verdict=verdict,
                reason=reason,
                errors=errors,
                documents=tuple(document.document_id for document in found),
                digest=content_digest(event),
            )

    def complete(self, event: LoggedEvent, reason: str | None, documents: Iterable[str]) -> None:
        """Adds to the answer that this fold gave to the event what was known only at its end."""
        found = tuple(self.documents[document_id] for document_id in documents)
        references = tuple(document.reference() for document in found)
        self.effects.outcomes = [
            replace(outcome, reason=reason, documents=references) if outcome.event_id == event.event_id else outcome
            for outcome in self.effects.outcomes
        ]
        known = self.answers.get(event.request_id or "")
        if known is not None and known.event_id == event.event_id:
            ids = tuple(document.document_id for document in found)
            self.answers[event.request_id or ""] = replace(known, reason=reason, documents=ids)

    def reject(self, event: LoggedEvent, errors: tuple[FieldError, ...]) -> None:
        """REJECTED with every error in one list; the first one's code is the reason."""
        self.answer(event, Verdict.REJECTED, errors[0].code, errors=errors)

    def waited(self, event: LoggedEvent, waits_for: HeldFor) -> bool:
        """Whether this event was held for this before the present fold."""
        return any(h.event.event_id == event.event_id and h.waits_for is waits_for for h in self.before.held)

    def hold(self, event: LoggedEvent, waits_for: HeldFor, *, remember: bool = True) -> bool:
        """Keeps a submitted event until what it waits for happens, and says so the first time. False: no room.

        Nothing that the event asks for may be done before this has said True: what is refused is not done by half.
        """
        is_new = all(held.event.event_id != event.event_id for held in self.before.held)
        info = event.body.invoice_info if isinstance(event.body, OrderPlaced | InvoiceRequested) else None
        if info is not None and (faults := self.size_faults(info)):
            self.reject(event, faults)
            return False
        if is_new and not self.has_place(event):
            self.answer(event, Verdict.REJECTED, "TOO_MANY_HELD", remember=remember)
            return False
        minutes = event.policy.hold_minutes if event.policy and waits_for is HeldFor.ORDER else None
        expires_at = event.received_at + timedelta(minutes=minutes) if minutes else None
        self.keep(event, waits_for, expires_at)
        if is_new and all(outcome.event_id != event.event_id for outcome in self.effects.outcomes):
            self.answer(event, Verdict.HELD, waits_for, remember=remember)
        return True

    def has_place(self, event: LoggedEvent) -> bool:
        """Whether one more may wait. What upstream sends takes no place from what people ask, nor the other way."""
        alike = sum(is_a_persons(held.event) == is_a_persons(event) for held in self.held)
        return alike < MOST_HELD

    def size_faults(self, info: InvoiceInfo) -> tuple[FieldError, ...]:
        """Whether this one's files have room beside those that the order keeps."""
        held, requests = (held.event for held in self.held), (document.request for document in self.documents.values())
        return tuple(size_faults(info, (self.placed, *held, *requests)))

    def keep(self, event: LoggedEvent, waits_for: HeldFor, expires_at: datetime | None = None) -> None:
        """Keeps an event without an answer: events of our own writers get none."""
        self.held.append(Held(event=event, waits_for=waits_for, expires_at=expires_at))

    def end_wait(self, waits_for: HeldFor) -> None:
        """What these events waited for has happened; they are decided now, in the order they came.

        Cancellations of lines come first: what is never to be invoiced is known before anything is planned.
        """
        self.again += [held.event for held in self.held if held.waits_for is waits_for]
        self.again.sort(key=lambda event: not isinstance(event.body, LinesCancelled))
        self.held = [held for held in self.held if held.waits_for is not waits_for]

    # --- lines and documents ---------------------------------------------------------------------------------------

    def move_lines(self, references: Iterable[str], status: LineStatus, document_id: str | None) -> None:
        """Moves lines by the transition table. Raises ValueError where the table has no such move."""
        for reference in references:
            before = self.lines[reference].status
            if status not in LINE_TRANSITIONS[before]:
                raise ValueError(f"line {reference}: {before} does not become {status}")
            self.lines[reference] = Line(status=status, document_id=document_id)

    def tell(self, document: Document, progress: DocumentProgressed | None = None, **changes: Any) -> Document:
        """Changes the document and writes its next status event.

        The sequence number is counted here and nowhere else.
        """
        moves = changes.get("state", document.state) is not document.state or "released" in changes
        if moves:
            changes["moved_at"] = self.event.received_at
        document = replace(document, sequence=document.sequence + 1, **changes)
        self.documents[document.document_id] = document
        request = document.request
        self.effects.statuses.append(
            DocumentStatus(
                document_id=document.document_id,
                sequence=document.sequence,
                business=self.event.business,
                order_reference=self.event.order_reference,
                intent=document.intent,
                attempt=document.attempt,
                state=document.state,
                attention=document.attention,
                provider=document.policy.provider,
                lines=document.lines,
                shipment_reference=request.shipment_reference if request else None,
                invoice_reference=request.invoice_reference if request else None,
                document_type=document.document_type,
                ettn=document.ettn,
                number=document.number,
                issue_date=document.issue_date,
                errors=progress.errors if progress else (),
                evidence=progress.evidence if progress else (),
                review_revision=document.review_revision,
                occurred_at=self.event.received_at,
                caused_by=self.event.event_id,
                extensions=self.placed.extensions if self.placed else None,
            )
        )
        return document

    def command(
        self,
        document: Document,
        action: Action,
        revision: int,
        *,
        order: DocumentOrder | None = None,
        review: ReviewDecision | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        """A command to the document's provider."""
        event, provider = self.event, document.policy.provider
        self.effects.commands.append(
            InvoiceCommand(
                command_id=identity.command_id(document.document_id, provider, action, revision),
                action=action,
                revision=revision,
                document_id=document.document_id,
                business=event.business,
                order_reference=event.order_reference,
                provider=provider,
                occurred_at=event.received_at,
                caused_by=event.event_id,
                order=order,
                person=self.placed.person if self.placed and order else None,
                review=review,
                cancellation=cancellation,
                rules_version=RULES_VERSION,
            )
        )

    def remember(self, document: Document) -> None:
        """The write-once entry of the dedupe table."""
        self.effects.entries.append(
            DedupeEntry(
                order_key=identity.order_key(self.event.business, self.event.order_reference),
                dedupe_key=identity.dedupe_key(
                    document.policy.provider, document.intent, document.scope, document.attempt
                ),
                document_id=document.document_id,
                caused_by=self.event.event_id,
            )
        )

    def settle(self, document: Document) -> None:
        """Gives a document's lines what its legal state gives them, and ends the waits for it.

        What becomes of freed lines is decided when everything that waited for them has been (`resuming`).
        """
        mine = [ref for ref in document.lines if self.lines[ref].document_id == document.document_id]
        if document.dead:
            self.move_lines(mine, LineStatus.OPEN, None)
        elif document.legal:
            claimed = [ref for ref in mine if self.lines[ref].status is LineStatus.CLAIMED]
            self.move_lines(claimed, LineStatus.INVOICED, document.document_id)
        if not self.held:
            return
        if document.state not in {DocumentState.PLANNED, DocumentState.PROCESSING}:
            self.end_wait(HeldFor.WITHDRAWAL)
        if not document.is_being_cancelled:
            self.end_wait(HeldFor.CANCELLATION)
