"""Who works next: a queue per connection, turns between connections, and tasks only for what runs.

The scheduler holds nothing that the journal does not: it is rebuilt from it when an epoch of ownership begins, and
empty after the epoch's end. The quotas and breakers stay: they belong to the provider.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import closing, suppress
from functools import partial
from itertools import count
from typing import Final

import structlog

from app.issuing.execution.executor import Worker
from app.issuing.journal.facts import Admitted
from app.issuing.ports import Clock, Connections, Journal, Lease, Leave
from app.issuing.scheduling.advance import Advance, Epoch, EpochGate, Later, Stand
from app.issuing.scheduling.circuit_breaker import BreakerState
from app.issuing.scheduling.connection_queue import Lane
from app.issuing.scheduling.permits import Promise
from app.issuing.scheduling.queue import NEVER, Document
from app.issuing.scheduling.recovery import Unfinished, unfinished
from app.stream import Lost, TooLarge

# A running call holds a socket and some memory: what one process can use well is a few hundred.
MOST_CALLS: Final = 256
# Reports and withdrawals are two writes each; a few at a time keep the producer's batches full.
MOST_NOTES: Final = 32

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[None]]


class Scheduler:
    """Brings every unfinished document of the owned partitions to its end, fairly between connections."""

    def __init__(
        self,
        *,
        journal: Journal,
        connections: Connections,
        worker: Worker,
        clock: Clock,
        lease: Lease,
        leave: Leave,
        most_calls: int = MOST_CALLS,
    ) -> None:
        self._journal = journal
        self._connections = connections
        self._worker = worker
        self._clock = clock
        self._lease = lease
        self._leave = leave
        self._most_calls = most_calls
        self._advance = Advance(journal=journal, worker=worker, clock=clock)
        self._epoch: Epoch | None = None
        self._owned_since = 0.0
        self._dispatcher: asyncio.Task[None] | None = None
        self._lanes: dict[str, Lane] = {}
        self._documents: dict[str, Document] = {}
        self._agenda: list[tuple[float, int, Lane]] = []
        self._notes: deque[Document] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._calling = 0
        self._noting = 0
        self._orders = count(1)
        self._turns = count(1)
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many documents are not at rest."""
        return len(self._documents)

    def rebuild(self, partitions: Iterable[int]) -> None:
        """An epoch begins: takes up all that the journal says is unfinished, in the order in which it was asked for."""
        if self._epoch is not None:
            raise RuntimeError("an epoch begins before the one before it was drained")
        self._epoch = Epoch()
        self._owned_since = self._clock.monotonic()
        for lane in self._lanes.values():
            lane.come_back(self._owned_since)
        for found in unfinished(self._journal, self._worker, partitions):
            self._take_up(found)
        self._dispatcher = asyncio.create_task(self._dispatch(self._epoch))

    async def drain(self, seconds: float) -> None:
        """The epoch ends: nothing new is begun, and what runs is awaited for at most so long."""
        if self._epoch is None:
            return
        self._epoch.is_open = False
        self._epoch = None
        self._wake.set()
        if self._dispatcher is not None:
            await self._dispatcher
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        self._documents.clear()
        self._agenda.clear()
        self._notes.clear()
        for lane in self._lanes.values():
            lane.queue.clear()
            lane.turn_at = NEVER

    def admit(self, partition: int, command_id: bytes, fact: Admitted) -> None:
        """A command is durable: from now on it is worked for. After the epoch's end its new owner finds it."""
        if self._epoch is None:
            return
        document = self._documents.get(fact.document_id)
        if document is None:
            found = Unfinished(partition, fact.document_id, fact.business, ((fact.offset, command_id),), is_fresh=True)
            self._take_up(found)
        elif command_id not in document.commands:
            document.commands += (command_id,)
            self._wake_up(document)
        self._wake.set()

    def _take_up(self, found: Unfinished) -> None:
        commands = tuple(command_id for _, command_id in sorted(found.commands))
        document = Document(
            business=found.business,
            partition=found.partition,
            document_id=found.document_id,
            commands=commands,
            order=next(self._orders),
        )
        self._documents[found.document_id] = document
        if found.is_fresh and self._lane(document).waits_because is None:
            self._enqueue(document)
        else:
            self._notes.append(document)

    def _wake_up(self, document: Document) -> None:
        """Another command has come for it: it is looked at at once, whatever its connection allows."""
        if document.is_busy:
            document.is_woken = True
        else:
            document.is_busy = True
            self._lane(document).queue.withdraw(document)
            self._notes.append(document)

    def _lane(self, document: Document) -> Lane:
        lane = self._lanes.get(document.business)
        if lane is None:
            monotonic = self._clock.monotonic
            lane = Lane(document.business, self._connections, monotonic, self._is_ours, self._owned_since)
            self._lanes[document.business] = lane
        return lane

    def _is_ours(self) -> bool:
        """Asked at the last moment before anything leaves; without a lease the process ends here."""
        self._lease.check()
        return self._epoch is not None

    def _enqueue(self, document: Document, later: Later | None = None) -> None:
        lane = self._lane(document)
        if later is None:
            lane.queue.push(document)
        else:
            lane.queue.push_later(document, self._clock.monotonic() + later.seconds, is_poll=later.is_poll)
        self._give_turn(lane)

    def _give_turn(self, lane: Lane) -> None:
        """Puts the lane behind those that are due already: turns go round."""
        now = self._clock.monotonic()
        at = lane.opens_at(now)
        if at < lane.turn_at:
            lane.turn_at = max(at, now)
            heapq.heappush(self._agenda, (lane.turn_at, next(self._turns), lane))

    async def _dispatch(self, epoch: Epoch) -> None:
        try:
            while epoch.is_open:
                self._wake.clear()
                self._start_notes(epoch)
                await self._sleep_until(self._start_calls(epoch))
        except Exception as error:  # noqa: BLE001 - a dispatcher that is dead must not look alive
            self._leave("the scheduler broke", error)

    async def _sleep_until(self, at: float) -> None:
        seconds = None if at == NEVER else max(0.0, at - self._clock.monotonic())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _start_notes(self, epoch: Epoch) -> None:
        while self._notes and self._noting < MOST_NOTES:
            document = self._notes.popleft()
            self._noting += 1
            self._start(self._note(document, epoch))

    def _start_calls(self, epoch: Epoch) -> float:
        """Starts what is due. Returns when the next lane has its turn."""
        now = self._clock.monotonic()
        while self._agenda and self._calling < self._most_calls:
            at, _, lane = self._agenda[0]
            if at > now:
                return at
            heapq.heappop(self._agenda)
            if at == lane.turn_at:
                lane.turn_at = NEVER
                self._serve(lane, now, epoch)
                self._give_turn(lane)
        return NEVER

    def _serve(self, lane: Lane, now: float, epoch: Epoch) -> None:
        if lane.opens_at(now) > now:
            return
        if lane.breaker.state is BreakerState.OPEN:
            self._begin_call(lane, lane.probe)
            return
        document = lane.queue.pop(now)
        if document is not None:
            self._begin_call(lane, partial(self._go_on, document, lane, epoch, lane.promise()))

    def _begin_call(self, lane: Lane, work: Work) -> None:
        self._calling += 1
        lane.running += 1
        self._start(self._call(lane, work))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, lane: Lane, work: Work) -> None:
        await lane.refresh()
        if lane.begins_to_tell():
            self._tell(lane)
        self._turn_and_wake(lane)  # only now the connection's concurrency is known
        await work()
        self._calling -= 1
        lane.running -= 1
        self._turn_and_wake(lane)

    def _tell(self, lane: Lane) -> None:
        """Each document that waits for this connection says why; one after another, as notes are."""
        for document in self._documents.values():
            if document.business == lane.business:
                self._wake_up(document)

    def _turn_and_wake(self, lane: Lane) -> None:
        if self._epoch is not None:
            self._give_turn(lane)
        self._wake.set()

    async def _go_on(self, document: Document, lane: Lane, epoch: Epoch, promise: Promise | None) -> None:
        with closing(EpochGate(lane, epoch, promise)) as gate:
            await self._move(document, lane, epoch, gate)

    async def _note(self, document: Document, epoch: Epoch) -> None:
        await self._move(document, self._lane(document), epoch, gate=None)
        self._noting -= 1
        self._wake.set()

    async def _move(self, document: Document, lane: Lane, epoch: Epoch, gate: EpochGate | None) -> None:
        """Moves a document on, with calls if there is a gate for them, and puts it where it belongs then."""
        document.is_busy = True
        stand: Stand | Later
        try:
            stand = await self._advance(document, lane, epoch, gate)
        except Lost:
            return
        except TooLarge as large:  # the document's own fault: it stays as it is, and the planner's clock asks a person
            log.critical("a document cannot be written down", document_id=document.document_id, why=str(large))
            stand = Stand.PARKED
        except Exception as error:  # noqa: BLE001 - only Kafka's faults come as far as here
            self._leave("a document could not be worked for", error)
        if epoch.is_open:
            self._place(document, stand)

    def _place(self, document: Document, stand: Stand | Later) -> None:
        document.is_busy = False
        if document.is_woken:
            document.is_woken = False
            self._wake_up(document)
        elif stand is Stand.AT_REST:
            del self._documents[document.document_id]
        elif stand is Stand.WANTS_A_CALL:
            self._enqueue(document)
        elif isinstance(stand, Later):
            self._enqueue(document, stand)
