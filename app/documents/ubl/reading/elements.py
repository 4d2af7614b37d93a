"""Values out of elements: what must be there and is not, or cannot be what it says, is reported with its place."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from app.documents.safe_input import tree
from app.documents.safe_input.tree import Element, Paths

T = TypeVar("T")


class UnreadableError(ValueError):
    """The document cannot be held by an invoice: `code` names why, `path` where; it never quotes a value."""

    def __init__(self, code: str, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.code = code
        self.path = path


def one(element: Element, path: str) -> Element | None:
    """The first aggregate at a path."""
    found = tree.aggregates(element, path)
    return found[0] if found else None


def needed(element: Element, path: str) -> Element:
    """The first aggregate at a path; without it there is no invoice."""
    found = one(element, path)
    if found is None:
        raise missing(element, path)
    return found


def raw(element: Element, path: str) -> str | None:
    """A free text as it is written, white space and all; None when it is absent or empty."""
    found = tree.leaf(element, path)
    return (found.text or None) if found is not None else None


def text(element: Element, path: str) -> str:
    """A text that must be there."""
    found = raw(element, path)
    if found is None:
        raise missing(element, path)
    return found


def code(element: Element, path: str) -> str | None:
    """A code, without white space around it; None when it is absent or empty."""
    return tree.text(element, path) or None


def number(element: Element, path: str) -> Decimal | None:
    """A number; None when it is absent. Raises UnreadableError when it is none."""
    return _as(element, path, _decimal)


def amount(element: Element, path: str) -> Decimal:
    """A number that must be there."""
    found = number(element, path)
    if found is None:
        raise missing(element, path)
    return found


def day(element: Element, path: str) -> date | None:
    """A date; None when it is absent. Raises UnreadableError when it is none."""
    return _as(element, path, date.fromisoformat)


def needed_day(element: Element, path: str) -> date:
    """A date that must be there."""
    found = day(element, path)
    if found is None:
        raise missing(element, path)
    return found


def missing(element: Element, path: str) -> UnreadableError:
    """What to raise for what is not there."""
    return UnreadableError("MISSING_ELEMENT", f"{Paths().of(element)}/{path}", "is missing")


def unreadable(element: Element, code: str, message: str) -> UnreadableError:
    """What to raise for what is there and cannot be held."""
    return UnreadableError(code, Paths().of(element), message)


def _as(element: Element, path: str, read: Callable[[str], T]) -> T | None:
    written = tree.text(element, path)
    if not written:
        return None
    try:
        return read(written)
    except ValueError:
        raise unreadable(element, "VALUE_UNREADABLE", f"{path} is not what it should be") from None


def _decimal(written: str) -> Decimal:
    found = tree.decimal(written)
    if found is None:
        raise ValueError
    return found
