"""JSON that decides something is read and written to the digit, and has each name once."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.exact_json import JsonValue, NameTwice, NestedTooDeep, dumps, loads, loads_submitted


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
    "text",
    [
        "",
        "{",
        "<html>",
        "NaN",
        "[Infinity]",
        "[1e9999999999999999999999]",
        r'"\ud83d"',
        r'["\udc00"]',
        '[{"a":1,"a":2},',
    ],
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


@st.composite
def written(draw: st.DrawFn) -> str:
    """JSON as somebody may write it: names said twice, blanks anywhere, escapes, and numbers of any form."""
    blank = st.sampled_from(["", "", "", " ", "\n\t"])
    word = st.sampled_from(
        ['"a"', '"b"', r'"\u0061"', '"ğ"', r'"\u011f"', r'"a\":"', '":"', r'"\ud83d"', '"\U0001f600"', '""']
    )
    numbers = ["0", "-0", "1.50", "1E+2", "1e-7", "-0.0", "9" * 18, "9" * 19, "9" * 5000, "1e400", "NaN", "-Infinity"]
    atom = word | st.sampled_from([*numbers, "true", "null", "01", "1.", "tru", "'a'"])

    def inside(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(word, blank, st.just(":"), blank, part, blank).map("".join)
        comma = st.sampled_from([",", ",", ", ", ",\n"])
        several = [
            st.tuples(comma, st.lists(each, max_size=3)).map(lambda told: told[0].join(told[1]))
            for each in (pair, part)
        ]
        return several[0].map("{{{}}}".format) | several[1].map("[{}]".format)

    return draw(st.recursive(atom, inside))


def outcome(read: Callable[[], Any]) -> object:
    """What is read, or which error; repeated names with their places."""
    try:
        return read()
    except NameTwice as twice:
        return "twice", set(twice.places)
    except NestedTooDeep:
        return "deep"
    except ValueError:
        return "no JSON"


@given(written())
def test_whatever_is_written_the_quick_reader_says_what_the_careful_one_does(text: str) -> None:
    """Who asks takes NaN; beside that both readers agree, also about names that stand twice."""
    assume("NaN" not in text and "Infinity" not in text)
    assert outcome(lambda: loads_submitted(text.encode())) == outcome(lambda: loads(text))


@given(st.binary() | written().map(str.encode), st.data())
def test_bytes_that_are_spoilt_somewhere_are_read_alike(raw: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw)))
    raw = raw[:at] + data.draw(st.binary(max_size=2)) + raw[at + data.draw(st.integers(0, 2)) :]
    assume(b"NaN" not in raw and b"Infinity" not in raw)
    assert outcome(lambda: loads_submitted(raw)) == outcome(lambda: loads(raw.decode()))


@pytest.mark.parametrize("depth", [500, 900, 2_000, 100_000])
def test_what_is_nested_is_read_or_too_deep(depth: int) -> None:
    raw = b"[" * depth + b"]" * depth
    assert outcome(lambda: loads_submitted(raw)) in (outcome(lambda: loads(raw.decode())), "deep")


def test_a_pair_of_surrogates_is_a_character_and_an_escaped_backslash_none_of_a_pair() -> None:
    assert loads(r'["\ud83d\ude00", "\\ud83d"]') == ["\U0001f600", r"\ud83d"]


def test_a_decimal_is_written_with_its_digits_and_no_exponent() -> None:
    written = dumps({"a": Decimal("12.10"), "b": [Decimal("1E+3"), Decimal("0.00000001")]})
    assert written == '{"a":12.10,"b":[1000,0.00000001]}'


def test_everything_else_is_written_as_ordinary_json() -> None:
    value: JsonValue = {"t": 'a"b\n', "n": None, "y": True, "i": 3, "ş": ["ğ"], "e": {}}
    assert json.loads(dumps(value)) == value


def test_what_is_read_can_be_written_again_unchanged() -> None:
    text = '{"a":120.00,"b":"x"}'
    assert dumps(loads(text)) == text
