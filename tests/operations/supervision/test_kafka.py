"""The embedded Kafka that is kept running; the broker itself is a fake."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app import local_kafka
from app.local_kafka import RunningStack, StackError, StackStatus
from app.operations.supervision.kafka import EmbeddedKafka


@dataclass
class FakeStack:
    """What `local_kafka` knows of a folder. `broken`: it cannot be started."""

    runs: bool = False
    broken: bool = False
    port: int = 9092
    calls: list[str] = field(default_factory=list)

    def up(self, folder: Path) -> RunningStack:
        self.calls.append("up")
        if self.broken:
            raise StackError("no memory")
        started, self.runs = not self.runs, True
        return RunningStack(bootstrap=f"127.0.0.1:{self.port}", pid=1, folder=folder, started=started)

    def down(self, _: Path) -> bool:
        self.calls.append("down")
        self.runs = False
        return True

    def status(self, folder: Path) -> StackStatus:
        return StackStatus(
            folder=folder, running=self.runs, answering=self.runs, bootstrap=None, pid=None, version=None
        )


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> FakeStack:
    made = FakeStack()
    for name in ("up", "down", "status"):
        monkeypatch.setattr(local_kafka, name, getattr(made, name))
    return made


def test_one_that_was_started_here_ends_here(stack: FakeStack, tmp_path: Path) -> None:
    EmbeddedKafka(tmp_path, said=print).close()
    assert (stack.calls, stack.runs) == (["up", "down"], False)


def test_one_that_ran_before_is_left_running(stack: FakeStack, tmp_path: Path) -> None:
    stack.runs = True
    EmbeddedKafka(tmp_path, said=print).close()
    assert (stack.calls, stack.runs) == (["up"], True)


def test_one_that_has_ended_is_started_again_and_its_new_address_is_known(stack: FakeStack, tmp_path: Path) -> None:
    said: list[str] = []
    kafka = EmbeddedKafka(tmp_path, said=said.append)
    kafka.look()
    assert (stack.calls, said) == (["up"], [])
    stack.runs, stack.port = False, 9093
    kafka.look()
    assert (stack.calls, kafka.bootstrap) == (["up", "up"], "127.0.0.1:9093")


def test_one_that_cannot_be_started_again_is_said_and_tried_again(stack: FakeStack, tmp_path: Path) -> None:
    said: list[str] = []
    kafka = EmbeddedKafka(tmp_path, said=said.append)
    stack.runs, stack.broken = False, True
    kafka.look()
    assert said[-1] == "Kafka cannot be started: no memory"
    stack.broken = False
    kafka.look()
    assert stack.runs
