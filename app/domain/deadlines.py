"""The times that Turkish law sets for an invoice: warned of, and never enforced."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

SUNDAY: Final = 6


@lru_cache(maxsize=4096)
def issue_until(delivered: date, days: int) -> date:
    """The last day for the invoice of what was delivered on `delivered`, in Turkey.

    The day of delivery is not counted (VUK 231/5), and a last day that is a Sunday or a public holiday is moved to the
    next day that is none (VUK 18). The dates of religious holidays are estimates for years that are not decided yet.
    """
    return _working_day(delivered + timedelta(days=days))


def object_until(issued: date, days: int) -> date:
    """The last day to object to an invoice that was received on its day of issue (TTK 21/2)."""
    return issued + timedelta(days=days)


def _working_day(day: date) -> date:
    while day.weekday() == SUNDAY or day in _holidays(day.year):
        day += timedelta(days=1)
    return day


@lru_cache
def _holidays(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - a worker without a delivery to count needs none

    return frozenset(holidays.country_holidays("TR", years=year))
