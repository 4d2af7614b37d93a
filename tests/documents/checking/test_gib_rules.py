"""GİB's schema and schematron, where the extra is installed; and invoices of others, where a folder is named."""

import csv
import os
import re
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from app.documents.checking import Layer, Mode, Severity, check, drafts, schematron
from app.documents.checking.rule_set import installed
from app.documents.safe_input.xml import parse
from tests.documents.checking.gib_faults import GIB_FAULTS
from tests.documents.checking.mutations import SAMPLES, Change, with_changes, with_fault

TODAY = date(2026, 11, 1)
DOCUMENTED = Path(__file__).parents[3] / "docs" / "gib-rules.md"
CLEAN = sorted(SAMPLES.glob("*.xml"))
OTHERS = os.environ.get("FATURAFLOW_TEST_UBL_SAMPLES")
GIB = {Layer.XSD, Layer.SCHEMATRON}
rules_of_gib = pytest.mark.skipif(installed().schematron is None, reason="GİB's rules are not installed (extra ubl)")


def errors_of(content: bytes) -> Counter[tuple[str, str]]:
    found = check(content, "invoice.xml", mode=Mode.TEST, today=TODAY)
    return Counter((each.layer.value, each.code) for each in found if each.severity is Severity.ERROR)


@rules_of_gib
@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_our_clean_invoices_are_clean_by_gibs_rules(path: Path) -> None:
    assert errors_of(path.read_bytes()) == Counter()


@rules_of_gib
@pytest.mark.parametrize("place", ["UUID", "LegalMonetaryTotal"])
def test_gibs_schema_is_really_asked(place: str) -> None:
    found = check(with_fault("sale", place, None), "invoice.xml", mode=Mode.TEST, today=TODAY)
    assert any(each.layer is Layer.XSD and each.path.startswith("Invoice") for each in found)


@rules_of_gib
@pytest.mark.parametrize(("rule", "name", "changes", "code"), GIB_FAULTS)
def test_what_gibs_schematron_notices_a_rule_of_ours_notices_too(
    rule: str, name: str, changes: tuple[Change, ...], code: str
) -> None:
    found = {
        (each.layer is Layer.SCHEMATRON, each.code)
        for each in check(
            with_changes(name, changes),
            "invoice.xml",
            mode=Mode.TEST,
            today=TODAY,
            layers=frozenset(Layer) - {Layer.XSD},
        )
    }
    assert {(True, rule), (False, code)} <= found


@rules_of_gib
def test_gibs_rules_are_asked_of_an_invoice_without_any_one_of_its_parts() -> None:
    whole = CLEAN[0].read_bytes()
    for index in range(len(parse(whole))):
        root = parse(whole)
        root.remove(root[index])
        found = check(etree.tostring(root), "invoice.xml", mode=Mode.TEST, today=TODAY)
        assert not {each.code for each in found} & {"NOT_INSTALLED", "NOT_RUN"}


@rules_of_gib
def test_gibs_rules_let_wrong_sums_pass_so_ours_are_needed() -> None:
    found = errors_of(with_fault("sale", "LegalMonetaryTotal/PayableAmount", "1.00"))
    assert set(found) == {("arithmetic", "PAYABLE")}


@rules_of_gib
def test_saxon_is_told_turkeys_time_and_the_process_keeps_its_own() -> None:
    before = (os.environ.get("TZ"), time.tzname)
    rules = installed().schematron
    assert rules is not None
    draft = drafts.with_placeholders(parse(CLEAN[0].read_bytes()))
    assert list(schematron.complaints(draft, "EARSIVFATURA", rules)) == []
    assert (os.environ.get("TZ"), time.tzname) == before


def documented() -> dict[str, set[str]]:
    """Of each rule of GİB's our codes that say the same; none where only GİB's layer has it."""
    rows = re.findall(r"^\| ([A-Za-z]\w+-\d+) \| (.*) \|$", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE)
    return {rule: set(re.findall("`([A-Z_]+)`", said)) if said.startswith("`") else set() for rule, said in rows}


def test_the_table_of_gibs_rules_says_what_is_proven_here() -> None:
    proven: dict[str, set[str]] = {}
    for rule, _, _, code in GIB_FAULTS:
        proven.setdefault(rule, set()).add(code)
    assert {rule: codes for rule, codes in documented().items() if codes} == proven


@rules_of_gib
def test_the_table_has_every_rule_that_gib_has_for_invoices() -> None:
    rules = installed().schematron
    assert rules is not None
    source = re.sub("<!--.*?-->", "", rules.with_suffix(".sch").read_text(encoding="utf-8"), flags=re.DOTALL)
    patterns = dict(re.findall(r'pattern id="(\w+)">(.*?)</(?:sch:)?pattern>', source, re.DOTALL))
    of_invoices = re.findall(r'id="([\w-]+)"', patterns["genel"] + patterns["invoice"])
    assert documented().keys() == set(of_invoices)


def test_placeholders_stand_in_a_copy_only() -> None:
    root = parse(CLEAN[0].read_bytes())
    children = len(root)
    draft = drafts.with_placeholders(root)
    assert (len(root), len(draft)) == (children, children + 2)
    assert not drafts.is_signed(draft)


def outgrown() -> dict[str, Counter[tuple[str, str]]]:
    """What is found in samples that GİB's rules outgrew, by file."""
    table: dict[str, Counter[tuple[str, str]]] = {}
    with (Path(__file__).parent / "stale_samples.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table.setdefault(row["file"], Counter())[row["layer"], row["code"]] = int(row["times"])
    return table


@pytest.mark.foreign_samples
@pytest.mark.skipif(OTHERS is None, reason="FATURAFLOW_TEST_UBL_SAMPLES names no folder")
def test_samples_of_others_have_no_errors_but_those_of_the_table() -> None:
    assert OTHERS is not None
    paths = sorted(Path(OTHERS).glob("*.xml"))
    assert paths
    asked = {
        layer
        for layer, path in zip(("xsd", "schematron"), (installed().schema, installed().schematron), strict=True)
        if path
    }
    for path in paths:
        expected = outgrown().get(path.name, Counter())
        reckoned = {key: times for key, times in expected.items() if key[0] in asked or key[0] not in GIB}
        assert errors_of(path.read_bytes()) == reckoned, path.name
