"""The errors of the stream, each of them because somebody acts differently on it.

StreamError
├── Lost              another worker owns the partition now: stop quietly, its new owner does the work
├── WentBack          a log gives what lies before the group's offset: it is not the log that was read, so leave
├── StartRefused      starting would lose or repeat work: leave with the refusal's exit code, a person decides
│   └── TopicMissing  there is no such topic: whoever only reads says so
├── TooLarge          what is to be written is more than its topic takes: a fault of that order or document alone
├── LagUnknown        the broker did not say how far a group is: ask again later
└── UnsoundSettings   the time budget does not add up: correct the settings
    └── Unusable      what a setting names cannot be had on this machine: correct that setting
"""

from __future__ import annotations


class StreamError(Exception):
    """The root of everything that this package raises."""


class Lost(StreamError):  # noqa: N818 - it names a state, not a fault: nothing went wrong
    """The partition is no longer ours; what was not acknowledged comes to its new owner."""


class WentBack(StreamError):  # noqa: N818 - it names what the log did
    """A record comes from below the offset up to which the group has read, and no seek has gone there.

    The fetcher goes to the log's start by itself where an offset lies beyond its end.
    """

    def __init__(self, topic: str, partition: int, *, offset: int, read: int) -> None:
        super().__init__(f"{topic}-{partition} gives offset {offset} after the group has read up to {read}")


class StartRefused(StreamError):  # noqa: N818 - likewise: the worker is right to refuse
    """The worker must not start as things stand; `code` is the exit code and `args[0]` says what to do."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class TopicMissing(StartRefused):
    """The topic does not exist; elsewhere than at a start that is one sentence, too."""


class TooLarge(StreamError):  # noqa: N818 - it names the record
    """An outgoing record or entry is larger than what its readers take; nothing of it was sent.

    A fault of the order or document that it is about: its writer refuses, freezes or shortens that one. Reaching
    Faust it would end a worker that serves everybody, and again after each restart.
    """

    def __init__(self, what: str, size: int, most: int) -> None:
        super().__init__(f"{what} has {size} bytes; at most {most} are written")
        self.size = size
        self.most = most


class LagUnknown(StreamError):  # noqa: N818 - a state that passes
    """Nobody knows how far the group is; that is not the same as "it has read everything"."""


class UnsoundSettings(StreamError, ValueError):  # noqa: N818 - the adjective says it
    """Two settings contradict each other; the message names both and the rule."""


class Unusable(UnsoundSettings):
    """What a setting names cannot be had on this machine: a folder, a port; the message says what to set instead."""
