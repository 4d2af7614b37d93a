"""Whatever is submitted has one ending that is named here, and the record after it goes on."""

import io
import json
from dataclasses import replace
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.orders import OrderEvent, OrderPlaced
from app.stream.serialization.codec import Codec
from tests.harness.hostile_input import altered_bytes, altered_json
from tests.harness.pipeline import BUSINESS, START, TOPICS, Fate, Pipeline, cancel, event, order, request
from tests.stream.serialization.examples import status
from tests.stream.serialization.registries import MemoryRegistry
from tests.stream.serialization.strategies import records

# What is like our records: 500 in the short profile, 10,000 in the long one. What is mostly noise needs fewer.
FED = max(500, 5 * settings().max_examples)
NOISE = max(500, settings().max_examples)

REGISTRY = MemoryRegistry()
AVRO = Codec(REGISTRY)
AVRO.register(["nilvera"])
CODECS = {"JSON": Codec(), "AVRO": AVRO}
ORDERS_SCHEMA = REGISTRY.subjects["orders.v1-value"]
STATUS_SCHEMA = REGISTRY.subjects["document-status.v1-value"]
UNKNOWN_SCHEMA = 4711


@pytest.fixture(params=CODECS)
def pipeline(request: pytest.FixtureRequest) -> Pipeline:
    return Pipeline(CODECS[request.param])


def with_line(**parts: Any) -> dict[str, Any]:
    spoilt = order("S-1")
    spoilt["body"]["lines"][0].update(parts)
    return spoilt


def with_buyer(**parts: Any) -> dict[str, Any]:
    address = {"street": "Atatürk Cad. 12", "district": "Çankaya", "city": "Ankara"}
    return {**order("S-1"), "person": {"buyer": {"name": "Ayşe Yıldız", "address": address, **parts}}}


def framed(schema_id: int, datum: bytes = b"") -> bytes:
    return b"\x00" + schema_id.to_bytes(4) + datum


def as_text(found: dict[str, Any], before: str, after: str) -> bytes:
    """The record with a piece of its JSON written by hand."""
    text = json.dumps(found, ensure_ascii=False)
    assert before in text
    return text.replace(before, after).encode()


async def ending(pipeline: Pipeline, value: Any, *, key: bytes | None = b"any") -> Fate:
    """What becomes of a bad record, after its neighbour in the batch and the record after it went on."""
    bad, neighbour = await pipeline.submit(value, order("S-2"), key=key)
    (later,) = await pipeline.submit(order("S-3"))
    assert neighbour.told == later.told == ("OK", None)
    return bad


# --- what cannot be read: a dead letter ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(json.dumps(order("S-1")).encode()[:-9], "NOT_JSON", id="truncated JSON"),
        pytest.param(b"", "NOT_JSON", id="no bytes"),
        pytest.param(b"\xff\xfe" + "{}".encode("utf-16-le"), "NOT_JSON", id="another encoding"),
        pytest.param(as_text(order("S-1"), "Çay", r"\ud83d"), "NOT_JSON", id="lone surrogate, escaped"),
        pytest.param(b'{"business": "\xed\xa0\xbd"}', "NOT_JSON", id="lone surrogate, encoded"),
        pytest.param(b"[" * 100_000, "NESTED_TOO_DEEP", id="deep nesting"),
        pytest.param(as_text(order("S-1"), '"20"', "[" * 500 + "]" * 500), "NESTED_TOO_DEEP", id="nested in a field"),
        pytest.param(b'"' + b"x" * 1_100_000 + b'"', "TOO_LARGE", id="oversized"),
        pytest.param(None, "NO_VALUE", id="null value"),
        pytest.param(b"[]", "NO_IDENTITY", id="no object"),
        pytest.param(b'{"body": {"type": "OrderPlaced"}}', "NO_IDENTITY", id="nobody's order"),
        pytest.param({**order("S-1"), "business": "a/b"}, "NO_IDENTITY", id="impossible business"),
    ],
)
async def test_what_cannot_be_read_is_a_dead_letter_with_its_bytes(pipeline: Pipeline, value: Any, reason: str) -> None:
    fate = await ending(pipeline, value)
    assert fate.dead_reason == reason
    assert fate.dead[0].value == (json.dumps(value).encode() if isinstance(value, dict) else value)
    assert fate.dead[0].topic == TOPICS.dead_letters(TOPICS.orders, "intake")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(framed(UNKNOWN_SCHEMA, b"abc"), "UNKNOWN_SCHEMA", id="unknown schema id"),
        pytest.param(framed(STATUS_SCHEMA, b"abc"), "OTHER_SCHEMA", id="schema of another type"),
        pytest.param(framed(ORDERS_SCHEMA, b"\x0aORNEK"), "MALFORMED_AVRO", id="truncated datum"),
        pytest.param(b"\x00\x00", "MALFORMED_AVRO", id="truncated frame"),
    ],
)
async def test_avro_that_cannot_be_read_is_a_dead_letter(value: bytes, reason: str) -> None:
    assert (await ending(Pipeline(AVRO), value)).dead_reason == reason


async def test_avro_without_a_registry_is_a_dead_letter() -> None:
    assert (await ending(Pipeline(), framed(ORDERS_SCHEMA))).dead_reason == "UNKNOWN_SCHEMA"


async def test_avro_of_another_of_our_records_is_a_dead_letter() -> None:
    assert (await ending(Pipeline(AVRO), AVRO.write(status()))).dead_reason == "OTHER_SCHEMA"


# --- what can be read and has the wrong shape: refused with its path -------------------------------------------------

LINE = "$.body.lines[0]"


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        pytest.param({**order("S-1"), "body": []}, "$.body", "WRONG_TYPE", id="body of a wrong type"),
        pytest.param(event("S-1", {"type": "Dreamt"}), "$.body.type", "UNKNOWN_EVENT_TYPE", id="unknown event"),
        pytest.param(order("S-1") | {"colour": "blue"}, "$.colour", "UNKNOWN_FIELD", id="unknown field"),
        pytest.param(request("S-1", "1", quantity=1), "$.body.quantity", "UNKNOWN_FIELD", id="request with a quantity"),
        pytest.param(request("S-1", "1", lines=["1"]), "$.body.lines", "UNKNOWN_FIELD", id="request with lines"),
        pytest.param(request("S-1"), "$.body.line_references", "TOO_SHORT", id="request for nothing"),
        pytest.param(with_line(quantity="zwei"), f"{LINE}.quantity", "NOT_A_NUMBER", id="quantity in words"),
        pytest.param(with_line(quantity=True), f"{LINE}.quantity", "NOT_A_NUMBER", id="quantity of truth"),
        pytest.param(with_line(quantity={}), f"{LINE}.quantity", "NOT_A_NUMBER", id="quantity of a wrong type"),
        pytest.param(with_line(quantity="1e30"), f"{LINE}.quantity", "TOO_MANY_DIGITS", id="huge quantity"),
        pytest.param(with_line(quantity=10**4000), f"{LINE}.quantity", "TOO_MANY_DIGITS", id="quantity of 4000 digits"),
        pytest.param(with_line(unit_price="9" * 13), f"{LINE}.unit_price", "TOO_MANY_DIGITS", id="huge price"),
        pytest.param(with_line(quantity="NaN"), f"{LINE}.quantity", "OUT_OF_RANGE", id="NaN in a string"),
        pytest.param(with_line(unit_price="-Infinity"), f"{LINE}.unit_price", "OUT_OF_RANGE", id="infinity"),
        pytest.param(with_line(quantity=float("nan")), f"{LINE}.quantity", "OUT_OF_RANGE", id="NaN as a token"),
        pytest.param(
            with_line(unit_price=float("inf")), f"{LINE}.unit_price", "OUT_OF_RANGE", id="infinity as a token"
        ),
        pytest.param(
            as_text(order("S-1"), '"49.90"', "1e400"), f"{LINE}.unit_price", "TOO_MANY_DIGITS", id="more than a double"
        ),
        pytest.param(with_line(vat_rate="-1"), f"{LINE}.vat_rate", "OUT_OF_RANGE", id="negative VAT"),
        pytest.param(with_line(name="Çay\u202egnp.exe"), f"{LINE}.name", "UNSUITABLE", id="direction override"),
        pytest.param(with_line(name="Çay\u2066x\u2069"), f"{LINE}.name", "UNSUITABLE", id="direction isolate"),
        pytest.param(with_line(name="Çay\u0000"), f"{LINE}.name", "UNSUITABLE", id="control character"),
        pytest.param(
            with_buyer(name="Ayşe\u202e"),
            "$.person.buyer.name",
            "UNSUITABLE",
            id="direction override in a buyer's name",
        ),
        pytest.param(order("S-1", currency="usd"), "$.body.currency", "WRONG_FORMAT", id="currency in small letters"),
        pytest.param(order("S-1", currency="EURO"), "$.body.currency", "WRONG_FORMAT", id="no currency"),
        pytest.param(order("S-1", order_date="2026-02-30"), "$.body.order_date", "NOT_A_DATE", id="no date"),
        pytest.param(
            {**order("S-1"), "occurred_at": "2026-11-01T09:00:00"}, "$.occurred_at", "NO_TIME_ZONE", id="no time zone"
        ),
    ],
)
async def test_what_has_the_wrong_shape_is_refused_where_it_is_wrong(
    pipeline: Pipeline, value: Any, path: str, code: str
) -> None:
    fate = await ending(pipeline, value)
    assert fate.logged is None and not fate.dead
    assert fate.told == ("REJECTED", "SHAPE_INVALID")
    assert fate.faults == [(path, code)]


async def test_an_unknown_field_in_avro_is_refused_like_one_in_json() -> None:
    """A stranger's schema under our name: it adds a price to the request."""
    body = {
        "type": "record",
        "name": "Body",
        "fields": [
            {"name": "type", "type": "string"},
            {"name": "line_references", "type": {"type": "array", "items": "string"}},
            {"name": "unit_price", "type": "double"},
        ],
    }
    names = ("business", "order_reference")
    fields = [*({"name": name, "type": "string"} for name in names), {"name": "body", "type": body}]
    schema = {"type": "record", "name": "OrderEvent", "namespace": "faturaflow.v1", "fields": fields}
    datum = io.BytesIO()
    fastavro.schemaless_writer(datum, fastavro.parse_schema(schema), request("S-1", "1", unit_price=float("nan")))
    registered = REGISTRY.register("strangers-value", json.dumps(schema))
    fate = await ending(Pipeline(AVRO), framed(registered, datum.getvalue()))
    assert (fate.told, fate.faults) == (("REJECTED", "SHAPE_INVALID"), [("$.body.unit_price", "UNKNOWN_FIELD")])


# --- what has the right shape and cannot be meant --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "path"),
    [
        pytest.param(request("S-1", "1", dispatch_date="1970-01-01"), "$.body.dispatch_date", id="dispatched in 1970"),
        pytest.param(request("S-1", "1", due_date="2999-12-31"), "$.body.due_date", id="due in 2999"),
        pytest.param(
            order("S-1", payment={"method": "DIGER", "paid_on": "1970-01-01"}), "$.body.payment.paid_on", id="paid 1970"
        ),
        pytest.param({**order("S-1"), "occurred_at": "2999-01-01T00:00:00Z"}, "$.occurred_at", id="happened in 2999"),
        pytest.param({**order("S-1"), "occurred_at": "0001-01-01T00:00:00+03:00"}, "$.occurred_at", id="the first day"),
        pytest.param({**order("S-1"), "occurred_at": "9999-12-31T23:59:59-03:00"}, "$.occurred_at", id="the last day"),
    ],
)
async def test_a_date_that_nobody_can_have_meant_is_refused(pipeline: Pipeline, value: Any, path: str) -> None:
    fate = await ending(pipeline, value)
    assert (fate.told, fate.faults) == (("REJECTED", "CONTENT_INVALID"), [(path, "DATE_OUT_OF_RANGE")])
    assert fate.logged is None


async def test_an_unknown_business_is_refused_with_everything_else_that_is_wrong(pipeline: Pipeline) -> None:
    value = {**order("S-1"), "business": "FREMD", "occurred_at": "1970-01-01T00:00:00Z"}
    fate = await ending(pipeline, value)
    assert fate.told == ("REJECTED", "UNKNOWN_BUSINESS")
    assert fate.faults == [("$.business", "UNKNOWN_BUSINESS"), ("$.occurred_at", "DATE_OUT_OF_RANGE")]


async def test_a_null_key_is_nobodys_fault(pipeline: Pipeline) -> None:
    fate = await ending(pipeline, order("S-1"), key=None)
    assert fate.told == ("OK", None)
    assert pipeline.on(TOPICS.order_log)[0].key == b"ORNEK/S-1"


async def test_a_record_with_neither_key_nor_value_is_a_dead_letter_that_the_producer_takes() -> None:
    fate = await ending(Pipeline(), None, key=None)
    assert (fate.dead_reason, fate.dead[0].key, fate.dead[0].value) == ("NO_VALUE", b"", None)


# --- faults of ours --------------------------------------------------------------------------------------------------


class Stumbling(Codec):
    """Cannot write what belongs to the order S-1, and cannot read what names it twice."""

    def read(self, kind: type[Any], raw: bytes | None) -> Any:
        if raw is not None and raw.count(b'"S-1"') > 1:
            raise ZeroDivisionError(raw)
        return super().read(kind, raw)

    def write(self, record: Any) -> bytes:
        if record.order_reference == "S-1":
            raise OverflowError(record)
        return super().write(record)


@pytest.mark.parametrize("value", [cancel("S-1", "1"), cancel("S-1", "S-1")], ids=["writing", "reading"])
async def test_a_fault_of_ours_is_a_dead_letter_that_does_not_repeat_the_record(value: Any) -> None:
    fate = await ending(Pipeline(Stumbling()), value)
    assert fate.dead_reason == "INTAKE_FAILED"
    assert dict(fate.dead[0].headers)["dlq-message"] in {b"OverflowError", b"ZeroDivisionError"}


# --- whatever else anybody may send ----------------------------------------------------------------------------------


def of_our_business(found: OrderEvent) -> OrderEvent:
    """An event that gets as far as the planner while nobody alters it."""
    body = found.body
    if isinstance(body, OrderPlaced):
        body = replace(body, order_date=START.date(), currency="TRY", exchange_rate=None)
    return replace(found, business=BUSINESS, body=body, occurred_at=START)


EVENTS = records(OrderEvent).map(of_our_business)
JSON_RECORDS = EVENTS.map(Codec().write) | st.just(json.dumps(order("S-1", lines=3)).encode())
AVRO_RECORDS = EVENTS.map(AVRO.write)


async def has_one_ending(codec: Codec, value: bytes) -> None:
    """Logged and then answered once, or refused at once, or a dead letter; never two of them, never an exception."""
    pipeline = Pipeline(codec)
    fate, neighbour = await pipeline.submit(value, order("neighbour"))
    assert (fate.logged is not None) + (fate.logged is None and bool(fate.outcomes)) + bool(fate.dead) == 1
    assert len(fate.outcomes) == (not fate.dead)
    assert neighbour.told == ("OK", None)


@pytest.mark.fuzz
@settings(max_examples=NOISE)
@given(st.binary(max_size=300))
async def test_arbitrary_bytes_have_one_ending(value: bytes) -> None:
    await has_one_ending(AVRO, value)


@pytest.mark.fuzz
@settings(max_examples=FED)
@given(altered_json(JSON_RECORDS))
async def test_json_that_somebody_tampered_with_has_one_ending(value: bytes) -> None:
    await has_one_ending(AVRO, value)


@pytest.mark.fuzz
@settings(max_examples=NOISE)
@given(altered_bytes(JSON_RECORDS))
async def test_json_that_was_damaged_has_one_ending(value: bytes) -> None:
    await has_one_ending(Codec(), value)


@pytest.mark.fuzz
@settings(max_examples=FED)
@given(altered_bytes(AVRO_RECORDS))
async def test_avro_that_was_damaged_has_one_ending(value: bytes) -> None:
    await has_one_ending(AVRO, value)


@pytest.mark.fuzz
@settings(max_examples=NOISE)
@given(st.sampled_from([ORDERS_SCHEMA, STATUS_SCHEMA]), st.binary(max_size=300))
async def test_arbitrary_bytes_in_an_avro_frame_have_one_ending(schema_id: int, datum: bytes) -> None:
    await has_one_ending(AVRO, framed(schema_id, datum))
