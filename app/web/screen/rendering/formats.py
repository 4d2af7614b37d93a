"""Money, dates and times as the screen shows them. Times are Turkey's, whatever the reader's clock says."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from app.domain.time import ISTANBUL
from app.web.screen.words.text import Language

# Invoices print the amount first, and TL: columns align better than with CLDR's ₺ before it.
_MONEY: Final = "#,##0.00"
_NUMBER: Final = "#,##0.########"
_PRICE: Final = "#,##0.00######"
# Of English dates the British ones, with a name for the month: figures with slashes have two readings.
_LOCALES: Final[Mapping[Language, str]] = MappingProxyType({Language.TURKISH: "tr", Language.ENGLISH: "en_GB"})
_DATES: Final[Mapping[Language, str]] = MappingProxyType(
    {Language.TURKISH: "dd.MM.yyyy", Language.ENGLISH: "d MMM yyyy"}
)
_MINUS: Final = "−"


def money(amount: Decimal | str, currency: str | None, language: Language) -> str:
    """`1.234,50 TL`; a code without a place of its own is left as it is."""
    shown = number(amount, language, pattern=_MONEY)
    return f"{shown} {currency_name(currency, language)}" if currency else shown


def number(value: Decimal | str | int, language: Language, *, pattern: str = _NUMBER) -> str:
    """`1.234,5`, with a real minus."""
    return format_decimal(Decimal(value), format=pattern, locale=_LOCALES[language]).replace("-", _MINUS)


def price(amount: Decimal | str, language: Language) -> str:
    """`1.249,90`: at least two decimals, and as many as it has."""
    return number(amount, language, pattern=_PRICE)


def currency_name(currency: str, language: Language) -> str:
    """TL in Turkish, the code else."""
    return "TL" if currency == "TRY" and language is Language.TURKISH else currency


def percent(rate: Decimal | str, language: Language) -> str:
    """`%20` in Turkish, `20%` in English. `rate` is in percent."""
    shown = number(rate, language)
    return f"%{shown}" if language is Language.TURKISH else f"{shown}%"


def day(value: date | str, language: Language) -> str:
    """`09.11.2026`. A text is a date of ISO 8601."""
    known = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(known, format=_DATES[language], locale=_LOCALES[language]))


def moment(value: datetime, language: Language) -> str:
    """`09.11.2026 21:05`, in Turkish time."""
    pattern = f"{_DATES[language]} HH:mm"
    return str(format_datetime(value.astimezone(ISTANBUL), format=pattern, locale=_LOCALES[language]))


def clock(value: datetime, language: Language) -> str:
    """`21:05`, in Turkish time."""
    return str(format_datetime(value.astimezone(ISTANBUL), format="HH:mm", locale=_LOCALES[language]))


def exact(value: datetime) -> str:
    """To the second, for machines: of the element `time`."""
    return value.astimezone(ISTANBUL).isoformat(timespec="seconds")
