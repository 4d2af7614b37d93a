"""How a worker ends, and what its exit code means to the supervisor or person that starts it again."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Final, NoReturn, Self

import structlog

from app.stream.errors import StreamError


class ExitCode(int):
    """An end of a worker: what it means, and what to do then. Numbers are for life: supervisors know them."""

    meaning: str
    remedy: str

    def __new__(cls, code: int, meaning: str, remedy: str) -> Self:
        """Make the number that knows what it means."""
        made = super().__new__(cls, code)
        made.meaning, made.remedy = meaning, remedy
        return made


STOPPED: Final = ExitCode(
    0,
    "SIGTERM or SIGINT: what was at work is finished and committed, the group is left",
    "nothing",
)
NOT_STARTED: Final = ExitCode(
    1,
    "a setting, the store or the schema registry does not let it start; the sentence on standard error says which",
    "do what it says",
)
ABORTED: Final = ExitCode(  # EX_SOFTWARE
    70,
    "something unexpected, or the broker or the schema registry was away for too long; nothing was acknowledged",
    "start it again, as a supervisor does by itself: the records come again; look into the log if it goes on",
)
LOG_START_PASSED: Final = ExitCode(
    71,
    "retention deleted records before they were read",
    "find out what they were; then start once with --allow-fresh-group to go on at the log's start",
)
GROUP_WITHOUT_OFFSETS: Final = ExitCode(
    72,
    "the changelogs are filled but the group has no offsets: they expired, or the app id changed",
    "restore the group's offsets, or start once with --allow-fresh-group to read everything again",
)
CHANGELOG_EMPTY: Final = ExitCode(
    73,
    "the group has offsets, but a changelog is empty or has lost its end, and the dedupe with it",
    "restore the changelog, or start once with --allow-fresh-group to read everything again",
)
TOPIC_MISSING: Final = ExitCode(
    74,
    "a topic or changelog does not exist, or not with the partitions that it must have for life",
    "run `faturaflow topics apply`; where the number differs, correct FATURAFLOW_PROFILE or recreate the topic",
)
NEWER_RULES: Final = ExitCode(
    75,
    "the log holds decisions of a newer version, and this one would decide differently",
    "run that version",
)
NUMBERS_BEHIND: Final = ExitCode(
    76,
    "the numbers' store is older than the journals that it has filled",
    "run `faturaflow rebuild numbers`, which raises it",
)
LOG_CHANGED: Final = ExitCode(
    77,
    "the log is not the one that the group has read: it ends before the group's offset, or has other records there",
    "find out what happened (an unclean election, a restored or mirrored cluster, offsets set by hand); then start "
    "once with --allow-fresh-group to read everything again: what is known is not issued twice",
)
CLOCK_WRONG: Final = ExitCode(
    78,
    "this machine's clock and the broker's are minutes apart, and documents would be dated by it",
    "set the clocks of both by NTP, then start it again",
)
TOPIC_UNSAFE: Final = ExitCode(
    79,
    "a topic is configured so that records can be lost",
    "run `faturaflow topics apply`, which sets it right or says what it must not change",
)
STORE_EMPTY: Final = ExitCode(
    80,
    "the store holds no business, and the group has taken orders in before: each order would be refused for good",
    "start it where its database is (FATURAFLOW_DATABASE), or apply the configuration first",
)
READ_MODEL_BEHIND: Final = ExitCode(
    81,
    "the topics are not those that the read model was made from, or no longer have what follows its offsets",
    "run `faturaflow rebuild tracking`, which makes it from what the topics have; no document depends on it",
)
FOLLOWER_REPLACED: Final = ExitCode(
    82,
    "another process of the same worker, `tracking` or `webhooks`, has moved its offsets on",
    "let one run for each installation; nothing where another one runs already",
)
EXIT_CODES: Final = (
    STOPPED,
    NOT_STARTED,
    ABORTED,
    LOG_START_PASSED,
    GROUP_WITHOUT_OFFSETS,
    CHANGELOG_EMPTY,
    TOPIC_MISSING,
    NEWER_RULES,
    NUMBERS_BEHIND,
    LOG_CHANGED,
    CLOCK_WRONG,
    TOPIC_UNSAFE,
    STORE_EMPTY,
    READ_MODEL_BEHIND,
    FOLLOWER_REPLACED,
)
"""Every end that a worker of ours chooses; pages and units of supervisors are made from it."""

Abort = Callable[..., NoReturn]

# Only the messages of these packages are known to name no field of a record; `cimpl` is confluent_kafka's.
_SPEAK_FREELY: Final = frozenset({"aiokafka", "faust", "mode", "asyncio", "cimpl"})

log = structlog.get_logger(__name__)


def abort(why: str, exc: BaseException | None = None, *, code: ExitCode = ABORTED) -> NoReturn:
    """End the process at once: no `finally`, no acknowledgement, no last commit.

    An exception that reaches Faust acknowledges the record that raised it, and a crashing supervisor still commits
    on its way out; only the operating system's exit certainly does neither.
    """
    log.critical("leaving", why=why, code=int(code), then=code.remedy, error=_described(exc), at=_frames(exc))
    for handler in logging.root.handlers:
        handler.flush()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _described(exc: BaseException | None) -> str | None:
    """Name the error; its message only where that cannot carry a record's content into the log."""
    if exc is None:
        return None
    name = type(exc).__name__
    package = type(exc).__module__.partition(".")[0]
    return f"{name}: {exc}" if package in _SPEAK_FREELY or isinstance(exc, StreamError) else name


def _frames(exc: BaseException | None) -> list[str]:
    frames = traceback.extract_tb(exc.__traceback__) if exc else []
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
