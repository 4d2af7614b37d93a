"""One document, moved on as far as it goes: decide, carry out, decide again."""

from dataclasses import dataclass
from enum import Enum
from itertools import chain, count, repeat

import structlog

from app.domain import identity
from app.domain.commands import Action
from app.domain.documents import Attention
from app.issuing.decisions.decisions import (
    AwaitConnection,
    AwaitPerson,
    Decision,
    Doubt,
    Report,
    Rest,
    TakeReview,
    Wait,
    Withdraw,
)
from app.issuing.decisions.issue import decide
from app.issuing.decisions.step_state import pause_after
from app.issuing.decisions.waiting import while_waiting
from app.issuing.execution.executor import Turn, Worker
from app.issuing.journal.command_facts import Dossier
from app.issuing.journal.facts import NewerFactError
from app.issuing.ports import Clock, Journal, NumbersUnavailableError
from app.issuing.scheduling.connection_queue import RECHECK_SECONDS, Lane
from app.issuing.scheduling.permits import Promise
from app.issuing.scheduling.queue import Document
from providers.base import Finding, Outcome, Registration

log = structlog.get_logger(__name__)


class Epoch:
    """One time of ownership."""

    def __init__(self) -> None:
        self.is_open = True


class Stand(Enum):
    """Where a document stands after it was moved on. PARKED: only another command moves it."""

    AT_REST = "AT_REST"
    PARKED = "PARKED"
    WANTS_A_CALL = "WANTS_A_CALL"


# A document's commands as far as they are read: kept while it is moved on, for a queued document must be small.
Reading = dict[bytes, Dossier]


@dataclass(frozen=True, slots=True)
class Later:
    """It goes on in so many seconds."""

    seconds: float
    is_poll: bool = False


class EpochGate:
    """A lane as the worker sees it, during one epoch."""

    def __init__(self, lane: Lane, epoch: Epoch, promise: Promise | None) -> None:
        self._lane = lane
        self._epoch = epoch
        self._promise = promise

    def may_call(self) -> bool:
        """Whether a place of the quota is promised for one call, now or not at all; none after the epoch's end."""
        if self._promise is None and self._epoch.is_open:
            self._promise = self._lane.promise()
        return self._promise is not None and self._lane.is_open

    def call(self) -> None:
        """The call begins: its first request claims the place that was promised."""
        if self._promise is not None:
            self._promise.keep()
            self._promise = None

    def close(self) -> None:
        """A place that was promised and not used is free again."""
        if self._promise is not None:
            self._promise.drop()
            self._promise = None

    def is_ours(self) -> bool:
        """Whether the partition has not been handed over since."""
        return self._epoch.is_open

    def heard(self, said: Outcome | Finding | Registration) -> None:
        """Passes an answer on to the lane's breaker and limiter."""
        self._lane.heard(said)


class Advance:
    """Moves documents on. Holds nothing of its own."""

    def __init__(self, *, journal: Journal, worker: Worker, clock: Clock) -> None:
        self._journal = journal
        self._worker = worker
        self._clock = clock

    async def __call__(self, document: Document, lane: Lane, epoch: Epoch, gate: EpochGate | None) -> Stand | Later:
        """Until it waits for something. Raises Lost and NewerFactError; without a gate the provider is not asked."""
        read: Reading = {}
        while epoch.is_open:
            await lane.refresh()
            decision = self._decide(document, lane, read)
            if lane.waits_because is not None:
                decision = while_waiting(decision, read.values(), lane.waits_because, self._clock.now())
            match decision:
                case Report() | Withdraw() | TakeReview() | Doubt():
                    try:
                        await self._worker.note(document.partition, decision)
                    except NumbersUnavailableError as away:
                        log.warning("a number cannot be settled", document_id=document.document_id, why=str(away))
                        return self._stop(document, Turn.FRUITLESS)
                case Rest() | AwaitPerson() | Wait() | AwaitConnection() | None:
                    return self._pause(document, decision)
                case call:
                    if gate is None or lane.connection is None:
                        return Stand.WANTS_A_CALL
                    turn = await self._worker.call(document.partition, call, lane.connection, gate)
                    if turn is not Turn.WENT_ON:
                        return self._stop(document, turn)
                    document.failures = 0
        return Stand.PARKED

    def _decide(self, document: Document, lane: Lane, read: Reading) -> Decision | None:
        """One document that cannot be decided must not hold up the others; it stays as it is, loudly."""
        try:
            for key in document.commands:
                if key not in read:
                    read[key] = Dossier(command_id=key.decode())
                read[key].read(self._journal.entry(document.partition, key))
            dossiers, rules, now = list(read.values()), lane.rules, self._clock.now()
            is_cancelled = any(dossier.is_cancellation for dossier in dossiers)
            decision = None if is_cancelled and rules else decide(dossiers, rules, now)
            if rules is not None and (is_cancelled or _is_question(decision)):
                decision = decide([*dossiers, *self._finished(document, rules.capabilities.provider)], rules, now)
        except NewerFactError:
            raise
        except Exception as exc:  # noqa: BLE001 - nothing here touches Kafka: whatever it is, it is this document's
            log.critical("a document cannot be decided", document_id=document.document_id, error=type(exc).__name__)
            return None
        return decision

    def _finished(self, document: Document, provider: str) -> list[Dossier]:
        """The ended ISSUE and CANCEL commands of this document that the queue has let go: their ids are derived."""
        found = []
        for action, revision in chain([(Action.ISSUE, 0)], zip(repeat(Action.CANCEL), count(1))):
            key = identity.command_id(document.document_id, provider, action, revision).encode()
            entry = self._journal.entry(document.partition, key)
            if not entry and action is Action.CANCEL:
                break
            if entry and key not in document.commands:
                found.append(Dossier(command_id=key.decode()).read(entry))
        return found

    def _pause(self, document: Document, decision: Rest | AwaitPerson | Wait | AwaitConnection | None) -> Stand | Later:
        match decision:
            case Rest():
                for command_id in decision.forgettable:
                    self._worker.forget(document.partition, command_id)
                return Stand.AT_REST
            case Wait():
                return self._until(decision)
            case AwaitConnection():
                return Later(RECHECK_SECONDS)
            case AwaitPerson() | None:
                return Stand.PARKED

    def _stop(self, document: Document, turn: Turn | Wait) -> Stand | Later:
        if isinstance(turn, Wait):
            return self._until(turn)
        if turn is Turn.NO_SLOT:
            return Stand.WANTS_A_CALL
        document.failures += 1
        return Later(pause_after(document.failures, document.document_id).total_seconds())

    def _until(self, wait: Wait) -> Later:
        return Later(max(0.0, (wait.until - self._clock.now()).total_seconds()), wait.is_poll)


def _is_question(decision: Decision | None) -> bool:
    """Its number must be one that no other command of the document has asked under."""
    return isinstance(decision, Report) and decision.fact.attention is Attention.NEEDS_REVIEW
