"""The errors of the stream, each of them because a caller acts differently on it.

StreamError
├── OwnershipLost             another worker owns the partition now: end quietly, its new owner does the work
├── OffsetWentBackError       a log gives what lies before the group's offset: it is not the log that was read, so abort
├── StartRefusedError         starting would lose or repeat work: exit with the refusal's code, a person decides
│   └── TopicMissingError     there is no such topic: where it is only read, one sentence
├── RecordTooLargeError       what is to be written is more than its topic takes: an error of that order or document
├── LagUnknownError           the broker did not say how far a group is: ask again later
└── StreamSettingsError       the time budget does not add up: correct the settings
    └── UnusableSettingError  what a setting names cannot be had on this machine: correct that setting
"""

from __future__ import annotations


class StreamError(Exception):
    """The root of everything that this package raises."""


class OwnershipLost(StreamError):  # noqa: N818 - the one that is no error: it ends the work of an epoch
    """The partition is no longer ours; what was not acknowledged comes to its new owner."""


class OffsetWentBackError(StreamError):
    """A record comes from below the offset up to which the group has read, and no seek has gone there.

    The fetcher goes to the log's start by itself where an offset lies beyond its end.
    """

    def __init__(self, topic: str, partition: int, *, offset: int, read: int) -> None:
        super().__init__(f"{topic}-{partition} gives offset {offset} after the group has read up to {read}")


class StartRefusedError(StreamError):
    """The worker must not start as things are; `code` is the exit code and `args[0]` is what to do."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class TopicMissingError(StartRefusedError):
    """The topic does not exist; elsewhere than at a start that is one sentence, too."""


class RecordTooLargeError(StreamError):
    """An outgoing record or entry is larger than what its readers take; nothing of it was sent.

    An error of the order or document that it is about: its writer refuses, freezes or shortens that one. Reaching
    Faust it would end a worker that serves every business, and again after each restart.
    """

    def __init__(self, what: str, size: int, most: int) -> None:
        super().__init__(f"{what} has {size} bytes; at most {most} are written")
        self.size = size
        self.most = most


class LagUnknownError(StreamError):
    """It is not known how far the group is; that is not the same as "it has read everything"."""


class StreamSettingsError(StreamError, ValueError):
    """Two settings contradict each other; the message names both and the rule."""


class UnusableSettingError(StreamSettingsError):
    """What a setting names cannot be had on this machine: a folder, a port; the message has what to set instead."""
