"""Reading a UBL tree by local names: aggregates are in one namespace, what carries a value in another."""

import base64
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from lxml import etree

CAC: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
EXT: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2}"
# Decimals as XML Schema writes them: no exponent, no NaN, no thousands separator.
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_DECIMAL: Final = re.compile(r"([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?", re.ASCII)
# More than any money has before the point, so that a product of three numbers can still be rounded to kuruş.
MOST_DIGITS: Final = 32
# XML Schema has no limit behind the point, and floats are written with fifty; what is cut off changes no kuruş.
MOST_DECIMALS: Final = 60

Element = etree._Element  # noqa: SLF001  the type has no other name


def aggregates(element: Element, path: str) -> list[Element]:
    """The aggregates at a path like `TaxTotal/TaxSubtotal`."""
    return _below(element, _aggregate_tags(path))


def leaves(element: Element, path: str) -> list[Element]:
    """The elements with a value at a path like `TaxTotal/TaxAmount`."""
    return _below(element, _leaf_tags(path))


def embedded_file(element: Element) -> bytes:
    """The content of a base64 element, however its lines are broken. Raises ValueError where it is cut off or none."""
    return base64.b64decode("".join((element.text or "").split()), validate=True)


def _below(element: Element, tags: tuple[str, ...]) -> list[Element]:
    """Child by child: lxml's own paths take ten times as long, and a check asks thousands of them."""
    found = list(element.iterchildren(tags[0]))
    for tag in tags[1:]:
        found = [child for each in found for child in each.iterchildren(tag)]
    return found


@cache
def _aggregate_tags(path: str) -> tuple[str, ...]:
    return tuple(CAC + name for name in path.split("/"))


@cache
def _leaf_tags(path: str) -> tuple[str, ...]:
    *above, last = path.split("/")
    return (*(CAC + name for name in above), CBC + last)


def leaf(element: Element, path: str) -> Element | None:
    """The first of `leaves`."""
    step = element
    for tag in _leaf_tags(path):
        child = next(step.iterchildren(tag), None)
        if child is None:  # the first branch has none; a later one may
            return next(iter(leaves(element, path)), None) if "/" in path else None
        step = child
    return step


def content(element: Element | None) -> str:
    """An element's text without white space around it; empty when there is none."""
    return "" if element is None else (element.text or "").strip()


def shows_nothing(written: str) -> bool:
    """Whether it is empty, or only blanks and characters that no page shows (U+200B)."""
    return not any(each.isprintable() and not each.isspace() for each in written)


def text(element: Element, path: str) -> str:
    """The text of the first of `leaves`."""
    return content(leaf(element, path))


def decimal(written: str) -> Decimal | None:
    """A decimal as XML Schema writes it, with at most `MOST_DIGITS` before the point, else None.

    What is behind `MOST_DECIMALS` is cut off.
    """
    match = _DECIMAL.fullmatch(written)
    if match is None:
        return None
    if len(written) <= MOST_DIGITS:  # nearly all are
        return Decimal(written)
    sign, whole, decimals = match.groups(default="")
    whole = whole.lstrip("0")
    return Decimal(f"{sign}{whole or 0}.{decimals[:MOST_DECIMALS]}") if len(whole) <= MOST_DIGITS else None


def number(element: Element, path: str) -> Decimal | None:
    """The first of `leaves` as a number; None when it is absent or unreadable, which another rule reports."""
    return decimal(text(element, path))


def date_of(written: str) -> date | None:
    """A date as XML writes it, in ASCII digits, its time zone left away; None for anything else."""
    match = _DATE.fullmatch(written)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return _without_namespace(str(element.tag))


@cache
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2]


def elements(root: Element) -> Iterator[Element]:
    """Every element below, without comments and processing instructions."""
    return root.iter("*")


class Paths:
    """Where elements are, as local names, a repeated one with its number; each parent's children are counted once."""

    def __init__(self) -> None:
        self._steps: dict[Element, dict[Element, str]] = {}

    def of(self, element: Element) -> str:
        """`Invoice/InvoiceLine[2]/LineExtensionAmount`."""
        return "/".join(self._step(each) for each in (*reversed(list(element.iterancestors())), element))

    def _step(self, element: Element) -> str:
        parent = element.getparent()
        if parent is None:
            return local_name(element)
        if parent not in self._steps:
            self._steps[parent] = _numbered(parent)
        return self._steps[parent][element]


def _numbered(parent: Element) -> dict[Element, str]:
    totals = Counter(str(child.tag) for child in parent)
    seen: Counter[str] = Counter()
    steps = {}
    for child in parent:
        seen[str(child.tag)] += 1
        number_of_it = f"[{seen[str(child.tag)]}]" if totals[str(child.tag)] > 1 else ""
        steps[child] = local_name(child) + number_of_it
    return steps
