from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.local_kafka import StackError
from app.local_kafka.lock import exclusive


def test_the_second_waits_until_the_first_has_left(tmp_path: Path) -> None:
    story: list[str] = []

    def second() -> None:
        with exclusive(tmp_path, timeout=10):
            story.append("second in")

    with exclusive(tmp_path, timeout=0):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(timeout=0.2)
        story.append("first out")
    waiting.join(timeout=10)
    assert story == ["first out", "second in"]


def test_who_waits_too_long_is_told_the_folder(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path, timeout=0),
        pytest.raises(StackError, match=f"{tmp_path}.*wait for it or end it"),
        exclusive(tmp_path, timeout=0),
    ):
        pytest.fail("two are in")


def test_a_folder_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "new", timeout=0):
        _ = 1 / 0
    with exclusive(tmp_path / "new", timeout=0):
        pass
