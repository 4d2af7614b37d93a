"""Invoices of the file, and what an order is made of: which lines it takes, and as what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from app.domain.orders import MOST_LINES, LineKind, OrderLine
from app.sources.online_retail.lines import RetailLine
from app.sources.online_retail.summary import RefusalReason, RefusedLine

DISCOUNT_CODE: Final = "D"
MANUAL_CODE: Final = "M"
# Stock codes that are not goods. AMAZONFEE and CRUK are only in the full data set.
CHARGES: Final[Mapping[str, LineKind]] = MappingProxyType(
    {
        "POST": LineKind.SHIPPING,
        "DOT": LineKind.SHIPPING,
        "C2": LineKind.SHIPPING,
        DISCOUNT_CODE: LineKind.DISCOUNT,
        MANUAL_CODE: LineKind.FEE,
        "BANK CHARGES": LineKind.FEE,
        "AMAZONFEE": LineKind.FEE,
        "CRUK": LineKind.FEE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailInvoice:
    """All lines with one invoice number, in the file's order."""

    number: str
    lines: tuple[RetailLine, ...]

    @property
    def moment(self) -> datetime:
        """Its first line's; the data has an invoice that was entered over two minutes."""
        return min(line.moment for line in self.lines)

    @property
    def customer(self) -> str | None:
        """Its first line's."""
        return self.lines[0].customer

    @property
    def cancels(self) -> bool:
        """It takes back what other invoices sold."""
        return self.lines[0].cancels

    @property
    def is_known_kind(self) -> bool:
        """An order's number is digits alone, a cancellation's begins with C; A marks an entry about bad debt."""
        return self.cancels or self.number.isdigit()


def invoices_of(lines: Iterable[RetailLine]) -> list[RetailInvoice]:
    """Groups lines by invoice number, adjacent or not; in the order of time, then of the file."""
    grouped = groupby(sorted(lines, key=attrgetter("invoice", "line_number")), key=attrgetter("invoice"))
    invoices = [RetailInvoice(number=number, lines=tuple(members)) for number, members in grouped]
    return sorted(invoices, key=lambda invoice: (invoice.moment, invoice.lines[0].line_number))


def kind_of(line: RetailLine) -> LineKind:
    """A manual line raises the price as a fee, and lowers it as a discount."""
    if line.stock_code.upper() == MANUAL_CODE and line.quantity < 0 and not line.cancels:
        return LineKind.DISCOUNT
    return CHARGES.get(line.stock_code.upper(), LineKind.GOODS)


def sort_out(invoice: RetailInvoice) -> tuple[list[RetailLine], list[RefusedLine]]:
    """The lines of an order that can be invoiced, and the others with their reasons."""
    taken, refused = [], []
    for line in invoice.lines:
        if reason := _reason_to_refuse(line, invoice.customer):
            refused.append(line.refused(reason))
        else:
            taken.append(line)
    if len(taken) > MOST_LINES:
        # A part of an order would be a wrong invoice.
        detail = f"{len(taken)} lines, {MOST_LINES} are allowed"
        refused += [line.refused(RefusalReason.TOO_MANY_LINES, detail) for line in taken]
        taken = []
    return taken, refused


def _reason_to_refuse(line: RetailLine, customer: str | None) -> RefusalReason | None:
    reasons = (
        (line.customer != customer, RefusalReason.MIXED_CUSTOMERS),
        (line.quantity == 0, RefusalReason.ZERO_QUANTITY),
        (line.quantity < 0 and kind_of(line) is not LineKind.DISCOUNT, RefusalReason.NEGATIVE_QUANTITY),
        (line.unit_price < 0, RefusalReason.NEGATIVE_PRICE),
        (line.unit_price == 0, RefusalReason.ZERO_PRICE),
        (not line.description, RefusalReason.NO_DESCRIPTION),
    )
    return next((reason for is_so, reason in reasons if is_so), None)


def order_line(line: RetailLine, vat_rate: Decimal) -> OrderLine:
    """The line as an order has it. A discount is one line with a negative price."""
    kind = kind_of(line)
    return OrderLine(
        line_reference=str(line.position),
        name=line.description,
        quantity=abs(line.quantity),
        unit_price=-line.unit_price if kind is LineKind.DISCOUNT else line.unit_price,
        vat_rate=vat_rate,
        kind=kind,
        sku=line.stock_code,
    )
