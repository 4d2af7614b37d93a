"""What can go wrong with the development broker.

StackError                 one sentence about what is wrong, and what to do
├── JarsUnavailableError   Kafka could not be downloaded: a test run may skip, a person connects to the network
├── JarsRefusedError       a jar is not the one we checked in: never start, never skip
└── BrokerFailedError      Kafka or Java did not come up, or did not go away; carries the end of the broker's log
"""

from __future__ import annotations


class StackError(Exception):
    """The development broker could not do what was asked."""


class JarsUnavailableError(StackError):
    """Kafka's jars are neither cached nor reachable."""


class JarsRefusedError(StackError):
    """A jar differs from the checked-in list of hashes."""


class BrokerFailedError(StackError):
    """The broker process did not start, answer or stop in time.

    `log_tail` holds the last lines of its log, or nothing when there is none.
    """

    def __init__(self, sentence: str, *, log_tail: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.log_tail = log_tail

    def __str__(self) -> str:
        sentence = super().__str__()
        if not self.log_tail:
            return sentence
        return "\n".join([sentence, "The broker's log ends with:", *(f"  {line}" for line in self.log_tail)])
