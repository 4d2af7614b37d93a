"""One issuer in memory: a changelog, an order log, a provider with a ledger, and workers that can freeze."""

import asyncio
import functools
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar, cast

from sqlalchemy import Engine

from app.domain.commands import InvoiceCommand
from app.domain.documents import TRANSITIONS, Attention, DocumentProgressed, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.money import to_kurus
from app.domain.orders import LoggedEvent
from app.domain.parties import ANONYMOUS_TCKN, BusinessFacts
from app.domain.time import legal_date
from app.issuing.admission import Admission, admit
from app.issuing.execution.executor import Executor
from app.issuing.execution.taxpayers import Freshness, TaxpayerRegister
from app.issuing.journal.encoding import admitted
from app.issuing.journal.facts import Headers
from app.issuing.journal.keys import KEY_SEPARATOR, FactName
from app.issuing.ports import NoConnection, OrderLog, ProviderConnection
from app.issuing.scheduling.scheduler import Scheduler
from app.store import NumberAudit, NumberStore
from app.stream.errors import OwnershipLost, RecordTooLargeError
from app.stream.ownership.epoch import Epoch
from providers.base import (
    Absent,
    Capabilities,
    Different,
    Done,
    Finding,
    Issued,
    NotPermittedError,
    NotSent,
    Outcome,
    Permit,
    Prepared,
    Refused,
    Registration,
    Step,
    Unclear,
    Unknown,
    UnpreparableError,
    order_of,
)
from providers.http import unclear
from tests.harness.fake_numbers import NumbersInSteps, number_engine
from tests.harness.fate import Fate
from tests.harness.issuing_builders import ACCOUNT, FACTS, SELLER, at, capabilities
from tests.harness.simulated_time import SimulatedClock

PARTITION = 0
# Up to here it matters to the second when a test goes on; beyond it, looking seldom is quick.
SHORT_WAIT = 100.0
Read = TypeVar("Read", bound=Callable[..., Any])
ALREADY = FieldError(path="$", code="NOT_BOOKED", message="the document is cancelled")


def as_http_says_it(read: Read) -> Read:
    """A read that was not permitted is unclear, and says when it will be: as the shared HTTP client has it."""

    @functools.wraps(read)
    async def asked(*arguments: Any) -> Any:
        try:
            return await read(*arguments)
        except NotPermittedError as refusal:
            return Unclear(why=str(refusal), retry_after=refusal.retry_after)

    return cast("Read", asked)


@dataclass
class Ledger:
    """What exists at the provider, and how it misbehaves.

    `by_type`: e-Fatura and e-Arşiv are two houses there: a reference is unique, and looked up, in one of them only.
    """

    unique: bool = True
    by_type: bool = False
    documents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    contents: dict[str, Prepared] = field(default_factory=dict)
    creates: int = 0
    look_ups: int = 0
    cancelled: list[str] = field(default_factory=list)

    def book(self, reference: str, prepared: Prepared | None = None) -> str | None:
        """The number of the new document; None when the reference is refused as known."""
        if self.unique and self.under(reference, prepared):
            return None
        self.creates += 1
        number = (prepared.number if prepared else None) or f"N{self.creates}"
        self.documents[reference].append(number)
        if prepared is not None:
            self.contents[number] = prepared
        return number

    def under(self, reference: str, prepared: Prepared | None) -> list[str]:
        """The documents that an answer about this reference can speak of."""
        numbers = self.documents.get(reference, [])
        if not self.by_type or prepared is None:
            return numbers
        return [number for number in numbers if self.contents[number].document_type is prepared.document_type]

    def is_same(self, number: str, prepared: Prepared) -> bool:
        """Whether the document is the one that was asked for."""
        return number not in self.contents or self.contents[number].request == prepared.request

    def cancel(self, reference: str) -> bool:
        """Whether this cancelled the document: it stood until now."""
        stands = bool(self.documents.get(reference)) and reference not in self.cancelled
        self.cancelled += [reference] if stands else []
        return stands

    def standing(self) -> list[str]:
        """The references under which something live stands, as often as it does."""
        return [r for r, numbers in self.documents.items() if r not in self.cancelled for _ in numbers]


@dataclass
class Behaviour:
    """What an adapter does next: each list is taken from its front, then the default counts.

    `trouble` is the answer to everything while it lasts.
    """

    creates: list[Outcome | str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    cancels: list[Outcome | str] = field(default_factory=list)
    states: list[DocumentState] = field(default_factory=list)
    registration: Registration | Unclear = Registration.NOT_REGISTERED
    probes: list[bool] = field(default_factory=list)
    trouble: NotSent | Unknown | None = None
    unpreparable: UnpreparableError | None = None
    seconds: float = 0.5
    state: DocumentState = DocumentState.ISSUED
    # After how long a create that is answered LATE is booked all the same: the caller has given up by then.
    late: float = 11.0


class FakeAdapter:
    """A connection to the ledger. `creates` may say an outcome, or LOST_BEFORE, LOST_AFTER, LATE, RAISES, HANGS.

    So may `cancels`, but for the last two.
    """

    def __init__(self, ledger: Ledger, fate: Fate, what: Capabilities, behaviour: Behaviour | None = None) -> None:
        self.ledger = ledger
        self.fate = fate
        self.capabilities = what
        self.account = "the one company"
        self.behaviour = behaviour or Behaviour()
        self.starts: list[float] = []
        self.log: list[str] = []
        self.permit: Permit = lambda _kind, _seconds: nullcontext()

    def use_permit(self, permit: Permit) -> None:
        self.permit = permit

    @asynccontextmanager
    async def _request(self, what: str, seconds: float) -> AsyncIterator[None]:
        async with self.permit("POST" if what == "create" else "GET", seconds):
            self.starts.append(asyncio.get_running_loop().time())
            self.log.append(what)
            await self.fate.step(what)
            yield

    @as_http_says_it
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        del tax_number
        async with self._request("registration", seconds):
            if self.behaviour.trouble:
                return unclear(self.behaviour.trouble)
            return self.behaviour.registration

    def prepare(
        self,
        command: InvoiceCommand,
        facts: BusinessFacts,
        document_type: DocumentType,
        issued_at: datetime,
        number: str | None = None,
    ) -> Prepared:
        assert facts.seller == SELLER
        order_of(command, issued_at)
        if self.behaviour.unpreparable:
            raise self.behaviour.unpreparable
        return Prepared(
            reference=command.document_id,
            document_type=document_type,
            issued_at=issued_at,
            request=request_of(command, document_type, issued_at, number),
            number=number,
        )

    async def create(self, step: Step, prepared: Prepared, seconds: float) -> Outcome:
        del step
        try:
            async with self._request("create", seconds):
                if self.behaviour.trouble:
                    return self.behaviour.trouble
                return await self._create(prepared)
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)

    async def _create(self, prepared: Prepared) -> Outcome:
        plan = self.behaviour.creates.pop(0) if self.behaviour.creates else "BOOKS"
        if not isinstance(plan, str):
            return plan
        if plan == "LOST_BEFORE":
            return Unknown(why="connection reset")
        if plan == "RAISES":
            raise KeyError("a bug of the adapter")
        if plan == "HANGS":
            await asyncio.sleep(1e6)
        if plan == "LATE":  # the caller is gone by then
            late = self.behaviour.late
            asyncio.get_running_loop().call_later(late, self.ledger.book, prepared.reference, prepared)
            return Unknown(why="gateway timeout")
        await asyncio.sleep(self.behaviour.seconds)
        number = self.ledger.book(prepared.reference, prepared)
        await self.fate.step("booked")
        if plan == "LOST_AFTER":
            return Unknown(why="connection reset")
        number = number or self.ledger.under(prepared.reference, prepared)[0]
        return self._live(number) if self.ledger.is_same(number, prepared) else Unknown(why="another one is there")

    @as_http_says_it
    async def find_prepared(self, step: Step, prepared: Prepared, seconds: float) -> Finding:
        del step
        async with self._request("find_prepared", seconds):
            self.ledger.look_ups += 1
            if self.behaviour.trouble:
                return unclear(self.behaviour.trouble)
            if self.behaviour.findings:
                return self.behaviour.findings.pop(0)
            await asyncio.sleep(0.1)
            seen = self._seen(prepared.reference, prepared)
            await self.fate.step("looked up")
            return seen

    @as_http_says_it
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        del prepared
        async with self._request("poll", seconds):
            if self.behaviour.trouble:
                return unclear(self.behaviour.trouble)
            state = self.behaviour.states.pop(0) if self.behaviour.states else done.state
        return Done(reference=done.reference, state=state, number=done.number)

    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        try:
            async with self._request("cancel", seconds):
                return await self._cancel(issued)
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)

    async def _cancel(self, issued: Issued) -> Outcome:
        plan = self.behaviour.cancels.pop(0) if self.behaviour.cancels else "CANCELS"
        if not isinstance(plan, str):
            return plan
        if plan == "LOST_BEFORE":
            return Unknown(why="connection reset")
        if plan == "LATE":  # the caller is gone by then
            asyncio.get_running_loop().call_later(self.behaviour.late, self.ledger.cancel, issued.reference)
            return Unknown(why="gateway timeout")
        await asyncio.sleep(self.behaviour.seconds)
        is_cancelled = self.ledger.cancel(issued.reference)
        await self.fate.step("cancelled")
        if plan == "LOST_AFTER":
            return Unknown(why="connection reset")
        return cast("Done", self._seen(issued.reference)) if is_cancelled else Refused(errors=(ALREADY,))

    @as_http_says_it
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        async with self._request("find_issued", seconds):
            if self.behaviour.findings:
                return self.behaviour.findings.pop(0)
            await asyncio.sleep(0.1)
            return self._seen(issued.reference)

    async def probe(self, seconds: float) -> bool:
        async with self._request("probe", seconds):
            if self.behaviour.trouble:
                return False
            return self.behaviour.probes.pop(0) if self.behaviour.probes else True

    async def close(self) -> None:
        """It has no session."""

    def _seen(self, reference: str, prepared: Prepared | None = None) -> Done | Absent | Different:
        numbers = self.ledger.under(reference, prepared)
        if not numbers:
            return Absent()
        if prepared is not None and not self.ledger.is_same(numbers[0], prepared):
            return Different(detail="another document")
        live = self._live(numbers[0])
        return replace(live, state=DocumentState.CANCELLED) if reference in self.ledger.cancelled else live

    def _live(self, number: str) -> Done:
        return Done(reference=f"ref-{number}", state=self.behaviour.state, number=number)


def request_of(
    command: InvoiceCommand, document_type: DocumentType, issued_at: datetime, number: str | None = None
) -> str:
    """The document as this provider wants it: another type or another day is another document."""
    lines = command.order.lines if command.order else ()
    buyer = command.person.buyer.tax_number if command.person else None
    return json.dumps(
        {
            "type": document_type,
            "date": legal_date(issued_at).isoformat(),
            "order": command.order_reference,
            "number": number,
            "receiver": buyer or ANONYMOUS_TCKN,
            "names": sorted(line.name for line in lines),
            "payable": str(sum((to_kurus(line.quantity * line.unit_price) for line in lines), Decimal(0))),
        }
    )


class FakeConnections:
    """The connections of a provider, as a store would give them."""

    def __init__(self, known: Mapping[str, ProviderConnection | NoConnection]) -> None:
        self.known = dict(known)
        self.asked = 0
        self.marked: list[tuple[str, int, str]] = []

    async def get(self, business: str) -> ProviderConnection | NoConnection:
        self.asked += 1
        return self.known.get(business, NoConnection(why="not set up"))

    async def mark_needs_owner(self, business: str, revision: int, why: str) -> None:
        self.marked.append((business, revision, why))


class FakeJournal:
    """A durable table over a shared changelog: a worker sees what stood there when its epoch began, and its own."""

    def __init__(self, changelog: dict[tuple[int, bytes], bytes], fate: Fate) -> None:
        self.changelog = changelog
        self.fate = fate
        self.is_lost = False
        # Facts of these kinds are more than the changelog takes.
        self.too_large: Collection[str] = ()
        self.seconds = 0.0
        self.after_put: Callable[[], None] = lambda: None
        self._forgetting: list[asyncio.Future[None]] = []
        self.entries: dict[int, dict[bytes, dict[bytes, bytes]]] = defaultdict(dict)
        for (partition, key), value in changelog.items():
            self._keep(partition, key, value)

    def _keep(self, partition: int, key: bytes, value: bytes) -> None:
        command_id, _, rest = key.partition(KEY_SEPARATOR)
        self.entries[partition].setdefault(command_id, {})[rest] = value

    def keep(self, key: bytes, value: bytes) -> None:
        """What an earlier worker has written."""
        self.changelog[PARTITION, key] = value
        self._keep(PARTITION, key, value)

    def entry(self, partition: int, command_id: bytes) -> Mapping[bytes, bytes]:
        return self.entries[partition].get(command_id, {})

    def commands(self, partition: int) -> Iterable[bytes]:
        return self.entries[partition]

    async def put(self, partition: int, key: bytes, value: bytes, *, force: bool = False) -> None:
        if not force:
            if self.is_lost:
                raise OwnershipLost
            await self.fate.check_lease()
        kind = FactName.parse(key.partition(KEY_SEPARATOR)[2].decode()).kind
        if kind in self.too_large:
            raise RecordTooLargeError(kind, len(value), 0)
        await asyncio.sleep(self.seconds)
        await self.fate.step(f"write {kind}")
        self.changelog[partition, key] = value
        await self.fate.step(f"written {kind}")
        self._keep(partition, key, value)
        self.after_put()

    async def put_all(self, entries: Sequence[tuple[int, bytes, bytes]]) -> None:
        for partition, key, value in entries:
            await self.put(partition, key, value)

    def forget_all(self, keys: Sequence[tuple[int, bytes]]) -> None:
        if keys:
            self._forgetting.append(asyncio.ensure_future(self._forget(keys)))

    async def _forget(self, keys: Sequence[tuple[int, bytes]]) -> None:
        """One after the other, and nobody waits for it: a process may be gone with half of them."""
        for partition, key in keys:
            command_id, _, rest = key.partition(KEY_SEPARATOR)
            self.entries[partition].get(command_id, {}).pop(rest, None)
            await self.fate.step("forget")
            self.changelog.pop((partition, key), None)


class FakeLog:
    """The orders' log: what was published, in order, and once for each id as the planner sees it."""

    def __init__(self, events: list[LoggedEvent], fate: Fate, headers: list[Headers] | None = None) -> None:
        self.events = events
        self.fate = fate
        self.headers = headers if headers is not None else []

    async def publish(self, event: LoggedEvent, headers: Headers) -> None:
        await self.fate.check_lease()
        await self.fate.step("publish")
        self.events.append(event)
        self.headers.append(headers)
        await self.fate.step("published")


class FakeLease:
    """A zombie with a lease ends here; without one it does not notice, which is the worst case."""

    def __init__(self, fate: Fate) -> None:
        self.fate = fate

    def check(self) -> None:
        if self.fate.is_evicted:
            raise asyncio.CancelledError


class LeftError(Exception):
    """What `leave` raises here instead of ending the process."""


def leave(why: str, error: BaseException) -> NoReturn:
    raise LeftError(why) from error


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
        self.doubtful_since: datetime | None = None
        self.processes: list[Process] = []
        self.resend_after_absence = resend_after_absence

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
        return self._assembled(fate, adapter, FakeConnections(known))

    def connection(self, fate: Fate, behaviour: Behaviour | None = None) -> ProviderConnection:
        """One business's own; they share the provider."""
        adapter = FakeAdapter(self.ledger, fate, self.capabilities, behaviour or self.behaviour)
        return ProviderConnection(
            adapter=adapter,
            facts=FACTS,
            revision=1,
            resend_after_absence=self.resend_after_absence,
            account=ACCOUNT,
            account_since=at(-3600),
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
            taxpayers=TaxpayerRegister(clock, Freshness()),
            lease=lease,
            clock=clock,
        )
        scheduler = Scheduler(
            journal=journal, connections=connections, executor=executor, clock=clock, lease=lease, leave=leave
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
