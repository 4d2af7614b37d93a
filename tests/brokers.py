"""The Kafka that a test session shares."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import stack


class BrokerUnavailable(Exception):  # noqa: N818 - it is a reason to skip, not something that went wrong
    """No Kafka is at hand and none can be downloaded; the message is the sentence to skip with."""


@contextmanager
def broker() -> Iterator[str]:
    """Give the bootstrap address (host:port) of a Kafka that answers.

    FATURAFLOW_BOOTSTRAP where it is set; else the stack that is up in the default folder; else one in a temporary
    folder, which ends with the session. What was named and does not answer is an error, never a reason to skip.

    Raises:
        BrokerUnavailable: Kafka's jars are neither cached nor reachable.
        StackError: everything else.

    """
    if named := os.environ.get("FATURAFLOW_BOOTSTRAP"):
        if not stack.names_a_broker(named, timeout=stack.UP_TIMEOUT_SECONDS):
            raise stack.StackError(f"FATURAFLOW_BOOTSTRAP names {named}, where no Kafka answers: start it or unset it.")
        yield named
        return
    standing = stack.status(stack.default_folder())
    if standing.answering and standing.bootstrap:
        yield standing.bootstrap
        return
    with tempfile.TemporaryDirectory(prefix="faturaflow-stack-") as folder, _embedded(Path(folder)) as bootstrap:
        yield bootstrap


@contextmanager
def _embedded(folder: Path) -> Iterator[str]:
    try:
        running = stack.up(folder)
    except stack.JarsUnavailableError as error:
        raise BrokerUnavailable(str(error)) from error
    try:
        yield running.bootstrap
    finally:
        stack.down(folder)
