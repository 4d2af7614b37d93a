"""People at work during a run: they approve, sign, cancel lines and documents, move documents, and answer questions."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus, Intent
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    LinesCancelled,
    OrderEvent,
    RerouteRequested,
    SignatureRequested,
    SubmittedBody,
)
from app.testbed.chaos.check.reviews import asks_about_cancellation
from app.testbed.chaos.load.reviews import Books, ProviderPages, answer

# Every event that a person submits carries this name; upstream's own events carry none.
ACTOR: Final = "chaos"
# Of a hundred documents that have just gone out, and of those whose answer is unknown, so many lose a line.
WITHDRAWN_PERCENT: Final = 4
WITHDRAWN_IN_DOUBT_PERCENT: Final = 25
# Of a hundred documents that are legal, so many are to be cancelled after all.
CANCELLED_PERCENT: Final = 4
# Of a hundred documents that are on their way, and of those whose answer is unknown, so many go to another provider.
MOVED_PERCENT: Final = 4
MOVED_IN_DOUBT_PERCENT: Final = 20
# Of a hundred documents that wait for a signature, so many are cancelled instead, and so many are left as they are.
UNSIGNED_CANCELLED_PERCENT: Final = 15
LEFT_UNSIGNED_PERCENT: Final = 10
# Of a hundred drafts so many are never approved.
UNAPPROVED_PERCENT: Final = 10
# Of a hundred reviews so many are left for tomorrow: what waits for a person must wait visibly.
UNDECIDED_PERCENT: Final = 10
# A person thinks before they approve or decide; a cancellation must come while the command is on its way.
LONGEST_THOUGHT_SECONDS: Final = 3.0
# A provider's books are read for all reviews at once.
LOOK_SECONDS: Final = 3.0

REASON: Final = "Müşteri vazgeçti"
Chances = Mapping[tuple[DocumentState, Attention | None], int]
# What is done with how many of those in this state: a document on its way can be withdrawn or moved, a legal one not.
OF_LINES: Final[Chances] = {
    (DocumentState.PLANNED, None): WITHDRAWN_PERCENT,
    (DocumentState.PLANNED, Attention.UNCERTAIN): WITHDRAWN_IN_DOUBT_PERCENT,
}
OF_DOCUMENTS: Final[Chances] = {
    (DocumentState.ISSUED, None): CANCELLED_PERCENT,
    (DocumentState.DELIVERED, None): CANCELLED_PERCENT,
}
OF_MOVES: Final[Chances] = {
    (DocumentState.PLANNED, None): MOVED_PERCENT,
    (DocumentState.PLANNED, Attention.UNCERTAIN): MOVED_IN_DOUBT_PERCENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAct:
    """What a person will do, and when. `body` is None for a review: it is decided by what the provider has."""

    due: float
    status: DocumentStatus
    chance: Random
    body: SubmittedBody | None


@dataclass(slots=True, kw_only=True)
class Operators:
    """`note_status` may be called from another thread than `act`. What a person does hangs on seed and document alone.

    `send` takes their events; `pages` are the providers' own. `reviews`: the providers at which they decide; what is
    asked about a cancellation they decide everywhere. `silent`: those that do not say when a document is legal;
    `records`: by business and provider, where a document is made from a record of the provider's; `moves`: where the
    documents of a business can be moved, by business and connection.
    """

    seed: int
    send: Callable[[OrderEvent], None]
    pages: ProviderPages
    reviews: frozenset[str]
    silent: frozenset[str] = frozenset()
    records: frozenset[tuple[str, str]] = frozenset()
    moves: Mapping[tuple[str, str], str] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _noted: deque[DocumentStatus] = field(default_factory=deque)
    _planned: list[PlannedAct] = field(default_factory=list)
    _known: set[tuple[str, str, int]] = field(default_factory=set)
    _looked_at: float = float("-inf")

    def note_status(self, status: DocumentStatus) -> None:
        """Takes note of a status event."""
        self._noted.append(status)

    def act(self) -> None:
        """Does what is due."""
        while self._noted:
            self._consider(self._noted.popleft())
        now = self.clock()
        may_look = now - self._looked_at >= LOOK_SECONDS
        due = [act for act in self._planned if act.due <= now and (act.body is not None or may_look)]
        self._planned = [act for act in self._planned if act not in due]
        for act in due:
            if act.body is not None:
                self._do(act.status, act.body)
        self._decide([act for act in due if act.body is None], now)

    def _do(self, status: DocumentStatus, body: SubmittedBody) -> None:
        """Where a provider does not say what became of a document in its pages, that is recorded afterwards."""
        if isinstance(body, DocumentMarkedDeleted):
            self.pages.delete(status)
            self._record(status)
        elif not isinstance(body, SignatureRequested):
            self.send(_event(status, body))
        elif status.provider not in self.silent:
            self.send(_event(status, body))
            self.pages.sign(status)
        else:
            self.pages.sign(status)
            self._record(status)

    def _record(self, status: DocumentStatus) -> None:
        """The number that it has there, or that it is there no more; nothing of what has no legal effect yet."""
        books = self.pages.look_up(status.provider) if status.provider in self.silent else {status.document_id: None}
        number = books.get(status.document_id)
        if number is not None:
            self.send(_event(status, DocumentMarkedIssued(document_id=status.document_id, number=number)))
        elif status.document_id not in books:
            self.send(_event(status, DocumentMarkedDeleted(document_id=status.document_id)))

    @property
    def idle(self) -> bool:
        """No person has anything left to do."""
        return not (self._noted or self._planned)

    def _consider(self, status: DocumentStatus) -> None:
        """Each document is thought about once for each thing that can be done with it."""
        chance = Random(  # noqa: S311 - repeatable, not secret
            f"{self.seed}/{status.document_id}/{status.attention}/{status.review_revision}"
        )
        if status.attention is Attention.NEEDS_REVIEW:
            is_theirs = status.provider in self.reviews or asks_about_cancellation(status)
            if is_theirs and chance.randrange(100) >= UNDECIDED_PERCENT:
                self._plan(status, chance, None, status.review_revision)
        elif status.attention is Attention.AWAITING_APPROVAL:
            if chance.randrange(100) >= UNAPPROVED_PERCENT:
                self._plan(status, chance, DocumentApproved(document_id=status.document_id))
        elif status.attention is Attention.DELETE_AT_PROVIDER:
            self._plan(status, chance, DocumentMarkedDeleted(document_id=status.document_id))
        elif status.state is DocumentState.AWAITING_SIGNATURE:
            self._consider_signing(status, chance)
        elif status.intent is Intent.INVOICE and chance.randrange(100) < _percent(OF_LINES, status):
            self._plan(status, chance, LinesCancelled(line_references=(chance.choice(status.lines),)))
        elif chance.randrange(100) < _percent(OF_DOCUMENTS, status):
            self._plan(status, chance, DocumentCancellationRequested(document_id=status.document_id, reason=REASON))
        elif (target := self._target(status)) and chance.randrange(100) < _percent(OF_MOVES, status):
            self._plan(status, chance, RerouteRequested(document_id=status.document_id, connection=target))

    def _consider_signing(self, status: DocumentStatus, chance: Random) -> None:
        """Signed, cancelled, or left as it is."""
        drawn = chance.randrange(100)
        if drawn < UNSIGNED_CANCELLED_PERCENT:
            self._plan(status, chance, DocumentCancellationRequested(document_id=status.document_id, reason=REASON))
        elif drawn < 100 - LEFT_UNSIGNED_PERCENT:
            self._plan(status, chance, SignatureRequested(document_id=status.document_id))

    def _target(self, status: DocumentStatus) -> str | None:
        """Not of what takes back: at another provider its invoice has no number that can be named."""
        if status.intent is not Intent.INVOICE:
            return None
        return self.moves.get((status.business, status.connection))

    def _plan(self, status: DocumentStatus, chance: Random, body: SubmittedBody | None, revision: int = 0) -> None:
        known = (status.document_id, body.type if body else "ReviewDecided", revision)
        if known not in self._known:
            self._known.add(known)
            at_once = isinstance(body, LinesCancelled | RerouteRequested)
            thought = 0.0 if at_once else chance.uniform(0, LONGEST_THOUGHT_SECONDS)
            self._planned.append(PlannedAct(due=self.clock() + thought, status=status, chance=chance, body=body))

    def _decide(self, acts: list[PlannedAct], now: float) -> None:
        """By what the provider has in its books."""
        for provider in sorted({act.status.provider for act in acts}):
            self._looked_at = now
            books = self.pages.look_up(provider)
            for act in acts:
                if act.status.provider == provider:
                    self._answer(act, books)

    def _answer(self, act: PlannedAct, books: Books) -> None:
        is_record = (act.status.business, act.status.provider) in self.records
        decided = answer(act.status, books, self.pages, act.chance, is_record=is_record)
        if decided is not None:
            self.send(_event(act.status, decided))


def _percent(chances: Chances, status: DocumentStatus) -> int:
    """Of a hundred documents in this state."""
    return chances.get((status.state, status.attention), 0)


def _event(status: DocumentStatus, body: SubmittedBody) -> OrderEvent:
    return OrderEvent(
        business=status.business,
        order_reference=status.order_reference,
        body=body,
        occurred_at=datetime.now(UTC),
        actor=ACTOR,
    )
