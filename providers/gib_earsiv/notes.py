"""The form's free text (`not`): what an invoice has to show and the form has no field for, a line for each.

The last line is our mark: the portal names documents itself, and shows no reference of ours in its list. It has the
total as well: so a draft that is changed at the portal shows by itself that it is not what was asked for.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from app.domain.invoice_details import Period
from app.domain.invoice_info.model import InternetSale, PaymentMeans, PaymentTerms
from providers.preparing import CheckedDocument

MARK: Final = "Ref: "


def mark_of(reference: str) -> str:
    """What is in the text of our document and of no other."""
    return f"{MARK}{reference}"


def total_in(text: str, reference: str) -> str | None:
    """The total and currency in our mark, as `120.00 TRY`; None where the mark is not there."""
    found = re.search(rf"{re.escape(mark_of(reference))}, (\d+\.\d{{2}} [A-Z]{{3}})(?!\w)", text)
    return found[1] if found else None


def day(value: date | None) -> str | None:
    """A date as the portal's form has it."""
    return value.strftime("%d/%m/%Y") if value else None


def text_of(document: CheckedDocument) -> str:
    """The whole text."""
    info = document.invoice.info
    lines = [*document.invoice.notes]
    lines += ["İrsaliye yerine geçer."] if info.is_despatch else []
    lines += [f"Gönderim şekli: {info.send_type.name}"] if info.send_type else []
    lines += [*_sale(info.internet_info)] if info.internet_info else []
    lines += [*_means(info.payment_means_info)] if info.payment_means_info else []
    lines += [*_terms(info.payment_terms_info)] if info.payment_terms_info else []
    lines += [*_period(document.invoice.period)] if document.invoice.period else []
    total = f"{document.invoice.payable:.2f} {document.invoice.currency}"
    return "\n".join([*lines, f"{mark_of(document.reference)}, {total}"])


def _period(period: Period) -> Iterator[str]:
    begins, ends = day(period.start_date), day(period.end_date)
    yield f"Dönem: {begins} {period.start_time or ''}".rstrip() + f" - {ends} {period.end_time or ''}".rstrip()


def _sale(sale: InternetSale) -> Iterator[str]:
    yield f"İnternet satışı: {sale.web_site}"
    yield from _line("Ödeme şekli", sale.payment_method.value, sale.payment_method_name, day(sale.payment_date))
    yield from _line("Taşıyan", sale.transporter_name, sale.transporter_register_number, day(sale.transport_date))


def _means(means: PaymentMeans) -> Iterator[str]:
    yield from _line("Ödeme aracı", means.code, means.channel_code, means.payee_financial_account_id, means.note)
    yield from _line("Son ödeme tarihi", day(means.due_date))


def _terms(terms: PaymentTerms) -> Iterator[str]:
    percent = f"%{terms.percent:f}" if terms.percent is not None else None
    amount = f"{terms.amount:f}" if terms.amount is not None else None
    yield from _line("Ödeme koşulu", percent, amount, terms.note)


def _line(title: str, *values: str | None) -> Iterator[str]:
    if any(values):
        yield f"{title}: {', '.join(value for value in values if value)}"
