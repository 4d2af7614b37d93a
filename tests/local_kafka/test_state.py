from __future__ import annotations

from pathlib import Path

import pytest

from app import local_kafka
from app.local_kafka.state import STATE_FILE, BrokerProcess, Ports, StackState, read_state, write_state

STATE = StackState(
    bootstrap="127.0.0.1:20001",
    ports=Ports(broker=20001, controller=20002),
    version="4.1.1",
    process=BrokerProcess(pid=4711, created=1_700_000_000.25, mark="feed"),
)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    assert read_state(tmp_path) == STATE
    assert [path.name for path in tmp_path.iterdir()] == [STATE_FILE]


def test_a_folder_without_a_stack_has_no_state(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    assert not local_kafka.down(tmp_path)
    assert not local_kafka.status(tmp_path).running
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{}", '{"pid": 1}', "not json"])
def test_a_state_file_that_is_not_ours_is_refused_with_its_path(tmp_path: Path, content: str) -> None:
    (tmp_path / STATE_FILE).write_text(content)
    with pytest.raises(local_kafka.StackError, match=STATE_FILE):
        local_kafka.up(tmp_path)


def test_the_default_folder_comes_from_the_environment_or_lies_under_this_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FATURAFLOW_STACK_DIR", raising=False)
    assert local_kafka.default_folder() == tmp_path / ".faturaflow" / "stack"
    monkeypatch.setenv("FATURAFLOW_STACK_DIR", str(tmp_path / "elsewhere"))
    assert local_kafka.default_folder() == tmp_path / "elsewhere"
