"""One document's statuses, and which of them still stand."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.documents import Attention, DocumentStatus
from app.testbed.chaos.check.vocabulary import DEAD, LEGAL, UNSIGNED


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHistory:
    """One document's statuses in their sequence; what was written twice is there once."""

    history: tuple[DocumentStatus, ...]

    @property
    def latest(self) -> DocumentStatus:
        """Its last status."""
        return self.history[-1]

    @property
    def in_review(self) -> bool:
        """A person is asked."""
        return self.latest.attention is Attention.NEEDS_REVIEW

    @property
    def gaps(self) -> list[int]:
        """The sequence numbers below the latest that nothing bears."""
        return sorted(set(range(1, self.latest.sequence)) - {status.sequence for status in self.history})


def living(statuses: Iterable[DocumentStatus]) -> list[DocumentStatus]:
    """Those that hold their lines."""
    return [status for status in statuses if status.state not in DEAD]


def is_finished(status: DocumentStatus) -> bool:
    """It has ended, is legal, or waits visibly for a person."""
    waits = status.attention in {Attention.NEEDS_REVIEW, Attention.AWAITING_APPROVAL}
    return status.state in LEGAL | DEAD | UNSIGNED or waits
