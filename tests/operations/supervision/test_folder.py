"""One `up` for a folder, and what a killed one leaves is found again by more than its number."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.operations.errors import NotPossibleError
from app.operations.supervision import folder as own
from app.operations.supervision.folder import UpState, end_left_over, holding, own_process, running_state, write_state

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
SLEEPING = "import time; print('asleep', flush=True); time.sleep(600)"


def state(**others: object) -> UpState:
    usual = UpState(supervisor=own.this_process(), page="http://127.0.0.1:1", own_kafka=Path("stack").absolute())
    return replace(usual, **others)  # type: ignore[arg-type]


@pytest.fixture
def children() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes of this test that end with it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for child in started:
        child.kill()
        child.wait(10)
        assert child.stdout is not None
        child.stdout.close()


def started(children: list[subprocess.Popen[str]], program: str) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    children.append(child)
    assert child.stdout is not None and child.stdout.readline()
    return child


def test_a_second_one_in_the_same_folder_is_refused_by_one_sentence(tmp_path: Path) -> None:
    with holding(tmp_path), pytest.raises(NotPossibleError, match="runs already in") as refused, holding(tmp_path):
        pass
    assert len(str(refused.value).splitlines()) == 1


def test_the_folder_is_free_again_afterwards_also_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), holding(tmp_path):
        raise ZeroDivisionError
    with holding(tmp_path):
        pass


def test_what_is_written_is_read_and_forgotten(tmp_path: Path) -> None:
    write_state(tmp_path, state())
    assert running_state(tmp_path) == state()
    own.forget_state(tmp_path)
    with pytest.raises(NotPossibleError, match="Nothing runs"):
        running_state(tmp_path)


def test_a_process_that_was_given_the_number_of_ours_is_not_ours(tmp_path: Path) -> None:
    ours = own.this_process()
    write_state(tmp_path, state(supervisor=replace(ours, created=ours.created - 60)))
    with pytest.raises(NotPossibleError, match="Nothing runs"):
        running_state(tmp_path)


def test_a_state_of_another_release_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text('{"another": "release"}')
    assert own.read_state(tmp_path) is None


def test_what_a_killed_one_has_left_is_ended_and_by_force_where_it_hangs(
    children: list[subprocess.Popen[str]],
) -> None:
    asleep, deaf = started(children, SLEEPING), started(children, DEAF)
    stranger = started(children, SLEEPING)
    left = [own_process("planner", asleep.pid), own_process("intake", deaf.pid)]
    left.append(replace(own_process("web", stranger.pid), created=1.0))
    assert end_left_over(left, grace=0.5) == 2
    assert [own.is_alive(each) for each in left[:2]] == [False, False]
    assert stranger.poll() is None
    assert end_left_over(left, grace=0.5) == 0


def test_a_long_log_is_put_aside_when_its_process_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "_LONGEST_LOG_BYTES", 4)
    log = own.log_of(tmp_path, "planner")
    log.parent.mkdir()
    log.write_text("five.")
    assert own.begin_log(log) == log
    assert not log.exists()
    assert log.with_name("planner.log.1").read_text() == "five."
    log.write_text("new")
    own.begin_log(log)
    assert log.read_text() == "new"
