"""Policies for intake: one read per business and `ttl_seconds`, and never a cached "unknown"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Protocol

from app.domain.policy import Policy


class PolicySource(Protocol):
    """Where the cache reads; `Store` is one."""

    def policies(self, codes: Iterable[str]) -> dict[str, Policy]:
        """The policies of those businesses that are known. Raises StoreUnavailableError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cached:
    policy: Policy
    read_at: float


class PolicyCache:
    """What each business has decided, at most `ttl_seconds` old. Safe for threads.

    * `peek` never blocks. It answers a fresh policy or None, and None means "not known here", never "unknown".
    * `refresh` blocks (run it in a thread) and reads the store once for all it is asked. Its answer is the truth of
      that moment: a business missing in it is unknown.
    * `get` is both: it blocks only where `peek` has nothing.
    * While the store cannot be reached, `refresh` and `get` raise StoreUnavailableError: an aged policy is not used.

    A batch keeps what it has read, because what was fresh at the first `peek` may have aged at the second::

        policies = {business: cache.peek(business) for business in batch}
        missing = [business for business, policy in policies.items() if policy is None]
        policies |= await asyncio.to_thread(cache.refresh, missing)  # still None: unknown
    """

    def __init__(self, source: PolicySource, *, ttl_seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._source = source
        self._ttl_seconds = ttl_seconds
        self._clock = clock
        self._cached: dict[str, _Cached] = {}
        self._lock = Lock()

    def peek(self, business: str) -> Policy | None:
        """A policy that is fresh, without I/O; None means only that `refresh` has to be called."""
        cached = self._cached.get(business)
        if cached is None or self._clock() - cached.read_at >= self._ttl_seconds:
            return None
        return cached.policy

    def get(self, business: str) -> Policy | None:
        """The business's policy; None only when the store has none at this moment."""
        return self.peek(business) or self.refresh([business]).get(business)

    def refresh(self, businesses: Iterable[str]) -> dict[str, Policy]:
        """Read these businesses past the cache: the policies of those that are known."""
        asked = set(businesses)
        if not asked:
            return {}
        read_at = self._clock()
        policies = self._source.policies(asked)
        with self._lock:
            for business in asked:
                self._replace(business, policies.get(business), read_at)
        return policies

    def _replace(self, business: str, policy: Policy | None, read_at: float) -> None:
        cached = self._cached.get(business)
        if cached is not None and cached.read_at > read_at:
            return  # another thread has read later than we did
        if policy is None:
            self._cached.pop(business, None)
        else:
            self._cached[business] = _Cached(policy=policy, read_at=read_at)
