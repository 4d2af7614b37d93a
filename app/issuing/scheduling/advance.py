"""One document, moved on as far as it goes: decide, carry out, decide again."""

from dataclasses import dataclass
from enum import Enum
from itertools import chain, count, repeat

import structlog

from app.domain import identity
from app.domain.commands import Action
from app.domain.documents import Attention
from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    AwaitConnection,
    AwaitPerson,
    Call,
    Decision,
    ReportProgress,
    Rest,
    TakeReview,
    Wait,
    Withdraw,
)
from app.issuing.decisions.issue import decide
from app.issuing.decisions.issue_state import pause_after
from app.issuing.decisions.waiting import while_waiting
from app.issuing.execution.executor import Executor
from app.issuing.execution.gate import CallResult
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.errors import NewerFactError
from app.issuing.ports import Clock, Journal, NumbersUnavailableError
from app.issuing.scheduling.connection_queue import RECHECK_SECONDS, ConnectionQueue
from app.issuing.scheduling.document_queue import QueuedDocument
from app.issuing.scheduling.doubts import INVOICES, contact_of
from app.issuing.scheduling.gates import EpochGate
from app.stream.ownership.epoch import Epoch
from providers.base import Step

log = structlog.get_logger(__name__)


class Progress(Enum):
    """What a document waits for after it was moved on.

    PARKED: only another command moves it. HELD: so does the end of another document's doubt.
    """

    AT_REST = "AT_REST"
    PARKED = "PARKED"
    HELD = "HELD"
    WANTS_A_CALL = "WANTS_A_CALL"


# A document's commands as far as they are read: kept while it is moved on, for a queued document must be small.
Reading = dict[bytes, CommandFacts]


@dataclass(frozen=True, slots=True)
class Later:
    """It goes on in so many seconds."""

    seconds: float
    is_poll: bool = False


class Advance:
    """Moves documents on. Holds nothing of its own."""

    def __init__(self, *, journal: Journal, executor: Executor, clock: Clock) -> None:
        self._journal = journal
        self._executor = executor
        self._clock = clock

    async def __call__(
        self, document: QueuedDocument, queue: ConnectionQueue, epoch: Epoch, gate: EpochGate | None
    ) -> Progress | Later:
        """Until it waits. Raises OwnershipLost and NewerFactError; without a gate the provider is not asked."""
        read: Reading = {}
        doubts = queue.doubts
        while not epoch.ended:
            await queue.refresh()
            decision = self._decide(document, queue, read)
            doubts.note(document, decision, is_connected=queue.connection is not None)
            if queue.waits_because is not None:
                decision = while_waiting(decision, read.values(), queue.waits_because, self._clock.now())
            match decision:
                case ReportProgress() | Withdraw() | TakeReview() | AssumeAttempted():
                    try:
                        await self._executor.note(document.partition, decision)
                    except NumbersUnavailableError as away:
                        log.warning("a number cannot be closed", document_id=document.document_id, why=str(away))
                        return self._stop(document, CallResult.FRUITLESS)
                case Rest() | AwaitPerson() | Wait() | AwaitConnection() | None:
                    return self._pause(document, decision)
                case call:
                    about = _exclusive(call, queue)
                    if about is not None and doubts.hold_back(document, about):
                        return Progress.HELD
                    if gate is None or queue.connection is None:
                        return Progress.WANTS_A_CALL
                    if about is not None:
                        doubts.begin(document, about)
                    turn = await self._executor.call(document.partition, call, queue.connection, gate)
                    if turn is not CallResult.WENT_ON:
                        return self._stop(document, turn)
                    document.failures = 0
        return Progress.PARKED

    def _decide(self, document: QueuedDocument, queue: ConnectionQueue, read: Reading) -> Decision | None:
        """One document that cannot be decided must not hold up the others; it stays as it is, and is logged."""
        try:
            for key in document.commands:
                if key not in read:
                    read[key] = CommandFacts(command_id=key.decode())
                read[key].read(self._journal.entry(document.partition, key))
            commands, rules, now = list(read.values()), queue.rules, self._clock.now()
            is_cancelled = any(facts.is_cancellation for facts in commands)
            decision = None if is_cancelled and rules else decide(commands, rules, now)
            if rules is not None and (is_cancelled or _is_question(decision)):
                decision = decide([*commands, *self._finished(document)], rules, now)
        except NewerFactError:
            raise
        except Exception as exc:  # noqa: BLE001 - nothing here touches Kafka: whatever it is, it is this document's
            log.critical("a document cannot be decided", document_id=document.document_id, error=type(exc).__name__)
            return None
        return decision

    def _finished(self, document: QueuedDocument) -> list[CommandFacts]:
        """The ended ISSUE and CANCEL commands of this document that the queue has let go: their ids are derived."""
        found = []
        for action, revision in chain([(Action.ISSUE, 0)], zip(repeat(Action.CANCEL), count(1))):
            key = identity.command_id(document.document_id, document.connection.name, action, revision).encode()
            entry = self._journal.entry(document.partition, key)
            if not entry and action is Action.CANCEL:
                break
            if entry and key not in document.commands:
                found.append(CommandFacts(command_id=key.decode()).read(entry))
        return found

    def _pause(
        self, document: QueuedDocument, decision: Rest | AwaitPerson | Wait | AwaitConnection | None
    ) -> Progress | Later:
        match decision:
            case Rest():
                for command_id in decision.forgettable:
                    self._executor.forget(document.partition, command_id)
                return Progress.AT_REST
            case Wait():
                return self._until(decision)
            case AwaitConnection():
                return Later(RECHECK_SECONDS)
            case AwaitPerson() | None:
                return Progress.PARKED

    def _stop(self, document: QueuedDocument, turn: CallResult | Wait) -> Progress | Later:
        if isinstance(turn, Wait):
            return self._until(turn)
        if turn is CallResult.NO_SLOT:
            return Progress.WANTS_A_CALL
        document.failures += 1
        return Later(pause_after(document.failures, document.document_id).total_seconds())

    def _until(self, wait: Wait) -> Later:
        return Later(max(0.0, (wait.until - self._clock.now()).total_seconds()), wait.is_poll)


def _exclusive(call: Call, queue: ConnectionQueue) -> str | None:
    """What only one document of the connection may attempt at a time, where this is such an attempt."""
    if not isinstance(call, Attempt):
        return None
    return INVOICES if call.step is Step.INVOICE and queue.is_asked_by_list else contact_of(call)


def _is_question(decision: Decision | None) -> bool:
    """Its number must be one that no other command of the document has asked under."""
    return isinstance(decision, ReportProgress) and decision.fact.attention is Attention.NEEDS_REVIEW
