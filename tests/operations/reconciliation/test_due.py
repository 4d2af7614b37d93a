"""Which days are compared when: each once after it is over, again where it must be, and no more than a week back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.reconciliation import DayReconciled, DayResult, Discrepancy, Finding, FindingState, Reconciliation
from app.operations.reconciliation.due import due_days, last_day
from app.operations.reconciliation.findings import Place, day_event
from app.tracking.reconciliations import ConnectionDay, track_reconciliations

CONNECTION = ("ORNEK", "nilvera")


def day(number: int) -> ConnectionDay:
    return ConnectionDay(*CONNECTION, date(2026, 11, number))


def turkish(number: int, hour: int, minute: int = 0) -> datetime:
    """A moment by Turkey's clock, which is three hours ahead."""
    return datetime(2026, 11, number, hour, minute, tzinfo=UTC) - timedelta(hours=3)


def compared(number: int, at: datetime, result: DayResult = DayResult.COMPARED) -> Reconciliation:
    return day_event(Place(day=day(number), provider="nilvera"), DayReconciled(result=result), at)


def finding(number: int, state: FindingState = FindingState.OPEN) -> Reconciliation:
    body = Finding(finding_id=f"f{number}", sequence=1, state=state, kind=Discrepancy.MISSING_HERE)
    return Place(day=day(number), provider="nilvera").event(f"e{number}", body, turkish(number + 1, 4))


def due(now: datetime, *events: Reconciliation) -> list[int]:
    return [each.day.day for each in due_days([CONNECTION], track_reconciliations(events), now)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [(turkish(3, 3, 59), 1), (turkish(3, 4), 2), (turkish(3, 23, 59), 2), (turkish(4, 0, 30), 2)],
)
def test_a_day_can_be_compared_from_four_in_the_morning_after_it_in_turkey(now: datetime, expected: int) -> None:
    assert last_day(now).day == expected


def test_a_connection_that_is_new_is_compared_for_the_last_day_alone() -> None:
    assert due(turkish(20, 5)) == [19]


def test_a_day_that_was_compared_is_not_compared_again() -> None:
    assert due(turkish(20, 5), compared(19, turkish(20, 4))) == []


@pytest.mark.parametrize("result", [DayResult.NOT_ANSWERED, DayResult.NOT_WHOLE])
def test_a_day_that_was_not_answered_whole_is_asked_for_again_hours_later(result: DayResult) -> None:
    before = compared(19, turkish(20, 4), result)
    assert due(turkish(20, 6, 59), before) == []
    assert due(turkish(20, 7), before) == [19]


def test_an_older_day_that_was_not_answered_is_asked_for_once_a_day() -> None:
    last = compared(19, turkish(20, 4))
    assert due(turkish(20, 5), last, compared(18, turkish(19, 20), DayResult.NOT_ANSWERED)) == [18]
    assert due(turkish(20, 23), last, compared(18, turkish(20, 5), DayResult.NOT_ANSWERED)) == []


def test_a_provider_without_a_list_is_said_to_be_so_once_a_day() -> None:
    assert due(turkish(20, 23), compared(19, turkish(20, 4), DayResult.NO_LIST)) == []


def test_a_day_that_a_person_has_compared_before_its_end_is_compared_again() -> None:
    assert due(turkish(20, 5), compared(19, turkish(19, 15))) == [19]


def test_missed_days_are_made_up_for_no_more_than_a_week_back() -> None:
    assert due(turkish(20, 5), compared(17, turkish(18, 4))) == [18, 19]
    assert due(turkish(20, 5), compared(2, turkish(3, 4))) == [13, 14, 15, 16, 17, 18, 19]


def test_a_day_with_an_open_finding_is_compared_again_each_day_for_a_week() -> None:
    all_days: list[Any] = [compared(number, turkish(number + 1, 4)) for number in range(12, 20)]
    assert due(turkish(20, 5), *all_days, finding(15)) == [15]
    assert due(turkish(20, 5), *all_days, finding(15, FindingState.RESOLVED)) == []
    assert due(turkish(20, 5), *all_days, finding(12)) == []
    assert due(turkish(20, 6), *all_days, finding(15), compared(15, turkish(20, 5))) == []
