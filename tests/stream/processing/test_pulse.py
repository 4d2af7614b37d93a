"""A process without Faust ends when its own loop stands, and only then."""

import asyncio
import subprocess
import sys

import pytest

from app.stream.ownership.exits import ABORTED
from app.stream.processing.pulse import STUCK_AFTER_SECONDS, Pulse


class Aborted(Exception):  # noqa: N818 - an end, not an error
    """The process would have ended here."""


class PulseUnderTest:
    """A pulse with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pulse = Pulse("the loop", clock=lambda: self.now, abort=self._abort)

    def _abort(self, why: str) -> None:
        raise Aborted(why)

    def look_after(self, seconds: float) -> None:
        self.now += seconds
        self.pulse.look()


def test_a_loop_that_has_had_no_turn_for_a_minute_ends_the_process() -> None:
    stuck = PulseUnderTest()
    stuck.look_after(STUCK_AFTER_SECONDS + 1)
    with pytest.raises(Aborted, match="the loop has not had a turn for 62 s"):
        stuck.look_after(0.5)


def test_a_loop_that_turns_is_left_alone() -> None:
    turning = PulseUnderTest()
    for _ in range(10):
        turning.look_after(STUCK_AFTER_SECONDS - 1)
        turning.pulse.beat()


def test_a_process_that_was_stopped_and_goes_on_has_its_turn_before_it_is_judged() -> None:
    stopped = PulseUnderTest()
    stopped.look_after(3600.0)
    stopped.pulse.beat()
    stopped.look_after(0.5)
    stopped.look_after(3600.0)
    with pytest.raises(Aborted):
        stopped.look_after(0.5)


STANDING = """
import asyncio, time
from app.stream.processing.pulse import Pulse

async def main():
    turns = asyncio.create_task(Pulse("the loop", stuck_after=0.2).of_loop())
    await asyncio.sleep(0)
    time.sleep(60)

asyncio.run(main())
"""


def test_a_process_whose_event_loop_stands_ends_with_the_code_after_which_it_is_started_again() -> None:
    ended = subprocess.run([sys.executable, "-c", STANDING], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == ABORTED, ended.stderr
    assert "the loop has not had a turn" in ended.stdout + ended.stderr


async def test_an_event_loop_that_turns_beats() -> None:
    turning = PulseUnderTest()
    task = asyncio.create_task(turning.pulse.of_loop())
    await asyncio.sleep(0)
    assert turning.pulse.age == 0
    task.cancel()
