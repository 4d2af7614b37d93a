"""Carries decisions out: every step is durable before the next, and what is written is what happened."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.documents import UNSIGNED
from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    Call,
    Find,
    Note,
    Poll,
    Prepare,
    ReportProgress,
    TakeReview,
    Wait,
    Withdraw,
)
from app.issuing.decisions.status_polling import is_news, pause_before_next
from app.issuing.decisions.type_choice import tax_number_of
from app.issuing.execution.contacts import KnownContacts
from app.issuing.execution.deadline import NoAnswer, bounded
from app.issuing.execution.fact_writer import FactWriter
from app.issuing.execution.finder import Finder, step_input
from app.issuing.execution.gate import CallResult, Gate
from app.issuing.execution.listing import Listing
from app.issuing.execution.prepare import Preparer
from app.issuing.execution.taxpayers import TaxpayerRegister
from app.issuing.journal.facts import Answered, Attempting, Observed
from app.issuing.journal.keys import journal_key, name_of
from app.issuing.ports import Clock, Journal, LeaseCheck, Numbers, NumbersUnavailableError, OrderLog, ProviderConnection
from providers.base import (
    Absent,
    Adapter,
    Cancels,
    Done,
    Issued,
    NotSent,
    Outcome,
    PollsState,
    Prepared,
    Refused,
    Step,
    Unclear,
    Unknown,
    Withdraws,
)

# A call that begins with less than half of its time left would more likely end in doubt than in an answer.
LEAST_SHARE_OF_TIME: Final = 0.5

NO_SLOT: Final = CallResult.NO_SLOT


class Executor:
    """Executes one decision at a time for one document. Kafka's faults pass through it; the provider's do not."""

    def __init__(
        self,
        *,
        journal: Journal,
        order_log: OrderLog,
        numbers: Numbers,
        taxpayers: TaxpayerRegister,
        lease: LeaseCheck,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._facts = FactWriter(journal)
        self._log = order_log
        self._numbers = numbers
        self._taxpayers = taxpayers
        self._lease = lease
        self._clock = clock
        listing = Listing(journal=journal, lease=lease)
        self._contacts = KnownContacts(clock)
        self._finder = Finder(facts=self._facts, listing=listing, contacts=self._contacts, lease=lease, clock=clock)
        self._preparer = Preparer(facts=self._facts, numbers=numbers, taxpayers=taxpayers, lease=lease, clock=clock)

    async def note(self, partition: int, decision: Note) -> None:
        """Writes what needs no provider. A report is published before it is noted: a repeated one has the same id.

        Raises NumbersUnavailableError where the number of a last report cannot be closed: until then the facts stay.
        """
        match decision:
            case ReportProgress():
                await self._close_number(decision)
                if decision.event is not None:
                    await self._log.publish(decision.event, decision.headers)
                await self._facts.write(partition, decision.command_id, decision.fact, decision.label)
            case Withdraw():
                await self._facts.write(partition, decision.command_id, decision.fact)
            case AssumeAttempted():
                await self._facts.write(
                    partition, decision.command_id, decision.fact, self._facts.id_of(0), decision.step
                )
            case TakeReview():
                await self._facts.write(partition, decision.command_id, decision.fact, str(decision.fact.revision))

    async def call(
        self, partition: int, decision: Call, connection: ProviderConnection, gate: Gate
    ) -> CallResult | Wait:
        """Asks the provider, or prepares to. A Wait is for a poll that has shown nothing new.

        Raises OwnershipLost, and ends the process without a lease; an adapter's faults are answers.
        """
        match decision:
            case Prepare():
                return await self._preparer.prepare(partition, decision, connection, gate)
            case Attempt():
                return await self._attempt(partition, decision, connection, gate)
            case Find():
                return await self._finder.find(partition, decision, connection, gate) if gate.may_call() else NO_SLOT
            case Poll():
                return await self._poll(partition, decision, connection, gate)

    def forget(self, partition: int, command_id: str) -> None:
        """Leaves of a finished command its last fact."""
        self._facts.forget_all_but_the_last(partition, command_id)

    async def _attempt(
        self, partition: int, attempt: Attempt, connection: ProviderConnection, gate: Gate
    ) -> CallResult:
        """The one place where something is made or cancelled."""
        if not gate.may_call():
            return CallResult.NO_SLOT
        before = await self._finder.before(partition, attempt, connection, gate)
        if isinstance(before, CallResult):
            return before
        if isinstance(before, NotSent):
            await self._answer(partition, attempt, before)
            return CallResult.WENT_ON
        # 1. The next owner must know that we may be calling, and until when.
        started = self._clock.now()
        deadline = started + timedelta(seconds=connection.adapter.capabilities.max_call_seconds)
        identifier = self._facts.id_of(attempt.number)
        attempting = Attempting(
            started=started, deadline=deadline, prepared=attempt.prepared_id, account=connection.account, before=before
        )
        await self._facts.write(partition, attempt.command_id, attempting, identifier, attempt.step)
        # 2. The call, if there is still time and it is still ours to make.
        outcome = await self._create(attempt, before or (), deadline, connection, gate)
        # 3. The answer is true whichever worker owns the partition now.
        await self._answer(partition, attempt, outcome)
        self._learn(partition, attempt, outcome, connection)
        return CallResult.WENT_ON

    def _learn(self, partition: int, attempt: Attempt, outcome: Outcome, connection: ProviderConnection) -> None:
        """What holds for other documents of the same buyer, too."""
        if isinstance(outcome, Refused) and outcome.instead is not None:
            self._forget_taxpayer(partition, attempt.command_id)
        buyer = attempt.prepared.buyer if isinstance(attempt.prepared, Prepared) else None
        if isinstance(outcome, Done) and attempt.step is Step.CONTACT:
            self._contacts.remember(connection, buyer, outcome)
        elif isinstance(outcome, Refused):
            self._contacts.forget(connection, buyer)

    async def _answer(self, partition: int, attempt: Attempt, outcome: Outcome) -> None:
        answered = _answered(attempt, outcome, self._clock.now())
        identifier = self._facts.id_of(attempt.number)
        await self._facts.write(partition, attempt.command_id, answered, identifier, attempt.step, force=True)
        if isinstance(outcome, NotSent):
            self._forget_unsent(partition, attempt)

    def _forget_unsent(self, partition: int, attempt: Attempt) -> None:
        """Each attempt before its answer: left alone, an attempt would have to be looked up."""
        names = [name_of(kind, i, attempt.step) for i in attempt.unsent.ids for kind in (Attempting, Answered)]
        self._journal.forget_all([(partition, journal_key(attempt.command_id, name)) for name in names])

    async def _create(
        self,
        attempt: Attempt,
        before: tuple[str, ...],
        deadline: datetime,
        connection: ProviderConnection,
        gate: Gate,
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
        outcome = await bounded(_effect(attempt, before, adapter, seconds), seconds, Outcome)
        answer = Unknown(why=outcome.why) if isinstance(outcome, NoAnswer) else outcome
        gate.record_result(answer)
        return answer

    async def _poll(self, partition: int, poll: Poll, connection: ProviderConnection, gate: Gate) -> CallResult | Wait:
        if not gate.may_call():
            return CallResult.NO_SLOT
        self._lease.check()
        adapter, capabilities = connection.adapter, connection.adapter.capabilities
        assert isinstance(adapter, PollsState)
        seconds = capabilities.max_call_seconds
        gate.call()
        began = self._clock.now()
        seen = await bounded(adapter.poll(poll.prepared, poll.done, seconds), seconds, Done | Absent | Unclear)
        answer = Unclear(why=seen.why) if isinstance(seen, NoAnswer) else seen
        gate.record_result(answer)
        now = self._clock.now()
        if poll.is_needed and isinstance(answer, Unclear):
            return CallResult.FRUITLESS
        if not _is_to_be_kept(poll, answer):
            pause = pause_before_next(poll.since, now, poll.done.state, capabilities)
            if poll.is_urgent:
                pause = timedelta(seconds=capabilities.poll_seconds)
            return Wait(until=now + pause, is_poll=True, is_urgent=poll.is_urgent)
        done = answer if isinstance(answer, Done) else None
        observed = Observed(at=now, done=done, began=began, account=connection.account)
        await self._facts.write(partition, poll.command_id, observed, self._facts.next_id(), force=True)
        return CallResult.WENT_ON

    def _forget_taxpayer(self, partition: int, command_id: str) -> None:
        """The provider knows this buyer otherwise. A partition that is not ours any more has no command to read."""
        if self._facts.knows(partition, command_id):
            command = self._facts.command(partition, command_id)
            self._taxpayers.forget(tax_number_of(command) or "")

    async def _close_number(self, report: ReportProgress) -> None:
        """Before the end is written: after a crash in between the facts are there, and the number is closed again."""
        number_outcome = report.number_outcome
        if number_outcome is None or report.event is None:
            return
        self._lease.check()
        try:
            await self._numbers.close_number(report.command_id, number_outcome.number, number_outcome.fate)
        except NumbersUnavailableError:
            if number_outcome.is_needed:
                raise


def _is_to_be_kept(poll: Poll, answer: Done | Absent | Unclear) -> bool:
    """What is new; that a draft was not found; that it was found again after that; and what was waited for."""
    if isinstance(answer, Done):
        return poll.was_missed or poll.is_needed or is_news(poll.done, answer)
    return isinstance(answer, Absent) and poll.done.state in UNSIGNED


def _answered(attempt: Attempt, outcome: Outcome, at: datetime) -> Answered:
    answered = Answered(at=at, prepared=attempt.prepared_id, outcome=outcome)
    if not isinstance(outcome, NotSent):
        return answered
    return replace(answered, earlier=attempt.unsent.count, unsent_since=attempt.unsent.since or at)


def _effect(attempt: Attempt, before: tuple[str, ...], adapter: Adapter, seconds: float) -> Awaitable[Outcome]:
    if isinstance(attempt.prepared, Issued):
        return _undo(attempt.step, attempt.prepared, adapter, seconds)
    return adapter.create(step_input(attempt, frozenset(before)), seconds)


def _undo(step: Step, issued: Issued, adapter: Adapter, seconds: float) -> Awaitable[Outcome]:
    if step is Step.WITHDRAWAL:
        assert isinstance(adapter, Withdraws)
        return adapter.withdraw(issued, seconds)
    assert isinstance(adapter, Cancels)
    return adapter.cancel(issued, seconds)
