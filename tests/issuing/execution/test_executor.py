"""What the worker writes around a call, and when it does not call after all."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.issuing.decisions.decisions import Attempt, Find, Prepare
from app.issuing.execution.executor import Executor
from app.issuing.execution.gate import CallResult
from app.issuing.execution.taxpayers import Freshness, TaxpayerRegister
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import admitted, encode
from app.issuing.journal.facts import Admitted
from app.issuing.journal.keys import ADMITTED_NAME, FINAL_NAME, journal_key, name_of
from app.issuing.ports import ProviderConnection
from app.store import NumberStore
from app.stream.errors import OwnershipLost
from providers.base import Done, Finding, NotSent, Outcome, Refused, Registration, Step, Unknown
from tests.harness.fake_ledger import Ledger
from tests.harness.fake_numbers import NumbersInSteps, number_engine
from tests.harness.fake_ports import FakeJournal, FakeLease, FakeLog, NoOtherRegisters
from tests.harness.fake_provider import Behaviour, FakeAdapter
from tests.harness.fate import Fate
from tests.harness.issuing_builders import ACCOUNT, FACTS, OTHER_ACCOUNT, at, capabilities, command, prepared
from tests.harness.simulated_time import SimulatedClock, simulate


class OpenGate:
    """Always a place, until the partition is lost."""

    def __init__(self) -> None:
        self.heard_of: list[Outcome | Finding | Registration] = []
        self.has_place = True
        self.ours = True

    def may_call(self) -> bool:
        return self.has_place

    def call(self) -> None:
        """Nothing was promised."""

    def is_ours(self) -> bool:
        return self.ours

    def record_result(self, answer: Outcome | Finding | Registration) -> None:
        self.heard_of.append(answer)


class ClockSetBack(SimulatedClock):
    """The time of day, after somebody has set it back."""

    back = timedelta(0)

    def now(self) -> datetime:
        return super().now() - self.back


class Bench:
    """A worker with one attempt before it."""

    def __init__(self, *creates: Outcome | str) -> None:
        self.fate = Fate()
        self.journal = FakeJournal({}, self.fate)
        self.adapter = FakeAdapter(Ledger(), self.fate, capabilities(), Behaviour(creates=list(creates)))
        self.gate = OpenGate()
        log = FakeLog([], self.fate)
        self.numbers = NumbersInSteps(lambda: NumberStore(number_engine()), self.fate)
        self.executor = Executor(
            journal=self.journal,
            order_log=log,
            numbers=self.numbers,
            taxpayers=TaxpayerRegister(SimulatedClock(), Freshness(), NoOtherRegisters()),
            lease=FakeLease(self.fate),
            clock=SimulatedClock(),
        )

    async def attempt(self) -> CallResult | None:
        attempt = Attempt(
            command_id=command().command_id, step=Step.INVOICE, number=1, prepared_id="0-w", prepared=prepared()
        )
        connection = ProviderConnection(adapter=self.adapter, facts=FACTS, revision=1, account=ACCOUNT)
        turn = await self.executor.call(0, attempt, connection, self.gate)
        assert isinstance(turn, CallResult)
        return turn

    async def prepare(self, of: InvoiceCommand) -> CallResult:
        wanted = Prepare(
            command_id=of.command_id, revision=0, number=1, step=Step.INVOICE, document_type=DocumentType.EARSIV
        )
        connection = ProviderConnection(adapter=self.adapter, facts=FACTS, revision=1, account=ACCOUNT)
        turn = await self.executor.call(0, wanted, connection, self.gate)
        assert isinstance(turn, CallResult)
        return turn

    def outcomes(self) -> list[Outcome]:
        entry = self.journal.entry(0, command().command_id.encode())
        command_facts = CommandFacts(command_id=command().command_id).read(entry)
        return [answer.outcome for answer in command_facts.steps[Step.INVOICE].answers.values()]


def test_without_a_place_nothing_is_written_and_nothing_is_called() -> None:
    async def story() -> None:
        bench = Bench()
        bench.gate.has_place = False
        assert await bench.attempt() is CallResult.NO_SLOT
        assert (bench.journal.changelog, bench.adapter.log) == ({}, [])

    simulate(story())


def test_an_attempt_and_its_answer_are_written_around_the_call() -> None:
    async def story() -> None:
        bench = Bench()
        assert await bench.attempt() is CallResult.WENT_ON
        assert [type(outcome) for outcome in bench.outcomes()] == [Done]
        assert [key.split(b"\x1f")[2] for _, key in bench.journal.changelog] == [b"Attempting", b"Answered"]

    simulate(story())


def test_an_attempt_and_a_look_up_say_which_account_they_have_reached() -> None:
    async def story() -> None:
        bench = Bench()
        await bench.attempt()
        ask = Find(command_id=command().command_id, step=Step.INVOICE, covers=("1-w",), prepared=prepared())
        connection = ProviderConnection(adapter=bench.adapter, facts=FACTS, revision=2, account=OTHER_ACCOUNT)
        await bench.executor.call(0, ask, connection, bench.gate)
        entry = bench.journal.entry(0, command().command_id.encode())
        known = CommandFacts(command_id=command().command_id).read(entry).steps[Step.INVOICE]
        assert [fact.account for fact in known.attempts.values()] == [ACCOUNT]
        assert [fact.account for fact in known.look_ups.values()] == [OTHER_ACCOUNT]

    simulate(story())


def test_a_partition_lost_after_the_attempt_was_written_is_not_called_for_and_that_is_written() -> None:
    async def story() -> None:
        bench = Bench()
        bench.journal.seconds = 1.0
        bench.journal.after_put = lambda: setattr(bench.gate, "ours", False)
        await bench.attempt()
        assert bench.adapter.log == []
        assert [type(outcome) for outcome in bench.outcomes()] == [NotSent]

    simulate(story())


def test_a_lease_that_ends_while_the_attempt_is_written_ends_the_worker_before_the_call() -> None:
    async def story() -> None:
        bench = Bench()
        bench.journal.after_put = lambda: setattr(bench.fate, "is_evicted", True)
        with suppress(asyncio.CancelledError):
            await bench.attempt()
            raise AssertionError("it went on")
        assert bench.adapter.log == []
        assert bench.outcomes() == []  # whoever comes next finds an attempt without an answer, and looks

    simulate(story())


def test_an_answer_that_comes_after_the_partition_was_lost_is_written_all_the_same() -> None:
    async def story() -> None:
        bench = Bench()
        asyncio.get_running_loop().call_later(0.2, setattr, bench.journal, "is_lost", True)
        await bench.attempt()
        assert [type(outcome) for outcome in bench.outcomes()] == [Done]

    simulate(story())


def test_a_call_that_would_begin_near_its_deadline_is_not_made() -> None:
    async def story() -> None:
        bench = Bench()
        bench.journal.seconds = 6.0
        await bench.attempt()
        assert bench.adapter.log == []
        assert [type(outcome) for outcome in bench.outcomes()] == [NotSent]
        assert bench.gate.heard_of == []

    simulate(story())


def test_a_call_is_cut_off_at_the_deadline_that_was_written() -> None:
    async def story() -> None:
        bench = Bench("HANGS")
        bench.journal.seconds = 2.0
        await bench.attempt()
        assert SimulatedClock().monotonic() == 12.0  # two to write, eight to wait, two to write
        assert [type(outcome) for outcome in bench.outcomes()] == [Unknown]

    simulate(story())


def test_a_clock_that_was_set_back_does_not_make_a_call_longer() -> None:
    async def story() -> None:
        bench = Bench("HANGS")
        clock = ClockSetBack()
        bench.executor = Executor(
            journal=bench.journal,
            order_log=FakeLog([], bench.fate),
            numbers=bench.numbers,
            taxpayers=TaxpayerRegister(clock, Freshness(), NoOtherRegisters()),
            lease=FakeLease(bench.fate),
            clock=clock,
        )
        bench.journal.after_put = lambda: setattr(clock, "back", timedelta(hours=1))
        await bench.attempt()
        assert clock.monotonic() == 10.0

    simulate(story())


def test_an_exception_of_an_adapter_is_an_unknown_outcome() -> None:
    async def story() -> None:
        bench = Bench("RAISES")
        await bench.attempt()
        assert bench.outcomes() == [Unknown(why="the adapter raised KeyError")]

    simulate(story())


def test_a_lost_partition_ends_an_attempt_before_the_call() -> None:
    async def story() -> None:
        bench = Bench()
        bench.journal.is_lost = True
        try:
            await bench.attempt()
        except OwnershipLost:
            assert bench.adapter.log == []
        else:
            raise AssertionError("an attempt was written to a lost partition")

    simulate(story())


def test_only_the_last_fact_of_a_finished_command_stays() -> None:
    async def story() -> None:
        bench = Bench()
        of = command().command_id
        for fact, identifier in (
            (admitted(command(), 0), ""),
            (facts.Reported(at=SimulatedClock().now()), "FINAL"),
        ):
            key = journal_key(of, name_of(type(fact), identifier))
            await bench.journal.put(0, key, encode(fact))
        bench.executor.forget(0, of)
        await asyncio.sleep(0)  # it is not waited for
        assert list(bench.journal.entry(0, of.encode())) == [FINAL_NAME]
        assert ADMITTED_NAME not in bench.journal.entry(0, of.encode())

    simulate(story())


@pytest.mark.parametrize(
    ("ahead", "dated"),
    [(-10.0, 0.0), (0.0, 0.0), (2.0, 2.0), (61.0, None)],
    ids=["asked for before", "at once", "two good clocks", "a wrong clock"],
)
def test_a_document_is_never_older_than_its_command_and_a_wrong_clock_dates_nothing(
    ahead: float, dated: float | None
) -> None:
    """The clock of the worker stands at 0; the command was asked for so many seconds `ahead` of it."""

    async def story() -> None:
        bench = Bench()
        asked = replace(command(), occurred_at=at(ahead))
        bench.journal.keep(journal_key(asked.command_id, name_of(Admitted)), encode(admitted(asked, 0)))
        turn = await bench.prepare(asked)
        entry = bench.journal.entry(0, asked.command_id.encode())
        fixed = CommandFacts(command_id=asked.command_id).read(entry).prepared.values()
        assert [each.issued_at for each in fixed] == ([] if dated is None else [at(dated)])
        assert turn is (CallResult.FRUITLESS if dated is None else CallResult.WENT_ON)

    simulate(story())


def test_a_request_that_the_journal_would_not_take_is_refused_by_name() -> None:
    async def story() -> None:
        bench = Bench()
        bench.journal.keep(journal_key(command().command_id, name_of(Admitted)), encode(admitted(command(), 0)))
        bench.journal.too_large = {"Prepared"}
        assert await bench.prepare(command()) is CallResult.WENT_ON
        (refused,) = bench.outcomes()
        assert isinstance(refused, Refused)
        assert [error.code for error in refused.errors] == ["TOO_LARGE"]

    simulate(story())
