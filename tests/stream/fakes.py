"""Hand-written stand-ins for what the stream room's parts ask of each other."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from app.stream.faust_patches.application import App
from app.stream.ownership.lease import Lease
from app.stream.processing.application import make_app
from app.stream.processing.offset_gaps import OffsetRange
from app.stream.settings import StreamSettings


class Aborted(BaseException):
    """The process would have ended here."""

    def __init__(self, why: str, exc: BaseException | None = None, *, code: int = 70) -> None:
        super().__init__(why, exc, code)
        self.why, self.exc, self.code = why, exc, code


def abort(why: str, exc: BaseException | None = None, *, code: int = 70) -> NoReturn:
    raise Aborted(why, exc, code=code)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def worker_in(folder: Path) -> App:
    """An application that is never started."""
    return make_app(StreamSettings(bootstrap="127.0.0.1:1", app_id="planner", data_dir=folder))


def take_ownership(worker: App) -> None:
    """The first rebalance is over, and its epoch has begun."""
    worker.ownership.rebalance_begins()
    worker.ownership.assignment_taken()
    worker.ownership.begin(1, [("log", 0)])


def leased(folder: Path) -> App:
    """The same with a lease whose clock the test sets."""
    app = worker_in(folder)
    app.lease = Lease(10, clock=Clock(), abort=abort)
    return app


class Acknowledging:
    """What a producer sends to: acknowledges when it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.acknowledgements: list[asyncio.Future[Any]] = []
        self.where: Any = None
        self.handed_over = asyncio.Semaphore(0)
        self.at_once = True
        self.after_each: Any = lambda: None

    def take(self, *sent: Any) -> asyncio.Future[Any]:
        self.sent.append(sent)
        self.acknowledgements.append(acknowledged := asyncio.get_running_loop().create_future())
        if self.at_once:
            acknowledged.set_result(self.where)
        self.handed_over.release()
        self.after_each()
        return acknowledged


@dataclass(frozen=True)
class TP:
    topic: str
    partition: int


@dataclass(eq=False)
class Message:
    offset: int
    partition: int = 0
    topic: str = "log"
    generation_id: int = 1
    key: bytes | None = b"k"
    value: bytes | None = b"v"
    timestamp: float = 1.5
    headers: Any = (("a", b"1"), ("a", b"2"))

    @property
    def tp(self) -> TP:
        return TP(self.topic, self.partition)


@dataclass
class Source:
    """Bursts of messages: the first of each is waited for, the others lie in the queue."""

    bursts: list[list[Message]]
    first: int = 0
    acknowledged: list[int] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    _queue: list[Message] = field(default_factory=list)

    async def __aiter__(self) -> Any:
        for burst in self.bursts:
            self._queue += burst
            while self._queue:
                yield self._queue.pop(0)

    def waiting(self, generation: int) -> Iterator[Message]:
        while self._queue:
            message = self._queue.pop(0)
            if message.generation_id == generation:
                yield message

    def first_offset(self, _tp: Any) -> int:
        return self.first

    def acknowledge(self, messages: list[Message]) -> None:
        self.acknowledged += [message.offset for message in messages]

    def forget(self, messages: list[Message]) -> None:
        self.forgotten += [message.offset for message in messages]


@dataclass
class Reader:
    """What a plain consumer would find."""

    found: frozenset[int] = frozenset()
    start: int = 0
    asked: list[OffsetRange] = field(default_factory=list)

    async def log_start(self, _topic: str, _partition: int) -> int:
        return self.start

    async def offsets(self, stretch: OffsetRange) -> frozenset[int]:
        self.asked.append(stretch)
        return frozenset(offset for offset in self.found if stretch.start <= offset < stretch.end)
