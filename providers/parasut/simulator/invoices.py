"""A sales invoice at the simulated Paraşüt: what it must have, what it comes to, and how it is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from providers.parasut.simulator.words import data_of, named, relation_of, resource, unprocessable
from providers.simulation.reading import number
from providers.simulation.record import BookedLine
from providers.simulation.rounding import Rounding, kurus, sums_of

ITEM_TYPES: Final = (
    "invoice", "export", "estimate", "cancelled", "recurring_invoice", "recurring_estimate", "recurring_export",
    "refund",
)  # fmt: skip
CURRENCIES: Final = ("TRL", "USD", "EUR", "GBP")
HUNDRED: Final = Decimal(100)
# The caller's own mark in a free text.
MARK: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBERS: Final = ("quantity", "unit_price", "vat_rate", "vat_withholding_rate", "discount_value")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line as it is printed, rounded by itself.

    `exact`: its base before that, and its rate. `withheld` is the part of its VAT that the buyer does not pay.
    """

    id: str
    attributes: Mapping[str, Any]
    exact: tuple[Decimal, Decimal]
    amount: Decimal
    vat: Decimal
    withheld: Decimal

    def booked(self) -> BookedLine:
        name = str(self.attributes.get("description", ""))
        return BookedLine(name=name, quantity=number(self.attributes["quantity"]), amount=self.amount, vat=self.vat)


@dataclass(kw_only=True)
class Sale:
    """One sales invoice. `document`: its e-document's type and id, once it is asked for; `shown_from`: see the job."""

    id: str
    company: str
    contact: str
    attributes: dict[str, Any]
    lines: tuple[Line, ...]
    rounding: Rounding

    @property
    def mark(self) -> str:
        text = str(self.attributes.get("description", ""))
        found = MARK.search(text)
        return found[0] if found else text

    @property
    def before_taxes(self) -> Decimal:
        return self._sums[0]

    @property
    def vat(self) -> Decimal:
        return self._sums[1]

    @property
    def withheld(self) -> Decimal:
        return sum((line.withheld for line in self.lines), Decimal(0))

    @property
    def payable(self) -> Decimal:
        return self.before_taxes + self.vat - self.withheld

    @property
    def _sums(self) -> tuple[Decimal, Decimal]:
        return sums_of([line.exact for line in self.lines], self.rounding)

    def shown(self, payable: Decimal, document: tuple[str, str] | None) -> dict[str, Any]:
        """The resource, with what Paraşüt has computed; amounts are texts.

        `payable`: what it comes to after a person has corrected its VAT, else as computed.
        """
        sums = {
            "before_taxes_total": self.before_taxes,
            "total_vat": payable + self.withheld - self.before_taxes,
            "total_vat_withholding": self.withheld,
            "gross_total": self.before_taxes,
            "net_total": payable,
            "remaining": payable,
        }
        relations: dict[str, Any] = {
            "contact": {"data": named("contacts", self.contact)},
            "details": {"data": [named("sales_invoice_details", line.id) for line in self.lines]},
            "active_e_document": {"data": named(*document) if document else None},
        }
        written = {name: f"{value:f}" for name, value in sums.items()}
        given = {name: str(value) if isinstance(value, Decimal) else value for name, value in self.attributes.items()}
        attributes = {**given, **written, "payment_status": "unpaid", "archived": False}
        return resource("sales_invoices", self.id, attributes, relations)


def sale_of(
    body: Mapping[str, Any],
    company: str,
    name: str,
    *,
    contacts: Mapping[str, Any],
    products: Mapping[str, Any],
    rounding: Rounding,
) -> Sale:
    """A new one. Raises RefusedError for what Paraşüt does not take."""
    data = data_of(dict(body), "sales_invoices")
    attributes = dict(data.get("attributes") or {})
    if attributes.get("item_type") not in ITEM_TYPES:
        raise unprocessable("item_type kabul edilen bir kelime değil")
    if attributes.get("currency", "TRL") not in CURRENCIES:
        raise unprocessable(f"currency kabul edilen bir kelime değil: {', '.join(CURRENCIES)}")
    _day(attributes.get("issue_date"))
    contact = relation_of(data, "contact", "contacts")
    if contact not in contacts:
        raise unprocessable("contact bulunamadı")
    relation = (data.get("relationships") or {}).get("details")
    rows = relation.get("data") if isinstance(relation, dict) else None
    if not isinstance(rows, list) or not rows:
        raise unprocessable("relationships->details: en az bir eleman olmalı")
    lines = tuple(_line(row, f"{name}{index:03}", products) for index, row in enumerate(rows, start=1))
    return Sale(
        id=name,
        company=company,
        contact=contact,
        attributes={"currency": "TRL", **attributes},
        lines=lines,
        rounding=rounding,
    )


def _line(row: Any, name: str, products: Mapping[str, Any]) -> Line:
    attributes = row.get("attributes") if isinstance(row, dict) and row.get("type") == "sales_invoice_details" else None
    if not isinstance(attributes, dict) or any(attributes.get(each) is None for each in NUMBERS[:3]):
        raise unprocessable("details: quantity, unit_price, vat_rate doldurulmalı")
    if "product" in (row.get("relationships") or {}) and relation_of(row, "product", "products") not in products:
        raise unprocessable("product bulunamadı")
    try:
        quantity, price, rate, withheld_rate, discount = (number(attributes.get(each)) for each in NUMBERS)
    except TypeError as error:
        raise unprocessable("details: sayı olmalı") from error
    whole = quantity * price
    percentage = attributes.get("discount_type") == "percentage"
    base = whole - (whole * discount / HUNDRED if percentage else discount)
    amount = kurus(base)
    vat = kurus(amount * rate / HUNDRED)
    withheld = kurus(vat * withheld_rate / HUNDRED)
    return Line(id=name, attributes=attributes, exact=(base, rate), amount=amount, vat=vat, withheld=withheld)


def _day(value: object) -> None:
    try:
        date.fromisoformat(str(value))
    except ValueError as error:
        raise unprocessable("issue_date geçerli bir tarih olmalı") from error
