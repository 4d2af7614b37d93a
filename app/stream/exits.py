"""How a worker ends, and what its exit code means to whoever starts it again."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Final, NoReturn

import structlog

from app.stream.errors import StreamError

STOPPED: Final = 0
"""SIGTERM: drained, committed, left the group."""
LEAVE_AND_REPLAY: Final = 70
"""Something unexpected: nothing was acknowledged, start again and the records come again (EX_SOFTWARE)."""
LOG_START_PASSED: Final = 71
"""Retention deleted records before they were read: set the group's offsets by hand, after finding what is missing."""
GROUP_WITHOUT_OFFSETS: Final = 72
"""The changelogs are filled but the group has no offsets: it expired, or the app id changed."""
CHANGELOG_EMPTY: Final = 73
"""The group has offsets but a changelog is empty: it was deleted or renamed, and the dedupe with it."""
TOPIC_MISSING: Final = 74
"""A topic or changelog does not exist, or not with the partitions it needs: `faturaflow topics apply`."""
NEWER_RULES: Final = 75
"""The log holds decisions of a newer version: run that version, this one would decide differently."""
NUMBERS_BEHIND: Final = 76
"""The numbers' store is older than the journals that it has filled: `faturaflow rebuild numbers` raises it."""

Leave = Callable[..., NoReturn]

# Only the messages of these packages are known to name no field of a record; `cimpl` is confluent_kafka's.
_SPEAK_FREELY: Final = frozenset({"aiokafka", "faust", "mode", "asyncio", "cimpl"})

log = structlog.get_logger(__name__)


def leave(why: str, exc: BaseException | None = None, *, code: int = LEAVE_AND_REPLAY) -> NoReturn:
    """End the process at once: no `finally`, no acknowledgement, no last commit.

    An exception that reaches Faust acknowledges the record that raised it, and a crashing supervisor still commits
    on its way out; only the operating system's exit certainly does neither.
    """
    log.critical("leaving", why=why, code=code, error=_described(exc), at=_frames(exc))
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
