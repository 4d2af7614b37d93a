"""The errors of looking at an installation's topics and of making them.

StreamError
├── TopicsRefusedError   the broker has something that no command may change: a person changes it, or the declaration
└── BrokerRequestError   the broker does not answer, or refuses a request: try again, or see what it reports
"""

from __future__ import annotations

from collections.abc import Sequence

from app.stream.errors import StreamError


class TopicsRefusedError(StreamError):
    """Nothing was changed; `problems` are all the reasons."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(["Nothing was changed:", *(f"- {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class BrokerRequestError(StreamError):
    """The broker did not do what it was asked for; the message is one sentence with the reason."""
