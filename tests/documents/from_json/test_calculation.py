"""Amounts that others have reckoned before: GİB's samples and sums by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.documents.codelists import codes
from app.documents.from_json.calculation import invoice_of, line_of
from app.documents.from_json.input_model import (
    AllowanceEntry,
    DocumentAllowanceEntry,
    InvoiceEntry,
    LineEntry,
    TaxEntry,
)
from app.documents.invoice_info.rules import Circumstances
from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.documents.ubl.invoice_checks import invoice_errors
from app.domain.invoice_details import PerUnit, WithheldVat
from app.domain.invoice_info.model import TaxExemptionReasons
from tests.documents.ubl.pairs import ISSUED, entry_for, with_info

PLAIN = entry_for(Profile.TEMELFATURA, "SATIS")
TEN_KURUS = (DocumentAllowanceEntry(amount=Decimal("0.10")),)


def sold(price: str, *taxes: TaxEntry, quantity: str = "1", withholding: str | None = None) -> LineEntry:
    return LineEntry(
        name="Artificial goods",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        taxes=taxes,
        withholding=WithheldVat(code=withholding) if withholding else None,
    )


def vat(rate: int, **changes: str) -> TaxEntry:
    return TaxEntry(rate=Decimal(rate), **{name: Decimal(value) for name, value in changes.items()})  # type: ignore[arg-type]


def invoice(kind: str, *lines: LineEntry, profile: Profile = Profile.TEMELFATURA, **changes: object) -> Invoice:
    entry: InvoiceEntry = replace(entry_for(profile, kind), lines=lines, **changes)  # type: ignore[arg-type]
    return invoice_of(entry)


def faults(found: Invoice) -> set[str]:
    return {fault.code for fault in invoice_errors(found, Circumstances(now=ISSUED))}


def test_withholding_is_gibs_first_sample() -> None:
    found = invoice("TEVKIFAT", sold("20000", vat(18), withholding="606"))
    assert (found.vat, found.withheld) == (3600, 3240)
    assert (found.tax_inclusive, found.payable) == (23600, 20360)


def test_withholding_is_gibs_sample_of_this_year() -> None:
    found = invoice("TEVKIFAT", sold("15", vat(10), quantity="15", withholding="613"))
    assert (found.vat, found.withheld) == (Decimal("22.50"), Decimal("20.25"))
    assert (found.tax_inclusive, found.payable) == (Decimal("247.50"), Decimal("227.25"))


def test_a_return_with_withholding_shows_the_rest_of_the_tax_as_gibs_sample_does() -> None:
    found = invoice("TEVKIFATIADE", sold("90", vat(10), withholding="613"))
    assert (found.vat, found.withheld) == (Decimal("0.90"), 0)
    assert (found.tax_inclusive, found.payable) == (Decimal("90.90"), Decimal("90.90"))
    assert found.withholding_subtotals == ()


def test_vat_on_a_special_base_is_in_the_price_or_is_not() -> None:
    special = sold("24.94", vat(18, base="22.28"))
    assert invoice("OZELMATRAH", special).payable == Decimal("24.94")
    assert invoice("OZELMATRAH", special, special_base_in_price=False).payable == Decimal("28.95")


def test_an_exempt_investment_computes_its_vat_and_does_not_add_it() -> None:
    found = invoice_of(entry_for(Profile.EARSIVFATURA, "YTBISTISNA"))
    assert found.vat > 0
    assert found.payable == found.tax_exclusive


def test_the_vat_of_an_export_registered_sale_may_be_deferred() -> None:
    line = sold("100", vat(20))
    assert invoice("IHRACKAYITLI", line).payable == 120
    assert invoice("IHRACKAYITLI", line, vat_deferred=True).payable == 100


def test_accommodation_tax_stands_beside_vat_and_not_in_its_base() -> None:
    taxes = (vat(10), TaxEntry(code="0059", rate=Decimal(2)))
    found = invoice("KONAKLAMAVERGISI", sold("100", *taxes, quantity="2"))
    assert [(tax.code, tax.base, tax.amount) for tax in found.tax_subtotals] == [
        ("0015", 200, 20),
        ("0059", 200, 4),
    ]
    assert found.payable == 224


def test_the_diplomats_exemption_from_accommodation_tax_makes_an_istisna_with_vat() -> None:
    taxes = (vat(10), TaxEntry(code="0059", rate=Decimal(0), exemption_code="001"))
    entry = with_info(entry_for(Profile.TEMELFATURA, "ISTISNA"), tax_exemption_reason_info=None)
    assert faults(invoice_of(replace(entry, lines=(sold("100", *taxes),)))) == set()
    assert faults(invoice_of(replace(entry, lines=(sold("100", vat(10)),)))) == {"VAT_EXEMPTION_REQUIRED"}


def test_vat_that_an_allowance_of_the_document_takes_away_whole_is_explained_by_the_heads_351() -> None:
    lowered = replace(
        PLAIN, lines=(sold("0.06", vat(10)),), allowances=(DocumentAllowanceEntry(amount=Decimal("0.05")),)
    )
    assert faults(invoice_of(lowered)) == {"VAT_EXEMPTION_REQUIRED"}
    reason = TaxExemptionReasons(kdv_exemption_reason_code="351")
    assert faults(invoice_of(with_info(lowered, tax_exemption_reason_info=reason))) == set()


def test_a_tax_by_unit_is_in_the_base_of_vat() -> None:
    by_litre = TaxEntry(code="0071", per_unit=PerUnit(amount=Decimal("2.5"), unit="LTR"))
    found = line_of(sold("10", vat(20), by_litre, quantity="4"))
    assert [(tax.code, tax.base, tax.amount) for tax in found.taxes] == [("0015", 50, 10), ("0071", 40, 10)]


def test_allowances_and_charges_of_a_line_are_of_its_whole_amount() -> None:
    entry = replace(
        sold("33.325", vat(20), quantity="6"),
        allowances=(
            AllowanceEntry(percent=Decimal(10)),
            AllowanceEntry(amount=Decimal("4.95")),
            AllowanceEntry(is_charge=True, amount=Decimal(1)),
        ),
    )
    found = line_of(entry)
    assert (found.base, found.allowance, found.charge) == (Decimal("176.00"), Decimal("24.95"), 1)
    assert (found.allowances[0].factor, found.allowances[0].base) == (Decimal("0.1"), Decimal("199.95"))


def test_an_allowance_of_the_document_is_spread_over_its_rates_to_the_kurus() -> None:
    lines = (sold("100", vat(20)), sold("50", vat(10)), sold("50", vat(1)))
    found = invoice("SATIS", *lines, allowances=(DocumentAllowanceEntry(amount=Decimal("0.03")),))
    assert found.tax_exclusive == Decimal("199.97")
    assert sorted(tax.base for tax in found.tax_subtotals) == [Decimal("49.99"), Decimal("49.99"), Decimal("99.99")]


def test_a_charge_of_the_document_bears_its_own_vat() -> None:
    charge = DocumentAllowanceEntry(is_charge=True, amount=Decimal(40), vat_rate=Decimal(20), reason="Kargo")
    found = invoice("SATIS", sold("100", vat(10)), allowances=(charge,))
    assert (found.tax_exclusive, found.vat, found.payable) == (140, 18, 158)


def test_the_reason_of_the_header_goes_to_the_lines_without_vat_and_to_no_other() -> None:
    found = invoice("ISTISNA", sold("100", vat(0)), sold("100", vat(20)))
    assert [line.vat_exemption_code for line in found.lines] == ["301", None]
    exemption = found.lines[0].taxes[0].exemption
    assert exemption is not None
    assert exemption.text == codes("vat_exemption_reasons")["301"]["name_tr"]


def test_a_document_with_two_reasons_has_none_in_its_header() -> None:
    books = TaxEntry(rate=Decimal(0), exemption_code="335")
    found = invoice("ISTISNA", sold("100", vat(0)), sold("100", books))
    assert found.exemption_codes == ("301", "335")
    assert found.info.tax_exemption_reason_info is None


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (invoice("ISTISNA", sold("100", vat(20))), "REASON_OF_NO_LINE"),
        (invoice("SATIS", sold("-100", vat(20))), "DISCOUNT_TOO_LARGE"),
        (
            invoice("SATIS", sold("1", vat(20)), allowances=(DocumentAllowanceEntry(amount=Decimal(2)),)),
            "DISCOUNT_EXCEEDS_GOODS",
        ),
        (
            invoice(
                "TEVKIFAT",
                sold("1", vat(20), withholding="613"),
                allowances=TEN_KURUS,
            ),
            "DOCUMENT_ALLOWANCE_NOT_ALLOWED",
        ),
        (invoice_of(with_info(PLAIN, uuid=None)), "REQUIRED"),
        (
            invoice_of(with_info(PLAIN, invoice_serie_or_number="ART")),
            "NUMBER_REQUIRED",
        ),
    ],
)
def test_what_no_document_can_say_is_named(found: Invoice, code: str) -> None:
    assert code in faults(found)


def test_something_given_away_at_a_rate_that_others_pay_needs_no_reason() -> None:
    found = invoice("SATIS", sold("100", vat(20)), sold("0", vat(20)))
    assert faults(found) == set()
    assert found.exemption_codes == ()


def test_what_comes_to_nothing_at_a_rate_of_its_own_is_explained_by_351_and_by_no_exemption() -> None:
    lines = (sold("100", vat(20)), sold("0.01", vat(10)))
    assert faults(invoice("SATIS", *lines)) == {"VAT_EXEMPTION_REQUIRED"}
    of_head = TaxExemptionReasons(kdv_exemption_reason_code="351")
    entry = with_info(replace(PLAIN, lines=lines), tax_exemption_reason_info=of_head)
    assert (faults(invoice_of(entry)), invoice_of(entry).exemption_codes) == (set(), ("351",))
    exempt = invoice("ISTISNA", sold("100", vat(0)), sold("0.01", vat(10)))
    assert [line.vat_exemption_code for line in exempt.lines] == ["301", None]


def test_lines_may_have_several_reasons_of_their_own() -> None:
    books = TaxEntry(rate=Decimal(0), exemption_code="335")
    assert faults(invoice("ISTISNA", sold("100", vat(0)), sold("100", books))) == set()


def test_reasons_of_lines_that_exempt_nothing_are_none_of_the_type() -> None:
    lines = (sold("1", TaxEntry(rate=Decimal(0), exemption_code="351")), sold("1", vat(20)))
    plain = with_info(entry_for(Profile.TEMELFATURA, "ISTISNA"), tax_exemption_reason_info=None)
    assert faults(invoice_of(replace(plain, lines=lines))) == {"VAT_EXEMPTION_NOT_OF_TYPE"}
