"""Small Online Retail files, as readable as a table."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.orders import LinesCancelled, OrderEvent, OrderPlaced, OrderReturned
from app.sources.online_retail import ImportTerms, RetailImport, import_orders

HEADER = "\ufeffInvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country"
EXCERPT = Path(__file__).parents[2] / "app" / "testbed" / "installation" / "data" / "online_retail_excerpt.csv"


def row(
    invoice: str = "536365",
    code: str = "85123A",
    quantity: str = "6",
    *,
    name: str = "WHITE LANTERN",
    at: str = "1/12/2010 08:26",
    price: str = "2,55",
    customer: str = "17850",
) -> str:
    return f"{invoice};{code};{name};{quantity};{at};{price};{customer};United Kingdom"


def imported(*rows: str, **terms: Any) -> RetailImport:
    return import_orders([f"{line}\n" for line in (HEADER, *rows)], ImportTerms(business="shop", **terms))


@cache
def excerpt(**terms: Any) -> RetailImport:
    """The excerpt, read once for all tests that ask for it in the same terms."""
    return excerpt_anew(**terms)


def excerpt_anew(**terms: Any) -> RetailImport:
    with EXCERPT.open(encoding="utf-8-sig") as lines:
        return import_orders(lines, ImportTerms(business="shop", **terms))


def reasons(found: RetailImport) -> list[tuple[int, str]]:
    return [(refusal.line_number, refusal.reason) for refusal in found.summary.refusals]


def placed(event: OrderEvent) -> OrderPlaced:
    assert isinstance(event.body, OrderPlaced)
    return event.body


def returned(event: OrderEvent) -> dict[str, Decimal]:
    assert isinstance(event.body, OrderReturned)
    return {line.line_reference: line.quantity for line in event.body.lines}


def cancelled(event: OrderEvent) -> tuple[str, ...]:
    assert isinstance(event.body, LinesCancelled)
    return event.body.line_references
