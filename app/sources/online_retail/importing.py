"""From the file's lines to order events in the order of time, with a summary of what became of every line. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.orders import LinesCancelled, OrderEvent, OrderPlaced, OrderReturned, ReturnedLine, SubmittedBody
from app.domain.time import legal_date
from app.sources.online_retail.cancellations import Sold, TakenBack, take_back
from app.sources.online_retail.lines import RetailLine, read_lines
from app.sources.online_retail.orders import RetailInvoice, invoices_of, order_line, sort_out
from app.sources.online_retail.summary import ImportSummary, RefusalReason, RefusedLine

CURRENCY: Final = "GBP"


class Invoicing(StrEnum):
    """When the business makes its documents: it decides whether a cancellation comes before or after the invoice."""

    AT_ORDER = "at-order"
    AT_SHIPMENT = "at-shipment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTerms:
    """What the file does not have. The data set names no VAT; its prices are taken as prices without VAT.

    `vat_rate` in percent, for every line; `exchange_rate` is the price of one pound in Turkish lira, and an order
    without it is refused downstream; `limit`: after so many orders everything later is left out.
    """

    business: str
    vat_rate: Decimal = Decimal(20)
    exchange_rate: Decimal | None = None
    invoicing: Invoicing = Invoicing.AT_ORDER
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailImport:
    """The events in the order of time, and where every line went."""

    events: tuple[OrderEvent, ...]
    summary: ImportSummary


def import_orders(source: Iterable[str], terms: ImportTerms) -> RetailImport:
    """Turns the file's lines into events. The same lines and terms give the same events, at every import.

    Raises SourceError when the file has another format.
    """
    run = _Import(terms)
    lines = list(read_lines(source))
    run.refusals += [line for line in lines if isinstance(line, RefusedLine)]
    for invoice in invoices_of(line for line in lines if isinstance(line, RetailLine)):
        run.take(invoice)
    return RetailImport(events=tuple(run.events), summary=run.summary(lines_read=len(lines)))


class _Import:
    """One import at work: what was sold so far, and what came of it."""

    def __init__(self, terms: ImportTerms) -> None:
        self.terms = terms
        self.sold = Sold()
        self.events: list[OrderEvent] = []
        self.refusals: list[RefusedLine] = []
        self.lines_taken = 0
        self.bodies: Counter[type[SubmittedBody]] = Counter()
        self.is_full = False

    def take(self, invoice: RetailInvoice) -> None:
        if not invoice.is_known_kind:
            self.refuse_all(invoice, RefusalReason.NOT_AN_ORDER)
        elif self.is_full:
            self.refuse_all(invoice, RefusalReason.BEYOND_LIMIT)
        elif invoice.cancels:
            self.cancellation(invoice)
        else:
            self.order(invoice)

    def refuse_all(self, invoice: RetailInvoice, reason: RefusalReason) -> None:
        self.refusals += [line.refused(reason) for line in invoice.lines]

    def order(self, invoice: RetailInvoice) -> None:
        taken, refused = sort_out(invoice)
        if taken and self.bodies[OrderPlaced] == self.terms.limit:
            self.is_full = True
            self.refuse_all(invoice, RefusalReason.BEYOND_LIMIT)
            return
        self.refusals += refused
        if taken:
            self.sold.add(taken)
            self.emit(invoice, invoice.number, self.placed(invoice, taken), lines=len(taken))

    def placed(self, invoice: RetailInvoice, lines: list[RetailLine]) -> OrderPlaced:
        return OrderPlaced(
            order_date=legal_date(invoice.moment),
            lines=tuple(order_line(line, self.terms.vat_rate) for line in lines),
            currency=CURRENCY,
            exchange_rate=self.terms.exchange_rate,
            prices_include_vat=False,
            note=f"Customer {invoice.customer}" if invoice.customer else None,
        )

    def cancellation(self, invoice: RetailInvoice) -> None:
        before_invoice = self.terms.invoicing is Invoicing.AT_SHIPMENT
        by_order, refused = take_back(invoice, self.sold, whole_lines_only=before_invoice)
        self.refusals += refused
        for order_reference, entries in by_order.items():
            body = _cancelled(entries) if before_invoice else _returned(invoice, order_reference, entries)
            self.emit(invoice, order_reference, body, lines=sum(len(entry.sources) for entry in entries))

    def emit(self, invoice: RetailInvoice, order_reference: str, body: SubmittedBody, *, lines: int) -> None:
        self.lines_taken += lines
        self.bodies[type(body)] += 1
        self.events.append(
            OrderEvent(
                business=self.terms.business,
                order_reference=order_reference,
                body=body,
                occurred_at=invoice.moment,
            )
        )

    def summary(self, *, lines_read: int) -> ImportSummary:
        return ImportSummary(
            lines_read=lines_read,
            lines_taken=self.lines_taken,
            orders=self.bodies[OrderPlaced],
            cancellations=self.bodies[LinesCancelled],
            returns=self.bodies[OrderReturned],
            refusals=tuple(sorted(self.refusals, key=lambda refusal: refusal.line_number)),
        )


def _cancelled(entries: list[TakenBack]) -> LinesCancelled:
    return LinesCancelled(line_references=tuple(entry.sold.line_reference for entry in entries))


def _returned(invoice: RetailInvoice, order_reference: str, entries: list[TakenBack]) -> OrderReturned:
    """One cancellation may reach into several orders: each gets a return of its own, under a name made of both."""
    return OrderReturned(
        return_reference=f"{invoice.number}-{order_reference}",
        return_date=legal_date(invoice.moment),
        lines=tuple(
            ReturnedLine(line_reference=entry.sold.line_reference, quantity=entry.quantity) for entry in entries
        ),
    )
