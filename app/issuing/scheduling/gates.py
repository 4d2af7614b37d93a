"""A connection's queue as the executor sees it: for a question to a register, or for a document during one epoch."""

from app.issuing.scheduling.connection_queue import ConnectionQueue
from app.issuing.scheduling.permits import Reservation
from app.stream.ownership.epoch import Epoch
from providers.base import Finding, Outcome, Registration


class QueueGate:
    """For a question, which makes nothing, so that every worker may ask it."""

    def __init__(self, queue: ConnectionQueue, about: str, reservation: Reservation | None = None) -> None:
        """`about`: the buyer, or the document, that is asked about. `reservation`: a slot that is had already."""
        self._queue = queue
        self._about = about
        self._reservation = reservation

    def may_call(self) -> bool:
        """Whether a slot of the quota is reserved for one call, now or not at all."""
        if self._reservation is None:
            self._reservation = self._queue.reserve()
        return self._reservation is not None

    def call(self) -> None:
        """The call begins: its first request claims the slot that was reserved."""
        if self._reservation is not None:
            self._reservation.use()
            self._reservation = None

    def close(self) -> None:
        """A slot that was reserved and not used is free again."""
        if self._reservation is not None:
            self._reservation.release()
            self._reservation = None

    def is_ours(self) -> bool:
        """Whether the partition has not been handed over since."""
        return True

    def record_result(self, answer: Outcome | Finding | Registration) -> None:
        """Passes an answer on to the connection's breaker and limiter."""
        self._queue.record_result(answer, self._about)


class EpochGate(QueueGate):
    """For a document: after the epoch's end nothing is begun any more."""

    def __init__(self, queue: ConnectionQueue, epoch: Epoch, reservation: Reservation | None, document_id: str) -> None:
        super().__init__(queue, document_id, reservation)
        self._epoch = epoch

    def may_call(self) -> bool:
        """Whether a slot is reserved; none after the epoch's end, nor at a connection that has been shut since."""
        if self._reservation is None and self._epoch.ended:
            return False
        return super().may_call() and self._queue.is_open

    def is_ours(self) -> bool:
        return not self._epoch.ended
