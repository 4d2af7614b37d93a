"""Amounts and fields of a body at the simulated Trendyol, and how a wrong one is refused."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from providers.simulation.reading import number
from providers.trendyol_efaturam.simulator.words import RefusedError

KURUS: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
Amount = Callable[[object, str], Decimal]


def invalid(field: str, detail: str) -> RefusedError:
    """A body with this field wrong."""
    return RefusedError("ValidationProblem", detail, field)


def kurus(value: object, field: str) -> Decimal:
    """Whole kuruş: a fraction is refused, so that lira with kuruş are found out."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(field, "is no whole number of kuruş")
    return Decimal(value).scaleb(-2)


def decimal(value: object, field: str) -> Decimal:
    """A number as it is."""
    try:
        return number(value)
    except TypeError:
        raise invalid(field, "is no number") from None


def object_in(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A field that must be there."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise invalid(name, "is missing")
    return value


def rounded(amount: Decimal) -> Decimal:
    """To the kuruş."""
    return amount.quantize(KURUS, ROUND_HALF_UP)
