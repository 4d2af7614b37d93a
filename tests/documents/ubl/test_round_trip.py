"""Whatever the invoice: its totals close to the kuruş, and from its XML it comes back as it was."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.checking import Layer, Mode, Severity, check, xsd
from app.documents.checking.rule_set import installed
from app.documents.model.defaults import with_defaults
from app.documents.model.invoice import Invoice
from app.documents.safe_input.xml import parse as parsed
from app.documents.ubl import Dialect, build, parse
from app.documents.ubl.dialect import DespatchAs, ReportFacts, TaxTotalAs
from app.domain.money import to_kurus
from tests.documents.invoice_info.infos import TODAY
from tests.documents.ubl.invoices import invoices

# These have room for every field of an internet sale.
WHOLE_REPORTS = (ReportFacts.PATHS,)
rules_of_gib = pytest.mark.skipif(installed().schema is None, reason="GİB's rules are not installed (extra ubl)")
FEW = settings(max_examples=25, deadline=None)
MANY = settings(max_examples=150, deadline=None)
LARGE = st.sampled_from([1, 2, 10, 100, 500])


def closes(invoice: Invoice) -> None:
    """Each line by itself, and every total from the lines."""
    for line in invoice.lines:
        assert to_kurus(line.quantity * line.unit_price) - line.allowance + line.charge == line.base
    changed = sum((tax.base for tax in invoice.tax_adjustments if tax.code == "0015"), Decimal(0))
    assert invoice.line_extension == sum(line.base for line in invoice.lines)
    assert invoice.tax_exclusive == invoice.line_extension + changed
    assert sum(tax.amount for tax in invoice.tax_subtotals if tax.code == "0015") == invoice.vat
    for amount in (invoice.line_extension, invoice.tax_exclusive, invoice.tax_inclusive, invoice.payable):
        assert amount == to_kurus(amount)
    added = invoice.tax_inclusive - invoice.tax_exclusive
    assert invoice.payable <= invoice.tax_exclusive + added + invoice.rounding


def comes_back(invoice: Invoice, dialect: Dialect) -> None:
    assert with_defaults(invoice) == invoice
    assert parse(build(invoice, dialect=dialect)) == invoice


DIALECTS = st.builds(
    Dialect,
    report=st.sampled_from(WHOLE_REPORTS),
    despatch=st.sampled_from(DespatchAs),
    tax_total=st.sampled_from(TaxTotalAs),
)


@given(invoices(), DIALECTS)
@FEW
def test_what_was_built_is_read_as_the_same_and_closes(invoice: Invoice, dialect: Dialect) -> None:
    closes(invoice)
    comes_back(invoice, dialect)


@pytest.mark.fuzz
@given(invoices(LARGE), DIALECTS)
@MANY
def test_what_was_built_is_read_as_the_same_and_closes_up_to_five_hundred_lines(
    invoice: Invoice, dialect: Dialect
) -> None:
    closes(invoice)
    comes_back(invoice, dialect)
    schema = installed().schema
    if schema is not None:
        assert list(xsd.complaints(parsed(build(invoice, dialect=dialect)), schema)) == []


@rules_of_gib
@given(invoices(), DIALECTS)
@FEW
def test_what_is_built_is_valid_by_gibs_schema(invoice: Invoice, dialect: Dialect) -> None:
    schema = installed().schema
    assert schema is not None
    assert list(xsd.complaints(parsed(build(invoice, dialect=dialect)), schema)) == []


@given(invoices(), DIALECTS)
@FEW
def test_the_checkers_arithmetic_agrees_with_ours(invoice: Invoice, dialect: Dialect) -> None:
    content = build(invoice, dialect=dialect)
    found = check(content, "invoice.xml", mode=Mode.TEST, today=TODAY, layers=frozenset({Layer.ARITHMETIC}))
    assert [each for each in found if each.severity is Severity.ERROR] == []
