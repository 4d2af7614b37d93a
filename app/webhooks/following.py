"""The topics as they are followed for webhooks: for all endpoints at once, and for those that are behind."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from app.domain.time import utc_now
from app.following.errors import StartAgainError
from app.following.topic_logs import BATCH_SECONDS, CHECK_SECONDS, TopicLogs
from app.store.webhooks.queue import WebhookQueue
from app.stream.serialization.codec import Codec
from app.stream.startup.retrying import with_retries
from app.stream.topics.names import Topics
from app.webhooks.enqueuing import FOLLOWER, TOGETHER, Enqueuer, ready_to_catch_up
from app.webhooks.events import sources

# How often it is looked whether one is behind, and for how long one of them is read for at a time.
CATCH_UP_SECONDS: Final = 1.0
SLICE_SECONDS: Final = 5.0
GROUP: Final = "faturaflow-webhooks"

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class WebhookFollowing:
    """Brings what the topics say into the queue. `wake` is called when something was brought.

    `turned` is called at each turn of its loop: some times a second, whether there is something to bring or not.
    """

    queue: WebhookQueue
    bootstrap: str
    topics: Topics
    codec: Codec
    wake: Callable[[], None] = lambda: None
    turned: Callable[[], None] = lambda: None
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], datetime] = utc_now
    behind: int | None = None
    """How many records were not looked at yet when it was last compared; None before the first time."""

    def run(self) -> None:
        """For all endpoints, until `stop` is set.

        Raises LogChangedError, ReplacedError, TopicMissingError, StoreError, and KafkaException where
        the broker does not answer at the start.
        """
        while not self.stop.is_set():
            self.turned()
            try:
                self._follow()
            except StartAgainError:
                log.warning("a topic has more partitions: beginning again")

    def catch_up(self) -> None:
        """For those that are behind, one after the other, until `stop` is set. Raises as `run`."""
        while not self.stop.wait(CATCH_UP_SECONDS):
            for endpoint_id in ready_to_catch_up(self.queue):
                self._catch_up(endpoint_id)

    def _follow(self) -> None:
        with closing(self._logs()) as logs:
            enqueuer = self._begun(logs, TOGETHER)
            due = 0.0
            while not self.stop.is_set():
                self.turned()
                if records := logs.read(BATCH_SECONDS):
                    with_retries(partial(enqueuer.apply, records))
                    self.wake()
                if time.monotonic() >= due:
                    self._compare(logs, enqueuer)
                    due = time.monotonic() + CHECK_SECONDS

    def _catch_up(self, endpoint_id: str) -> None:
        end = time.monotonic() + SLICE_SECONDS
        with closing(self._logs()) as logs:
            enqueuer = self._begun(logs, endpoint_id)
            goes_on = True
            while goes_on and time.monotonic() < end and not self.stop.is_set():
                goes_on = with_retries(partial(enqueuer.apply, logs.read(BATCH_SECONDS)))
                self.wake()

    def _begun(self, logs: TopicLogs, reader: str) -> Enqueuer:
        enqueuer = Enqueuer(self.queue, self.topics, self.codec, self.clock, reader=reader)
        logs.start(enqueuer.begin(with_retries(logs.logs)))
        return enqueuer

    def _compare(self, logs: TopicLogs, enqueuer: Enqueuer) -> None:
        """A broker that does not answer now is asked again."""
        found = logs.logs_since("at the start")
        if found is None:
            return
        enqueuer.refuse_changed(found)
        self.behind = logs.behind(found)

    def _logs(self) -> TopicLogs:
        return TopicLogs(self.bootstrap, f"{self.topics.prefix}{GROUP}", sources(self.topics), FOLLOWER)
