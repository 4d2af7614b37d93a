"""The issuer's ports in memory: a journal over a shared changelog, the orders' log, connections, a lease."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NoReturn

from app.domain.identity import connection_key
from app.domain.orders import LoggedEvent
from app.issuing.execution.gate import Gate
from app.issuing.journal.facts import Headers
from app.issuing.journal.keys import KEY_SEPARATOR, FactName
from app.issuing.ports import ConnectionId, NoConnection, ProviderConnection, RegisterAt
from app.stream.errors import OwnershipLost, RecordTooLargeError
from tests.harness.fate import Fate

PARTITION = 0


class FakeConnections:
    """The connections of a provider, as a store would give them."""

    def __init__(self, known: Mapping[str, ProviderConnection | NoConnection]) -> None:
        """`known`: by business; where it has several, by business/name."""
        self.known = dict(known)
        self.asked = 0
        self.marked: list[tuple[str, int, str]] = []
        self.others: dict[str, FakeConnections] = {}

    async def get(self, which: ConnectionId) -> ProviderConnection | NoConnection:
        self.asked += 1
        of_business = self.known.get(which.business, NoConnection(why="not set up"))
        return self.known.get(connection_key(*which), of_business)

    async def mark_needs_owner(self, which: ConnectionId, revision: int, why: str) -> None:
        self.marked.append((which.business, revision, why))

    def at(self, provider: str) -> "FakeConnections":
        return self.others[provider]


class NoOtherRegisters:
    """A business without another connection."""

    @asynccontextmanager
    async def open(
        self, business: str, registers: Sequence[RegisterAt], about: str
    ) -> AsyncIterator[tuple[ProviderConnection, Gate] | None]:
        del business, registers, about
        yield None


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


class AbortedError(Exception):
    """What `abort` raises here instead of ending the process."""


def abort(why: str, error: BaseException) -> NoReturn:
    raise AbortedError(why) from error
