"""Following the run from outside: by its public topics, and nothing else."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

from confluent_kafka import TopicPartition

from app.domain.documents import DEAD, LEGAL, UNSIGNED, Attention, DocumentStatus
from app.domain.outcomes import OrderOutcome, Verdict
from app.stream.clients.clients import partitions_of, plain_consumer
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics

_POLL_SECONDS: Final = 0.2
_BATCH: Final = 500
# What waits for a signature waits for a person, too.
_FINISHED: Final = LEGAL | DEAD | UNSIGNED
_WAITS_FOR_A_PERSON: Final = frozenset({Attention.NEEDS_REVIEW, Attention.AWAITING_APPROVAL})


@dataclass(slots=True, kw_only=True)
class RunProgress:
    """The outcomes and statuses so far."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    documents: dict[str, DocumentStatus] = field(default_factory=dict)

    def record_outcome(self, outcome: OrderOutcome) -> None:
        """The latest verdict of each event; a final one is not taken back by a repeated HELD."""
        if outcome.verdict is not Verdict.HELD or outcome.event_id not in self.verdicts:
            self.verdicts[outcome.event_id] = outcome.verdict

    def record_status(self, status: DocumentStatus) -> None:
        """The latest status of each document."""
        known = self.documents.get(status.document_id)
        if known is None or status.sequence > known.sequence:
            self.documents[status.document_id] = status

    @property
    def answered(self) -> int:
        """How many events have an outcome."""
        return len(self.verdicts)

    @property
    def finished(self) -> int:
        """How many documents have ended, are legal, or wait for a person."""
        return sum(
            document.state in _FINISHED or document.attention in _WAITS_FOR_A_PERSON
            for document in tuple(self.documents.values())  # taken at once: the watch's thread goes on writing
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Of events by verdict, of documents by state and by attention: REJECTED is a verdict and a state."""
        documents, verdicts = tuple(self.documents.values()), tuple(self.verdicts.values())
        return {
            "events": Counter(verdict.value for verdict in verdicts),
            "documents": Counter(document.state.value for document in documents),
            "attention": Counter(document.attention.value for document in documents if document.attention),
        }


class Watch:
    """Reads outcomes and status events in a thread of its own while the block runs."""

    def __init__(
        self, bootstrap: str, topics: Topics, codec: Codec, on_status: Callable[[DocumentStatus], None]
    ) -> None:
        self.progress = RunProgress()
        self.failure: Exception | None = None
        self.records_read = 0
        self._topics = topics
        self._codec = codec
        self._on_status = on_status
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._consumer = plain_consumer(bootstrap, "faturaflow-demo")

    def __enter__(self) -> Self:
        names = (self._topics.order_outcomes, self._topics.document_status)
        known = [place for name in names for place in partitions_of(self._consumer, name, timeout=10)]
        self._consumer.assign([TopicPartition(place.topic, place.partition, 0) for place in known])
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._consumer.close()

    def _run(self) -> None:
        try:
            while not self._ended.is_set():
                for message in self._consumer.consume(_BATCH, _POLL_SECONDS):
                    if message.error() is None and message.value() is not None:
                        self._record(message.topic(), message.value())
        except Exception as exc:  # noqa: BLE001 - the main thread looks and raises it
            self.failure = exc

    def _record(self, topic: str, value: bytes) -> None:
        self.records_read += 1
        if topic == self._topics.order_outcomes:
            self.progress.record_outcome(self._codec.read(OrderOutcome, value))
        else:
            status = self._codec.read(DocumentStatus, value)
            self.progress.record_status(status)
            self._on_status(status)
