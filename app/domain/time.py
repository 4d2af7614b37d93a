"""Time is aware; Turkey's legal dates are computed in Europe/Istanbul."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ISTANBUL: Final = ZoneInfo("Europe/Istanbul")
# UBL-TR takes no date before this one (GİB's schematron); what happened earlier cannot belong to an e-document.
EARLIEST: Final = date(2005, 1, 1)


def utc_now() -> datetime:
    """The time of day, by this machine."""
    return datetime.now(UTC)


def end_of_day(day: date) -> datetime:
    """The moment at which this day ends in Turkey."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ISTANBUL)


def legal_date(moment: datetime) -> date:
    """The date an invoice issued at this moment bears in Turkey."""
    return moment.astimezone(ISTANBUL).date()


def from_millis(milliseconds: int) -> datetime:
    """A Kafka record's timestamp as an aware time."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
