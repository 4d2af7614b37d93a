"""One bulletin of the central bank, out of its XML: what one unit of each currency costs in lira."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.documents.safe_input.xml import UnsafeXmlError, parse_xml
from app.domain.policy import RateKind

# The bank's names of its four rates.
ELEMENTS: Final[Mapping[RateKind, str]] = {
    RateKind.FOREX_BUYING: "ForexBuying",
    RateKind.FOREX_SELLING: "ForexSelling",
    RateKind.BANKNOTE_BUYING: "BanknoteBuying",
    RateKind.BANKNOTE_SELLING: "BanknoteSelling",
}
# What an order's rate may have; of a hundred yen the bank gives four.
DECIMALS: Final = Decimal("0.000001")
# And below what; see ExchangeRate in app/domain/money.py.
BELOW: Final = Decimal(10**12)

Rates = Mapping[tuple[str, RateKind], Decimal]
"""By currency and kind: lira for one unit, with six decimals."""


class BulletinUnreadableError(Exception):
    """What came is no bulletin of the bank's; the message names why."""


def read_bulletin(content: bytes) -> Rates:
    """Every rate of the bulletin. A currency without one of the four kinds has no such rate.

    Raises BulletinUnreadableError for anything else than a bulletin with at least one rate.
    """
    try:
        root = parse_xml(content)
    except UnsafeXmlError as unsafe:
        raise BulletinUnreadableError(str(unsafe)) from unsafe
    if root.tag != "Tarih_Date":
        raise BulletinUnreadableError(f"its root is {root.tag}")
    rates = {
        (currency.get("CurrencyCode", ""), kind): rate
        for currency in root.iterfind("Currency")
        for kind, element in ELEMENTS.items()
        if (rate := _rate(currency.findtext(element), currency.findtext("Unit")))
    }
    if not rates:
        raise BulletinUnreadableError("it has no rate")
    return rates


def _rate(lira: str | None, unit: str | None) -> Decimal | None:
    """Lira for one unit; None for empty elements, and for what is no positive number that an order could have."""
    try:
        rate = (Decimal((lira or "").strip()) / Decimal((unit or "").strip())).quantize(DECIMALS)
    except ArithmeticError:
        return None
    return rate if rate.is_finite() and 0 < rate < BELOW else None
