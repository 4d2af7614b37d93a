"""What keeps an invoice from becoming a document, beside what its XML shows: the header's rules, and what XML loses."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from app.documents.invoice_info.rules import Circumstances, violations
from app.documents.invoice_info.rules.errors import error_at
from app.documents.invoice_info.rules.exemptions import reasons_of_no_line
from app.documents.invoice_info.rules.header import NUMBER_LENGTH
from app.documents.model.archive_report import (
    ARCHIVE_TYPE,
    EXTENSIONS,
    IS_INTERNET,
    IS_ONLINE,
    NAMED_IN_THE_TYPE,
    SALE,
    SALE_ID,
    SEND_TYPE,
    SENDING,
    SENDING_CODE,
    SENDING_TYPE,
)
from app.documents.model.defaults import with_defaults
from app.documents.model.invoice import Invoice
from app.documents.model.lines import ZERO
from app.documents.model.profiles import SPECIAL_BASE, Profile
from app.documents.model.taxes import VAT
from app.documents.ubl.writing.references import DESPATCH_ID, TEMPLATE
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import Platform

# What the dialects write into additional references; nothing else may look like it.
RESERVED_IDS: Final = frozenset({SENDING, SALE_ID, DESPATCH_ID})
RESERVED_CODES: Final = frozenset(
    {SENDING_TYPE, ARCHIVE_TYPE, SENDING_CODE, IS_ONLINE, *EXTENSIONS, SEND_TYPE, IS_INTERNET, *NAMED_IN_THE_TYPE}
)


def invoice_errors(invoice: Invoice, circumstances: Circumstances) -> tuple[FieldError, ...]:
    """Everything in one list; empty when the invoice can be built. It should have its defaults.

    What the lines are (`services_only`) only the caller knows; the rest of the circumstances is the invoice's own.
    """
    known = replace(
        circumstances,
        # By the document's own sums, as GİB looks at them: something for nothing is among what is paid for.
        vat_is_zero=any(t.code == VAT and not t.amount and t.exemption is None for t in invoice.tax_subtotals),
        line_reasons=frozenset(tax.exemption.code for line in invoice.lines for tax in line.taxes if tax.exemption),
        archive=invoice.profile is Profile.EARSIVFATURA,
        incentive=invoice.profile is Profile.YATIRIMTESVIK,
        typed_elsewhere=invoice.further_type is not None,
        accounting_cost=invoice.accounting_cost,
    )
    return (*violations(invoice.info, known), *xml_errors(invoice))


def xml_errors(invoice: Invoice) -> tuple[FieldError, ...]:
    """What keeps it from being written as XML, beside the rules of its header."""
    return tuple(found for rule in RULES for found in rule(invoice))


def whole_number(invoice: Invoice) -> Iterator[FieldError]:
    """Of a series alone the provider would make a number; a document has one already."""
    given = invoice.info.invoice_serie_or_number
    if given is not None and len(given) < NUMBER_LENGTH:
        message = "is a series: a document needs its whole number of 16 characters"
        yield error_at("InvoiceSerieOrNumber", "NUMBER_REQUIRED", message)


def ettn(invoice: Invoice) -> Iterator[FieldError]:
    """The provider may give one; a document has one already."""
    if invoice.info.uuid is None:
        yield error_at("UUID", "REQUIRED", "is missing: a document has its ETTN")


def template_in_the_document(invoice: Invoice) -> Iterator[FieldError]:
    """A document has the template itself; `making.make` has put one in the UUID's place where it is stored here."""
    if invoice.info.template_uuid is not None:
        message = "names a template that is not stored here: `faturaflow templates add`, or TemplateBase64String"
        yield error_at("TemplateUUID", "TEMPLATE_NOT_HERE", message)


def one_type(invoice: Invoice) -> Iterator[FieldError]:
    """A type is InvoiceInfo's, or one of those that it does not know."""
    if invoice.further_type is not None and invoice.info.invoice_type is not None:
        message = "InvoiceInfo says a type already: leave one of both out"
        yield FieldError(path="$.further_type", code="TYPE_TWICE", message=message)


def archive_facts(invoice: Invoice) -> Iterator[FieldError]:
    """Sending mode and internet sale are facts of the e-Arşiv report, and an e-Fatura has none."""
    if invoice.profile is Profile.EARSIVFATURA:
        return
    info = invoice.info
    for field, there in (
        ("SendType", info.send_type is not None),
        ("SalesPlatform", info.sales_platform is not Platform.NORMAL),
        ("InternetInfo", info.internet_info is not None),
    ):
        if there:
            yield error_at(field, "NOT_IN_EFATURA", f"is for EARSIVFATURA, not for {invoice.profile.value}")


def reason_of_a_line(invoice: Invoice) -> Iterator[FieldError]:
    """A reason that no line takes explains nothing, and a document has no place for it."""
    taken = {tax.exemption_code for line in invoice.lines for tax in line.taxes}
    yield from reasons_of_no_line(invoice.info, taken)


def references_of_ours(invoice: Invoice) -> Iterator[FieldError]:
    """Additional documents that look like what a dialect writes would be read as it."""
    for index, each in enumerate(invoice.info.additional_document_references):
        kinds = {each.document_type_code, each.document_type}
        a_fact = each.id in RESERVED_IDS or each.id.startswith(SALE) or not RESERVED_CODES.isdisjoint(kinds)
        a_template = each.document_type == TEMPLATE and each.attachment is not None
        if a_fact or a_template:
            message = "looks like what is written for the e-Arşiv report or the template: use the fields of InvoiceInfo"
            yield error_at(f"AdditionalDocumentReferences[{index}]", "REFERENCE_RESERVED", message)


def lines_are_not_negative(invoice: Invoice) -> Iterator[FieldError]:
    """Allowances take off at most what is there, on a line and on the document."""
    for index, line in enumerate(invoice.lines):
        if line.base < ZERO:
            message = "allowances take more off than the line comes to"
            yield FieldError(path=f"$.lines[{index}].allowances", code="DISCOUNT_TOO_LARGE", message=message)
    if any(each.base < ZERO for each in invoice.tax_subtotals) or invoice.tax_exclusive < ZERO:
        message = "take more off than the lines come to"
        yield FieldError(path="$.allowances", code="DISCOUNT_EXCEEDS_GOODS", message=message)
    if invoice.payable < ZERO:
        yield FieldError(path="$.lines", code="PAYABLE_NEGATIVE", message="come to less than nothing to be paid")


def document_allowances_with_plain_vat(invoice: Invoice) -> Iterator[FieldError]:
    """How they would change a withholding or a special base is defined nowhere; on lines it is."""
    if invoice.allowances and (invoice.withheld or invoice.type == SPECIAL_BASE):
        message = "go with neither withholding nor a special base: put them on the lines"
        yield FieldError(path="$.allowances", code="DOCUMENT_ALLOWANCE_NOT_ALLOWED", message=message)


def has_its_defaults(invoice: Invoice) -> Iterator[FieldError]:
    """Only an invoice with its defaults is read from its XML as it was built."""
    if with_defaults(invoice) != invoice:
        yield FieldError(path="$", code="DEFAULTS_MISSING", message="leaves open what a document must say")


RULES: Final[tuple[Callable[[Invoice], Iterator[FieldError]], ...]] = (
    whole_number,
    ettn,
    template_in_the_document,
    one_type,
    archive_facts,
    reason_of_a_line,
    references_of_ours,
    lines_are_not_negative,
    document_allowances_with_plain_vat,
    has_its_defaults,
)
