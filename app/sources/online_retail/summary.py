"""What became of every line of the file: taken, or refused and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class RefusalReason(StrEnum):
    """Why a line did not become part of an event."""

    UNREADABLE_LINE = "UNREADABLE_LINE"
    NOT_AN_ORDER = "NOT_AN_ORDER"
    NEGATIVE_QUANTITY = "NEGATIVE_QUANTITY"
    ZERO_QUANTITY = "ZERO_QUANTITY"
    POSITIVE_CANCELLATION = "POSITIVE_CANCELLATION"
    NEGATIVE_PRICE = "NEGATIVE_PRICE"
    ZERO_PRICE = "ZERO_PRICE"
    NO_DESCRIPTION = "NO_DESCRIPTION"
    MIXED_CUSTOMERS = "MIXED_CUSTOMERS"
    TOO_MANY_LINES = "TOO_MANY_LINES"
    NO_ORIGINAL = "NO_ORIGINAL"
    PART_OF_LINE = "PART_OF_LINE"
    BEYOND_LIMIT = "BEYOND_LIMIT"


MEANINGS: Mapping[RefusalReason, str] = {
    RefusalReason.UNREADABLE_LINE: "wrong number of columns, or a cell that is no number, date or text",
    RefusalReason.NOT_AN_ORDER: "the invoice number is neither an order's nor a cancellation's",
    RefusalReason.NEGATIVE_QUANTITY: "goods leave the stock without a buyer: a stock adjustment",
    RefusalReason.ZERO_QUANTITY: "nothing was ordered",
    RefusalReason.POSITIVE_CANCELLATION: "a cancellation that takes nothing back",
    RefusalReason.NEGATIVE_PRICE: "a book entry, not a sale",
    RefusalReason.ZERO_PRICE: "nothing to invoice: a stock adjustment or a gift",
    RefusalReason.NO_DESCRIPTION: "an invoice must name what was sold",
    RefusalReason.MIXED_CUSTOMERS: "another customer than the order's first line has",
    RefusalReason.TOO_MANY_LINES: "the order has more lines than one order may have",
    RefusalReason.NO_ORIGINAL: "no earlier line of the same customer has enough of this product left",
    RefusalReason.PART_OF_LINE: "before its invoice a line is cancelled whole or not at all",
    RefusalReason.BEYOND_LIMIT: "later than the last order that was asked for",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """One refused line. `line_number` counts the file's lines from 1, the header included."""

    line_number: int
    invoice: str
    stock_code: str
    reason: RefusalReason
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """`lines_read` is always `lines_taken` + `lines_refused`; empty lines are not lines.

    `orders`, `cancellations` and `returns` count events.
    """

    lines_read: int
    lines_taken: int
    orders: int
    cancellations: int
    returns: int
    refusals: tuple[RefusedLine, ...]

    @property
    def lines_refused(self) -> int:
        """How many lines were refused."""
        return len(self.refusals)

    @property
    def refused_by_reason(self) -> dict[RefusalReason, int]:
        """The refused lines, counted; the most frequent reason first."""
        return dict(Counter(refusal.reason for refusal in self.refusals).most_common())
