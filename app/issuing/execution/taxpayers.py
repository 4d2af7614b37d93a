"""The register of e-Fatura taxpayers, as the provider answers: asked at issue time, and remembered for a while.

A worker's memory, bounded and never durable. What one connection learns holds for all that reach the provider at the
same address: the register is GİB's for all of them, but a provider's sandbox has another one.
"""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from app.issuing.execution.deadline import NoAnswer, bounded
from app.issuing.execution.gate import Gate
from app.issuing.ports import Clock, ProviderConnection, RegisterAt
from providers.base import FindsTaxpayers, Registration, Unclear

# A few megabytes; a merchant's buyers of one day are fewer.
MOST_REMEMBERED: Final = 20_000


class Undecided(Enum):
    """The register was not asked, or gave no clear answer, which never decides. BUSY: another connection's."""

    NO_SLOT = "NO_SLOT"
    BUSY = "BUSY"
    UNCLEAR = "UNCLEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """For how many seconds an answer is believed; 0: for this one document only.

    A registered buyer seldom leaves; one that is not may register any day, and gets an e-Fatura from then on.
    """

    registered: float = 24 * 3600.0
    not_registered: float = 600.0


class OtherRegisters(Protocol):
    """The registers at a business's other connections."""

    def open(
        self, business: str, registers: Sequence[RegisterAt], about: str
    ) -> AbstractAsyncContextManager[tuple[ProviderConnection, Gate] | None]:
        """The first of these that can be asked now, and what a question about a buyer must pass; None when none can."""


class TaxpayerRegister:
    """Whether a buyer is registered. An answer that is unclear is never remembered, and never decides."""

    def __init__(
        self, clock: Clock, freshness: Freshness, others: OtherRegisters, *, most: int = MOST_REMEMBERED
    ) -> None:
        self._clock = clock
        self._others = others
        self._seconds = {
            Registration.REGISTERED: freshness.registered,
            Registration.NOT_REGISTERED: freshness.not_registered,
        }
        self._most = most
        # Provider's address and tax number → the answer, and until when it is believed; the oldest answer first.
        self._known: OrderedDict[tuple[str, str], tuple[Registration, float]] = OrderedDict()

    async def registration(
        self, tax_number: str, connection: ProviderConnection, gate: Gate
    ) -> Registration | Undecided:
        """As remembered, else as the provider answers now, if a slot of its quota is free."""
        return await self._registration(tax_number, connection, gate, connection.adapter.capabilities.max_call_seconds)

    async def registration_elsewhere(
        self, tax_number: str, business: str, connection: ProviderConnection
    ) -> Registration | Undecided:
        """As another provider of the business answers, for a `connection` that has no register.

        A question ends within the time of this connection's calls, for that is what a revoke waits for.
        """
        async with self._others.open(business, connection.registers, tax_number) as register:
            if register is None:
                return Undecided.UNCLEAR
            other, gate = register
            seconds = min(each.adapter.capabilities.max_call_seconds for each in (connection, other))
            answer = await self._registration(tax_number, other, gate, seconds)
            return Undecided.BUSY if answer is Undecided.NO_SLOT else answer

    async def _registration(
        self, tax_number: str, connection: ProviderConnection, gate: Gate, seconds: float
    ) -> Registration | Undecided:
        key = (connection.address, tax_number)
        known = self._fresh(key)
        if known is not None:
            return known
        if not gate.may_call():
            return Undecided.NO_SLOT
        adapter = connection.adapter
        assert isinstance(adapter, FindsTaxpayers)  # else nothing here is asked
        gate.call()
        answer = await bounded(adapter.registration(tax_number, seconds), seconds, Registration | Unclear)
        answer = Unclear(why=answer.why) if isinstance(answer, NoAnswer) else answer
        gate.record_result(answer)
        if isinstance(answer, Unclear):
            return Undecided.UNCLEAR
        self._remember(key, answer)
        return answer

    def forget(self, tax_number: str) -> None:
        """A provider has refused a document because its buyer is registered after all, or is not."""
        for key in [key for key in self._known if key[1] == tax_number]:
            del self._known[key]

    def _fresh(self, key: tuple[str, str]) -> Registration | None:
        registration, until = self._known.get(key, (None, 0.0))
        return registration if self._clock.monotonic() < until else None

    def _remember(self, key: tuple[str, str], registration: Registration) -> None:
        self._known.pop(key, None)
        self._known[key] = (registration, self._clock.monotonic() + self._seconds[registration])
        if len(self._known) > self._most:
            self._known.popitem(last=False)
