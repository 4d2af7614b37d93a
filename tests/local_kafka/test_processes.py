from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from app import local_kafka
from app.local_kafka.java import MARK_PROPERTY, find, stop_broker
from app.local_kafka.state import BrokerProcess, Ports, StackState, read_state, write_state

MARK = "0123456789abcdef"
SLEEP = "import time; print(flush=True); time.sleep(60)"
DEAF_SLEEP = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@contextmanager
def marked(program: str, mark: str = MARK) -> Iterator[BrokerProcess]:
    """A process with a broker's mark on its command line, ready for signals."""
    command = [sys.executable, "-c", program, f"{MARK_PROPERTY}{mark}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout
            child.stdout.readline()
            yield BrokerProcess(pid=child.pid, created=psutil.Process(child.pid).create_time(), mark=mark)
        finally:
            child.kill()


def is_alive(process: BrokerProcess) -> bool:
    return psutil.pid_exists(process.pid) and psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE


def test_a_process_with_our_pid_start_time_and_mark_is_ended() -> None:
    with marked(SLEEP) as process:
        assert find(process) is not None
        assert stop_broker(process)
        assert not is_alive(process)


def test_a_process_that_ignores_the_polite_request_is_killed() -> None:
    with marked(DEAF_SLEEP) as process:
        assert stop_broker(process, patience=0.2)
        assert not is_alive(process)


def test_a_stranger_with_a_stale_pid_is_left_alone_by_down(tmp_path: Path) -> None:
    with marked(SLEEP, mark="somebody-else") as stranger:
        stale = replace(stranger, mark=MARK)
        ports = Ports(broker=20001, controller=20002)
        state = StackState(bootstrap="127.0.0.1:20001", ports=ports, version="4.1.1", process=stale)
        write_state(tmp_path, state)
        assert not local_kafka.status(tmp_path).running
        assert not local_kafka.down(tmp_path)
        assert is_alive(stranger)
    assert read_state(tmp_path) == replace(state, process=None)


def test_a_process_that_started_at_another_time_is_a_stranger_even_with_our_mark() -> None:
    with marked(SLEEP) as process:
        stale = replace(process, created=process.created - 60)
        assert find(stale) is None
        assert not stop_broker(stale)
        assert is_alive(process)


def test_a_pid_that_nobody_has_is_no_broker() -> None:
    with marked(SLEEP) as process:
        pass
    assert find(process) is None
    assert not stop_broker(process)


def test_an_error_shows_the_end_of_the_log() -> None:
    error = local_kafka.BrokerFailedError("Kafka ended.", log_tail=("first", "second"))
    assert str(error).splitlines() == ["Kafka ended.", "The broker's log ends with:", "  first", "  second"]
    assert str(local_kafka.BrokerFailedError("Kafka ended.")) == "Kafka ended."


@pytest.mark.parametrize("missing", ["created", "mark", "pid"])
def test_a_state_without_one_of_the_three_signs_is_not_understood(tmp_path: Path, missing: str) -> None:
    signs = {"pid": "1", "created": "1.0", "mark": '"m"'}
    process = ", ".join(f'"{name}": {value}' for name, value in signs.items() if name != missing)
    text = f'{{"bootstrap": "b", "ports": {{"broker": 1, "controller": 2}}, "version": "v", "process": {{{process}}}}}'
    (tmp_path / "stack.json").write_text(text)
    with pytest.raises(local_kafka.StackError, match="not a state file of ours"):
        local_kafka.down(tmp_path)
