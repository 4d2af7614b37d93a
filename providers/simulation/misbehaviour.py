"""How a simulator fails the callers who make or cancel something: by seeded chance, by a script, or altogether.

`PUT /_simulator/misbehaviour` takes any part of::

    {"rates": {"LOST_ANSWER": 0.05}, "next": ["ERROR_BEFORE", "NONE"], "down": false, "gateway": 0.0, "words": 0,
     "seconds": {"slow": 1.0, "booked_late": 30.0, "hidden": 2.0, "late_status": 10.0, "retry_after": 1.0}}

`rates` replaces all rates, `next` is put behind the faults already scripted, `seconds` changes what it names, also of
a call that waits already: with `booked_late` 0 it is booked. `gateway`
is the share of reads that something before the provider answers; `words` how many characters its errors have at least.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field, TypeAdapter

from app.domain.text import STRICT
from providers.simulation.gateway import PAGES


class CallFault(StrEnum):
    """One way for one call to go wrong. NONE in a script is a call that goes well.

    Of a call that cancels, "made" is cancelled; HIDDEN, LATE_STATUS and STATUS_ERROR do nothing to it.
    """

    NONE = "NONE"
    LOST_BEFORE = "LOST_BEFORE"
    """The connection is dropped and nothing was made."""
    LOST_ANSWER = "LOST_ANSWER"
    """The document is made and the connection is dropped."""
    TOO_MANY = "TOO_MANY"
    """429 with Retry-After, in the provider's own form of errors; nothing was made."""
    ERROR_BEFORE = "ERROR_BEFORE"
    """5xx; nothing was made."""
    ERROR_AFTER = "ERROR_AFTER"
    """5xx; the document is made."""
    ERROR_IN_200 = "ERROR_IN_200"
    """200 with an error body; nothing was made."""
    UNREADABLE = "UNREADABLE"
    """The document is made and the answer is not one."""
    SLOW = "SLOW"
    """All is well, later."""
    BOOKED_LATE = "BOOKED_LATE"
    """The document is made after the caller has given up."""
    HIDDEN = "HIDDEN"
    """All is well, but look-ups do not see the document for a while."""
    LATE_STATUS = "LATE_STATUS"
    """All is well, but the document waits long for its final status."""
    STATUS_ERROR = "STATUS_ERROR"
    """The document is taken, and fails afterwards."""
    GATEWAY_BEFORE = "GATEWAY_BEFORE"
    """Something before the provider answers in its stead; nothing was made."""
    GATEWAY_AFTER = "GATEWAY_AFTER"
    """The document is made, and something before the provider answers in its stead."""


Rate = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=3600)]
Characters = Annotated[int, Field(ge=0, le=16 * 1024 * 1024)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long the faults last, in seconds. `booked_late` must outlast the caller's patience."""

    __pydantic_config__ = STRICT

    slow: Seconds = 1.0
    booked_late: Seconds = 30.0
    hidden: Seconds = 2.0
    late_status: Seconds = 10.0
    retry_after: Seconds = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MisbehaviourChange:
    """What a request may change; what is left out stays."""

    __pydantic_config__ = STRICT

    rates: dict[CallFault, Rate] | None = None
    next: tuple[CallFault, ...] = ()
    down: bool | None = None
    gateway: Rate | None = None
    words: Characters | None = None
    seconds: dict[str, Seconds] = field(default_factory=dict)


# Statuses with which a provider answers that it made nothing, unless a gateway has answered. A conflict means that
# there was something before.
_CONFLICT: Final = 409
_REFUSALS: Final = frozenset(range(400, 500)) - {_CONFLICT}
_OF_A_GATEWAY: Final = frozenset({CallFault.GATEWAY_BEFORE, CallFault.GATEWAY_AFTER})
CHANGE: Final = TypeAdapter(MisbehaviourChange)
# Set in a response that is the provider's own no, or is none, where its status does not say so.
REFUSAL: Final = web.ResponseKey("refusal", bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """What a provider that does not answer in JSON says in its own form, where a fault wants it.

    `too_many`: that there were too many calls, of which it made nothing. `in_200`: an answer with 200 that is none.
    `unreadable`: the beginning of an answer, as it comes when the rest is lost.
    """

    too_many: Callable[[], web.Response]
    in_200: Callable[[], web.Response]
    unreadable: Callable[[], web.Response]


Handler = Callable[[CallFault], Awaitable[web.Response]]
# Called when the provider's own refusal has gone out.
Note = Callable[[], None]


class Misbehaviour:
    """Decides the fault of each call that makes or cancels something: the script first, then chance."""

    def __init__(
        self, *, seed: int = 0, rates: Mapping[CallFault, float] | None = None, delays: Delays | None = None
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._rates = dict(rates or {})
        self._script: deque[CallFault] = deque()
        self.delays = delays or Delays()
        self.down = False
        self._gateway = 0.0
        self._words = 0
        self._changed = asyncio.Event()
        self.injected: Counter[str] = Counter()

    def change(self, raw: bytes) -> None:
        """Raises ValueError for what is not a change."""
        change = CHANGE.validate_json(raw)
        unknown = change.seconds.keys() - {delay.name for delay in fields(Delays)}
        if unknown:
            raise ValueError(f"no such delay: {', '.join(sorted(unknown))}")
        self.delays = replace(self.delays, **change.seconds)
        self._rates = self._rates if change.rates is None else dict(change.rates)
        self._script.extend(change.next)
        self.down = self.down if change.down is None else change.down
        self._gateway = self._gateway if change.gateway is None else change.gateway
        self._words = self._words if change.words is None else change.words
        self._changed.set()
        self._changed = asyncio.Event()

    def draw(self) -> CallFault:
        """The fault of the next such call; counted here."""
        fault = self._script.popleft() if self._script else self._by_chance()
        if fault is not CallFault.NONE:
            self.injected[fault] += 1
        return fault

    def in_its_stead(self) -> web.Response | None:
        """What something before the provider answers to a read; None where it lets the read through."""
        if self._gateway == 0 or self._random.random() >= self._gateway:
            return None
        self.injected["GATEWAY_READ"] += 1
        return self._page()

    def worded(self, sentence: str) -> str:
        """An error's text, as long as the provider is asked to be."""
        return sentence + f" {sentence}" * -(-(self._words - len(sentence)) // (len(sentence) + 1))

    async def around(
        self, request: web.Request, handle: Handler, error_body: object, refused: Note | None = None
    ) -> web.Response:
        """One such call, with its fault before, within or after `handle`.

        `error_body` is the provider's own form of an error in JSON, or its `OwnWords`, for ERROR_IN_200, TOO_MANY and
        UNREADABLE. `refused` is called when the answer is the provider's own, readable no: by its status, or by
        `REFUSAL` where that is set. The body must have been read: a caller who has gone takes the unread rest along.
        """
        words = error_body if isinstance(error_body, OwnWords) else self._in_json(error_body)
        fault = self.draw()
        response = self._unmade(fault, request, words)
        if response is None:
            await self._wait(fault)
            response = await handle(fault)
            response = self._spoilt(fault, request, words) or response
        is_refusal = response.get(REFUSAL, response.status in _REFUSALS) and fault not in _OF_A_GATEWAY
        if refused is not None and is_refusal:
            refused()
        return response

    def _in_json(self, error_body: object) -> OwnWords:
        headers = {"Retry-After": f"{self.delays.retry_after:.0f}"}
        return OwnWords(
            too_many=lambda: web.json_response(error_body, status=429, headers=headers),
            in_200=lambda: web.json_response(error_body),
            unreadable=lambda: web.Response(text='{"UU', content_type="application/json"),
        )

    def _unmade(self, fault: CallFault, request: web.Request, words: OwnWords) -> web.Response | None:
        """The answer of a call that makes nothing; None for one that goes on."""
        match fault:
            case CallFault.LOST_BEFORE:
                return dropped(request)
            case CallFault.TOO_MANY:
                return words.too_many()
            case CallFault.ERROR_BEFORE:
                return web.Response(status=503, text="Service Unavailable")
            case CallFault.ERROR_IN_200:
                return words.in_200()
            case CallFault.GATEWAY_BEFORE:
                return self._page()
            case _:
                return None

    def _spoilt(self, fault: CallFault, request: web.Request, words: OwnWords) -> web.Response | None:
        """What the caller gets instead of the answer, after everything was done."""
        match fault:
            case CallFault.LOST_ANSWER:
                return dropped(request)
            case CallFault.ERROR_AFTER:
                return web.Response(status=502, text="Bad Gateway")
            case CallFault.UNREADABLE:
                return words.unreadable()
            case CallFault.GATEWAY_AFTER:
                return self._page()
            case _:
                return None

    def _page(self) -> web.Response:
        return self._random.choice(PAGES).response()

    async def _wait(self, fault: CallFault) -> None:
        """As long as this fault has a call wait; a change of that is minded at once."""
        began = time.monotonic()
        while (left := began + self._wait_before(fault) - time.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)

    def _wait_before(self, fault: CallFault) -> float:
        return {CallFault.SLOW: self.delays.slow, CallFault.BOOKED_LATE: self.delays.booked_late}.get(fault, 0.0)

    def _by_chance(self) -> CallFault:
        """One throw for all kinds, so that rates are exact and the sequence depends on the seed alone."""
        throw = self._random.random()
        for fault, rate in self._rates.items():
            throw -= rate
            if throw < 0:
                return fault
        return CallFault.NONE


def dropped(request: web.Request) -> web.Response:
    """Ends the connection without an answer. The handler has done what it has done."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
