"""The times that Turkish law sets, by the calendar."""

from datetime import date

import pytest

from app.domain.deadlines import issue_until, object_until


@pytest.mark.parametrize(
    ("delivered", "until"),
    [
        (date(2026, 11, 2), date(2026, 11, 9)),  # Monday to Monday: the day of delivery is not counted
        (date(2026, 11, 1), date(2026, 11, 9)),  # the eighth is a Sunday
        (date(2026, 10, 22), date(2026, 10, 30)),  # the twenty-ninth is the Republic Day
        (date(2026, 12, 25), date(2027, 1, 2)),  # over the end of the year: the first of January is a holiday
    ],
)
def test_a_last_day_without_work_is_moved_to_the_next_day_with_it(delivered: date, until: date) -> None:
    assert issue_until(delivered, 7) == until


def test_the_days_to_object_are_calendar_days() -> None:
    assert object_until(date(2026, 11, 1), 8) == date(2026, 11, 9)
    assert object_until(date(2026, 10, 21), 8) == date(2026, 10, 29)
