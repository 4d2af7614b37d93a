"""Elements with values and aggregates of them, written one after another in the schema's order."""

from datetime import date
from decimal import Decimal

from lxml import etree

from app.documents.safe_input.tree import CAC, CBC, Element


def aggregate(parent: Element, name: str) -> Element:
    """A new aggregate at the end of its parent."""
    return etree.SubElement(parent, CAC + name)


def leaf(parent: Element, name: str, text: str) -> Element:
    """A new element with a value."""
    element = etree.SubElement(parent, CBC + name)
    element.text = text
    return element


def optional(parent: Element, name: str, text: str | None) -> None:
    """A new element with a value, if there is one."""
    if text is not None:
        etree.SubElement(parent, CBC + name).text = text


def identified(parent: Element, scheme: str, text: str, name: str = "ID") -> None:
    """An id of a scheme."""
    element = etree.SubElement(parent, CBC + name)
    element.set("schemeID", scheme)
    element.text = text


def day(parent: Element, name: str, date: date | None) -> None:
    """A date, if there is one."""
    if date is not None:
        etree.SubElement(parent, CBC + name).text = date.isoformat()


def money(parent: Element, name: str, amount: Decimal, currency: str) -> None:
    """An amount with its currency, in kuruş where it is one and with its own decimals elsewhere."""
    element = etree.SubElement(parent, CBC + name)
    element.set("currencyID", currency)
    element.text = amount_text(amount)


def amount_text(amount: Decimal) -> str:
    """At least two decimals, never an exponent, no zeros that say nothing."""
    written = format(amount, "f")
    if written[-3:-2] == ".":
        return written
    whole, _, decimals = written.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def plain(number: Decimal) -> str:
    """A number as XML Schema writes it; a rate of 90 is `90`, never `90.00`: GİB's schematron compares it as text."""
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written
