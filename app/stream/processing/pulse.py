"""A pulse: whether what a process has to do all the time goes on, and its end where it does not.

For processes without Faust, whose own watchdog knows more (`watchdog`): the projection's loop, and the event loop of
the API. The look is a thread's, for what is stuck cannot look at itself.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final

from app.stream.ownership.exits import Abort, abort

# As a worker's `stuck_after`: longer than any wait for broker or database that ends by itself.
STUCK_AFTER_SECONDS: Final = 60.0
_LOOK_EVERY_SECONDS: Final = 0.5
_BEAT_EVERY_SECONDS: Final = 1.0


class Pulse:
    """`beat` is called at each turn; `look` ends the process with code 70 after `stuck_after` seconds without one.

    A process that was stopped and goes on has its next turn first: an old beat is believed only at a second look.
    """

    def __init__(
        self,
        name: str,
        *,
        stuck_after: float = STUCK_AFTER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        abort: Abort = abort,
    ) -> None:
        self._name = name
        self._stuck_after = stuck_after
        self._clock = clock
        self._abort = abort
        self._beat_at = clock()
        self._doubted: float | None = None

    def beat(self) -> None:
        """It has had its turn."""
        self._beat_at = self._clock()

    @property
    def age(self) -> float:
        """Seconds since the last turn."""
        return self._clock() - self._beat_at

    def look(self) -> None:
        """Looks once."""
        beat_at = self._beat_at
        is_old = self._clock() - beat_at > self._stuck_after
        if is_old and self._doubted == beat_at:
            self._abort(f"watchdog: {self._name} has not had a turn for {self.age:.0f} s")
        self._doubted = beat_at if is_old else None

    def watch(self) -> None:
        """Looks twice a second from now on; a daemon, so that it never holds up an exit."""
        threading.Thread(target=self._look_for_ever, name="watchdog", daemon=True).start()

    async def of_loop(self) -> None:
        """Watches the event loop that this runs in, until it is cancelled."""
        self.beat()
        self.watch()
        while True:
            await asyncio.sleep(_BEAT_EVERY_SECONDS)
            self.beat()

    def _look_for_ever(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            self.look()
