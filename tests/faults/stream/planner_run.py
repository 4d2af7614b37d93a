"""One log, its planners as processes, and what the independent check says of them in the end."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.stream.topics import identities
from app.stream.topics.names import Topics as Names
from app.testbed.chaos.check.defects import Defect, DefectKind
from tests.broker.stream.topics import COMPACTED, Topics
from tests.broker.stream.workers import Worker, until
from tests.faults.stream.orders import Day, a_day

PATIENCE_SECONDS = 60.0


class Planner:
    """A planner process and what it has said so far."""

    def __init__(self, process: Worker) -> None:
        self.process = process

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.process.said.splitlines() if line.startswith("{")]

    def told(self, what: str) -> Any:
        """The last thing that it said under this name; None before."""
        return next((line[what] for line in reversed(self.lines) if what in line), None)


@dataclass
class PlannerRun:
    """A day of orders on a real log of one partition."""

    day: Day
    topics: Topics
    folder: Path
    planners: list[Planner] = field(default_factory=list)

    @property
    def bootstrap(self) -> str:
        return self.topics.bootstrap

    def start(self, name: str, *, failpoint: str | None = None, without: tuple[str, ...] = ()) -> Planner:
        told = {
            "bootstrap": self.bootstrap,
            "prefix": self.topics.prefix,
            "data_dir": str(self.folder / name),
            "name": name,
            "failpoint": failpoint,
            "without": without,
        }
        log = self.folder / f"{name}-{len(self.planners)}.log"
        planner = Planner(Worker("tests.faults.stream.worker", json.dumps(told), log=log))
        self.planners.append(planner)
        return planner

    def committed(self) -> int:
        return self.topics.committed("faturaflow-planner", "order-log.v1").get(0, 0)

    def consumed(self) -> None:
        until(lambda: self.committed() == len(self.day.logged), PATIENCE_SECONDS, "the log is consumed")

    def defects(self) -> list[Defect]:
        """What the independent check says once no planner writes any more."""
        for planner in self.planners:
            if planner.process.code is None:
                planner.process.signal(signal.SIGKILL)
            planner.process.wait()
        return self.day.defects(self.bootstrap)

    def without_outcome(self, defects: list[Defect]) -> list[int]:
        """The log's offsets whose events the check misses."""
        lost = [defect.sentence for defect in defects if defect.kind is DefectKind.LOST]
        missed = (f"({each.event_id}) has no outcome" for each in self.day.submitted)
        return [offset for offset, end in enumerate(missed) if any(sentence.endswith(end) for sentence in lost)]


@contextmanager
def a_planner_run(bootstrap: str, folder: Path) -> Iterator[PlannerRun]:
    """Topics of its own and a filled log; whatever still runs at the end is ended."""
    topics = Topics(bootstrap)
    day = a_day(Names(topics.prefix))
    apps = identities.apps()
    for name in ("order-log.v1", "order-outcomes.v1", "document-status.v1", apps["planner"].dead_letters):
        topics.create(name)
    for changelog in apps["planner"].changelogs.values():
        topics.create(changelog, config=COMPACTED)
    topics.write("order-log.v1", ((record.key, record.value) for record in day.logged))
    standing = PlannerRun(day, topics, folder)
    try:
        yield standing
    finally:
        for planner in standing.planners:
            if planner.process.code is None:
                planner.process.signal(signal.SIGKILL)
            planner.process.wait()
        topics.delete_all()
