"""What follows an attempt that was not accepted, by the clock alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.store.webhooks.schedule import (
    FAILED_FOR_DAYS,
    FAILING,
    GIVEN_UP_AFTER,
    GONE,
    RETRIES,
    AfterFailure,
    Answer,
    Standing,
    after_failure,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BROKEN = Answer(status=500, text="")


def after(
    *,
    attempts: int = 1,
    first: datetime = NOW,
    failures: int = 0,
    since: datetime | None = None,
    answer: Answer = BROKEN,
    drawn: float = 0.5,
) -> AfterFailure:
    standing = Standing(attempts=attempts, first_at=first, failures=failures, failing_since=since)
    return after_failure(standing, answer, NOW, drawn=drawn)


def test_the_pauses_grow_from_seconds_to_half_a_day() -> None:
    pauses = [(after(attempts=attempt).due or NOW) - NOW for attempt in range(1, len(RETRIES) + 1)]
    assert pauses == list(RETRIES)
    assert (pauses[0], pauses[-1] >= timedelta(hours=12)) == (timedelta(seconds=5), True)


def test_the_attempts_of_three_days_are_on_the_list() -> None:
    assert sum(RETRIES, timedelta()) * 0.8 > GIVEN_UP_AFTER - RETRIES[-1]


def test_pauses_differ_by_a_fifth_so_that_attempts_do_not_come_at_once_again() -> None:
    early, late = (after(attempts=2, drawn=drawn).due for drawn in (0.0, 1.0))
    assert early == NOW + timedelta(seconds=48)
    assert late == NOW + timedelta(seconds=72)


def test_an_event_that_was_refused_for_three_days_is_given_up_where_others_were_accepted() -> None:
    found = after(first=NOW - GIVEN_UP_AFTER, since=NOW - timedelta(hours=1))
    assert (found.due, found.pause) == (None, None)


def test_an_endpoint_that_has_accepted_nothing_for_three_days_is_paused_and_keeps_its_event() -> None:
    found = after(first=NOW - GIVEN_UP_AFTER, since=NOW - GIVEN_UP_AFTER, failures=70)
    assert found.pause == FAILED_FOR_DAYS
    assert found.due is not None


def test_a_receiver_that_is_gone_is_paused_at_once() -> None:
    assert after(answer=Answer(status=410, text="")).pause == GONE


def test_a_receiver_may_ask_for_a_longer_pause_within_bounds() -> None:
    slow = Answer(status=429, text="", retry_after=timedelta(seconds=90))
    asked = after(answer=slow)
    assert (asked.due, asked.retry_at) == (NOW + timedelta(seconds=90),) * 2
    endless = after(answer=Answer(status=503, text="", retry_after=timedelta(days=9)))
    assert endless.retry_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(("failures", "seconds"), [(FAILING - 1, 10), (FAILING, 20), (FAILING + 1, 40), (90, 600)])
def test_an_endpoint_that_fails_is_tried_ever_less_often_and_at_least_every_ten_minutes(
    failures: int, seconds: int
) -> None:
    assert after(failures=failures, since=NOW).retry_at == NOW + timedelta(seconds=seconds)


def test_a_few_failures_hold_up_no_other_event() -> None:
    assert after(failures=FAILING - 2, since=NOW).retry_at is None


@pytest.mark.parametrize(("status", "accepted"), [(200, True), (204, True), (299, True), (301, False), (None, False)])
def test_two_hundreds_alone_are_acceptances(status: int | None, accepted: bool) -> None:
    assert Answer(status=status, text="").is_accepted is accepted
