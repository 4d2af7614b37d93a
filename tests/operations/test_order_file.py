"""Order events in a file: in each form that people have, checked before anything is sent."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.orders import InvoiceRequested, OrderPlaced
from app.operations.errors import RefusedInputError
from app.operations.order_file import events_in
from tests.harness.pipeline import order

FIRST, SECOND = order("S-1"), order("S-2")
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "order.json"


def references(content: str) -> list[str | None]:
    return [found.event and found.event.order_reference for found in events_in(content.encode())]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps(FIRST), ["S-1"]),
        (json.dumps(FIRST, indent=2), ["S-1"]),
        (json.dumps([FIRST, SECOND], indent=2), ["S-1", "S-2"]),
        (f"{json.dumps(FIRST)}\n\n{json.dumps(SECOND)}\n", ["S-1", "S-2"]),
        (f"\ufeff{json.dumps(FIRST)}", ["S-1"]),
        ("[]", []),
        ("", []),
    ],
    ids=["one", "over several lines", "an array", "JSON lines", "a byte order mark", "an empty array", "nothing"],
)
def test_one_event_and_many_are_read(content: str, expected: list[str]) -> None:
    assert references(content) == expected


def test_an_amount_is_read_to_its_last_digit() -> None:
    text = json.dumps(FIRST)
    price = FIRST["body"]["lines"][0]["unit_price"]
    exact = text.replace(json.dumps(price), "123456789012.12345678")
    (found,) = events_in(exact.encode())
    assert found.event is not None and isinstance(found.event.body, OrderPlaced)
    assert found.event.body.lines[0].unit_price == Decimal("123456789012.12345678")


def test_every_fault_is_told_with_its_event_and_line() -> None:
    wrong: dict[str, Any] = {**FIRST, "order_reference": "", "gift": "yes"}
    found = events_in(f"{json.dumps(SECOND)}\n{json.dumps(wrong)}".encode())
    assert [(each.number, each.line, each.event is None) for each in found] == [(1, 1, False), (2, 2, True)]
    assert {error.path for error in found[1].errors} == {"$.order_reference", "$.gift"}


def test_a_number_that_is_too_long_is_an_error_of_its_field() -> None:
    (found,) = events_in(json.dumps(FIRST).replace('"business"', f'"count": {"9" * 5000}, "business"').encode())
    assert [(error.path, error.code) for error in found.errors] == [("$.count", "UNKNOWN_FIELD")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"business": "ORNEK"', "line 1: no JSON"),
        (b"{}\n{]", "line 2: no JSON"),
        (b"[{}] {}", "something follows the array"),
        (b"[{}", "line 1: a comma or the array's end is missing; is the file whole"),
        (b"[{},\n", "line 2: no JSON"),
        (b"[{}\n{}]", "line 2: a comma or the array's end is missing"),
        (b"[,{}]", "line 1: no JSON"),
        (b"[{},]", "line 1: no JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_json_is_one_sentence(content: bytes, says: str) -> None:
    with pytest.raises(RefusedInputError, match=says):
        events_in(content)


def test_the_example_is_an_order_with_its_buyer_and_the_request_for_all_its_lines() -> None:
    placed, requested = (found.event for found in events_in(EXAMPLE.read_bytes()))
    assert placed is not None and isinstance(placed.body, OrderPlaced)
    assert placed.person is not None and placed.person.buyer is not None
    assert requested is not None and isinstance(requested.body, InvoiceRequested)
    assert requested.body.line_references == tuple(line.line_reference for line in placed.body.lines)
