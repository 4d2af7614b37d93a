"""Which line of which order a cancellation means: the file does not have it, so it is found by customer and product."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.orders import LineKind
from app.sources.online_retail.lines import RetailLine
from app.sources.online_retail.orders import RetailInvoice, kind_of
from app.sources.online_retail.summary import RefusalReason, RefusedLine


@dataclass(slots=True, kw_only=True)
class SoldLine:
    """A line of an order, and how much of it has not been taken back."""

    order_reference: str
    line_reference: str
    quantity: Decimal
    left: Decimal


@dataclass(slots=True, kw_only=True)
class TakenBack:
    """What one cancellation takes back from one line, and the lines of the file that it comes from."""

    sold: SoldLine
    quantity: Decimal = Decimal(0)
    sources: list[RetailLine] = field(default_factory=list)

    @property
    def is_whole_line(self) -> bool:
        """Nothing of the line stays, and nothing went before."""
        return self.quantity == self.sold.quantity


class Sold:
    """What every customer has bought so far and not given back."""

    def __init__(self) -> None:
        self._lines: defaultdict[tuple[str, ...], list[SoldLine]] = defaultdict(list)

    def add(self, lines: Iterable[RetailLine]) -> None:
        """Remembers an order's lines. Orders come in the order of time."""
        for line in lines:
            if key := _key(line):
                self._lines[key].append(
                    SoldLine(
                        order_reference=line.invoice,
                        line_reference=str(line.position),
                        quantity=line.quantity,
                        left=line.quantity,
                    )
                )

    def latest(self, line: RetailLine) -> SoldLine | None:
        """The latest line of the same customer and product that has enough left for this cancellation."""
        candidates = self._lines.get(_key(line) or (), [])
        return next((sold for sold in reversed(candidates) if sold.left >= -line.quantity), None)


def _key(line: RetailLine) -> tuple[str, ...] | None:
    """Nothing for what cannot be matched: a line without customer, and a discount, which names no order.

    Shipping and fees have one stock code for everything, so only the price distinguishes them.
    """
    kind = kind_of(line)
    if line.customer is None or kind is LineKind.DISCOUNT:
        return None
    price = () if kind is LineKind.GOODS else (str(line.unit_price.normalize()),)
    return (line.customer, line.stock_code.upper(), *price)


def take_back(
    invoice: RetailInvoice, sold: Sold, *, whole_lines_only: bool
) -> tuple[dict[str, list[TakenBack]], list[RefusedLine]]:
    """Matches a cancellation's lines, by order reference; what several of its lines take from one line is one sum.

    `whole_lines_only`: what takes a part of a line is refused, and its quantity counts as never taken.
    """
    found: dict[tuple[str, str], TakenBack] = {}
    refused = []
    for line in invoice.lines:
        original = sold.latest(line) if line.quantity < 0 and line.customer == invoice.customer else None
        if original is None:
            refused.append(_unmatched(line, invoice))
            continue
        entry = found.setdefault((original.order_reference, original.line_reference), TakenBack(sold=original))
        entry.quantity -= line.quantity
        entry.sources.append(line)
        original.left += line.quantity
    kept: defaultdict[str, list[TakenBack]] = defaultdict(list)
    for entry in found.values():
        if whole_lines_only and not entry.is_whole_line:
            entry.sold.left += entry.quantity
            refused += [line.refused(RefusalReason.PART_OF_LINE, _part(entry)) for line in entry.sources]
        else:
            kept[entry.sold.order_reference].append(entry)
    return dict(kept), refused


def _unmatched(line: RetailLine, invoice: RetailInvoice) -> RefusedLine:
    if line.customer != invoice.customer:
        return line.refused(RefusalReason.MIXED_CUSTOMERS)
    if line.quantity >= 0:
        return line.refused(RefusalReason.POSITIVE_CANCELLATION)
    if line.customer is None:
        return line.refused(RefusalReason.NO_ORIGINAL, "a cancellation without customer")
    if kind_of(line) is LineKind.DISCOUNT:
        return line.refused(RefusalReason.NO_ORIGINAL, "a discount on its own names no order")
    return line.refused(RefusalReason.NO_ORIGINAL)


def _part(entry: TakenBack) -> str:
    sold = entry.sold
    return f"{entry.quantity} of {sold.quantity} on line {sold.line_reference} of order {sold.order_reference}"
