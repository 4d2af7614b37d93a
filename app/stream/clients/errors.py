"""What can go wrong between a source and the order topic.

SourceError                one sentence about what is wrong, and what to do
└── DeliveryFailedError    some events may have arrived, others have not: the same command may be run again
"""


class SourceError(Exception):
    """Nothing was sent."""


class DeliveryFailedError(SourceError):
    """`undelivered` of `events` were not confirmed by the broker; they may still have arrived."""

    def __init__(self, *, undelivered: int, events: int, why: str) -> None:
        super().__init__(
            f"{undelivered} of {events} events were not confirmed by Kafka ({why}): run the same command again, "
            "what arrived already is recognised."
        )
        self.undelivered = undelivered
        self.events = events
