"""The projection as it runs: from the topics into the live read model, until it is stopped."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from app.domain.time import utc_now
from app.following.errors import StartAgainError
from app.following.offsets import TopicLog
from app.following.topic_logs import BATCH_SECONDS, CHECK_SECONDS, TopicLogs
from app.stream.serialization.codec import Codec
from app.stream.startup.retrying import with_retries
from app.stream.topics.names import Topics
from app.tracking.read_model.database import Generation, ReadModel
from app.tracking.read_model.facts import sources
from app.tracking.read_model.projector import FOLLOWER, Projector

GROUP: Final = "faturaflow-tracking"

log = structlog.get_logger(__name__)


class Age:
    """As of when everything that was written is projected, also while there is always something on its way."""

    def __init__(self) -> None:
        self._aim: tuple[datetime, Mapping[str, TopicLog]] | None = None

    def current_at(
        self, at: datetime, logs: Mapping[str, TopicLog], behind: Callable[[Mapping[str, TopicLog]], int]
    ) -> datetime | None:
        """The last moment of which it is known now; None where there is no later one than before.

        `logs`: the topics' ends at `at`; `behind`: how many offsets of such ends were not projected yet.
        """
        if not behind(logs):
            self._aim = None
            return at
        known = self._aim[0] if self._aim and not behind(self._aim[1]) else None
        if self._aim is None or known:
            self._aim = at, logs
        return known


@dataclass(slots=True, kw_only=True)
class Following:
    """Projects into the live read model of an installation, and goes on with another one where it is rebuilt.

    `turned` is called at each turn of its loop: some times a second, whether there is something to project or not.
    """

    model: ReadModel
    bootstrap: str
    topics: Topics
    codec: Codec
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], datetime] = utc_now
    turned: Callable[[], None] = lambda: None
    behind: int | None = None
    """How many records were not projected yet when it was last compared; None before the first time."""
    _age: Age = field(default_factory=Age)

    def run(self) -> None:
        """Until `stop` is set.

        Raises LogChangedError, ReplacedError, NewerTopicError, TopicMissingError, StoreUnavailableError, and
        KafkaException where the broker does not answer at the start.
        """
        while not self.stop.is_set():
            try:
                self._follow()
            except StartAgainError:
                log.warning("the read model was rebuilt, or a topic has more partitions: beginning again")

    def _follow(self) -> None:
        with closing(self._logs()) as logs:
            cluster_id = with_retries(logs.cluster_id)
            self.turned()
            generation = self.model.ensure(cluster_id)
            projector = begun(logs, generation, cluster_id, self.topics, self.codec)
            due = 0.0
            while not self.stop.is_set():
                self.turned()
                if self.model.live() is not generation:
                    raise StartAgainError
                if records := logs.read(BATCH_SECONDS):
                    with_retries(lambda: projector.apply(records))
                if time.monotonic() >= due:
                    self._compare(logs, projector)
                    due = time.monotonic() + CHECK_SECONDS

    def _compare(self, logs: TopicLogs, projector: Projector) -> None:
        """A broker that does not answer now is asked again; meanwhile the mark grows old, and readers see that."""
        at = self.clock()
        found = logs.logs_since("when the read model was made")
        if found is None:
            return
        projector.refuse_changed(found)
        self.behind = logs.behind(found)
        projector.mark(at, self.behind, self._age.current_at(at, found, logs.behind))

    def _logs(self) -> TopicLogs:
        return TopicLogs(self.bootstrap, f"{self.topics.prefix}{GROUP}", sources(self.topics), FOLLOWER)


def begun(logs: TopicLogs, generation: Generation, cluster_id: str, topics: Topics, codec: Codec) -> Projector:
    """A projector whose topics are read from where its rows end. Raises as `Projector.begin` and `TopicLogs.logs`."""
    projector = Projector(generation, topics, codec)
    logs.start(projector.begin(cluster_id, with_retries(logs.logs)))
    return projector
