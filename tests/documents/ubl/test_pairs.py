"""Every recommended pair of profile and type: what we build passes our rules and GİB's, and is read back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.documents.checking import Mode, Severity, check
from app.documents.checking.rule_set import installed
from app.documents.from_json.calculation import invoice_of
from app.documents.from_json.input_model import InvoiceEntry, TaxEntry
from app.documents.invoice_info.rules import Circumstances
from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.documents.ubl import build, parse
from app.documents.ubl.invoice_checks import invoice_errors
from app.domain.invoice_details import Delivery
from app.domain.invoice_info.model import TaxExemptionReasons
from tests.documents.ubl.pairs import ISSUED, entry_for, recommended, with_info, with_lines

TODAY = date(2026, 11, 1)
rules_of_gib = pytest.mark.skipif(installed().schematron is None, reason="GİB's rules are not installed (extra ubl)")


def drawn(entry: InvoiceEntry) -> Invoice:
    invoice = invoice_of(entry)
    assert invoice_errors(invoice, Circumstances(now=ISSUED)) == ()
    return invoice


def told(invoice: Invoice) -> list[tuple[str, str]]:
    """What any layer says, but for notes."""
    found = check(build(invoice), "invoice.xml", mode=Mode.PRODUCTION, today=TODAY)
    return [(each.path, each.code) for each in found if each.severity is not Severity.INFO]


@rules_of_gib
@pytest.mark.parametrize(("profile", "kind"), recommended())
def test_what_we_build_of_every_recommended_pair_passes_all_rules(profile: Profile, kind: str) -> None:
    invoice = drawn(entry_for(profile, kind))
    assert told(invoice) == []
    assert parse(build(invoice)) == invoice


@rules_of_gib
def test_an_inward_processing_licence_names_its_line_and_its_tariff() -> None:
    entry = entry_for(Profile.TEMELFATURA, "IHRACKAYITLI")
    reason = TaxExemptionReasons(kdv_exemption_reason_code="702")
    licence = Delivery(customs_id="010203040506", licence_line="12345678901")
    invoice = drawn(with_lines(with_info(entry, tax_exemption_reason_info=reason), delivery=licence))
    assert told(invoice) == []
    assert parse(build(invoice)) == invoice


@rules_of_gib
def test_a_foreign_currency_carries_its_rate() -> None:
    entry = with_info(entry_for(Profile.EARSIVFATURA, "SATIS"), currency_code="USD", exchange_rate=Decimal("41.123456"))
    invoice = drawn(entry)
    assert told(invoice) == []
    assert parse(build(invoice)) == invoice


@rules_of_gib
def test_special_consumption_tax_is_in_the_base_of_vat_by_rate_and_by_unit() -> None:
    by_rate = (TaxEntry(code="0074", rate=Decimal(10)), TaxEntry(rate=Decimal(20)))
    invoice = drawn(with_lines(entry_for(Profile.TEMELFATURA, "SATIS"), taxes=by_rate))
    bases = {tax.code: tax.base for tax in invoice.lines[0].taxes}
    assert bases == {"0015": Decimal("109.98"), "0074": Decimal("99.98")}
    assert told(invoice) == []


@rules_of_gib
def test_income_tax_is_shown_and_taken_off_what_is_payable() -> None:
    entry = entry_for(Profile.TEMELFATURA, "SATIS")
    taxes = (TaxEntry(rate=Decimal(20)), TaxEntry(code="0003", rate=Decimal(20)))
    invoice = drawn(with_lines(replace(entry, lines=entry.lines[:1]), taxes=taxes))
    assert (invoice.tax_inclusive, invoice.payable) == (Decimal("119.98"), Decimal("99.98"))
    assert told(invoice) == []
    assert parse(build(invoice)) == invoice
