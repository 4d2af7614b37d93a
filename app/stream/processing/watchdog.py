"""The watchdog: a thread of its own that ends a worker which runs but does not get on.

Faust's coordinator may fail and leave the process idle; a blocked event loop answers no request; a process
that was stopped and continued must not go on; a stop may wait for what never comes. So the thread looks at five things:

1. the lease is overdue while partitions are ours;
2. a record was handed over and has not been acknowledged for too long;
3. a fetch position remains below its last stable offset for too long, and so do all others, or it alone much longer;
4. a rebalance or a recovery makes no progress for too long;
5. a stop has not ended the process within the time that an orchestrator gives it, nearly.

While a batch waits for others, neither 2 nor 3 is its fault. After a stop has begun, only 1 and 5 are
looked at.

After 2 to 4 a restart usually helps. Where it has not helped three times in ten minutes, another one only hides the
fault: then the worker stays up, unready, and logs it.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from app.stream.faust_patches.application import App
from app.stream.faust_patches.progress import FetchState, fetch_states, recovery_state
from app.stream.ownership.exits import Abort, abort
from app.stream.ownership.lease import Lease
from app.stream.settings import StreamSettings

FIRINGS_BEFORE_GIVING_UP: Final = 3
FIRING_WINDOW_SECONDS: Final = 600.0
# aiokafka reads a fetched megabyte of one partition, then one of the next: in a long backlog a partition waits for its
# turn, and only if it alone does not move for this many times longer is it forgotten and not merely late.
TURNS: Final = 10
_REBALANCE: Final = "rebalance"
_FETCHES: Final = "fetches"
_STOP: Final = "stop"
# Far below every bound, far above the cost of a look.
_LOOK_EVERY_SECONDS: Final = 0.5

log = structlog.get_logger(__name__)


class Watched(Protocol):
    """What the watchdog sees of a worker."""

    @property
    def owns_its_partitions(self) -> bool: ...

    @property
    def is_stopping(self) -> bool: ...

    def oldest_records(self) -> Iterable[float]: ...

    def fetch_states(self) -> Iterable[FetchState]: ...

    def recovery_state(self) -> tuple[Any, ...]: ...

    def waited_at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class WatchedApp:
    """A running application, seen from the watchdog's thread."""

    app: App

    @property
    def owns_its_partitions(self) -> bool:
        return bool(self.app.owns_its_partitions)

    @property
    def is_stopping(self) -> bool:
        return bool(self.app.should_stop)

    def oldest_records(self) -> Iterator[float]:
        return (at for consumption in self.app.consumptions if (at := consumption.oldest) is not None)

    def fetch_states(self) -> Iterator[FetchState]:
        return fetch_states(self.app)

    def recovery_state(self) -> tuple[Any, ...]:
        return recovery_state(self.app)

    def waited_at(self) -> float:
        return self.app.epoch.waited_at if self.app.epoch else -math.inf


class Firings:
    """When this worker's watchdog fired, in a file, because it ends the process each time."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now = now

    def add(self) -> int:
        """Note a firing and return how many there were in the last ten minutes, this one included."""
        now = self._now()
        recent = [at for at in self._read() if 0 <= now - at < FIRING_WINDOW_SECONDS]
        self._path.write_text(json.dumps([*recent, now]))
        return len(recent) + 1

    def _read(self) -> list[float]:
        """A file that is missing or was cut off by a crash remembers nothing."""
        try:
            return [float(at) for at in json.loads(self._path.read_text())]
        except (OSError, ValueError, TypeError):
            return []


class Watchdog:
    """Looks every half second; `gave_up` is what makes the worker unready for good."""

    def __init__(
        self, watched: Watched, lease: Lease, settings: StreamSettings, firings: Firings, *, abort: Abort = abort
    ) -> None:
        self._watched = watched
        self._lease = lease
        self._stuck_after = settings.stuck_after
        self._rebalance_stuck_after = settings.rebalance_stuck_after
        self._stop_stuck_after = settings.stop_stuck_after
        self._firings = firings
        self._abort = abort
        self._moved_at: dict[Any, tuple[Any, float]] = {}
        self.gave_up = False

    async def start(self) -> None:
        """Start looking; a daemon, so that it never holds up an exit."""
        threading.Thread(target=self._look_for_ever, name="watchdog", daemon=True).start()

    def _look_for_ever(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            try:
                self.look()
            except Exception as exc:  # noqa: BLE001 - a watchdog that ended unseen is none
                self._abort("watchdog", exc)

    def look(self) -> None:
        """Look once, and act on the first thing that is wrong."""
        if self._watched.owns_its_partitions and self._lease.overdue:
            # Never a matter of how often: from here on another worker may be writing.
            self._abort(f"lease: overdue, the last heartbeat is {self._lease.age:.1f} s old")
        if self._watched.is_stopping:
            self._look_at_the_stop()
        elif not self.gave_up and (finding := next(self._findings(), None)):
            self._fire(finding)

    def _look_at_the_stop(self) -> None:
        """Leave where it does not end; no firing, for the process was to end anyway."""
        if self._unchanged_for(_STOP, True, self._lease.clock()) > self._stop_stuck_after:  # noqa: FBT003 - the state
            self._abort("stop: it has not ended in time")

    def _findings(self) -> Iterator[str]:
        now = self._lease.clock()
        if not self._watched.owns_its_partitions:
            # A new epoch starts to count anew: its fetches begin again.
            self._moved_at = {what: at for what, at in self._moved_at.items() if what == _REBALANCE}
            if self._unchanged_for(_REBALANCE, self._watched.recovery_state(), now) > self._rebalance_stuck_after:
                yield "rebalance or recovery without progress"
            return
        self._moved_at.pop(_REBALANCE, None)
        if now - self._watched.waited_at() <= self._stuck_after:
            return  # for a registry or a store, which a restart does not bring back
        if any(now - at > self._stuck_after for at in self._watched.oldest_records()):
            yield "a record is not acknowledged"
        yield from self._stuck_fetches(now)

    def _stuck_fetches(self, now: float) -> Iterator[str]:
        """Find partitions that have something to read and are not read."""
        fetches = list(self._watched.fetch_states())
        all_stuck = self._unchanged_for(_FETCHES, [fetch.position for fetch in fetches], now) > self._stuck_after
        for fetch in fetches:
            behind = fetch.position < fetch.readable
            unmoved = self._unchanged_for(fetch.partition, fetch.position if behind else None, now)
            bound = self._stuck_after if all_stuck else self._stuck_after * TURNS
            if behind and unmoved > bound:
                yield f"{fetch.partition} is at {fetch.position} of {fetch.readable}"

    def _unchanged_for(self, what: Any, state: Any, now: float) -> float:
        """Return for how many seconds this state has not changed."""
        known, since = self._moved_at.get(what, (None, now))
        if known != state or what not in self._moved_at:
            self._moved_at[what] = state, now
            return 0.0
        return now - since

    def _fire(self, finding: str) -> None:
        firings = self._firings.add()
        if firings < FIRINGS_BEFORE_GIVING_UP:
            self._abort(f"watchdog: {finding}")
        self.gave_up = True
        log.critical("watchdog gives up: restarts do not help", finding=finding, firings=firings)


def watchdog_of(app: App) -> Watchdog:
    """Make the watchdog of a worker; its file is in the worker's own folder."""
    settings: StreamSettings = app.settings
    firings = Firings(settings.data_dir / f"{settings.app_id}.watchdog.json")
    return Watchdog(WatchedApp(app), app.lease, settings, firings)
