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

from app.issuing.execution.executor import Executor
from app.issuing.journal.facts import Admitted
from app.issuing.ports import Abort, Clock, ConnectionId, Connections, Journal, LeaseCheck
from app.issuing.scheduling.advance import Advance, Later, Progress
from app.issuing.scheduling.circuit_breaker import BreakerState
from app.issuing.scheduling.connection_queue import ConnectionQueue
from app.issuing.scheduling.document_queue import NEVER, QueuedDocument
from app.issuing.scheduling.gates import EpochGate
from app.issuing.scheduling.permits import Reservation
from app.issuing.scheduling.recovery import Unfinished, unfinished
from app.stream.errors import OwnershipLost, RecordTooLargeError
from app.stream.ownership.epoch import Epoch

# A running call holds a socket and some memory: what one process can use well is a few hundred.
MOST_CALLS: Final = 256
# Of an epoch's end: a session that is not ended in it is found by the next owner.
LOG_OUT_SECONDS: Final = 3.0
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
        executor: Executor,
        clock: Clock,
        lease: LeaseCheck,
        abort: Abort,
    ) -> None:
        self._journal = journal
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._lease = lease
        self._abort = abort
        self._advance = Advance(journal=journal, executor=executor, clock=clock)
        self._epoch: Epoch | None = None
        self._owned_since = 0.0
        self._dispatcher: asyncio.Task[None] | None = None
        self._queues: dict[ConnectionId, ConnectionQueue] = {}
        self._documents: dict[str, QueuedDocument] = {}
        self._agenda: list[tuple[float, int, ConnectionQueue]] = []
        self._notes: deque[QueuedDocument] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._calling = 0
        self._noting = 0
        self._sequences = count(1)
        self._turns = count(1)
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many documents are not at rest."""
        return len(self._documents)

    def rebuild(self, epoch: Epoch, partitions: Iterable[int]) -> None:
        """An epoch begins: takes up all that is unfinished in the journal, in the order in which it was asked for.

        `partitions`: those of the journal that are owned. Raises NewerFactError.
        """
        if self._epoch is not None:
            raise RuntimeError("an epoch begins before the one before it was drained")
        self._epoch = epoch
        self._owned_since = self._clock.monotonic()
        for queue in self._queues.values():
            queue.come_back(self._owned_since)
        for found in unfinished(self._journal, self._executor, partitions):
            self._take_up(found)
        self._dispatcher = asyncio.create_task(self._dispatch(epoch))

    async def drain(self, seconds: float) -> None:
        """The epoch ends: nothing new is begun, and what runs is awaited for at most so long; then sessions end."""
        if self._epoch is None:
            return
        self._epoch.end()
        self._epoch = None
        self._wake.set()
        if self._dispatcher is not None:
            await self._dispatcher
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds - LOG_OUT_SECONDS)
        await asyncio.gather(*(queue.end_session(LOG_OUT_SECONDS) for queue in self._queues.values()))
        self._documents.clear()
        self._agenda.clear()
        self._notes.clear()
        for queue in self._queues.values():
            queue.documents.clear()
            queue.doubts.clear()
            queue.turn_at = NEVER

    def admit(self, partition: int, command_id: bytes, fact: Admitted) -> None:
        """A command is durable: from now on it is worked for. After the epoch's end its new owner finds it."""
        if self._epoch is None:
            return
        document = self._documents.get(fact.document_id)
        if document is None:
            connection, commands = ConnectionId(fact.business, fact.connection), ((fact.offset, command_id),)
            self._take_up(Unfinished(partition, fact.document_id, connection, commands, is_fresh=True))
        elif command_id not in document.commands:
            document.commands += (command_id,)
            self._wake_up(document)
        self._wake.set()

    def _take_up(self, found: Unfinished) -> None:
        commands = tuple(command_id for _, command_id in sorted(found.commands))
        document = QueuedDocument(
            connection=found.connection,
            partition=found.partition,
            document_id=found.document_id,
            commands=commands,
            sequence=next(self._sequences),
        )
        self._documents[found.document_id] = document
        if found.is_fresh and self._queue(document).waits_because is None:
            self._enqueue(document)
        else:
            self._queue(document).doubts.suspect(document)
            self._notes.append(document)

    def _wake_up(self, document: QueuedDocument) -> None:
        """Another command has come for it: it is decided at once, whatever its connection allows."""
        if document.is_busy:
            document.is_woken = True
        else:
            document.is_busy = True
            self._queue(document).documents.withdraw(document)
            self._notes.append(document)

    def _queue(self, document: QueuedDocument) -> ConnectionQueue:
        which = document.connection
        if which not in self._queues:
            monotonic = self._clock.monotonic
            queue = ConnectionQueue(which, self._connections, monotonic, self._is_ours, self._owned_since)
            self._queues[which] = queue
        return self._queues[which]

    def _is_ours(self) -> bool:
        """Asked at the last moment before anything leaves; without a lease the process ends here."""
        self._lease.check()
        return self._epoch is not None and not self._epoch.ended

    def _enqueue(self, document: QueuedDocument, later: Later | None = None) -> None:
        queue = self._queue(document)
        if later is None:
            queue.documents.push(document)
        else:
            queue.documents.push_later(document, self._clock.monotonic() + later.seconds, is_poll=later.is_poll)
        self._give_turn(queue)

    def _give_turn(self, queue: ConnectionQueue) -> None:
        """Puts the queue behind those that are due already: turns go round."""
        now = self._clock.monotonic()
        at = queue.opens_at(now)
        if at < queue.turn_at:
            queue.turn_at = max(at, now)
            heapq.heappush(self._agenda, (queue.turn_at, next(self._turns), queue))

    async def _dispatch(self, epoch: Epoch) -> None:
        try:
            while not epoch.ended:
                self._wake.clear()
                self._start_notes(epoch)
                await self._sleep_until(self._start_calls(epoch))
        except Exception as error:  # noqa: BLE001 - a dispatcher that has ended must not look as if it ran
            self._abort("the scheduler broke", error)

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
        """Starts what is due. Returns when the next queue has its turn."""
        now = self._clock.monotonic()
        while self._agenda and self._calling < MOST_CALLS:
            at, _, queue = self._agenda[0]
            if at > now:
                return at
            heapq.heappop(self._agenda)
            if at == queue.turn_at:
                queue.turn_at = NEVER
                self._serve(queue, now, epoch)
                self._give_turn(queue)
        return NEVER

    def _serve(self, queue: ConnectionQueue, now: float, epoch: Epoch) -> None:
        if queue.opens_at(now) > now:
            return
        if queue.breaker.state is BreakerState.OPEN:
            self._begin_call(queue, queue.probe)
            return
        document = queue.documents.pop(now)
        if document is not None:
            self._begin_call(queue, partial(self._go_on, document, queue, epoch, queue.reserve()))

    def _begin_call(self, queue: ConnectionQueue, work: Work) -> None:
        self._calling += 1
        queue.running += 1
        self._start(self._call(queue, work))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, queue: ConnectionQueue, work: Work) -> None:
        await queue.refresh()
        if queue.begins_to_report():
            self._report_waiting(queue)
        self._turn_and_wake(queue)  # only now the connection's concurrency is known
        await work()
        self._calling -= 1
        queue.running -= 1
        self._turn_and_wake(queue)

    def _report_waiting(self, queue: ConnectionQueue) -> None:
        """Each document that waits for this connection reports why; a few at a time, as notes are."""
        for document in self._documents.values():
            if document.connection == queue.which:
                self._wake_up(document)

    def _turn_and_wake(self, queue: ConnectionQueue) -> None:
        if self._epoch is not None:
            self._give_turn(queue)
        self._wake.set()

    async def _go_on(
        self, document: QueuedDocument, queue: ConnectionQueue, epoch: Epoch, reservation: Reservation | None
    ) -> None:
        with closing(EpochGate(queue, epoch, reservation, document.document_id)) as gate:
            await self._move(document, queue, epoch, gate)

    async def _note(self, document: QueuedDocument, epoch: Epoch) -> None:
        await self._move(document, self._queue(document), epoch, gate=None)
        self._noting -= 1
        self._wake.set()

    async def _move(
        self, document: QueuedDocument, queue: ConnectionQueue, epoch: Epoch, gate: EpochGate | None
    ) -> None:
        """Moves a document on, with calls if there is a gate for them, and puts it where it belongs then."""
        document.is_busy = True
        progress: Progress | Later
        try:
            progress = await self._advance(document, queue, epoch, gate)
        except OwnershipLost:
            return
        except RecordTooLargeError as large:
            # The document's own fault: it stays as it is, and the planner's timer asks a person.
            log.critical("a document cannot be written down", document_id=document.document_id, why=str(large))
            progress = Progress.PARKED
            queue.doubts.note(document, None)  # others must not wait for it
        except Exception as error:  # noqa: BLE001 - only Kafka's faults come as far as here
            self._abort("a document could not be worked for", error)
        if not epoch.ended:
            self._put_back(document, progress)
            for held in queue.doubts.freed():
                self._enqueue(held)

    def _put_back(self, document: QueuedDocument, progress: Progress | Later) -> None:
        document.is_busy = False
        if document.is_woken:
            document.is_woken = False
            self._wake_up(document)
        elif progress is Progress.AT_REST:
            del self._documents[document.document_id]
        elif progress is Progress.WANTS_A_CALL:
            self._enqueue(document)
        elif isinstance(progress, Later):
            self._enqueue(document, progress)
