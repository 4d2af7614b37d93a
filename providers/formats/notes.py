"""An invoice's free text at a provider: what an invoice has to show and its form has no field for, a line for each.

The last line is our mark: such a provider names documents itself, and shows no reference of ours in its list. It has
the total as well: so a draft that is changed there shows by itself that it is not what was asked for.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from app.domain.invoice_details import Period
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import InternetSale, PaymentMeans, PaymentTerms
from providers.preparing import CheckedDocument

MARK: Final = "Ref: "


def mark_of(reference: str) -> str:
    """What is in the text of our document and of no other."""
    return f"{MARK}{reference}"


def mark_line(document: CheckedDocument) -> str:
    """The last line of a text."""
    return f"{mark_of(document.reference)}, {document.invoice.payable:.2f} {document.invoice.currency}"


def total_in(text: str, reference: str) -> str | None:
    """The total and currency in our mark, as `120.00 TRY`; None where the mark is not there."""
    found = re.search(rf"{re.escape(mark_of(reference))}, (\d+\.\d{{2}} [A-Z]{{3}})(?!\w)", text)
    return found[1] if found else None


def day(value: date | None) -> str | None:
    """A date as people write it in Turkey."""
    return value.strftime("%d/%m/%Y") if value else None


def of_header(info: InvoiceInfo) -> Iterator[str]:
    """Despatch, sending and payment."""
    if info.is_despatch:
        yield "İrsaliye yerine geçer."
    if info.send_type:
        yield f"Gönderim şekli: {info.send_type.name}"
    if info.payment_means_info:
        yield from _means(info.payment_means_info)
    if info.payment_terms_info:
        yield from _terms(info.payment_terms_info)


def of_sale(sale: InternetSale) -> Iterator[str]:
    """An internet sale."""
    yield f"İnternet satışı: {sale.web_site}"
    yield from line("Ödeme şekli", sale.payment_method.value, sale.payment_method_name, day(sale.payment_date))
    yield from line("Taşıyan", sale.transporter_name, sale.transporter_register_number, day(sale.transport_date))


def of_period(period: Period) -> str:
    """The time that an invoice is for."""
    begins, ends = day(period.start_date), day(period.end_date)
    return f"Dönem: {begins} {period.start_time or ''}".rstrip() + f" - {ends} {period.end_time or ''}".rstrip()


def line(title: str, *values: str | None) -> Iterator[str]:
    """A title with what there is of these; nothing where there is none."""
    if any(values):
        yield f"{title}: {', '.join(value for value in values if value)}"


def _means(means: PaymentMeans) -> Iterator[str]:
    yield from line("Ödeme aracı", means.code, means.channel_code, means.payee_financial_account_id, means.note)
    yield from line("Son ödeme tarihi", day(means.due_date))


def _terms(terms: PaymentTerms) -> Iterator[str]:
    percent = f"%{terms.percent:f}" if terms.percent is not None else None
    amount = f"{terms.amount:f}" if terms.amount is not None else None
    yield from line("Ödeme koşulu", percent, amount, terms.note)
