"""Amounts keep their digits on the wire."""

import json
from decimal import Decimal

import pytest

from providers import exact_json


def test_a_decimal_is_written_with_its_digits_and_no_exponent() -> None:
    assert exact_json.dumps({"a": Decimal("12.10"), "b": [Decimal("1E+3"), Decimal("0.00000001")]}) == (
        '{"a":12.10,"b":[1000,0.00000001]}'
    )


def test_everything_else_is_ordinary_json() -> None:
    value: exact_json.JsonValue = {"t": 'a"b\n', "n": None, "y": True, "i": 3, "ş": ["ğ"], "e": {}}
    assert json.loads(exact_json.dumps(value)) == value


def test_what_is_read_can_be_written_again_unchanged() -> None:
    text = '{"a":120.00,"b":"x"}'
    assert exact_json.dumps(exact_json.loads(text)) == text


@pytest.mark.parametrize("text", ["", "{", "NaN", "<html>"])
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        exact_json.loads(text)
