"""What upstream writes is counted before it is judged, says each thing once, and may have fields that say nothing."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain.orders import OrderEvent, OrderPlaced
from app.stream.records import MOST_SUBMITTED_BYTES
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from tests.stream.serialization.orders import ORDER, spoilt, with_body


def invalid(raw: bytes) -> InvalidRecordError:
    with pytest.raises(InvalidRecordError) as refused:
        Codec().read(OrderEvent, raw)
    return refused.value


def faults(raw: bytes) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in invalid(raw).errors]


def as_text(raw: bytes, before: str, after: str) -> bytes:
    text = raw.decode()
    assert before in text
    return text.replace(before, after, 1).encode()


def test_a_mebibyte_of_empty_lines_is_one_error_and_not_a_million() -> None:
    raw = with_body(lines=[{}] * 250_000)
    assert len(raw) <= MOST_SUBMITTED_BYTES
    refused = invalid(raw)
    assert [(error.path, error.code) for error in refused.errors] == [("$.body.lines", "TOO_LONG")]
    assert (refused.business, refused.order_reference, refused.event_type) == ("ORNEK", "S-1001", "OrderPlaced")


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (spoilt(body={"type": "InvoiceRequested", "line_references": [0] * 200_000}), "$.body.line_references"),
        (spoilt(**{f"x{number}": 0 for number in range(2_000)}), "$"),
        (
            with_body(invoice_info={"DespatchDocumentReference": [{}] * 100_000}),
            "$.body.invoice_info.DespatchDocumentReference",
        ),
        (spoilt(person={"buyer": {str(number): {} for number in range(50_000)}}), "$.person.buyer"),
    ],
)
def test_every_list_and_object_is_counted_wherever_it_stands(raw: bytes, path: str) -> None:
    assert faults(raw) == [(path, "TOO_LONG")]


def test_lists_inside_lists_are_counted_together() -> None:
    line = {**ORDER["body"]["lines"][0], **{f"x{number}": 0 for number in range(60)}}
    assert faults(with_body(lines=[line] * 900)) == [("$", "TOO_LARGE")]


def test_the_largest_order_is_read() -> None:
    lines = [{**ORDER["body"]["lines"][0], "line_reference": str(number)} for number in range(1000)]
    event = Codec().read(OrderEvent, with_body(lines=lines))
    assert isinstance(event.body, OrderPlaced)
    assert len(event.body.lines) == 1000


def test_a_record_that_is_nested_deep_is_unreadable() -> None:
    with pytest.raises(UnreadableRecordError) as refused:
        Codec().read(OrderEvent, as_text(spoilt(), '"20"', "[" * 200 + "]" * 200))
    assert refused.value.code == "NESTED_TOO_DEEP"


def test_a_price_that_stands_twice_is_refused_where_it_does() -> None:
    raw = as_text(spoilt(), '"unit_price": "49.90"', '"unit_price": "1.00", "unit_price": "120.00"')
    assert faults(raw) == [("$.body.lines[0].unit_price", "NAME_TWICE")]
    assert invalid(raw).order_reference == "S-1001"


@pytest.mark.parametrize("name", ["business", "order_reference"])
def test_an_identity_that_is_said_twice_is_none(name: str) -> None:
    refused = invalid(as_text(spoilt(), "{", f'{{"{name}": "andere", '))
    assert getattr(refused, name) is None
    assert [(error.path, error.code) for error in refused.errors] == [(f"$.{name}", "NAME_TWICE")]


def test_lines_that_stand_twice_are_refused_even_where_both_say_the_same() -> None:
    lines = json.dumps(ORDER["body"]["lines"])
    raw = as_text(with_body(), '"lines": ', f'"lines": {lines}, "lines": ')
    assert faults(raw) == [("$.body.lines", "NAME_TWICE")]


def test_a_refused_reference_is_answered_under_the_reference_that_was_written() -> None:
    refused = invalid(spoilt(order_reference="S-1001 "))
    assert [(error.path, error.code) for error in refused.errors] == [("$.order_reference", "UNSUITABLE")]
    assert refused.order_reference == "S-1001 "


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_an_unknown_field_that_says_nothing_is_as_if_absent(nothing: Any) -> None:
    """A producer's schema has grown by an optional field, and its writers write the field out."""
    lines = [{**line, "gift_note": nothing} for line in ORDER["body"]["lines"]]
    buyer = {**ORDER["person"]["buyer"], "title": nothing}
    grown = spoilt(body={**ORDER["body"], "lines": lines, "gift": nothing}, person={"buyer": buyer}, shop=nothing)
    assert Codec().read(OrderEvent, grown) == Codec().read(OrderEvent, spoilt())


@pytest.mark.parametrize("something", ["x", 0, False, [None], {"a": None}, " "])
def test_an_unknown_field_that_says_something_is_refused_by_name(something: Any) -> None:
    """It might belong on the invoice."""
    assert faults(with_body(gift_note=something, other=None)) == [("$.body.gift_note", "UNKNOWN_FIELD")]


def test_what_says_nothing_saves_no_record_that_has_another_fault() -> None:
    assert faults(with_body(order_date="yesterday", gift_note=None)) == [("$.body.order_date", "NOT_A_DATE")]


def test_lax_forms_are_refused_with_their_places() -> None:
    line = {**ORDER["body"]["lines"][0], "quantity": "٢", "unit_price": "1_20"}
    raw = spoilt(
        body={**ORDER["body"], "lines": [line], "order_date": 1_793_577_600, "prices_include_vat": "off"},
        occurred_at=1_793_577_600,
    )
    assert sorted(faults(raw)) == [
        ("$.body.lines[0].quantity", "NOT_A_NUMBER"),
        ("$.body.lines[0].unit_price", "NOT_A_NUMBER"),
        ("$.body.order_date", "NOT_A_DATE"),
        ("$.body.prices_include_vat", "NOT_A_BOOLEAN"),
        ("$.occurred_at", "NOT_A_TIME"),
    ]


def test_an_amount_that_was_written_with_an_exponent_is_read_again_from_our_own_log() -> None:
    event = Codec().read(OrderEvent, as_text(spoilt(), '"49.90"', "1e2"))
    again = Codec().read(OrderEvent, Codec().write(event))
    assert isinstance(again.body, OrderPlaced)
    assert again.body.lines[0].unit_price == Decimal(100)


def extended(extensions: Any) -> bytes:
    line = {**ORDER["body"]["lines"][0], "extensions": extensions}
    return spoilt(body={**ORDER["body"], "lines": [line]}, extensions=extensions)


def test_a_producers_own_data_has_a_place_on_the_event_and_on_a_line() -> None:
    event = Codec().read(OrderEvent, extended({"depo": "Gebze 2", "mağaza": "", "not": "iki\nsatır"}))
    assert isinstance(event.body, OrderPlaced)
    kept = {"depo": "Gebze 2", "mağaza": "", "not": "iki satır"}
    assert (event.extensions, event.body.lines[0].extensions) == (kept, kept)


@pytest.mark.parametrize(
    ("extensions", "inside", "code"),
    [
        ({str(number): "" for number in range(33)}, "", "TOO_LONG"),
        ({"x" * 65: "1"}, None, "TOO_LONG"),
        ({"": "1"}, None, "TOO_SHORT"),
        ({"a ": "1"}, None, "UNSUITABLE"),
        ({"a": "x" * 501}, ".a", "TOO_LONG"),
        ({"a": 1}, ".a", "WRONG_TYPE"),
        ({"a": None}, ".a", "WRONG_TYPE"),
        ({"a": {"b": "c"}}, ".a", "WRONG_TYPE"),
        ({"a": "\u0007"}, ".a", "UNSUITABLE"),
        ([], "", "WRONG_TYPE"),
    ],
)
def test_a_producers_own_data_is_a_map_of_few_short_texts(extensions: Any, inside: str | None, code: str) -> None:
    found = faults(extended(extensions))
    assert [told for _, told in found] == [code, code]
    if inside is not None:
        assert {path for path, _ in found} == {f"$.extensions{inside}", f"$.body.lines[0].extensions{inside}"}
