"""Where the report's facts go in each dialect."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from app.documents.model.archive_report import (
    ARCHIVE_TYPE,
    FACT_NOTE,
    IS_INTERNET,
    IS_ONLINE,
    METHOD_CODE,
    PAYMENT_DATE,
    PAYMENT_METHOD,
    SALE,
    SALE_ID,
    SALE_NOTE,
    SEND_TYPE,
    SENDING,
    SENDING_CODE,
    SENDING_TYPE,
    STORE_URL,
)
from app.documents.model.invoice import Invoice
from app.documents.model.payment import means_of
from app.documents.model.profiles import Profile
from app.documents.ubl.dialect import ReportFacts
from app.documents.ubl.report import Carriage, Reference, carriage_of, facts_of
from app.domain.invoice_info.enums import Platform, Sending
from app.domain.invoice_info.model import InternetSale
from app.domain.record import record

# References of one value have an id only because the schema wants one.
PLAIN_ID: Final = "1"
# Nilvera's word for a reference that says all by its name.
NO_VALUE: Final = "."


@record
class ReportParts:
    """What the dialect adds to the document."""

    notes: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    website: str | None = None
    carriage: Carriage | None = None
    payment: tuple[str, date | None] | None = None


_Write = Callable[[Sending | None, InternetSale | None], ReportParts]


def parts_of(invoice: Invoice, dialect: ReportFacts) -> ReportParts:
    """Nothing for an e-Fatura: only e-Arşiv has a report."""
    if invoice.profile is not Profile.EARSIVFATURA:
        return ReportParts()
    info = invoice.info
    sale = info.internet_info if info.sales_platform is Platform.INTERNET else None
    return _WRITERS[dialect](info.send_type, sale)


def _paths(sending: Sending | None, sale: InternetSale | None) -> ReportParts:
    of_sending = (Reference(id=SENDING, type=sending.name),) if sending else ()
    of_sale = tuple(Reference(id=SALE + path, type=value) for path, value in facts_of(sale)) if sale else ()
    return ReportParts(references=of_sending + of_sale)


def _sending_type(sending: Sending | None, sale: InternetSale | None) -> ReportParts:
    of_sending = (Reference(id=PLAIN_ID, type_code=SENDING_TYPE, type=sending.name),) if sending else ()
    if sale is None:
        return ReportParts(references=of_sending)
    return ReportParts(
        notes=(SALE_NOTE,),
        references=(*of_sending, Reference(id=PLAIN_ID, type_code=ARCHIVE_TYPE, type=Platform.INTERNET.name)),
        website=sale.web_site,
        carriage=carriage_of(sale),
        payment=(means_of(sale.payment_method), sale.payment_date),
    )


def _sale_reference(sending: Sending | None, sale: InternetSale | None) -> ReportParts:
    of_sending = (Reference(id=PLAIN_ID, type_code=SENDING_CODE, type=sending.name),) if sending else ()
    if sale is None:
        return ReportParts(references=of_sending)
    method, site = sale.payment_method.value, sale.web_site
    reference = Reference(id=SALE_ID, type_code=METHOD_CODE, type=method, website=site)
    return ReportParts(references=(*of_sending, reference))


def _extension_codes(_: Sending | None, sale: InternetSale | None) -> ReportParts:
    if sale is None:
        return ReportParts()
    facts = (
        (IS_ONLINE, "true"),
        (STORE_URL, sale.web_site),
        (PAYMENT_METHOD, sale.payment_method.value),
        (PAYMENT_DATE, sale.payment_date.isoformat() if sale.payment_date else None),
    )
    references = tuple(Reference(id=PLAIN_ID, type_code=code, type=value) for code, value in facts if value)
    return ReportParts(references=references, carriage=carriage_of(sale))


def _value_ids(sending: Sending | None, sale: InternetSale | None) -> ReportParts:
    of_sending = (Reference(id=sending.name, type_code=SEND_TYPE),) if sending else ()
    if sale is None:
        return ReportParts(references=of_sending)
    facts = (
        (IS_INTERNET, NO_VALUE),
        ("INT_WEBSITE", sale.web_site),
        ("INT_PAYMENT_METHOD", sale.payment_method.value),
        ("INT_PAYMENTDATE", sale.payment_date.isoformat() if sale.payment_date else None),
    )
    of_sale = tuple(Reference(id=value, type_code=name) for name, value in facts if value)
    return ReportParts(references=of_sending + of_sale, carriage=carriage_of(sale))


def _notes(_: Sending | None, sale: InternetSale | None) -> ReportParts:
    facts = facts_of(sale) if sale else ()
    return ReportParts(notes=tuple(f"{FACT_NOTE}{path.rpartition('/')[2]}#{value}" for path, value in facts))


_WRITERS: Final[Mapping[ReportFacts, _Write]] = MappingProxyType(
    {
        ReportFacts.PATHS: _paths,
        ReportFacts.SENDING_TYPE: _sending_type,
        ReportFacts.SALE_REFERENCE: _sale_reference,
        ReportFacts.EXTENSION_CODES: _extension_codes,
        ReportFacts.VALUE_IDS: _value_ids,
        ReportFacts.NOTES: _notes,
        ReportFacts.NONE: lambda *_: ReportParts(),
    }
)
