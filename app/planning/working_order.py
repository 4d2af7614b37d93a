"""One fold at work: an order's parts, unlocked, with the few primitives that change them or cause an effect."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain.commands import Action, DocumentOrder
from app.domain.documents import UNFINISHED, Attention, DocumentProgressed
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.notices import NoticeBody
from app.domain.orders import InvoiceRequested, LinesCancelled, LoggedEvent, OrderLine, OrderPlaced, RerouteRequested
from app.domain.outcomes import Verdict
from app.planning.answers import few, order_rejected, with_answer
from app.planning.content_digest import content_digest
from app.planning.effects import CommandContent, Effects, command_of, dedupe_entry_of, notice_of, outcome_of, status_of
from app.planning.entry_size import file_errors
from app.planning.events import INTERNAL, is_a_persons, turn
from app.planning.planned_document import PlannedDocument
from app.planning.state import LINE_TRANSITIONS, Answer, Credit, HeldEvent, HeldFor, Line, LineStatus, OrderState

# Each held event is kept whole in the order's entry; more than this is no disorder but a fault upstream. As many more
# may be people's.
MOST_HELD: Final = 50


def waiting(held: Iterable[HeldEvent]) -> list[tuple[str, HeldFor]]:
    """Which events wait, and for what."""
    return [(each.event.event_id, each.waits_for) for each in held]


class WorkingOrder:
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
        self.refused = state.refused
        self.frozen = state.frozen
        self.status = state.status
        self.triggered = state.triggered
        self.original = state.original
        self.credits = state.credits
        self.again: list[LoggedEvent] = []
        self.cancelled: list[LoggedEvent] = []
        self.resumed: list[str] = []

    def close(self) -> OrderState:
        """The folded state: one version and one event id more."""
        is_submitted, changes = not isinstance(self.event.body, INTERNAL), self.changes_order
        return OrderState(
            version=self.before.version + 1,
            placed=self.placed,
            lines=self.lines,
            documents=self.documents,
            held=tuple(self.held),
            answers=self.answers,
            seen=(*self.before.seen, self.event.event_id),
            submitted=self.before.submitted + (is_submitted and changes),
            repeated=self.before.repeated + (is_submitted and not changes),
            refused=self.refused,
            frozen=self.frozen,
            status=self.status,
            triggered=self.triggered,
            original=self.original,
            credits=self.credits,
        )

    @property
    def changes_order(self) -> bool:
        """Whether the event does more than to be answered."""
        before = self.before
        return (
            bool(self.effects.commands or self.effects.statuses)
            or self.placed is not before.placed
            or self.frozen != before.frozen
            or self.status != before.status
            or waiting(self.held) != waiting(before.held)
            or self.lines != before.lines
            or self.credits != before.credits
        )

    @property
    def content(self) -> OrderPlaced:
        """The order's content. Raises LookupError before the order has arrived."""
        if self.placed is None or not isinstance(self.placed.body, OrderPlaced):
            raise LookupError("the order has not arrived")
        return self.placed.body

    def ordered_lines(self, references: Iterable[str]) -> tuple[OrderLine, ...]:
        """These lines as they were ordered, in the order's sequence."""
        wanted = set(references)
        return tuple(line for line in self.content.lines if line.line_reference in wanted)

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
        at = self.event.received_at
        self.effects.outcomes.append(
            outcome_of(event, at, verdict=verdict, reason=reason, errors=errors, documents=found)
        )
        if event.request_id is not None and remember:
            answer = Answer(
                event_id=event.event_id,
                verdict=verdict,
                reason=reason,
                errors=few(errors, event.event_id),
                documents=tuple(document.document_id for document in found),
                digest=content_digest(event),
            )
            self.answers = with_answer(self.answers, event.request_id, answer)

    def complete(self, event: LoggedEvent, reason: str | None, documents: Iterable[str]) -> None:
        """Adds to the answer that this fold gave to the event what was known only at its end."""
        found = tuple(self.documents[document_id] for document_id in documents)
        references = tuple(document.reference() for document in found)
        self.effects.outcomes = [
            replace(each, reason=reason or each.reason, documents=references)
            if each.event_id == event.event_id
            else each
            for each in self.effects.outcomes
        ]
        known = self.answers.get(event.request_id or "")
        if known is not None and known.event_id == event.event_id:
            ids = tuple(document.document_id for document in found)
            self.answers[event.request_id or ""] = replace(known, reason=reason or known.reason, documents=ids)

    def reject(self, event: LoggedEvent, errors: tuple[FieldError, ...]) -> None:
        """REJECTED with every error in one list; the first one's code is the reason."""
        self.answer(event, Verdict.REJECTED, errors[0].code, errors=errors)

    def waited(self, event: LoggedEvent, waits_for: HeldFor) -> bool:
        """Whether this event was held for this before the present fold."""
        return any(h.event.event_id == event.event_id and h.waits_for is waits_for for h in self.before.held)

    def hold(
        self, event: LoggedEvent, waits_for: HeldFor, *, errors: tuple[FieldError, ...] = (), remember: bool = True
    ) -> bool:
        """Keeps a submitted event until what it waits for happens, and answers HELD the first time. False: no room.

        Nothing that the event asks for may be done before this has returned True: what is refused is not done by half.
        """
        is_new = all(held.event.event_id != event.event_id for held in self.before.held)
        info = event.body.invoice_info if isinstance(event.body, OrderPlaced | InvoiceRequested) else None
        if info is not None and (too_large := self.file_errors(info)):
            self.reject(event, too_large)
            return False
        if is_new and not self.has_room(event):
            self.answer(event, Verdict.REJECTED, "TOO_MANY_HELD", remember=remember)
            return False
        minutes = event.policy.hold_minutes if event.policy and waits_for is HeldFor.ORDER else None
        expires_at = event.received_at + timedelta(minutes=minutes) if minutes else None
        self.keep(event, waits_for, expires_at)
        waited_for_thaw = self.before.frozen is not None and self.frozen is None
        if (is_new or waited_for_thaw) and all(o.event_id != event.event_id for o in self.effects.outcomes):
            self.answer_held(event, waits_for, errors=errors, remember=remember)
        return True

    def answer_held(
        self, event: LoggedEvent, waits_for: HeldFor, *, errors: tuple[FieldError, ...] = (), remember: bool = True
    ) -> None:
        """HELD, and for what: an order that was refused is not merely late."""
        if waits_for is HeldFor.ORDER and self.refused is not None:
            errors = (order_rejected(self.refused),)
            self.answer(event, Verdict.HELD, errors[0].code, errors=errors, remember=remember)
        else:
            self.answer(event, Verdict.HELD, waits_for, errors=errors, remember=remember)

    @property
    def is_losing_lines(self) -> bool:
        """Whether a cancellation of lines waits."""
        return any(isinstance(held.event.body, LinesCancelled) for held in self.held)

    def is_being_rerouted(self, document: PlannedDocument) -> bool:
        """Whether a person's move of this document waits."""
        bodies = (held.event.body for held in self.held)
        return any(isinstance(body, RerouteRequested) and body.document_id == document.document_id for body in bodies)

    def has_room(self, event: LoggedEvent) -> bool:
        """Whether one more may wait. What upstream sends takes no room from what people ask, nor the other way."""
        alike = sum(is_a_persons(held.event) == is_a_persons(event) for held in self.held)
        return alike < MOST_HELD

    def file_errors(self, info: InvoiceInfo) -> tuple[FieldError, ...]:
        """Whether this one's files have room beside those that the order keeps."""
        held, requests = (held.event for held in self.held), (document.request for document in self.documents.values())
        return tuple(file_errors(info, (self.placed, *held, *requests)))

    def keep(self, event: LoggedEvent, waits_for: HeldFor, expires_at: datetime | None = None) -> None:
        """Keeps an event without an answer: events of our own writers get none."""
        self.held.append(HeldEvent(event=event, waits_for=waits_for, expires_at=expires_at))

    def end_wait(self, waits_for: HeldFor) -> None:
        """What these events waited for has happened; they are decided now, in the order they came.

        Cancellations of lines come first: what is never to be invoiced is known before anything is planned.
        """
        self.again += [held.event for held in self.held if held.waits_for is waits_for]
        self.again.sort(key=turn)
        self.held = [held for held in self.held if held.waits_for is not waits_for]

    # --- lines and documents ---------------------------------------------------------------------------------------

    def move_lines(self, references: Iterable[str], status: LineStatus, document_id: str | None) -> None:
        """Moves lines by the transition table. Raises ValueError where the table has no such move."""
        for reference in references:
            before = self.lines[reference].status
            if status not in LINE_TRANSITIONS[before]:
                raise ValueError(f"line {reference}: {before} does not become {status}")
            self.lines[reference] = Line(status=status, document_id=document_id)

    def emit_status(
        self, document: PlannedDocument, progress: DocumentProgressed | None = None, **changes: Any
    ) -> PlannedDocument:
        """Changes the document and writes its next status event.

        The sequence number is counted here and nowhere else.
        """
        is_decided = changes.get("decided", document.decided) not in {None, document.decided}
        is_let_go = "released" in changes or "approved" in changes
        moves = changes.get("state", document.state) is not document.state or is_let_go or is_decided
        if moves:
            changes["moved_at"] = self.event.received_at
        document = replace(document, sequence=document.sequence + 1, **changes)
        if document.attention is None and document.awaits_approval:
            document = replace(document, attention=Attention.AWAITING_APPROVAL)
        self.documents[document.document_id] = document
        shown, credit = self.shown(document), self.credit_of(document)
        status = status_of(self.event, document, shown, progress, placed=self.placed, credit=credit)
        self.effects.statuses.append(status)
        return document

    def credit_of(self, document: PlannedDocument) -> Credit | None:
        """What the document takes back; None of an invoice, and of one in whose place another one does."""
        return next((credit for credit in self.credits if credit.document_id == document.document_id), None)

    def shown(self, document: PlannedDocument) -> Attention | None:
        """What people are to look at: that nothing goes on, unless the document asks for something more urgent."""
        is_urgent = document.attention in {Attention.NEEDS_REVIEW, Attention.OVERDUE}
        return Attention.FROZEN if self.frozen and document.is_unfinished and not is_urgent else document.attention

    def command(
        self,
        document: PlannedDocument,
        action: Action,
        revision: int,
        content: CommandContent | None = None,
        *,
        moves: bool = False,
    ) -> None:
        """A command to the document's connection; with an order's content goes the person that it is for."""
        is_issue = isinstance(content, DocumentOrder)
        person = (document.person or self.placed.person) if self.placed and is_issue else None
        moved_from = tuple(self.places_taken_by(document)) if is_issue else ()
        self.effects.commands.append(
            command_of(
                self.event,
                document,
                action,
                revision,
                content=content,
                person=person,
                moves=moves,
                moved_from=moved_from,
            )
        )

    def places_taken_by(self, document: PlannedDocument) -> Iterator[str]:
        """The documents that were moved to this one, the latest first."""
        of_successor = {each.moved_to: each.document_id for each in self.documents.values() if each.moved_to}
        found = of_successor.get(document.document_id)
        while found is not None:
            yield found
            found = of_successor.get(found)

    def notice(self, body: NoticeBody, name: str) -> None:
        """A notice about the order; `name` tells it from others of its kind that this event causes."""
        self.effects.notices.append(notice_of(self.event, body, self.placed, name))

    def remember(self, document: PlannedDocument) -> None:
        """The write-once entry of the dedupe table."""
        self.effects.dedupe_entries.append(dedupe_entry_of(self.event, document))

    def update_lines(self, document: PlannedDocument) -> None:
        """Gives a document's lines what its legal state gives them, and ends the waits for it.

        What becomes of freed lines is decided when everything that waited for them has been (`rules.replanning`).
        """
        mine = [ref for ref in document.lines if self.lines[ref].document_id == document.document_id]
        if document.is_dead:
            self.move_lines(mine, LineStatus.OPEN, None)
        elif document.is_legal:
            claimed = [ref for ref in mine if self.lines[ref].status is LineStatus.CLAIMED]
            self.move_lines(claimed, LineStatus.INVOICED, document.document_id)
        if not self.held or self.frozen:
            return
        if document.state not in UNFINISHED:
            self.end_wait(HeldFor.WITHDRAWAL)
            self.end_wait(HeldFor.INVOICE)
        if not document.is_being_cancelled:
            self.end_wait(HeldFor.CANCELLATION)
