"""The provider's quota, kept by the provider's clock.

A quota of N requests in any W seconds is N slots. A request holds its slot from before its first byte until W after
its arrival, so that no two requests of one slot arrive within W of each other, and no more than N in any W.

Only its arrival cannot be seen: it lies between the request's beginning and its answer's end. But an answer never takes
less than the provider's own time and the way back, and the fastest round trip of late shows what these take together
with the shortest way there. Whatever a request took longer than that is taken for a delay on its way there: in our
event loop, in a handshake, in the network, in the provider's queue. So a slot opens

    W + (this round trip − the fastest of its kind)    after its request began,

and no bound on delays is assumed at all. What is assumed: that of each kind one of the first ten requests, and one of
the last hundred, was as fast as can be, within MARGIN of the window. The price is W / (W + how much slower than the
fastest an answer is on average): nothing at a steady provider, a twentieth where that is 50 ms and W is a second.

Beside that, calls begin at an even pace, so that the provider never gets a window's worth at once.
"""

import heapq
from collections import deque
from math import ceil
from typing import Final

from app.issuing.scheduling.document_queue import NEVER
from providers.base import Quota

# For clocks that do not run quite alike, and for a fastest round trip that was not quite the fastest.
MARGIN: Final = 0.01
# A tenth of the quota may leave at once, and the next tenth when four fifths of its time have passed: even enough for
# the provider, and enough to catch up after a hiccup of ours.
BURSTS: Final = 10
PACE: Final = 0.8
# A call is begun this much before its slot opens, as a multiple of what calls of late have needed until their first
# request: what they write before it is durable by then, and the slot is not empty meanwhile.
LEAD: Final = 2.0
LEAD_WEIGHT: Final = 1 / 16
FIRST_LEAD_SECONDS: Final = 0.05
# Longer than this no attempt that is written down waits for its slot.
LONGEST_LEAD_SECONDS: Final = 1.0
# Fewer round trips say nothing about the fastest; until then all of it counts as a delay.
FEW: Final = 10
# How many round trips are looked back upon; a provider that has become slower is believed after twice as many.
MEMORY: Final = 100


class _RoundTrips:
    """The fastest of the last one to two hundred."""

    def __init__(self) -> None:
        self._before = NEVER
        self._now = NEVER
        self._count = 0

    def add(self, seconds: float) -> None:
        self._now = min(self._now, seconds)
        self._count += 1
        if self._count == MEMORY:
            self._before, self._now, self._count = self._now, NEVER, 0

    @property
    def fastest(self) -> float:
        is_known = self._before < NEVER or self._count >= FEW
        return min(self._before, self._now) if is_known else 0.0


class Limiter:
    """One connection's slots. Times are monotonic seconds.

    A call asks for a reservation before it is begun, and each of its requests claims a slot when it is about to leave.
    """

    def __init__(self, quota: Quota, *, full_until: float, needed: int = 1) -> None:
        """`full_until`: the window is taken for full until then, by requests of another process, which are not known.

        `needed`: a call begins when so many slots are open. Where the quota is slow that is all that a call may need:
        with fewer it would make its first request, wait in vain for its second slot, and begin anew for ever.

        Raises ValueError for a quota that lets nothing through.
        """
        if quota.requests < 1 or quota.seconds <= 0:
            raise ValueError(f"a quota of {quota.requests} requests in {quota.seconds} s lets nothing through")
        self.quota = quota
        self.needed = needed
        self._window = quota.seconds * (1 + MARGIN)
        self._lead = FIRST_LEAD_SECONDS
        # When each slot opens that no request holds. A heap.
        self._slots = [full_until] * quota.requests
        self._paused_until = -NEVER
        burst = ceil(quota.requests / BURSTS)
        self._begun: deque[float] = deque(maxlen=burst)
        self._burst_seconds = PACE * quota.seconds * burst / quota.requests
        self._round_trips: dict[str, _RoundTrips] = {}

    def opens_at(self, now: float) -> float:
        """When the next call may be begun: now, later or never; never is until a slot is given back."""
        slot = self._last_needed() - self._lead
        is_burst = len(self._begun) == self._begun.maxlen
        paced = self._begun[0] + self._burst_seconds if is_burst else now
        return max(now, slot, paced, self._paused_until)

    def _last_needed(self) -> float:
        if len(self._slots) < self.needed:
            return NEVER
        return self._slots[0] if self.needed == 1 else heapq.nsmallest(self.needed, self._slots)[-1]

    def reserve(self, now: float) -> float | None:
        """A slot for the first request of a call, to be given back just before that request; None if there is none."""
        if self.opens_at(now) > now:
            return None
        self._begun.append(now)
        return heapq.heappop(self._slots)

    def release(self, slot: float) -> None:
        """A slot that was not used, or not yet."""
        heapq.heappush(self._slots, slot)

    def got_ready(self, seconds: float) -> None:
        """How long a call has taken from its reservation to its first request."""
        lead = self._lead + LEAD_WEIGHT * (LEAD * seconds - self._lead)
        self._lead = min(lead, LONGEST_LEAD_SECONDS)

    def claim(self) -> float | None:
        """The slot that opens first, for one request; None if each is held by a request that is under way."""
        return heapq.heappop(self._slots) if self._slots else None

    def leaves_at(self, slot: float) -> float:
        """When the request of this slot may leave, as far as is known now."""
        return max(slot, self._paused_until)

    def ended(self, kind: str, began: float, now: float, *, answered: bool) -> None:
        """A request is over, and its slot opens again when it no longer counts.

        `kind`: round trips are compared within their kind. `answered`: a request without an answer shows no speed.
        """
        trips = self._round_trips.setdefault(kind, _RoundTrips())
        if answered:
            trips.add(now - began)
        heapq.heappush(self._slots, max(began, now - trips.fastest) + self._window)

    def fill(self, until: float) -> None:
        """Nothing opens before: another process may have used the whole window until now."""
        self._slots = [max(slot, until) for slot in self._slots]
        heapq.heapify(self._slots)

    def pause(self, until: float) -> None:
        """The provider has asked for a pause. A shorter one does not end a longer one."""
        self._paused_until = max(self._paused_until, until)
