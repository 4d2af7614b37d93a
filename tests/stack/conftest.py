from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import stack
from app.stack.jars import class_path, expected_jars, jars_folder
from app.stack.maven import MavenSource

Up = Callable[[Path], stack.RunningStack]


@pytest.fixture(scope="session")
def kafka_jars() -> list[Path]:
    """Kafka's checked jars; a test that needs them is skipped where they can be had from nowhere."""
    try:
        return class_path(jars_folder(), expected_jars(), MavenSource(), lambda _at_hand, _in_all: None)
    except stack.JarsUnavailableError as error:
        if os.environ.get("FATURAFLOW_NO_SKIPS"):
            raise
        pytest.skip(str(error))


@pytest.fixture
def up(kafka_jars: list[Path]) -> Iterator[Up]:
    """`stack.up`, whose stacks all go down when the test ends, however it ends."""
    assert kafka_jars
    folders: list[Path] = []

    def up_in(folder: Path) -> stack.RunningStack:
        folders.append(folder)
        return stack.up(folder)

    yield up_in
    for folder in folders:
        stack.down(folder)
