"""Which ends are followed by a start, and how soon."""

import pytest

from app.operations.supervision.restarts import LONGEST_DELAY_SECONDS, after
from app.stream.ownership.exits import EXIT_CODES


def test_only_ends_that_a_start_can_cure_are_followed_by_one() -> None:
    assert [int(code) for code in EXIT_CODES if after(code, quick_ends=1).delay is not None] == [0, 1, 70]


@pytest.mark.parametrize("code", [code for code in EXIT_CODES if code > 70], ids=int)
def test_an_end_that_needs_a_person_says_what_to_do(code: int) -> None:
    verdict = after(code, quick_ends=1)
    assert (verdict.delay, bool(verdict.remedy)) == (None, True)


def test_a_process_that_was_killed_is_started_again() -> None:
    verdict = after(-9, quick_ends=1)
    assert (verdict.delay, verdict.meaning) == (1.0, "killed by signal 9")


@pytest.mark.parametrize("code", [2, 3, 99, 130])
def test_a_code_that_no_worker_has_is_looked_at_by_a_person(code: int) -> None:
    assert after(code, quick_ends=1).delay is None


def test_each_quick_end_doubles_the_delay_up_to_a_minute() -> None:
    delays = [after(70, quick_ends=number).delay for number in range(1, 10)]
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60, LONGEST_DELAY_SECONDS]
