"""From a prepared invoice to the XML that leaves the house: passed by every rule, or every reason why it is not."""

from dataclasses import replace
from typing import Final

from app.documents.checking import Finding, Mode, Severity, check
from app.documents.invoice_info.order_info import under
from app.documents.invoice_info.rules.header import NUMBER_LENGTH
from app.documents.model.defaults import with_defaults
from app.documents.model.invoice import Invoice
from app.documents.prepared import DocumentErrors
from app.documents.ubl import Dialect, build
from app.documents.ubl.dialect import DEFAULT
from app.documents.ubl.invoice_checks import xml_errors
from app.documents.ubl.read_back import read_back_errors
from app.domain.errors import FieldError
from app.domain.invoice_info.model import AdditionalDocument
from app.domain.time import legal_date

# What a document is checked with whose number its provider gives; GİB's rules want a whole one, and no zero.
NO_SERIES: Final = "XXX"
FIRST: Final = "000000001"
_UNNAMED: Final = "invoice.xml"


def checked_ubl(
    invoice: Invoice,
    *,
    mode: Mode,
    dialect: Dialect = DEFAULT,
    references: tuple[AdditionalDocument, ...] = (),
    notes: tuple[str, ...] = (),
) -> bytes | DocumentErrors:
    """The XML of an invoice of `prepared.prepare_invoice`, unsigned, with the provider's own `references` and `notes`.

    Where the header has no whole number, the XML has the first one of its series (or of XXX) and year, which must not
    leave the house. Errors have the paths of the command; what only the XML shows has its path of elements in the
    message. Raises ValueError for an invoice without a moment.
    """
    whole = with_defaults(_numbered(invoice))
    moment = whole.info.issue_date
    if moment is None:
        raise ValueError("an invoice without a moment")
    wrong = tuple(under("$.order.invoice_info", error) for error in xml_errors(whole))
    if wrong:
        return DocumentErrors(errors=wrong)
    xml = build(_with(whole, references, notes), dialect=dialect)
    findings = check(xml, _UNNAMED, mode=mode, today=legal_date(moment))
    errors = tuple(_error(each) for each in findings if each.severity is Severity.ERROR)
    # Read back without what is the provider's: that may look like the facts that the dialect writes.
    errors = errors or tuple(read_back_errors(whole, build(whole, dialect=dialect)))
    return DocumentErrors(errors=errors) if errors else xml


def _numbered(invoice: Invoice) -> Invoice:
    given, moment = invoice.info.invoice_serie_or_number or NO_SERIES, invoice.info.issue_date
    if len(given) == NUMBER_LENGTH or moment is None:
        return invoice
    placeholder = f"{given}{legal_date(moment).year}{FIRST}"
    return replace(invoice, info=replace(invoice.info, invoice_serie_or_number=placeholder))


def _with(invoice: Invoice, references: tuple[AdditionalDocument, ...], notes: tuple[str, ...]) -> Invoice:
    documents = (*invoice.info.additional_document_references, *references)
    header = replace(invoice.info, additional_document_references=documents)
    return replace(invoice, info=header, notes=(*invoice.notes, *notes))


def _error(finding: Finding) -> FieldError:
    where = finding.path or finding.layer.value
    return FieldError(path="$", code=finding.code, message=f"{where}: {finding.message}")
