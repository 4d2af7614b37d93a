"""Products and accounts at a bookkeeping provider: one card for each code, found before it is made.

A card has no legal state, and a second one breaks no law: it is no step of the journal but a part of the call that
needs it. Nothing that has a legal state was sent yet when a card is missing, so such a call is NotSent, and the next
attempt goes on with the cards that are known by then: an invoice with more new products than one call has time for is
made after a few attempts.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final, Generic, TypeVar

from app.domain.errors import FieldError
from providers.base import Absent, NotSent, Refused, Unclear, Unknown
from providers.transport.http import Deadline

# A few megabytes; a merchant's catalogue that is larger is asked about now and then.
MOST_REMEMBERED: Final = 20_000
# Longer than an invoice of a thousand new products needs for its attempts, or it would never have all of them. A person
# may delete a card, or merge two, at any time: what names one that is gone is refused, and it is asked for again.
FRESH_SECONDS: Final = 86_400.0
# So long a card whose answer was lost may still appear.
DOUBT_SECONDS: Final = 60.0
# What was found longer ago was found by an earlier call.
LONGEST_CALL: Final = 60.0

Card = TypeVar("Card")


class Cards(Generic[Card]):
    """One connection's cards of one kind, by code. `find` and `create` answer the provider's name of the card."""

    def __init__(
        self,
        find: Callable[[Card, float], Awaitable[str | Absent | Unclear]],
        create: Callable[[Card, float], Awaitable[str | NotSent | Refused | Unknown]] | None,
        *,
        most: int = MOST_REMEMBERED,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`create`: None where the owner of the connection makes the cards, and a missing one is refused."""
        self._find = find
        self._create = create
        self._most = most
        self._monotonic = monotonic
        # Code → the provider's name, and until when it is believed; the oldest first.
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()
        # Code → until when a card may appear whose answer was lost.
        self._doubtful: dict[str, float] = {}
        # Code → until when another refusal is not for want of the card.
        self._refused: dict[str, float] = {}
        # Code → its lock, and how many hold it or wait for it.
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    async def of(self, code: str, card: Card, seconds: float) -> str | NotSent | Refused:
        """The provider's name of the card of this code, which is made where there is none.

        One at a time of each code: what comes meanwhile waits, and takes what was found or made. Refused where it may
        not be made, or the provider refuses it; everything else that goes wrong is NotSent.
        """
        deadline = Deadline(seconds)
        if known := self._fresh(code):
            return known
        async with self._alone(code):
            if known := self._fresh(code):
                return known
            found = await self._find(card, deadline.left())
            if isinstance(found, Unclear):
                return NotSent(why=found.why, retry_after=found.retry_after, needs_owner=found.needs_owner)
            return self._remember(code, found) if isinstance(found, str) else await self._made(code, card, deadline)

    def refused_with(self, codes: Iterable[str], refusal: Refused) -> Refused | NotSent:
        """What names these cards was refused: they are asked for again.

        NotSent where one of them was remembered from an earlier call, and was in no refusal of late: a person may have
        deleted it. What is refused with cards that were asked for anew stays refused.
        """
        now, named = self._monotonic(), set(codes)
        self._refused = {code: until for code, until in self._refused.items() if now < until}
        believed = {code: self._known.pop(code)[1] for code in named if code in self._known}
        found_now = now + FRESH_SECONDS - LONGEST_CALL
        may_be_gone = [code for code, until in believed.items() if until < found_now and code not in self._refused]
        self._refused |= dict.fromkeys(may_be_gone, now + FRESH_SECONDS)
        if not may_be_gone:
            return refusal
        said = "; ".join(error.message for error in refusal.errors)
        return NotSent(why=f"it was refused, and its cards are asked for anew: {said}")

    async def _made(self, code: str, card: Card, deadline: Deadline) -> str | NotSent | Refused:
        if self._create is None:
            message = "there is no card of this code, and this connection makes none"
            return Refused(errors=(FieldError(path="$.order.lines", code="NO_CARD", message=f"{code}: {message}"),))
        wait = self._doubtful.get(code, 0.0) - self._monotonic()
        if wait > 0:
            return NotSent(why=f"card {code} was asked for, and does not appear yet", retry_after=wait)
        # Before the call: it may be cancelled at any moment of it.
        self._doubtful[code] = self._monotonic() + deadline.left() + DOUBT_SECONDS
        made = await self._create(card, deadline.left())
        if isinstance(made, Unknown):
            return NotSent(why=f"whether card {code} was made is not known: {made.why}", retry_after=made.retry_after)
        del self._doubtful[code]
        return self._remember(code, made) if isinstance(made, str) else made

    def _fresh(self, code: str) -> str | None:
        name, until = self._known.get(code, (None, 0.0))
        return name if self._monotonic() < until else None

    def _remember(self, code: str, name: str) -> str:
        self._doubtful.pop(code, None)
        self._known.pop(code, None)
        self._known[code] = (name, self._monotonic() + FRESH_SECONDS)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return name

    @asynccontextmanager
    async def _alone(self, code: str) -> AsyncIterator[None]:
        lock, count = self._locks.get(code, (asyncio.Lock(), 0))
        self._locks[code] = lock, count + 1
        try:
            async with lock:
                yield
        finally:
            count = self._locks[code][1] - 1
            self._locks[code] = lock, count
            if not count:
                del self._locks[code]
