"""Fields of a list's row, read as they come: what has not the expected form is None."""

from datetime import date
from decimal import Decimal, InvalidOperation


def text_or_none(value: object) -> str | None:
    """A text that is not empty."""
    return value if isinstance(value, str) and value else None


def amount_or_none(value: object) -> Decimal | None:
    """A number of exact JSON."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def day_or_none(value: object) -> date | None:
    """The day that a date, or a moment of Turkish time, begins with: 2026-05-02, 20260502."""
    if not isinstance(value, str):
        return None
    digits = value[:10].replace("-", "")[:8]
    try:
        return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}")
    except ValueError:
        return None


def whole_or_none(value: object) -> int | None:
    """A count."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def sum_or_none(value: object) -> Decimal | None:
    """An amount that is written as a number or as a text."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def digits_or_none(value: object) -> str | None:
    """The digits of an id, which is a whole number or written as one."""
    digits = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return digits if isinstance(digits, str) and digits.isascii() and digits.isdecimal() else None
