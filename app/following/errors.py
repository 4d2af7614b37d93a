"""What ends a worker that follows topics into a database.

StreamError
└── StartRefusedError           the worker must end, with this exit code; a person decides
    ├── LogChangedError         the topics are not those that were read, or have lost what follows
    ├── ReplacedError           another process has moved its offsets on: this one leaves
    └── NewerTopicError         a record is of a newer version: run that one
StartAgainError                 what is followed has changed in form: begin again
"""

from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import FOLLOWER_REPLACED, NEWER_RULES


class LogChangedError(StartRefusedError):
    """A topic was recreated, or no longer has the records that follow the offsets."""


class ReplacedError(StartRefusedError):
    """The offsets are not where this process has left them: another one follows, too."""

    def __init__(self, sentence: str) -> None:
        super().__init__(FOLLOWER_REPLACED, sentence)


class NewerTopicError(StartRefusedError):
    """A record was written by newer rules; left out it would be missing for good."""

    def __init__(self, sentence: str) -> None:
        super().__init__(NEWER_RULES, sentence)


class StartAgainError(Exception):
    """A topic has more partitions, or another database is in the place of this one: begin again."""
