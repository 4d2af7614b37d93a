from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import local_kafka
from app.local_kafka.jars import class_path, expected_jars, jars_folder
from app.local_kafka.maven import MavenSource

Up = Callable[[Path], local_kafka.RunningStack]


@pytest.fixture(scope="session")
def kafka_jars() -> list[Path]:
    """Kafka's checked jars; a test that needs them is skipped where they can be had from nowhere."""
    try:
        return class_path(jars_folder(), expected_jars(), MavenSource(), lambda _at_hand, _in_all: None)
    except local_kafka.JarsUnavailableError as error:
        if os.environ.get("FATURAFLOW_NO_SKIPS"):
            raise
        pytest.skip(str(error))


@pytest.fixture
def up(kafka_jars: list[Path]) -> Iterator[Up]:
    """`stack.up`, whose stacks all go down when the test ends, however it ends."""
    assert kafka_jars
    folders: list[Path] = []

    def up_in(folder: Path) -> local_kafka.RunningStack:
        folders.append(folder)
        return local_kafka.up(folder)

    yield up_in
    for folder in folders:
        local_kafka.down(folder)
