"""What others register and write in Avro: schemas that grew, libraries that write by ours, and schemas that do harm."""

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from app.domain.orders import OrderEvent, OrderPlaced
from app.stream.serialization import avro
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from app.stream.serialization.foreign_schemas import defaults_of
from tests.stream.serialization.orders import ORDER, spoilt
from tests.stream.serialization.registries import MemoryRegistry

OPTIONAL: dict[str, Any] = {"name": "gift_note", "type": ["null", "string"], "default": None}
FEE: dict[str, Any] = {
    "name": "packing_fee",
    "type": {"type": "bytes", "logicalType": "decimal", "precision": 28, "scale": 2},
    "default": "\u0001\u00f4",
}


def grown(*fields: dict[str, Any]) -> dict[str, Any]:
    """Our schema of an order event, with these fields more on the event, the order and its lines."""
    schema = avro.avro_schema(OrderEvent)
    (body,) = (field for field in schema["fields"] if field["name"] == "body")
    (placed,) = (branch for branch in body["type"] if branch["name"] == "OrderPlaced")
    (lines,) = (field for field in placed["fields"] if field["name"] == "lines")
    for record in (schema, placed, lines["type"]["items"]):
        record["fields"] += copy.deepcopy(fields)
    return schema


def written(schema: dict[str, Any], order: dict[str, Any]) -> tuple[Codec, bytes]:
    """The order by this schema, and a codec of ours that finds the schema in its registry."""
    registry, text = MemoryRegistry(), json.dumps(schema)
    frame = b"\x00" + registry.register("orders.v1-value", text).to_bytes(4)
    return Codec(registry), frame + avro.encode(avro.parsed(text), order)


def plain_order(**more: Any) -> dict[str, Any]:
    """An order as a producer without types of ours has it, with these fields on the event, the order and its lines."""
    order = Codec().read(OrderEvent, spoilt())
    fields = dict(json.loads(Codec().write(order)))
    body = fields["body"]
    lines = [
        {**line, **{name: Decimal(line[name]) for name in ("quantity", "unit_price", "vat_rate")}, "discount": None}
        | more
        for line in body["lines"]
    ]
    assert isinstance(order.body, OrderPlaced)
    placed = {**body, "order_date": order.body.order_date, "lines": lines, **more}
    return {**fields, "occurred_at": order.occurred_at, "body": placed, **more}


def test_a_schema_that_grew_by_an_optional_field_is_read() -> None:
    codec, value = written(grown(OPTIONAL), plain_order())
    assert codec.read(OrderEvent, value) == Codec().read(OrderEvent, spoilt())


def test_an_unknown_field_that_has_its_default_says_nothing() -> None:
    codec, value = written(grown(FEE), plain_order(packing_fee=Decimal("5.00")))
    assert codec.read(OrderEvent, value) == Codec().read(OrderEvent, spoilt())


@pytest.mark.parametrize(("field", "said"), [(OPTIONAL, "Frohes Fest"), (FEE, Decimal("7.50"))])
def test_an_unknown_field_that_says_something_is_refused_by_name(field: dict[str, Any], said: Any) -> None:
    codec, value = written(grown(field), plain_order(**{field["name"]: said}))
    with pytest.raises(InvalidRecordError) as refused:
        codec.read(OrderEvent, value)
    assert {(error.path, error.code) for error in refused.value.errors} == {
        (f"{place}.{field['name']}", "UNKNOWN_FIELD")
        for place in ("$", "$.body", *(f"$.body.lines[{number}]" for number in range(3)))
    }


def test_a_schema_without_what_we_added_is_read_with_our_defaults() -> None:
    """A shop registered its schema before there was a discount."""
    schema = grown()
    (body,) = (field for field in schema["fields"] if field["name"] == "body")
    (lines,) = (field for field in body["type"][0]["fields"] if field["name"] == "lines")
    line = lines["type"]["items"]
    line["fields"] = [field for field in line["fields"] if field["name"] not in {"discount", "extensions"}]
    codec, value = written(schema, plain_order())
    event = codec.read(OrderEvent, value)
    assert isinstance(event.body, OrderPlaced)
    assert event.body.lines[0].discount == 0


def without_defaults(schema: Any, value: Any) -> Any:
    """The fields of a record that its schema has no default for, and of what stands in them."""
    if isinstance(schema, list):
        named = [branch for branch in schema if isinstance(branch, dict) and branch.get("type") == "record"]
        return without_defaults(next(b for b in named if b["name"] == value["type"]), value) if named else value
    if isinstance(schema, dict) and schema["type"] == "array":
        return [without_defaults(schema["items"], entry) for entry in value]
    if isinstance(schema, dict) and schema["type"] == "record":
        needed = [field for field in schema["fields"] if "default" not in field]
        return {field["name"]: without_defaults(field["type"], value[field["name"]]) for field in needed}
    return value


@pytest.mark.parametrize("kind", avro.RECORD_TYPES)
def test_no_default_is_one_that_a_serializer_cannot_write(kind: type) -> None:
    """A decimal's is text in the schema, and fastavro would write that text."""
    schema = avro.avro_schema(kind)
    assert not [
        default
        for told in defaults_of(avro.parsed(json.dumps(schema))).values()
        for default in told
        if isinstance(default, Decimal)
    ]


def test_every_field_with_a_default_may_be_left_out_of_what_confluents_serializer_writes() -> None:
    text = avro.schema_text(OrderEvent)
    client = SchemaRegistryClient.new_client({"url": "mock://"})
    serializer = AvroSerializer(client, text)
    order = without_defaults(json.loads(text), plain_order())
    order["body"]["type"] = "OrderPlaced"
    assert set(order) == {"business", "order_reference", "body"}
    assert "discount" not in order["body"]["lines"][0]
    value = serializer(order, SerializationContext("orders.v1", MessageField.VALUE))
    registry = MemoryRegistry()
    registry.texts[int.from_bytes(value[1:5])] = text
    event = Codec(registry).read(OrderEvent, value)
    assert isinstance(event.body, OrderPlaced)
    assert (event.body.lines[0].discount, event.body.currency) == (0, "TRY")
    assert event.body.lines[0].unit_price == Decimal(ORDER["body"]["lines"][0]["unit_price"])


@pytest.mark.parametrize(
    "items",
    [
        "null",
        {"type": "null"},
        {"type": "fixed", "name": "F", "size": 0},
        {"type": "record", "name": "E", "fields": []},
    ],
)
def test_a_schema_in_which_ten_bytes_claim_a_million_entries_is_none(items: Any) -> None:
    field = {"name": "lines", "type": {"type": "array", "items": items}}
    with pytest.raises(ValueError, match="without bytes"):
        avro.parsed(json.dumps({"type": "record", "name": "OrderEvent", "fields": [field]}))


def test_entries_without_bytes_are_found_where_they_stand_by_name() -> None:
    empty = {"name": "one", "type": {"type": "record", "name": "Empty", "fields": []}}
    many = {"name": "many", "type": {"type": "array", "items": "Empty"}}
    with pytest.raises(ValueError, match="without bytes"):
        avro.parsed(json.dumps({"type": "record", "name": "OrderEvent", "fields": [empty, many]}))


def test_a_decimal_of_a_mebibyte_is_not_reckoned_out() -> None:
    """In full it would take minutes, and is too large at its first hundred bytes."""
    text = json.dumps({"type": "record", "name": "R", "fields": [FEE]})
    length = b"\x80\x80\x80\x01"  # 1,048,576, zigzag
    found = avro.decode(avro.parsed(text), length + b"\x7f" * 1_048_576)
    assert len(str(found["packing_fee"])) > avro.PRECISION


def test_decimals_are_exact_and_have_their_sign() -> None:
    schema = avro.parsed(json.dumps({"type": "record", "name": "R", "fields": [FEE]}))
    for amount in ("-0.01", "0", "123456789012345678901234.56", "-99999999999999999999.99"):
        assert avro.decode(schema, avro.encode(schema, {"packing_fee": Decimal(amount)})) == {
            "packing_fee": Decimal(amount)
        }


def test_a_list_in_avro_is_counted_like_one_in_json() -> None:
    codec, value = written(
        grown(), {**plain_order(), "body": {"type": "InvoiceRequested", "line_references": ["x"] * 100_000}}
    )
    with pytest.raises(InvalidRecordError) as refused:
        codec.read(OrderEvent, value)
    assert [(error.path, error.code) for error in refused.value.errors] == [("$.body.line_references", "TOO_LONG")]


def test_avro_without_a_registry_is_unreadable() -> None:
    _, value = written(grown(), plain_order())
    with pytest.raises(UnreadableRecordError):
        Codec().read(OrderEvent, value)
