"""The import's account of itself: every line of the file was taken or refused, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
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


MEANINGS: Mapping[Reason, str] = {
    Reason.UNREADABLE_LINE: "wrong number of columns, or a cell that is no number, date or text",
    Reason.NOT_AN_ORDER: "the invoice number is neither an order's nor a cancellation's",
    Reason.NEGATIVE_QUANTITY: "goods leave the stock without a buyer: a stock adjustment",
    Reason.ZERO_QUANTITY: "nothing was ordered",
    Reason.POSITIVE_CANCELLATION: "a cancellation that takes nothing back",
    Reason.NEGATIVE_PRICE: "a book entry, not a sale",
    Reason.ZERO_PRICE: "nothing to invoice: a stock adjustment or a gift",
    Reason.NO_DESCRIPTION: "an invoice must say what was sold",
    Reason.MIXED_CUSTOMERS: "another customer than the order's first line has",
    Reason.TOO_MANY_LINES: "the order has more lines than one order may have",
    Reason.NO_ORIGINAL: "no earlier line of the same customer has enough of this product left",
    Reason.PART_OF_LINE: "before its invoice a line is cancelled whole or not at all",
    Reason.BEYOND_LIMIT: "later than the last order that was asked for",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refused line. `line_number` counts the file's lines from 1, the header included."""

    line_number: int
    invoice: str
    stock_code: str
    reason: Reason
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """`lines_read` is always `lines_taken` + `lines_refused`; empty lines are not lines.

    `orders`, `cancellations` and `returns` count events.
    """

    lines_read: int
    lines_taken: int
    orders: int
    cancellations: int
    returns: int
    refusals: tuple[Refusal, ...]

    @property
    def lines_refused(self) -> int:
        """How many lines were refused."""
        return len(self.refusals)

    @property
    def refused_by_reason(self) -> dict[Reason, int]:
        """The refused lines, counted; the most frequent reason first."""
        return dict(Counter(refusal.reason for refusal in self.refusals).most_common())
