"""Whose request it is: the subscription key, asked for anew after a few seconds, so that a revoked one is refused."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from aiohttp import web

from app.store import ApiKey, StoreError
from app.store.api_keys import key_id_of
from app.web.api.problems import Problem, unavailable
from app.web.limits import RateLimiter

HEADER: Final = "X-Subscription-Key"
_BEARER: Final = "Bearer "
REMEMBERED: Final = timedelta(seconds=5)
MOST_REMEMBERED: Final = 1000
_CHALLENGE: Final = {"WWW-Authenticate": f'Bearer realm="faturaflow", ApiKey header="{HEADER}"'}


class Keys(Protocol):
    """Where keys are; both block, and raise StoreError."""

    def find(self, text: str) -> ApiKey | None:
        """The key of this text, valid or not."""

    def used(self, key_ids: Sequence[str]) -> None:
        """Notes that these were used now."""


class Authenticator:
    """`wrong_keys` bounds the wrong keys of one address. `clock`: the time that keys expire by."""

    def __init__(self, keys: Keys, *, wrong_keys: RateLimiter, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._wrong_keys = wrong_keys
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[ApiKey, datetime]] = OrderedDict()
        self._used: set[str] = set()

    async def authenticated(self, request: web.Request, address: str) -> ApiKey:
        """The key that the request bears, which is valid. Raises Problem."""
        if self._wrong_keys.is_exhausted(address):
            raise Problem("RATE_LIMITED", "too many wrong keys from this address", headers={"Retry-After": "60"})
        text = _text_of(request)
        key = await self._found(text) if text is not None and key_id_of(text) else None
        if key is None or not key.is_valid(self._clock()):
            self._wrong_keys.take(address)
            raise Problem("KEY_INVALID", path=f"header:{HEADER}", headers=_CHALLENGE)
        self._used.add(key.key_id)
        return key

    async def note_use(self) -> None:
        """Write down which keys were used since the last time. Raises StoreError."""
        used, self._used = sorted(self._used), set()
        if used:
            await asyncio.to_thread(self._keys.used, used)

    async def _found(self, text: str) -> ApiKey | None:
        digest, now = hashlib.sha256(text.encode()).digest(), self._clock()
        known = self._known.get(digest)
        if known is not None and now < known[1]:
            return known[0]
        try:
            key = await asyncio.to_thread(self._keys.find, text)
        except StoreError as error:
            raise unavailable("STORE_UNAVAILABLE") from error
        if key is not None:
            self._known[digest] = (key, now + REMEMBERED)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return key


def _text_of(request: web.Request) -> str | None:
    """The key's text; None without one, and where two headers say two."""
    bearer = request.headers.get("Authorization", "")
    said = {request.headers.get(HEADER), bearer.removeprefix(_BEARER) if bearer.startswith(_BEARER) else None}
    texts = said - {None}
    return texts.pop() if len(texts) == 1 else None
