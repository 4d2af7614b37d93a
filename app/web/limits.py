"""How much one client may ask: a token bucket for each, in a bounded table."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

MOST_CLIENTS: Final = 10_000
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether one more request is allowed, how many are after it, and in how many seconds the next one is."""

    allowed: bool
    remaining: int
    seconds: int


class RateLimiter:
    """`per_minute` requests a minute for each client; as many at once. `clock`: seconds that only grow."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> Allowance:
        """Counts one request of this client, if it is allowed."""
        tokens = self._tokens(client)
        allowed = tokens >= 1
        if allowed:
            tokens -= 1
        self._buckets[client] = (tokens, self._clock())
        self._buckets.move_to_end(client)
        while len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return Allowance(allowed=allowed, remaining=int(tokens), seconds=self._until_one_more(tokens))

    def is_exhausted(self, client: str) -> bool:
        """One more would not be allowed; counts nothing."""
        return self._tokens(client) < 1

    def _tokens(self, client: str) -> float:
        tokens, at = self._buckets.get(client, (float(self.per_minute), self._clock()))
        return min(float(self.per_minute), tokens + (self._clock() - at) * self.per_minute / _SECONDS)

    def _until_one_more(self, tokens: float) -> int:
        return max(1, ceil((1 - tokens) * _SECONDS / self.per_minute)) if tokens < 1 else 1

    def headers(self, allowance: Allowance) -> dict[str, str]:
        """The fields of the IETF's draft on rate limits."""
        return {
            "RateLimit-Policy": f'"default";q={self.per_minute};w={_SECONDS}',
            "RateLimit": f'"default";r={allowance.remaining};t={allowance.seconds}',
        }
