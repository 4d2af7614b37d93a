"""How a bookkeeping program may come to the sums of an invoice; none of them publishes it."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Final

KURUS: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
# A line's base and its rate of VAT in percent.
Line = tuple[Decimal, Decimal]
Sums = tuple[Decimal, Decimal]


class Rounding(StrEnum):
    """What is rounded to kuruş, half up: `{"rounding": "rate"}` of a simulator's switches."""

    LINE = "line"
    """Each line's base, and the VAT of that."""
    EXACT_LINE = "exact_line"
    """Each line's base, and the VAT of its base before that."""
    RATE = "rate"
    """Each line's base, and the VAT of a rate's bases together."""
    EXACT_RATE = "exact_rate"
    """The base of the whole, and the VAT of a rate's bases together."""
    VAT = "vat"
    """Each line's base, and the VAT of the whole."""
    TOTAL = "total"
    """The total, and the VAT of the whole; the base is the rest."""


def sums_of(lines: Sequence[Line], rounding: Rounding) -> Sums:
    """Base and VAT of an invoice."""
    rounded = [(kurus(base), rate) for base, rate in lines]
    match rounding:
        case Rounding.LINE:
            return _base(rounded), _vat_of_each(rounded)
        case Rounding.EXACT_LINE:
            return _base(rounded), _vat_of_each(lines)
        case Rounding.RATE:
            return _base(rounded), _vat_of_each(_by_rate(rounded))
        case Rounding.EXACT_RATE:
            return kurus(_base(lines)), _vat_of_each(_by_rate(lines))
        case Rounding.VAT:
            return _base(rounded), kurus(_vat(lines))
        case Rounding.TOTAL:
            vat = kurus(_vat(lines))
            return kurus(_base(lines) + _vat(lines)) - vat, vat


def kurus(value: Decimal) -> Decimal:
    return value.quantize(KURUS, ROUND_HALF_UP)


def _base(lines: Iterable[Line]) -> Decimal:
    return sum((base for base, _ in lines), Decimal(0))


def _vat(lines: Iterable[Line]) -> Decimal:
    return sum((base * rate / HUNDRED for base, rate in lines), Decimal(0))


def _vat_of_each(lines: Iterable[Line]) -> Decimal:
    return sum((kurus(base * rate / HUNDRED) for base, rate in lines), Decimal(0))


def _by_rate(lines: Sequence[Line]) -> list[Line]:
    together = groupby(sorted(lines, key=itemgetter(1)), key=itemgetter(1))
    return [(_base(group), rate) for rate, group in together]
