"""What the engine needs of the world: given in by the wiring, and by fakes in the tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NoReturn, Protocol

from app.domain.errors import FieldError
from app.domain.numbers import Allotted, Claim, NumberFate, NumberWanted
from app.domain.orders import LoggedEvent
from app.domain.parties import BusinessFacts
from app.issuing.journal.facts import Headers, ProviderAccount
from providers.base import Adapter


class Journal(Protocol):
    """The durable table: per partition and command, the rest of each key → the value."""

    def entry(self, partition: int, command_id: bytes) -> Mapping[bytes, bytes]:
        """All facts of one command; empty when it is not known."""

    def commands(self, partition: int) -> Iterable[bytes]:
        """The ids of all commands in a partition."""

    async def put(self, partition: int, key: bytes, value: bytes, *, force: bool = False) -> None:
        """Returns when the fact is durable. Raises OwnershipLost, without `force`: that is for what is always true."""

    async def put_all(self, entries: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Partition, key and value of each: all durable before any is visible. Raises OwnershipLost."""

    def forget_all(self, keys: Sequence[tuple[int, bytes]]) -> None:
        """Deletes, by partition and key, without waiting; it is done again after the next recovery."""


class OrderLog(Protocol):
    """The orders' log."""

    async def publish(self, event: LoggedEvent, headers: Headers) -> None:
        """Returns when the broker has it. `headers` go with those that every event has."""


class ConnectionId(NamedTuple):
    """Which connection: its business, and its name there."""

    business: str
    name: str


class RegisterAt(NamedTuple):
    """A connection of a business, by its name, at whose provider the register can be asked."""

    provider: str
    connection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderConnection:
    """A business's connection at the provider, as its owner has set it up. Another revision is another login.

    `why_not`: what keeps it from being `enabled`, for a person.
    `address`: where the provider is reached; connections of one address ask the same register. `account`: whose it is
    there, and `account_since`, since when; None where that is not known.
    `registers`: where it has no register, the business's other connections that answer who is registered.
    """

    adapter: Adapter
    facts: BusinessFacts
    revision: int
    enabled: bool = True
    why_not: str = ""
    resend_after_absence: bool = False
    address: str = ""
    account: ProviderAccount | None = None
    account_since: datetime | None = None
    registers: tuple[RegisterAt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoConnection:
    """Not set up, or the store cannot be asked. Its commands wait, and it is asked again."""

    why: str


class Connections(Protocol):
    """The connections at one provider."""

    async def get(self, which: ConnectionId) -> ProviderConnection | NoConnection:
        """The same adapter object for the same revision."""

    async def mark_needs_owner(self, which: ConnectionId, revision: int, why: str) -> None:
        """Disables this revision until its owner has looked at it. `why`: for the owner."""

    def at(self, provider: str) -> "Connections":
        """The same businesses' connections at another provider."""


class NumbersUnavailableError(Exception):
    """No number can be given or closed now; its document waits."""


class Numbers(Protocol):
    """The numbers that we give. Raises NumbersUnavailableError."""

    async def allot(self, wanted: NumberWanted) -> Allotted | FieldError:
        """The number of this revision of this command, the same for every worker; or why it can have none."""

    async def claim(self, claim: Claim) -> FieldError | None:
        """Holds what the order brings, the same for every worker; or why this document cannot have it."""

    async def close_number(self, command_id: str, number: str | None, fate: NumberFate) -> None:
        """The command ends, and its `number` has this fate; what else was given to it is free.

        So has what its order brought. Without a `number` all that was given to the command has this fate. Once is
        enough; a repeat changes nothing.
        """


class Clock(Protocol):
    """Two readings of time."""

    def now(self) -> datetime:
        """The time of day, aware: for what other processes read."""

    def monotonic(self) -> float:
        """Seconds that never jump: for what stays in this process."""


class LeaseCheck(Protocol):
    """Whether the group still counts on us."""

    def check(self) -> None:
        """Returns, or ends the process."""


class Abort(Protocol):
    """Ends the process at once, so that nothing unfinished is acknowledged."""

    def __call__(self, why: str, error: BaseException, /) -> NoReturn: ...
