"""One issuer in memory: a changelog, an order log, a provider with a ledger, and workers that can freeze."""

import asyncio
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from app.domain.commands import InvoiceCommand
from app.domain.documents import TRANSITIONS, Attention, DocumentProgressed, DocumentState
from app.domain.orders import LoggedEvent
from app.issuing.admission import Admission, admit
from app.issuing.execution.executor import Executor
from app.issuing.execution.taxpayers import Freshness, TaxpayerRegister
from app.issuing.journal.encoding import admitted
from app.issuing.journal.facts import Headers
from app.issuing.ports import OrderLog, ProviderConnection, RegisterAt
from app.issuing.scheduling.other_registers import OtherRegisters
from app.issuing.scheduling.scheduler import Scheduler
from app.store import NumberAudit, NumberStore
from app.stream.ownership.epoch import Epoch
from providers.base import Capabilities
from tests.harness.fake_ledger import Ledger
from tests.harness.fake_numbers import NumbersInSteps, number_engine
from tests.harness.fake_ports import PARTITION, FakeConnections, FakeJournal, FakeLease, FakeLog, abort
from tests.harness.fake_provider import Behaviour, FakeAdapter
from tests.harness.fate import Fate
from tests.harness.issuing_builders import ACCOUNT, FACTS, at, capabilities
from tests.harness.simulated_time import SimulatedClock

# Up to here it matters to the second when a test goes on; beyond it, looking seldom is quick.
SHORT_WAIT = 100.0


@dataclass
class Process:
    """One worker process with its own memory."""

    scheduler: Scheduler
    journal: FakeJournal
    fate: Fate
    adapter: FakeAdapter
    connections: FakeConnections
    numbers: NumbersInSteps
    # The journal of before was lost then.
    doubtful_since: datetime | None = None

    def begin(self, epoch: Epoch | None = None) -> None:
        """An epoch begins: what the journal says is unfinished is taken up."""
        self.scheduler.rebuild(epoch or Epoch(1, ()), [PARTITION])

    async def admit(
        self, *commands: InvoiceCommand, doubtful_since: datetime | None = None, headers: Headers = ()
    ) -> None:
        since = doubtful_since or self.doubtful_since
        taken = tuple((PARTITION, c.command_id, admitted(c, n, since, headers)) for n, c in enumerate(commands))
        await admit(Admission(commands=taken, dead_letters=()), self.journal, self.scheduler)

    async def finish(self, seconds: float = 3600.0) -> None:
        """Until nothing is left to do, at most so long."""
        pace = 5.0 if seconds > SHORT_WAIT else 1.0
        for _ in range(int(seconds / pace)):
            if not self.scheduler.waiting:
                return
            await asyncio.sleep(pace)


class OneIssuer:
    """The provider, the changelog and the log, which outlive every process."""

    def __init__(self, *, resend_after_absence: bool = False, **changes: Any) -> None:
        self.capabilities = capabilities(**changes)
        self.ledger = Ledger(unique=self.capabilities.unique_reference)
        self.changelog: dict[tuple[int, bytes], bytes] = {}
        self.events: list[LoggedEvent] = []
        self.headers: list[Headers] = []
        self.behaviour = Behaviour()
        self.executor = Executor
        # Makes the adapter of each connection.
        self.adapter: Callable[[Ledger, Fate, Capabilities, Behaviour], FakeAdapter] = FakeAdapter
        self.doubtful_since: datetime | None = None
        self.processes: list[Process] = []
        self.resend_after_absence = resend_after_absence
        # What the business's other providers answer, by their names.
        self.registers: dict[str, Behaviour] = {}

    @functools.cached_property
    def database(self) -> Engine:
        """Where the numbers are."""
        return number_engine()

    @property
    def register(self) -> NumberAudit:
        return NumberAudit(self.database)

    def process(self, freezes_at: int | str | None = None, businesses: Sequence[str] = ("shop",)) -> Process:
        """A process that has begun to work."""
        process = self.idle_process(Fate(freezes_at), businesses)
        process.begin()
        return process

    def idle_process(self, fate: Fate, businesses: Sequence[str] = ("shop",)) -> Process:
        """A process that knows what the changelog says, before its first epoch."""
        known = {name: self.connection(fate) for name in businesses}
        adapter = known[businesses[0]].adapter if businesses else self.connection(fate).adapter
        assert isinstance(adapter, FakeAdapter)
        connections = FakeConnections(known)
        connections.others = {name: self._register(name, businesses, fate) for name in self.registers}
        return self._assembled(fate, adapter, connections)

    def _register(self, provider: str, businesses: Sequence[str], fate: Fate) -> FakeConnections:
        """The businesses' connections to another provider, which answers who is registered."""
        adapter = FakeAdapter(Ledger(), fate, capabilities(provider=provider, taxpayer_lookup=True))
        adapter.behaviour = self.registers[provider]
        known = ProviderConnection(adapter=adapter, facts=FACTS, revision=1, address=f"https://{provider}.invalid")
        return FakeConnections(dict.fromkeys(businesses, known))

    def connection(self, fate: Fate, behaviour: Behaviour | None = None) -> ProviderConnection:
        """One business's own; they share the provider."""
        adapter = self.adapter(self.ledger, fate, self.capabilities, behaviour or self.behaviour)
        return ProviderConnection(
            adapter=adapter,
            facts=FACTS,
            revision=1,
            resend_after_absence=self.resend_after_absence,
            account=ACCOUNT,
            account_since=at(-3600),
            registers=tuple(RegisterAt(name, name) for name in self.registers),
        )

    def assemble(self, fate: Fate, adapter: FakeAdapter, connections: FakeConnections) -> Process:
        process = self._assembled(fate, adapter, connections)
        process.begin()
        return process

    def _assembled(self, fate: Fate, adapter: FakeAdapter, connections: FakeConnections) -> Process:
        journal, clock = FakeJournal(self.changelog, fate), SimulatedClock()
        lease, numbers = FakeLease(fate), NumbersInSteps(lambda: NumberStore(self.database), fate)
        executor = self.executor(
            journal=journal,
            order_log=self.order_log(fate),
            numbers=numbers,
            taxpayers=TaxpayerRegister(clock, Freshness(), OtherRegisters(connections, clock, lease)),
            lease=lease,
            clock=clock,
        )
        scheduler = Scheduler(
            journal=journal, connections=connections, executor=executor, clock=clock, lease=lease, abort=abort
        )
        process = Process(scheduler, journal, fate, adapter, connections, numbers, self.doubtful_since)
        self.processes.append(process)
        return process

    def order_log(self, fate: Fate) -> OrderLog:
        """Where a process tells its news."""
        return FakeLog(self.events, fate, self.headers)

    def progress(self) -> list[DocumentProgressed]:
        """What the planner takes for news, with the state that it knows then: every event once, no state backwards."""
        seen: set[str] = set()
        news: list[DocumentProgressed] = []
        known: dict[str, DocumentProgressed] = {}
        for event in self.events:
            body = event.body
            assert isinstance(body, DocumentProgressed)
            taken = _taken(body, known.get(body.document_id))
            if event.event_id not in seen and taken is not None:
                news.append(taken)
                known[body.document_id] = taken
            seen.add(event.event_id)
        return news

    def states(self) -> list[tuple[DocumentState, Attention | None]]:
        return [(body.state, body.attention) for body in self.progress()]

    def facts(self, command_id: str) -> list[str]:
        """The names of what the changelog holds of a command."""
        keys = [key.decode().split("\x1f", 1) for _, key in self.changelog]
        return sorted(rest for of, rest in keys if of == command_id)


def _taken(said: DocumentProgressed, known: DocumentProgressed | None) -> DocumentProgressed | None:
    """A state that goes on, another attention or another review is news; a state that goes backwards is not taken."""
    if known is None:
        return said
    state = said.state if said.state in TRANSITIONS[known.state] else known.state
    taken = replace(said, state=state, review_revision=max(said.review_revision, known.review_revision))
    is_same = (state, said.attention, taken.review_revision) == (known.state, known.attention, known.review_revision)
    return None if is_same else taken
