"""One run of the demonstration: orders are streamed, nothing moves any more, the workers end, and all is reconciled."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from app.domain.documents import UNSIGNED, Attention, DocumentState, DocumentStatus
from app.domain.orders import DocumentApproved, DocumentMarkedIssued, OrderEvent, SignatureRequested, SubmittedBody
from app.domain.outcomes import OrderOutcome
from app.stream.clients.order_producer import OrderProducer
from app.testbed.demo.expected import DemoOrders
from app.testbed.demo.reconciliation import Reconciliation, reconcile
from app.testbed.installation.installation import Installation
from app.testbed.installation.simulators import documents_at, numbers_at, sign_there
from app.testbed.installation.watch import RunProgress, Watch
from app.tracking.documents import track
from providers.registry import provider

# Upstream's pace: fast enough to be over soon, slow enough to be watched.
EVENTS_PER_SECOND: Final = 60.0
# Nothing may move any more so long after the last event; otherwise the reconciliation finds what is unfinished.
QUIET_WITHIN_SECONDS: Final = 90.0
# The run is over once nothing has moved for so long.
STILL_SECONDS: Final = 3.0
STEP_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProgress:
    """How far the run is, for the display."""

    events: int
    sent: int
    watched: RunProgress


Show = Callable[[DemoProgress], None]


@dataclass(slots=True, kw_only=True)
class DemoRun:
    """One run: the orders are streamed, and what must come of them is compared with what came."""

    installation: Installation
    orders: DemoOrders
    show: Show
    keep: bool = False
    sent: int = 0
    statuses: list[DocumentStatus] = field(default_factory=list)
    approved: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)

    def run(self) -> Reconciliation:
        """Streams, waits for quiet, stops the workers, and reads topics and simulators. Raises ProcessFailedError."""
        installation = self.installation
        producer = OrderProducer(
            bootstrap=installation.bootstrap, topic=installation.topics.orders, encode=installation.codec.write
        )
        with Watch(
            installation.bootstrap, installation.topics, installation.codec, on_status=self.statuses.append
        ) as watch:
            self._stream(producer, watch)
            self._wait_for_quiet(producer, watch)
        for name in () if self.keep else ("intake", "planner", "issuer"):
            self.installation.processes.stop(name)
        return reconciled(installation, self.orders)

    def _stream(self, producer: OrderProducer, watch: Watch) -> None:
        started = time.monotonic()
        for event in self.orders.events:
            producer.send(event)
            self.sent += 1
            ahead = self.sent / EVENTS_PER_SECOND - (time.monotonic() - started)
            if ahead > 0:
                time.sleep(ahead)
            if self.sent % int(EVENTS_PER_SECOND * STEP_SECONDS) == 0:
                self._look(watch)
        producer.flush()

    def _wait_for_quiet(self, producer: OrderProducer, watch: Watch) -> None:
        """Approves and signs what waits for a person, and waits until nothing moves any more."""
        still_since, end = time.monotonic(), time.monotonic() + QUIET_WITHIN_SECONDS
        while time.monotonic() < end and time.monotonic() - still_since < STILL_SECONDS:
            moved = self._act(producer)
            progress = self._look(watch)
            unseen = any(progress.documents[name].state in UNSIGNED for name in self.signed)
            if moved or unseen or progress.answered < self.sent or progress.finished < len(progress.documents):
                still_since = time.monotonic()
            time.sleep(STEP_SECONDS)

    def _act(self, producer: OrderProducer) -> int:
        """What a person does with each document once; returns how many events that is."""
        acted = 0
        for status in tuple(self.statuses):
            if status.attention is Attention.AWAITING_APPROVAL and status.document_id not in self.approved:
                self.approved.add(status.document_id)
                producer.send(_event(status, DocumentApproved(document_id=status.document_id)))
            elif status.state is DocumentState.AWAITING_SIGNATURE and status.document_id not in self.signed:
                self.signed.add(status.document_id)
                self._make_legal(status, producer)
            else:
                continue
            acted += 1
        producer.flush()
        self.sent += acted
        return acted

    def _make_legal(self, status: DocumentStatus, producer: OrderProducer) -> None:
        """Signed in the provider's own pages; its number is recorded where the provider does not say it."""
        url, document = self.installation.simulators[status.provider], status.document_id
        if status.document_type in provider(status.provider).capabilities().poll_until:
            producer.send(_event(status, SignatureRequested(document_id=document)))
            sign_there(url, [document])
        else:
            sign_there(url, [document])
            mark = DocumentMarkedIssued(document_id=document, number=numbers_at(url)[document])
            producer.send(_event(status, mark))

    def _look(self, watch: Watch) -> RunProgress:
        """Shows the progress; raises when a process or the watch itself has ended."""
        self.installation.processes.check()
        if watch.failure is not None:
            raise watch.failure
        events = max(len(self.orders.events), self.sent)
        self.show(DemoProgress(events=events, sent=self.sent, watched=watch.progress))
        return watch.progress


def reconciled(installation: Installation, orders: DemoOrders) -> Reconciliation:
    """From the topics and the simulators' records alone."""
    read, topics = installation.codec.read, installation.topics
    return reconcile(
        sent=[read(OrderEvent, record.value) for record in installation.read(topics.orders)],
        outcomes=[read(OrderOutcome, record.value) for record in installation.read(topics.order_outcomes)],
        documents=track(read(DocumentStatus, record.value) for record in installation.read(topics.document_status)),
        made=[entry for provider, url in installation.simulators.items() for entry in documents_at(provider, url)],
        expected=orders.expected,
    )


def _event(status: DocumentStatus, body: SubmittedBody) -> OrderEvent:
    return OrderEvent(
        business=status.business,
        order_reference=status.order_reference,
        body=body,
        occurred_at=datetime.now(UTC),
        actor="demo",
    )
