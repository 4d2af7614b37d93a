import re
from datetime import date
from pathlib import Path

import pytest

from app.documents.checking import Finding, Layer, Mode, Severity, check
from app.documents.checking.checker import OURS
from app.documents.checking.rule_set import RuleSet
from tests.documents.mutations import FAULTS, SAMPLES, SWAPS, sample, with_fault, with_swap

TODAY = date(2026, 11, 1)
WITHOUT_GIB = RuleSet(schema=None, schematron=None)
CLEAN = sorted(path.stem for path in SAMPLES.glob("*.xml"))


def findings(content: bytes, mode: Mode = Mode.TEST) -> list[Finding]:
    found = check(content, "invoice.xml", mode=mode, today=TODAY, rules=WITHOUT_GIB)
    return [finding for finding in found if finding.severity is not Severity.INFO]


def codes_of(content: bytes, mode: Mode = Mode.TEST) -> set[str]:
    return {finding.code for finding in findings(content, mode)}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_invoice_has_no_finding_not_even_in_production(name: str) -> None:
    # An anonymous consumer's and a foreign company's numbers are no test identities where the law lets them stand.
    assert findings(sample(name), Mode.PRODUCTION) == []


@pytest.mark.parametrize(("name", "place", "value", "code"), FAULTS)
def test_a_single_fault_is_named_by_its_rule(name: str, place: str, value: str | None, code: str) -> None:
    assert code in codes_of(with_fault(name, place, value))


@pytest.mark.parametrize(("name", "one", "other", "code"), SWAPS)
def test_two_amounts_in_each_others_place_are_noticed(name: str, one: str, other: str, code: str) -> None:
    assert code in codes_of(with_swap(name, one, other))


def test_every_code_that_a_rule_can_give_is_given_by_a_fault_of_the_table() -> None:
    folder = Path(check.__code__.co_filename).parent
    modules = "structure identifiers codes matrix requirements arithmetic taxes".split()
    sources = "".join((folder / f"{name}.py").read_text(encoding="utf-8") for name in modules)
    possible = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', sources)) | {"PAYABLE"}
    possible = {code for code in possible if not re.search(rf'"{code}"[,}}\)]*(?:\)|}})?\s*#? not a code', sources)}
    tested = {fault[-1] for fault in (*FAULTS, *SWAPS)}
    print(sorted(possible - tested))
    print(sorted(tested - possible))
