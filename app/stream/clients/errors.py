"""The errors of reading and writing topics from outside of a worker: each is one sentence on why, and what to do.

StreamError
├── TopicUnreadableError     the topic does not exist, or its broker does not answer
└── SendError                nothing was sent
    └── DeliveryFailedError  some records were not confirmed, and may have arrived all the same
"""

from __future__ import annotations

from app.stream.errors import StreamError


class TopicUnreadableError(StreamError):
    """The topic was not read, or not to its end."""


class SendError(StreamError):
    """Nothing was sent."""


class DeliveryFailedError(SendError):
    """`undelivered` of `records` were not confirmed by the broker; they may still have arrived."""

    def __init__(self, *, undelivered: int, records: int, why: str, advice: str) -> None:
        super().__init__(f"{undelivered} of {records} records were not confirmed by Kafka ({why}): {advice}")
        self.undelivered = undelivered
        self.records = records
