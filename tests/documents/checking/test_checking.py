"""Our own rules: clean invoices pass, single faults are named, and no content makes the checker raise."""

import re
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.documents.checking import Finding, Mode, Severity, check
from app.documents.checking.rule_set import RuleSet
from tests.documents.checking.gib_faults import GIB_FAULTS, signed
from tests.documents.checking.mutations import (
    FAULTS,
    SAMPLES,
    SWAPS,
    TAX,
    Change,
    Value,
    sample,
    with_changes,
    with_fault,
    with_swap,
)
from tests.documents.checking.variants import RIGHT

TODAY = date(2026, 11, 1)
WITHOUT_GIB = RuleSet(schema=None, schematron=None)
CLEAN = sorted(path.stem for path in SAMPLES.glob("*.xml"))
DOCUMENTED = Path(__file__).parents[3] / "docs" / "ubl-check.md"
SELLER = "AccountingSupplierParty/Party/PartyIdentification/ID"
OF_TESTS = ("1288331521", "3333333304", "1234567890", "1111111111")


def checked(content: bytes, mode: Mode = Mode.TEST) -> list[Finding]:
    return check(content, "invoice.xml", mode=mode, today=TODAY, rules=WITHOUT_GIB)


def told(content: bytes, mode: Mode = Mode.TEST) -> list[Finding]:
    return [finding for finding in checked(content, mode) if finding.severity is not Severity.INFO]


def codes_of(content: bytes, mode: Mode = Mode.TEST) -> set[str]:
    return {finding.code for finding in told(content, mode)}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_invoice_has_no_finding_not_even_in_production(name: str) -> None:
    assert told(sample(name), Mode.PRODUCTION) == []


@pytest.mark.parametrize(("name", "changes"), RIGHT)
def test_what_is_right_in_another_way_has_no_finding_either(name: str, changes: tuple[Change, ...]) -> None:
    assert told(with_changes(name, changes), Mode.PRODUCTION) == []


def test_a_signature_that_is_whole_has_no_finding() -> None:
    assert told(with_changes("sale", signed()), Mode.PRODUCTION) == []


@pytest.mark.parametrize(("rule", "name", "changes", "code"), GIB_FAULTS)
def test_what_gibs_schematron_would_notice_is_noticed_without_it(
    rule: str, name: str, changes: tuple[Change, ...], code: str
) -> None:
    assert code in codes_of(with_changes(name, changes)), rule


@pytest.mark.parametrize(("name", "place", "value", "code"), FAULTS)
def test_a_single_fault_is_named_by_its_rule(name: str, place: str, value: Value, code: str) -> None:
    assert code in codes_of(with_fault(name, place, value))


@pytest.mark.parametrize(("name", "one", "other", "code"), SWAPS)
def test_two_amounts_in_each_others_place_are_noticed(name: str, one: str, other: str, code: str) -> None:
    assert code in codes_of(with_swap(name, one, other))


def test_every_documented_code_of_our_rules_has_a_fault_that_it_names_and_the_reverse() -> None:
    table = DOCUMENTED.read_text(encoding="utf-8").split("## Our codes")[1]
    rows = [line for line in table.splitlines() if re.match(r"\| (?!parsing|any)\w+ \| `", line)]
    documented = {code for row in rows for code in re.findall(r"`([A-Z_]+)`", row)}
    assert documented == {fault[-1] for fault in (*FAULTS, *SWAPS, *GIB_FAULTS)} | {"TEST_IDENTITY"}


@pytest.mark.parametrize("identity", OF_TESTS)
def test_an_identity_of_tests_is_refused_in_production_only(identity: str) -> None:
    content = with_fault("commercial", SELLER, identity)
    errors = [finding.code for finding in told(content, Mode.PRODUCTION) if finding.severity is Severity.ERROR]
    assert errors == ["TEST_IDENTITY"]
    assert all(finding.severity is Severity.WARNING for finding in told(content))


def test_wrong_check_digits_are_a_warning_in_test_mode_and_an_error_in_production() -> None:
    content = with_fault("commercial", SELLER, "9000000008")
    severities = [told(content, mode)[0].severity for mode in (Mode.TEST, Mode.PRODUCTION)]
    assert severities == [Severity.WARNING, Severity.ERROR]


def test_a_finding_quotes_no_more_than_a_person_reads() -> None:
    (found,) = told(with_fault("sale", "InvoiceLine[1]/InvoicedQuantity@unitCode", "X" * 100_000))
    assert (found.code, found.message[:6], len(found.message) < 1000) == ("UNIT_UNKNOWN", "'XXXXX", True)


def test_a_finding_says_where() -> None:
    (finding,) = told(with_fault("sale", "InvoiceLine[2]/InvoicedQuantity@unitCode", "ADET"))
    assert (finding.file, finding.layer, finding.path) == (
        "invoice.xml",
        "codes",
        "Invoice/InvoiceLine[2]/InvoicedQuantity",
    )


def test_an_hour_before_midnight_in_turkey_tomorrows_invoice_is_of_the_future_and_todays_is_not() -> None:
    assert "ISSUE_DATE_FUTURE" not in codes_of(with_fault("sale", "IssueDate", TODAY.isoformat()))
    assert "ISSUE_DATE_FUTURE" in codes_of(with_fault("sale", "IssueDate", "2026-11-02"))


def test_a_line_without_its_rate_is_named_and_its_base_is_not_called_wrong() -> None:
    without = with_fault("sale", f"InvoiceLine[1]/{TAX}/Percent", None)
    assert [(each.code, each.severity) for each in told(without)] == [("VAT_NOT_RECKONABLE", "warning")]


def many_lines(quantity: str, price: str, total: str) -> bytes:
    """182 lines of 1.01 each, and a total that stands wherever lines are summed."""
    root = etree.fromstring(sample("exempt_in_dollars"))
    line = next(root.iter("{*}InvoiceLine"))
    for path, value in (
        ("InvoicedQuantity", quantity),
        ("Price/PriceAmount", price),
        ("LineExtensionAmount", "1.01"),
        ("TaxTotal/TaxSubtotal/TaxableAmount", "1.01"),
    ):
        changed(line, path, value)
    for index in range(2, 183):
        another = deepcopy(line)
        changed(another, "ID", str(index))
        root.append(another)
    changed(root, "LineCountNumeric", "182")
    changed(root, "TaxTotal/TaxSubtotal/TaxableAmount", total)
    for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount"):
        changed(root, f"LegalMonetaryTotal/{name}", total)
    return etree.tostring(root, encoding="utf-8")


def changed(element: "etree._Element", path: str, value: str) -> None:
    found = element.find("/".join("{*}" + step for step in path.split("/")))
    assert found is not None
    found.text = value


SUMMED = ["LINE_EXTENSION_TOTAL", "TAX_EXCLUSIVE", "TAX_BASE"]


def test_a_sum_of_many_lines_that_their_rounding_alone_can_explain_is_a_warning() -> None:
    assert told(many_lines("0.335", "3.00", "183.82")) == []
    found = told(many_lines("0.335", "3.00", "183.79"))
    assert [each.code for each in found] == SUMMED
    assert {each.severity for each in found} == {Severity.WARNING}


@pytest.mark.parametrize(("quantity", "price", "total"), [("0.335", "3.00", "182.89"), ("1", "1.01", "183.79")])
def test_a_sum_that_rounding_cannot_explain_is_an_error(quantity: str, price: str, total: str) -> None:
    found = told(many_lines(quantity, price, total))
    assert [each.code for each in found if each.severity is Severity.ERROR] == SUMMED


def test_what_is_not_installed_is_told_and_never_skipped_in_silence() -> None:
    missing = [(f.layer, f.severity) for f in checked(sample("sale")) if f.code == "NOT_INSTALLED"]
    assert missing == [("xsd", "info"), ("schematron", "info")]


def test_whole_vat_in_the_tax_total_passes_beside_a_withholding() -> None:
    assert "TAX_TOTAL" not in codes_of(with_fault("withholding", "TaxTotal/TaxAmount", "200.00"))


def test_a_number_with_a_comment_in_it_is_read_whole() -> None:
    split = sample("sale").replace(b">327.00</cbc:PayableAmount>", b">32<!-- -->7.00</cbc:PayableAmount>")
    assert told(split) == []


@pytest.mark.parametrize("name", ["sale", "withholding", "charging"])
def test_an_invoice_without_any_one_of_its_elements_is_still_checked(name: str) -> None:
    for index in range(1, len(list(etree.fromstring(sample(name)).iter()))):
        root = etree.fromstring(sample(name))
        element = list(root.iter())[index]
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        assert all(finding.code for finding in checked(etree.tostring(root)))


@pytest.mark.fuzz
@settings(max_examples=100, deadline=None)
@given(index=st.integers(1, 60), value=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_no_text_makes_the_checker_raise(index: int, value: str) -> None:
    root = etree.fromstring(sample("withholding"))
    elements = list(root.iter())
    element = elements[index % len(elements)]
    if len(element):
        element.set("schemeID", value)
    else:
        try:
            element.text = value
        except ValueError:  # no XML can have this character
            return
    assert all(finding.message for finding in checked(etree.tostring(root, encoding="utf-8")))


@pytest.mark.fuzz
@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_no_bytes_make_the_checker_raise(content: bytes) -> None:
    (finding,) = checked(content)
    assert (finding.layer, finding.severity) == ("parsing", "error")
