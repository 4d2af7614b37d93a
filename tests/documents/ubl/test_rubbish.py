"""Whatever stands in a document or in a file, it is read, or refused by name."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.documents.checking import Mode
from app.documents.from_json.build import make
from app.documents.safe_input.xml import UnsafeXmlError
from app.documents.safe_input.xml import parse as safely_parsed
from app.documents.ubl import UnreadableError, parse
from tests.documents.checking.mutations import FAULTS, SWAPS, sample, with_fault, with_swap

EXAMPLE = (Path(__file__).parents[3] / "docs" / "examples" / "invoice.json").read_text(encoding="utf-8")
SAMPLES = ("sale", "export", "withholding", "special_base", "social_security", "tax_free", "cash_register")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FEW = settings(max_examples=25, deadline=None)
RUBBISH = st.sampled_from(
    [
        "",
        " ",
        "x",
        "-1",
        "1e9",
        "NaN",
        "0",
        "9" * 32,
        "." + "9" * 31,
        "0001-01-01",
        "9999-12-31",
        "24:00:00",
        "TRY",
        "İ",
    ]
)
JUNK = st.sampled_from(
    [
        None,
        "",
        0,
        -1,
        1.5,
        True,
        "x",
        [],
        {},
        [None],
        "9" * 40,
        10**30,
        "NaN",
        "2026-13-01",
        "\u202e",
        {"x": 1},
        "0",
        "100",
    ]
)


def reads_or_refuses(content: bytes) -> None:
    with suppress(UnreadableError, UnsafeXmlError):
        parse(content)


@pytest.mark.parametrize(("name", "place", "value", "code"), FAULTS)
def test_no_single_fault_makes_the_reader_stumble(name: str, place: str, value: str | None, code: str) -> None:
    assert code
    reads_or_refuses(with_fault(name, place, value))


@pytest.mark.parametrize(("name", "one", "other", "code"), SWAPS)
def test_amounts_in_each_others_place_are_refused(name: str, one: str, other: str, code: str) -> None:
    assert code
    with pytest.raises(UnreadableError):
        parse(with_swap(name, one, other))


@given(st.sampled_from(SAMPLES), st.integers(0, 400), RUBBISH)
@FEW
def test_rubbish_anywhere_is_read_or_refused(name: str, place: int, rubbish: str) -> None:
    root = safely_parsed(sample(name))
    elements = list(root.iter("*"))
    elements[place % len(elements)].text = rubbish
    reads_or_refuses(etree.tostring(root))


@given(st.sampled_from(SAMPLES), st.integers(0, 400))
@FEW
def test_a_part_that_is_missing_is_read_or_refused(name: str, place: int) -> None:
    root = safely_parsed(sample(name))
    elements = list(root.iter("*"))[1:]
    gone = elements[place % len(elements)]
    parent = gone.getparent()
    assert parent is not None
    parent.remove(gone)
    reads_or_refuses(etree.tostring(root))


@given(st.integers(0, 200), JUNK)
@FEW
def test_rubbish_in_a_file_is_told_and_never_raised(place: int, junk: Any) -> None:
    content = json.loads(EXAMPLE)
    places = list(_places(content))
    holder, key = places[place % len(places)]
    holder[key] = junk
    made = make(json.dumps(content).encode(), now=NOW, mode=Mode.TEST)
    assert made.found
    assert (made.xml is None) == any(each.severity == "error" for each in made.found)


def _places(inside: Any) -> Any:
    if isinstance(inside, dict | list):
        for key, value in inside.items() if isinstance(inside, dict) else enumerate(inside):
            yield inside, key
            yield from _places(value)
