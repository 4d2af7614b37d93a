"""JSON that decides something is read to the digit, and says each thing once."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.exact_json import NameTwice, NestedTooDeep, loads, loads_submitted


def test_numbers_keep_their_digits() -> None:
    read = loads('{"a": 0.1, "b": 123456789012.12345678, "c": 7, "d": ' + "9" * 5000 + "}")
    assert read == {"a": Decimal("0.1"), "b": Decimal("123456789012.12345678"), "c": 7, "d": Decimal("9" * 5000)}


def test_a_name_that_stands_twice_is_told_with_every_place_where_it_does() -> None:
    with pytest.raises(NameTwice) as refused:
        loads('{"a": 1, "b": [{"c": 1, "c": 2}, {"d": {"e": 1, "e": 1, "f": 0}}], "a": 2}')
    assert set(refused.value.places) == {("a",), ("b", 0, "c"), ("b", 1, "d", "e")}
    assert refused.value.tree["a"] == 2


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"a": 1, "a": 1}, ' + "[" * 100_000])
def test_what_is_nested_too_deep_has_an_error_of_its_own(text: str) -> None:
    with pytest.raises(NestedTooDeep):
        loads(text)


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "[1e9999999999999999999999]", r'"\ud83d"', r'["\udc00"]', '[{"a":1,"a":2},']
)
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        loads(text)


def test_what_is_no_number_can_be_asked_for() -> None:
    assert loads_submitted(b"[-Infinity]") == [Decimal("-Infinity")]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b'{"a" :1, "a": 2, "b": 0}',
        b'{"a"\n:1, "b": {"c": 1, "c" : 2}}',
        b'{"a" : "x", "b": "\\":", "b": 1}',
        b'{"a": {"a": 1}, "a": {}}',
        b'[{"a": 1}, {"a": 1, "a": 1}]',
        b'{"\\u0061": 1, "a": 2}',
    ],
)
def test_the_quick_reader_overlooks_no_name_that_stands_twice(raw: bytes) -> None:
    """Also where a blank before a colon, or a quotation mark in a text, would make the count come out."""
    with pytest.raises(NameTwice):
        loads_submitted(raw)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
)


@given(VALUES)
def test_both_readers_read_the_same(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, separators=(" , ", " : "))):
        assert loads_submitted(text.encode()) == loads(text) == value


def test_a_pair_of_surrogates_is_a_character_and_an_escaped_backslash_none_of_a_pair() -> None:
    assert loads(r'["\ud83d\ude00", "\\ud83d"]') == ["\U0001f600", r"\ud83d"]
