"""What the invoice is, when, under which number, in which currency and in which template."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import etree

from app.documents.codelists import codes
from app.documents.invoice_info.rules.circumstances import Circumstances
from app.documents.invoice_info.rules.errors import error_at
from app.documents.safe_input.stylesheets import ROOTS, dangers
from app.documents.safe_input.tree import Element
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.fields import decoded
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.money import LIRA
from app.domain.numbers import NUMBER
from app.domain.time import legal_date

SERIES_LENGTH: Final = 3
NUMBER_LENGTH: Final = 16
SERIES: Final = re.compile(r"[A-Z0-9]{3}")


def what_every_invoice_has(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """UBL-TR needs the first four. The model does not ask for SendType, but what a provider assumes is not ours."""
    for field, value, asked in (
        ("InvoiceType", info.invoice_type, not circumstances.typed_elsewhere),
        ("InvoiceSerieOrNumber", info.invoice_serie_or_number, True),
        ("IssueDate", info.issue_date, True),
        ("CurrencyCode", info.currency_code, True),
        ("SendType", info.send_type, circumstances.archive),
    ):
        if asked and value is None:
            yield error_at(field, "REQUIRED", "is missing")


def no_cancellation(info: InvoiceInfo) -> Iterator[FieldError]:
    """IPTAL is in the model's list, but UBL-TR has no such type."""
    if info.invoice_type is InvoiceType.IPTAL:
        message = "IPTAL is no type of invoice in UBL-TR: cancel the issued one, with `faturaflow documents cancel`"
        yield error_at("InvoiceType", "INVOICE_TYPE_IPTAL", message)


def series_or_number(info: InvoiceInfo) -> Iterator[FieldError]:
    """Three characters are a series and sixteen a number; the model says nothing of other lengths."""
    given, field = info.invoice_serie_or_number, "InvoiceSerieOrNumber"
    if given is None:
        return
    if len(given) not in {SERIES_LENGTH, NUMBER_LENGTH}:
        message = f"has {len(given)} characters: a series has {SERIES_LENGTH}, a number {NUMBER_LENGTH}"
        yield error_at(field, "SERIES_OR_NUMBER_LENGTH", message)
    elif len(given) == SERIES_LENGTH and not SERIES.fullmatch(given):
        yield error_at(field, "SERIES_FORMAT", "a series has capital letters A-Z and digits only")
    elif len(given) == NUMBER_LENGTH and not NUMBER.fullmatch(given):
        message = "a number is a series (A-Z, 0-9), the year 20xx and nine digits, as in ABC2026000000001"
        yield error_at(field, "NUMBER_FORMAT", message)


def year_of_the_number(info: InvoiceInfo) -> Iterator[FieldError]:
    """A guide of GİB says so, and its schematron does not look."""
    number = NUMBER.fullmatch(info.invoice_serie_or_number or "")
    if number is None or info.issue_date is None:
        return
    year = legal_date(info.issue_date).year
    if int(number[2]) != year:
        message = f"the number is of {number[2]}, and the invoice is issued in {year}, in Turkish time"
        yield error_at("InvoiceSerieOrNumber", "NUMBER_YEAR", message)


def not_in_the_future(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """The date counts, and it is Turkey's on both sides."""
    if info.issue_date is not None and legal_date(info.issue_date) > legal_date(circumstances.now):
        yield error_at("IssueDate", "ISSUE_DATE_IN_FUTURE", "is later than today, in Turkish time")


def known_currency(info: InvoiceInfo) -> Iterator[FieldError]:
    """The schematron's list."""
    if info.currency_code is not None and info.currency_code not in codes("currencies"):
        yield error_at("CurrencyCode", "CURRENCY_UNKNOWN", "is no currency that GİB takes")


def exchange_rate(info: InvoiceInfo) -> Iterator[FieldError]:
    """Every currency but the lira has a rate, and the lira none. Zero is none: a number that was not set."""
    if info.currency_code is None:
        return
    if info.currency_code != LIRA and not info.exchange_rate:
        message = f"an invoice in {info.currency_code} needs its rate to the Turkish lira"
        yield error_at("ExchangeRate", "EXCHANGE_RATE_REQUIRED", message)
    if info.currency_code == LIRA and info.exchange_rate:
        yield error_at("ExchangeRate", "EXCHANGE_RATE_NOT_ALLOWED", "an invoice in TRY has none")


def one_template(info: InvoiceInfo) -> Iterator[FieldError]:
    """The model defines what happens with one of the fields, and with none."""
    if info.template_uuid is not None and info.template_base64_string is not None:
        message = "TemplateUUID names a template already: give one of both"
        yield error_at("TemplateBase64String", "TEMPLATE_AMBIGUOUS", message)


def template_is_a_safe_xslt(info: InvoiceInfo) -> Iterator[FieldError]:
    """The template in the header is one that may be embedded."""
    if info.template_base64_string is not None:
        yield from template_errors(decoded(info.template_base64_string))


def template_errors(template: bytes) -> Iterator[FieldError]:
    """A stylesheet that reads, writes and executes nothing; whether it shows an invoice cannot be seen here.

    It may have entities of its own and be XSLT 2.0, as templates for others' viewers are.
    """
    root = _root(template)
    if root is None or root.tag not in ROOTS:
        message = "is base64, but what it holds is no XSLT stylesheet"
        yield error_at("TemplateBase64String", "TEMPLATE_NOT_XSLT", message)
        return
    for code, message in islice(dangers(root), 1):
        yield error_at("TemplateBase64String", code, message)


def _root(document: bytes) -> Element | None:
    """Its entities expanded, within libxml2's bounds, so that nothing hides in them; none from outside is loaded."""
    # What is not set here is lxml's default: entities of the document itself are expanded, and no others.
    parser = etree.XMLParser(no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError):
        return None
