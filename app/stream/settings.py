"""The settings of one worker, and the time budget that they must keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.stream.errors import StreamSettingsError
from app.stream.ownership.lease import LEASE_MARGIN_SECONDS

if TYPE_CHECKING:
    from app.stream.topics.plans import TopicPlan

# One heartbeat may be lost and the next still comes long before the lease ends.
HEARTBEATS_PER_SESSION: Final = 4
# A member that drains holds up every member's JoinGroup; the request must outlast the slowest of them.
JOIN_MARGIN_SECONDS: Final = 5.0
# Faust's own floor for a request, and what a loaded broker may take for one.
REQUEST_FLOOR_SECONDS: Final = 30.0
# What an outside call needs before and after it: journal, lease, answer.
CALL_MARGIN_SECONDS: Final = 5.0
# What a revoke needs beside the running call: drain, commit, the way to the broker.
REVOKE_MARGIN_SECONDS: Final = 10.0
# What a stop needs beside the running call: drain, commit, leave the group, close the loop.
STOP_MARGIN_SECONDS: Final = 30.0
# What is left of a stop's time to write into the log that it did not end, and to look twice a second.
STOP_RESERVE_SECONDS: Final = 5.0
# What a supervisor waits between SIGTERM and SIGKILL.
STOP_GRACE_SECONDS: Final = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """Everything a worker must know about its broker and its time. Seconds and bytes throughout.

    Raises:
        StreamSettingsError: two of them contradict each other.

    """

    bootstrap: str
    app_id: str
    """The group, and the first part of every changelog's name: for life."""
    data_dir: Path
    """A folder of this one worker: the watchdog's memory of its firings, nothing else. May be lost."""
    session_timeout: float = 10.0
    rebalance_timeout: float = 60.0
    commit_interval: float = 1.0
    """At most this much finished work is repeated after a crash."""
    producer_timeout: float = 10.0
    max_request_bytes: int = 10 * 1024 * 1024
    """Above the 9 MiB of the largest dead letter."""
    batch_size: int = 2048
    """Each batch costs some twenty requests, whatever it holds; one that is not finished is replayed as a whole."""
    buffer_size: int = 4096
    """Two batches: one at work, one waiting."""
    buffer_bytes: int = 8 * 1024 * 1024
    """What waits, and so what a batch can hold, beside the one record that goes over it."""
    poll_records: int = 2000
    max_call_seconds: float = 0.0
    """The longest outside call of this worker; 0 where it makes none."""
    stop_grace: float = STOP_GRACE_SECONDS
    """What the orchestrator waits between SIGTERM and SIGKILL."""
    stuck_after: float = 60.0
    """When the watchdog calls a record, a partition or a recovery stuck."""
    health_port: int = 0
    """`/live` and `/ready`; 0 is off."""
    health_host: str = "127.0.0.1"
    """The address that they listen on."""
    log_level: str = "WARNING"
    topics: tuple[TopicPlan, ...] = ()
    """The installation's topics as they are declared: compared with the broker's at each start."""
    allow_fresh_group: bool = False
    """Start although offsets, changelogs and logs contradict each other: once, to recover from a disaster."""

    def __post_init__(self) -> None:
        for holds, rule in _rules(self):
            if not holds:
                raise StreamSettingsError(f"{self.app_id}: {rule}.")

    @property
    def heartbeat_interval(self) -> float:
        """Seconds between two heartbeats."""
        return self.session_timeout / HEARTBEATS_PER_SESSION

    @property
    def request_timeout(self) -> float:
        """Seconds for any one request; the longest is a JoinGroup, which waits for the slowest member."""
        return max(REQUEST_FLOOR_SECONDS, self.rebalance_timeout + JOIN_MARGIN_SECONDS)

    @property
    def rebalance_stuck_after(self) -> float:
        """Seconds without progress after which a rebalance or a recovery counts as stuck."""
        return self.rebalance_timeout + self.stuck_after

    @property
    def stop_stuck_after(self) -> float:
        """Seconds after which a stop counts as stuck: before the orchestrator ends it."""
        return self.stop_grace - STOP_RESERVE_SECONDS


def _rules(settings: StreamSettings) -> tuple[tuple[bool, str], ...]:
    """Everything must fit inside what contains it, or a worker is evicted while it does what it should."""
    s, call = settings, settings.max_call_seconds
    return (
        (s.session_timeout <= s.rebalance_timeout, "session_timeout must not exceed rebalance_timeout"),
        (
            s.session_timeout - LEASE_MARGIN_SECONDS > 2 * s.heartbeat_interval,
            "session_timeout leaves no room for one lost heartbeat; take at least 6 seconds",
        ),
        (s.producer_timeout < s.rebalance_timeout, "producer_timeout must be below rebalance_timeout"),
        (s.producer_timeout < s.stuck_after, "producer_timeout must be below stuck_after, or the watchdog comes first"),
        (
            not call or call + CALL_MARGIN_SECONDS < s.rebalance_timeout - REVOKE_MARGIN_SECONDS,
            "max_call_seconds + 5 must be below rebalance_timeout - 10: a revoke waits for running calls",
        ),
        (s.stop_grace > call + STOP_MARGIN_SECONDS, "stop_grace must exceed max_call_seconds + 30"),
        (0 < s.batch_size <= s.buffer_size, "batch_size must be between 1 and buffer_size"),
        (s.buffer_bytes > 0, "buffer_bytes must be above 0"),
    )
