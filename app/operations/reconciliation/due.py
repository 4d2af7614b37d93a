"""Which days are to be compared now, by what was compared before. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain.reconciliation import DayResult
from app.domain.time import ISTANBUL
from app.tracking.reconciliations import ConnectionDay, Reconciliations, TrackedDay

# Documents of before midnight have their number by then, providers' lists have them, and nobody works yet.
BEGINS_AT: Final = time(4, 0)
# A provider that was away is asked for the last day again; its list costs as many requests as the day has pages.
AGAIN_AFTER: Final = timedelta(hours=3)
# For so many days a finding is looked at again each day, and a day that was missed is made up for.
LOOK_BACK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_FINAL: Final = frozenset({DayResult.COMPARED, DayResult.NO_LIST})


def last_day(now: datetime) -> date:
    """The last day that is over in Turkey and can be compared."""
    here = now.astimezone(ISTANBUL)
    return here.date() - (_DAY if here.time() >= BEGINS_AT else 2 * _DAY)


def due_days(connections: Iterable[tuple[str, str]], known: Reconciliations, now: datetime) -> Iterator[ConnectionDay]:
    """The days that each connection (business and name) is to be compared for, the oldest first.

    The last day once, and again hours after it was not answered whole. Of LOOK_BACK each day that was missed since the
    connection's first, and once a day each that has an open finding or was not answered whole.
    """
    last = last_day(now)
    for business, connection in connections:
        begun = min((day.day for day in known.days if day[:2] == (business, connection)), default=last)
        first = max(begun, last - LOOK_BACK + _DAY)
        for number in range((last - first).days + 1):
            day = ConnectionDay(business, connection, first + number * _DAY)
            if _is_due(known.days.get(day), now, has_open=known.open_on(day)):
                yield day


def _is_due(before: TrackedDay | None, now: datetime, *, has_open: bool) -> bool:
    if before is None:
        return True
    at = before.event.occurred_at
    if at < _over(before.event.day):  # by a person, while the day was not over
        return True
    is_final, is_last = before.outcome.result in _FINAL, before.event.day == last_day(now)
    if not is_final and is_last:
        return now - at >= AGAIN_AFTER
    return (has_open or not is_final) and last_day(at) < last_day(now)


def _over(day: date) -> datetime:
    """When a day can be compared."""
    return datetime.combine(day + _DAY, BEGINS_AT, tzinfo=ISTANBUL)
