"""Carries decisions out: every step is durable before the next, and what is written is what happened."""

import uuid
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import count
from typing import Final, Protocol

import structlog

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.issuing.decisions.decisions import (
    Ask,
    AssumeAttempted,
    Attempt,
    Call,
    Note,
    Poll,
    Prepare,
    ReportProgress,
    TakeReview,
    Wait,
    Withdraw,
)
from app.issuing.decisions.numbering import wanted_by
from app.issuing.decisions.status_polling import is_news, pause_before_next
from app.issuing.execution.deadline import NoAnswer, bounded
from app.issuing.execution.document_type import choose, tax_number_of
from app.issuing.execution.taxpayers import Taxpayers, Undecided
from app.issuing.journal.encoding import command_of, decode, encode
from app.issuing.journal.facts import Admitted, Answered, Attempting, Fact, LookedUp, Observed
from app.issuing.journal.keys import ADMITTED_NAME, FINAL_NAME, KEY_SEPARATOR, journal_key, name_of
from app.issuing.ports import Clock, Journal, Lease, Log, Numbers, NumbersUnavailableError, ProviderConnection
from app.stream import TooLarge
from providers.base import (
    MOST_BEHIND,
    Adapter,
    DatedTooEarly,
    Done,
    Finding,
    Issued,
    NotSent,
    Numbering,
    Outcome,
    Prepared,
    Refused,
    Registration,
    Step,
    Unclear,
    Unknown,
    Unpreparable,
)

log = structlog.get_logger(__name__)

# A call that begins with less than half of its time left would more likely end in doubt than in an answer.
LEAST_SHARE_OF_TIME: Final = 0.5


class CallResult(Enum):
    """What came of a call, for the queue. FRUITLESS: nothing was learnt, try later. NO_SLOT: it was not made."""

    WENT_ON = "WENT_ON"
    FRUITLESS = "FRUITLESS"
    NO_SLOT = "NO_SLOT"


class Gate(Protocol):
    """The connection's limiter and breaker, and whether the partition is still ours."""

    def may_call(self) -> bool:
        """Whether a slot of the quota is reserved for one call, now or not at all."""

    def call(self) -> None:
        """The call begins: its first request claims the slot that was reserved."""

    def is_ours(self) -> bool: ...

    def record_result(self, said: Outcome | Finding | Registration) -> None:
        """What the provider answered."""


class Executor:
    """Executes one decision at a time for one document. Kafka's faults pass through it; the provider's do not."""

    def __init__(
        self,
        *,
        journal: Journal,
        order_log: Log,
        numbers: Numbers,
        taxpayers: Taxpayers,
        lease: Lease,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._log = order_log
        self._numbers = numbers
        self._taxpayers = taxpayers
        self._lease = lease
        self._clock = clock
        self.writer = uuid.uuid4().hex[:8]
        self._ids = count(1)

    async def note(self, partition: int, decision: Note) -> None:
        """Writes what needs no provider. A report is published before it is noted: a repeated one has the same id.

        Raises NumbersUnavailableError where the number of a last report cannot be closed: until then the facts stay.
        """
        match decision:
            case ReportProgress():
                await self._settle(decision)
                if decision.event is not None:
                    await self._log.publish(decision.event, decision.headers)
                await self._write(partition, decision.command_id, decision.fact, decision.label)
            case Withdraw():
                await self._write(partition, decision.command_id, decision.fact)
            case AssumeAttempted():
                await self._write(partition, decision.command_id, decision.fact, f"0-{self.writer}", decision.step)
            case TakeReview():
                await self._write(partition, decision.command_id, decision.fact, str(decision.fact.revision))

    async def call(
        self, partition: int, decision: Call, connection: ProviderConnection, gate: Gate
    ) -> CallResult | Wait:
        """Asks the provider, or prepares to."""
        match decision:
            case Prepare():
                return await self._prepare(partition, decision, connection, gate)
            case Attempt():
                return await self._attempt(partition, decision, connection, gate)
            case Ask():
                return await self._ask(partition, decision, connection, gate)
            case Poll():
                return await self._poll(partition, decision, connection, gate)

    def forget(self, partition: int, command_id: str) -> None:
        """Leaves of a finished command its last fact."""
        key = command_id.encode()
        rests = [rest for rest in self._journal.entry(partition, key) if rest != FINAL_NAME]
        self._journal.forget_all([(partition, key + KEY_SEPARATOR + rest) for rest in rests])

    async def _attempt(
        self, partition: int, attempt: Attempt, connection: ProviderConnection, gate: Gate
    ) -> CallResult:
        """The one place where something is made or cancelled."""
        if not gate.may_call():
            return CallResult.NO_SLOT
        # 1. The next owner must know that we may be calling, and until when.
        started = self._clock.now()
        deadline = started + timedelta(seconds=connection.adapter.capabilities.max_call_seconds)
        identifier = f"{attempt.number}-{self.writer}"
        attempting = Attempting(
            started=started, deadline=deadline, prepared=attempt.prepared_id, account=connection.account
        )
        await self._write(partition, attempt.command_id, attempting, identifier, attempt.step)
        # 2. The call, if there is still time and it is still ours to make.
        outcome = await self._create(attempt, deadline, connection, gate)
        # 3. The answer is true whoever owns the partition now.
        answered = _answered(attempt, outcome, self._clock.now())
        await self._write(partition, attempt.command_id, answered, identifier, attempt.step, force=True)
        if isinstance(outcome, NotSent):
            self._forget_unsent(partition, attempt)
        if isinstance(outcome, Refused) and outcome.instead is not None:
            self._unlearn(partition, attempt.command_id, connection)
        return CallResult.WENT_ON

    def _forget_unsent(self, partition: int, attempt: Attempt) -> None:
        """Each attempt before its answer: left alone, an attempt would have to be looked up."""
        names = [name_of(kind, i, attempt.step) for i in attempt.unsent.ids for kind in (Attempting, Answered)]
        self._journal.forget_all([(partition, journal_key(attempt.command_id, name)) for name in names])

    async def _create(
        self, attempt: Attempt, deadline: datetime, connection: ProviderConnection, gate: Gate
    ) -> Outcome:
        adapter = connection.adapter
        longest = adapter.capabilities.max_call_seconds
        # A clock that was set back meanwhile would leave more time than a revoke waits for.
        seconds = min((deadline - self._clock.now()).total_seconds(), longest)
        if not gate.is_ours():
            return NotSent(why="the partition was handed over before the call")
        if seconds < longest * LEAST_SHARE_OF_TIME:
            return NotSent(why="writing the attempt took most of the call's time")
        self._lease.check()
        gate.call()
        outcome = await bounded(_effect(attempt, adapter, seconds), seconds, Outcome)
        said = Unknown(why=outcome.why) if isinstance(outcome, NoAnswer) else outcome
        gate.record_result(said)
        return said

    async def _ask(self, partition: int, ask: Ask, connection: ProviderConnection, gate: Gate) -> CallResult:
        if not gate.may_call():
            return CallResult.NO_SLOT
        self._lease.check()
        began = self._clock.now()
        seconds = connection.adapter.capabilities.max_call_seconds
        gate.call()
        finding = await bounded(_question(ask, connection.adapter, seconds), seconds, Finding)
        said = Unclear(why=finding.why) if isinstance(finding, NoAnswer) else finding
        gate.record_result(said)
        if isinstance(said, Unclear) and (ask.patience_ends is None or began < ask.patience_ends):
            return CallResult.FRUITLESS
        looked_up = LookedUp(
            began=began, at=self._clock.now(), covers=ask.covers, finding=said, account=connection.account
        )
        await self._write(partition, ask.command_id, looked_up, self._next_id(), ask.step, force=True)
        return CallResult.WENT_ON

    async def _poll(self, partition: int, poll: Poll, connection: ProviderConnection, gate: Gate) -> CallResult | Wait:
        if not gate.may_call():
            return CallResult.NO_SLOT
        self._lease.check()
        capabilities = connection.adapter.capabilities
        seconds = capabilities.max_call_seconds
        gate.call()
        seen = await bounded(connection.adapter.follow(poll.prepared, poll.done, seconds), seconds, Done | Unclear)
        said = Unclear(why=seen.why) if isinstance(seen, NoAnswer) else seen
        gate.record_result(said)
        now = self._clock.now()
        if isinstance(said, Done) and is_news(poll.done, said):
            await self._write(partition, poll.command_id, Observed(at=now, done=said), self._next_id(), force=True)
            return CallResult.WENT_ON
        return Wait(until=now + pause_before_next(poll.since, now, capabilities), is_poll=True)

    async def _prepare(
        self, partition: int, prepare: Prepare, connection: ProviderConnection, gate: Gate
    ) -> CallResult:
        """Fixes the request, or writes durably that it cannot be made: the store may say otherwise tomorrow."""
        command = self._command(partition, prepare.command_id)
        chosen = prepare.document_type or await choose(command, connection, self._taxpayers, gate)
        if isinstance(chosen, Undecided):
            return CallResult.NO_SLOT if chosen is Undecided.NO_SLOT else CallResult.FRUITLESS
        identifier = f"{prepare.revision}-{self.writer}"
        if isinstance(chosen, FieldError):
            await self._refuse(partition, prepare, identifier, (chosen,))
            return CallResult.WENT_ON
        try:
            prepared = await self._request(command, prepare, chosen, connection)
        except (NumbersUnavailableError, DatedTooEarly) as away:
            log.warning("not prepared yet", command_id=prepare.command_id, why=str(away))
            return CallResult.FRUITLESS
        except Unpreparable as unpreparable:
            await self._refuse(partition, prepare, identifier, unpreparable.errors)
            return CallResult.WENT_ON
        except Exception as exc:  # noqa: BLE001 - a fault of ours must not reject the merchant's document
            log.error("not prepared", command_id=prepare.command_id, error=type(exc).__name__)  # noqa: TRY400 - a
            # traceback would carry the document's content into the log
            return CallResult.FRUITLESS
        await self._fix(partition, prepare, identifier, prepared)
        return CallResult.WENT_ON

    async def _fix(self, partition: int, prepare: Prepare, identifier: str, prepared: Prepared) -> None:
        try:
            revised = replace(prepared, revision=prepare.revision)
            await self._write(partition, prepare.command_id, revised, identifier)
        except TooLarge as large:
            error = FieldError(path="$.order", code="TOO_LARGE", message=f"its request cannot be kept: {large}")
            await self._refuse(partition, prepare, identifier, (error,))

    def _unlearn(self, partition: int, command_id: str, connection: ProviderConnection) -> None:
        """The provider knows this buyer otherwise. A partition that is not ours any more has no command to read."""
        if ADMITTED_NAME in self._journal.entry(partition, command_id.encode()):
            command = self._command(partition, command_id)
            self._taxpayers.forget(tax_number_of(command) or "", connection)

    def _command(self, partition: int, command_id: str) -> InvoiceCommand:
        fact = decode(Admitted.__name__, self._journal.entry(partition, command_id.encode())[ADMITTED_NAME])
        assert isinstance(fact, Admitted)
        return command_of(fact)

    async def _request(
        self, command: InvoiceCommand, prepare: Prepare, chosen: DocumentType, connection: ProviderConnection
    ) -> Prepared:
        """The request; where we number, an order that cannot become a document takes no number."""
        adapter, facts = connection.adapter, connection.facts
        request = adapter.prepare(command, facts, chosen, _moment(command, self._clock.now()))
        if adapter.capabilities.numbering is Numbering.PROVIDER:
            return request
        self._lease.check()
        # The same for each worker, with the type and the date that were fixed with it: after a crash it is repeated.
        allotted = await self._numbers.allot(wanted_by(command, prepare, request, facts.seller.tax_number))
        if isinstance(allotted, FieldError):
            raise Unpreparable((allotted,))
        numbered = adapter.prepare(command, facts, allotted.document_type, allotted.issued_at, allotted.number)
        return replace(numbered, taxpayer=allotted.taxpayer)

    async def _settle(self, report: ReportProgress) -> None:
        """Before the end is written: after a crash in between the facts are there, and the same is settled again."""
        number_outcome = report.number_outcome
        if number_outcome is None or report.event is None:
            return
        self._lease.check()
        try:
            await self._numbers.close_number(report.command_id, number_outcome.number, number_outcome.fate)
        except NumbersUnavailableError:
            if number_outcome.is_needed:
                raise

    async def _refuse(self, partition: int, prepare: Prepare, prepared_id: str, errors: tuple[FieldError, ...]) -> None:
        """An answer without an attempt: nothing was sent."""
        answered = Answered(at=self._clock.now(), prepared=prepared_id, outcome=Refused(errors=errors))
        identifier = f"{prepare.number}-{self.writer}"
        await self._write(partition, prepare.command_id, answered, identifier, prepare.step)

    async def _write(
        self,
        partition: int,
        command_id: str,
        fact: Fact,
        identifier: str = "",
        step: Step | None = None,
        *,
        force: bool = False,
    ) -> None:
        key = journal_key(command_id, name_of(type(fact), identifier, step))
        await self._journal.put(partition, key, encode(fact), force=force)

    def _next_id(self) -> str:
        return f"{next(self._ids)}-{self.writer}"


def _answered(attempt: Attempt, outcome: Outcome, at: datetime) -> Answered:
    answered = Answered(at=at, prepared=attempt.prepared_id, outcome=outcome)
    if not isinstance(outcome, NotSent):
        return answered
    return replace(answered, earlier=attempt.unsent.count, unsent_since=attempt.unsent.since or at)


def _moment(command: InvoiceCommand, now: datetime) -> datetime:
    """When the document is issued: never before it was asked for, by the little that two good clocks differ."""
    is_near = command.occurred_at - now <= MOST_BEHIND
    return max(now, command.occurred_at) if is_near else now


def _effect(attempt: Attempt, adapter: Adapter, seconds: float) -> Awaitable[Outcome]:
    if isinstance(attempt.prepared, Issued):
        return adapter.cancel(attempt.prepared, seconds)
    return adapter.create(attempt.step, attempt.prepared, seconds)


def _question(ask: Ask, adapter: Adapter, seconds: float) -> Awaitable[Finding]:
    if isinstance(ask.prepared, Issued):
        return adapter.find(ask.prepared, seconds)
    return adapter.look_up(ask.step, ask.prepared, seconds)
