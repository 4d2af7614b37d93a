"""The general VAT rates of Turkey as data, by the day from which each set is in force.

A decree changes them from one day to the next: then a row is added here, and nothing else. Source: presidential decree
7346 (10.07.2023) and decision 2007/13033 before it, both from secondary sources; an accountant should confirm them.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.domain.record import record

# GİB's reason for what comes to nothing without being exempt; it goes with every type of invoice.
NO_EXEMPTION: Final = "351"
# GİB's reason for an unusual rate that is meant, so there is VAT.
RATE_CHECK: Final = "555"


@record
class VatRates:
    """The rates, in percent, of invoices dated `since` or later, until the next row."""

    since: date
    rates: tuple[Decimal, ...]


VAT_RATES: Final = (
    VatRates(since=date(2005, 1, 1), rates=(Decimal(0), Decimal(1), Decimal(8), Decimal(18))),
    VatRates(since=date(2023, 7, 10), rates=(Decimal(0), Decimal(1), Decimal(10), Decimal(20))),
)


@lru_cache
def rates_between(first: date, last: date) -> tuple[Decimal, ...]:
    """Every rate that was in force on some day from `first` to `last`, ascending; none before the earliest row."""
    until = (*(each.since for each in VAT_RATES[1:]), date.max)
    in_force = (row.rates for row, end in zip(VAT_RATES, until, strict=True) if row.since <= last and first < end)
    return tuple(sorted({rate for rates in in_force for rate in rates}))
