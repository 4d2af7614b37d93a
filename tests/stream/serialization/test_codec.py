import json
from decimal import Decimal
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.domain.documents import DocumentStatus
from app.domain.field_errors import MOST_ERRORS
from app.domain.orders import LoggedEvent, OrderEvent, OrderPlaced
from app.domain.policy import RULES_VERSION
from app.stream.records import MOST_SUBMITTED_BYTES
from app.stream.serialization import avro
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import (
    InvalidRecordError,
    NewerRecordError,
    RegistryUnavailableError,
    UnreadableRecordError,
)
from tests.stream.serialization.orders import ORDER, spoilt, with_body
from tests.stream.serialization.registries import MemoryRegistry
from tests.stream.serialization.strategies import places_in, records

LOGGED = TypeAdapter(LoggedEvent)
FLAT = st.text() | st.integers() | st.floats() | st.none() | st.booleans()
AWKWARD_JSON = FLAT | st.lists(FLAT, max_size=2) | st.dictionaries(st.text(), FLAT, max_size=2)


def unreadable(raw: bytes | None, codec: Codec | None = None, kind: type = OrderEvent) -> str:
    with pytest.raises(UnreadableRecordError) as refused:
        (codec or Codec()).read(kind, raw)
    return refused.value.code


def invalid(raw: bytes) -> InvalidRecordError:
    with pytest.raises(InvalidRecordError) as refused:
        Codec().read(OrderEvent, raw)
    return refused.value


def faults(raw: bytes) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in invalid(raw).errors]


def framed(schema_id: int, datum: bytes = b"") -> bytes:
    return b"\x00" + schema_id.to_bytes(4) + datum


def test_a_readable_order_is_read_as_it_was_written() -> None:
    event = Codec().read(OrderEvent, spoilt())
    assert isinstance(event.body, OrderPlaced)
    assert event.body.lines[0].unit_price == Decimal("49.90")
    assert event.body.lines[0].name == "Çay bardağı, ince belli"


@pytest.mark.parametrize("amount", ["0.1", "123456789012.12345678", "-1234567890.12345678", "49.90"])
def test_an_amount_that_upstream_wrote_as_a_number_is_not_rounded(amount: str) -> None:
    raw = spoilt().replace(b'"49.90"', amount.encode())
    event = Codec().read(OrderEvent, raw)
    assert isinstance(event.body, OrderPlaced)
    assert event.body.lines[0].unit_price == Decimal(amount)


def test_a_number_with_more_digits_than_an_amount_may_have_is_refused_and_not_shortened() -> None:
    raw = spoilt().replace(b'"49.90"', b"49.900000000000000001")
    assert ("$.body.lines[0].unit_price", "TOO_MANY_DIGITS") in faults(raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "NO_VALUE"),
        (b"", "NOT_JSON"),
        (spoilt()[:-1], "NOT_JSON"),
        (b"\xef\xbb\xbf{}", "NOT_JSON"),
        (b'{"business": "\xff"}', "NOT_JSON"),
        (b'{"business": "\\ud800"}', "NOT_JSON"),
        ("{}".encode("utf-16"), "NOT_JSON"),
        (b"[" * 500_000, "NESTED_TOO_DEEP"),
        (b'{"x":' * 1000 + b"1" + b"}" * 1000, "NESTED_TOO_DEEP"),
        (b" " * (MOST_SUBMITTED_BYTES + 1), "TOO_LARGE"),
        (framed(1), "UNKNOWN_SCHEMA"),
    ],
)
def test_what_nobody_can_read_says_why(raw: bytes | None, code: str) -> None:
    assert unreadable(raw) == code


def test_a_record_of_just_the_largest_size_is_read() -> None:
    raw = spoilt()
    assert Codec().read(OrderEvent, raw + b" " * (MOST_SUBMITTED_BYTES - len(raw))) == Codec().read(OrderEvent, raw)


@given(st.binary(max_size=200))
def test_no_bytes_whatever_do_more_than_be_refused(raw: bytes) -> None:
    for codec in (Codec(), Codec(MemoryRegistry())):
        with pytest.raises((UnreadableRecordError, InvalidRecordError)):
            codec.read(OrderEvent, raw)


def test_every_error_is_told_where_a_reader_of_the_json_would_look() -> None:
    lines = [
        {**ORDER["body"]["lines"][0], "quantity": "zwei"},
        {**ORDER["body"]["lines"][1], "line_reference": "x" * 65, "colour": "blue"},
        {**ORDER["body"]["lines"][2], "name": "gizli\u202e", "unit_price": "1.123456789"},
    ]
    assert faults(with_body(lines=lines, order_date="yesterday", currency=None)) == [
        ("$.body.order_date", "NOT_A_DATE"),
        ("$.body.lines[0].quantity", "NOT_A_NUMBER"),
        ("$.body.lines[1].line_reference", "TOO_LONG"),
        ("$.body.lines[1].colour", "UNKNOWN_FIELD"),
        ("$.body.lines[2].name", "UNSUITABLE"),
        ("$.body.lines[2].unit_price", "TOO_MANY_DIGITS"),
        ("$.body.currency", "WRONG_TYPE"),
    ]


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"type": "OrderDreamt"}, "$.body.type", "UNKNOWN_EVENT_TYPE"),
        ({"type": "DocumentProgressed"}, "$.body.type", "UNKNOWN_EVENT_TYPE"),
        ({"order_date": "2026-11-02"}, "$.body.type", "REQUIRED"),
        ([], "$.body", "WRONG_TYPE"),
        ({"type": "DocumentApproved"}, "$.body.document_id", "REQUIRED"),
        ({"type": "InvoiceRequested", "line_references": []}, "$.body.line_references", "TOO_SHORT"),
    ],
)
def test_a_body_that_is_no_event_is_told_by_its_type(body: Any, path: str, code: str) -> None:
    assert faults(spoilt(body=body)) == [(path, code)]


def test_an_unknown_type_is_answered_with_those_that_there_are() -> None:
    (error,) = invalid(spoilt(body={"type": "OrderDreamt"})).errors
    assert error.message.startswith("is not a type of event that we know: 'OrderPlaced', 'InvoiceRequested', ")
    assert "DocumentProgressed" not in error.message


def test_a_time_without_an_offset_is_refused() -> None:
    assert faults(spoilt(occurred_at="2026-11-02T09:00:00")) == [("$.occurred_at", "NO_TIME_ZONE")]


def test_what_could_be_read_of_an_invalid_record_is_carried() -> None:
    refused = invalid(with_body(lines="none"))
    assert (refused.business, refused.order_reference) == ("ORNEK", "S-1001")
    assert (refused.event_type, refused.request_id) == ("OrderPlaced", "istek-7")


@pytest.mark.parametrize("raw", [b"[]", b"7", b'"text"', b"null", spoilt(business="a/b", order_reference="x\u0000y")])
def test_an_identity_that_is_not_valid_is_not_carried(raw: bytes) -> None:
    refused = invalid(raw)
    assert (refused.business, refused.order_reference) == (None, None)


def test_no_refusal_repeats_what_the_record_said() -> None:
    secret = "ayse.yildiz@example.com"
    buyer = {"name": secret * 20, "tax_number": secret, "email": f"{secret} ", secret: "1", "address": secret}
    raw = spoilt(body={"type": secret}, person={"buyer": buyer}, occurred_at=secret, reason={"x": secret})
    refused = invalid(raw)
    told = f"{refused} {refused.errors} {refused.__cause__} {refused.__context__}"
    assert "ayse" not in told
    assert "$.person.buyer.?" in told


def test_a_flood_of_errors_is_cut_off_and_counted() -> None:
    flood = {f"field_{number}": 0 for number in range(MOST_ERRORS + 100)}
    errors = invalid(spoilt(**flood)).errors
    assert len(errors) == MOST_ERRORS + 1
    assert (errors[-1].code, errors[-1].message) == ("MORE_ERRORS", "100 more errors are not listed")


@given(st.data())
def test_a_log_of_our_own_is_read_as_pydantic_would_whatever_stands_in_it(data: st.DataObject) -> None:
    """Also what newer rules wrote, and what another tool put there: numbers, names said twice, bytes cut off."""
    tree = json.loads(Codec().write(data.draw(records(LoggedEvent))))
    container, step = data.draw(st.sampled_from([*places_in(tree)]))
    container[step] = data.draw(AWKWARD_JSON)
    raw = json.dumps(tree, ensure_ascii=data.draw(st.booleans())).encode(errors="surrogatepass")
    raw = raw[: data.draw(st.sampled_from([len(raw), len(raw) - 1]))]
    try:
        wanted: object = LOGGED.validate_json(raw)
    except ValidationError:
        wanted = None
    try:
        found: object = Codec().read(LoggedEvent, raw)
    except (InvalidRecordError, UnreadableRecordError, NewerRecordError):
        found = None
    assert found == wanted or (isinstance(wanted, LoggedEvent) and wanted.rules_version > RULES_VERSION)


def test_an_unknown_field_in_a_log_of_our_own_is_never_passed_over() -> None:
    """It may belong on the invoice; whoever adds one gives the record another version."""
    logged = {
        "event_id": "e1",
        "received_at": "2026-11-02T09:00:00Z",
        "rules_version": 1,
        "business": "ORNEK",
        "order_reference": "S-1001",
        "body": ORDER["body"],
        "added_later": 1,
    }
    with pytest.raises(InvalidRecordError) as refused:
        Codec().read(LoggedEvent, json.dumps(logged).encode())
    assert [(error.path, error.code) for error in refused.value.errors] == [("$.added_later", "UNKNOWN_FIELD")]


NEWER = {
    "event_id": "e1",
    "received_at": "2026-11-02T09:00:00Z",
    "rules_version": RULES_VERSION + 1,
    "business": "ORNEK",
    "order_reference": "S-1001",
    "body": ORDER["body"],
}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="nothing else"),
        pytest.param({"body": {**ORDER["body"], "delivery_terms": "DAP"}}, id="another field"),
        pytest.param({"body": {"type": "OrderAmended", "lines": []}}, id="another event"),
        pytest.param({"policy": {"provider": "nilvera", "trigger": "STATUS"}}, id="another value"),
        pytest.param({"received_at": 1}, id="another type"),
    ],
)
def test_what_newer_rules_wrote_is_told_by_its_version_whatever_else_stands_in_it(changes: Any) -> None:
    with pytest.raises(NewerRecordError) as found:
        Codec().read(LoggedEvent, json.dumps({**NEWER, **changes}).encode())
    assert found.value.version == RULES_VERSION + 1


def test_what_newer_rules_wrote_in_avro_is_told_by_its_version() -> None:
    """Their schema has a kind of event that ours has not."""
    fields = [{"name": "rules_version", "type": "long"}, {"name": "amendment", "type": "string"}]
    schema = {"type": "record", "name": "LoggedEvent", "namespace": "faturaflow.v1", "fields": fields}
    registry = MemoryRegistry()
    schema_id = registry.register("order-log.v1-value", json.dumps(schema))
    datum = avro.encode(fastavro.parse_schema(schema), {"rules_version": RULES_VERSION + 1, "amendment": "DAP"})
    with pytest.raises(NewerRecordError):
        Codec(registry).read(LoggedEvent, framed(schema_id, datum))


def test_an_upstream_that_writes_a_version_has_written_an_unknown_field() -> None:
    assert [error.code for error in invalid(spoilt(rules_version=RULES_VERSION + 1)).errors] == ["UNKNOWN_FIELD"]


def test_avro_has_a_magic_byte_and_the_schemas_id_in_front() -> None:
    registry = MemoryRegistry()
    value = Codec(registry).write(Codec().read(OrderEvent, spoilt()))
    assert value[:5] == framed(registry.subjects["orders.v1-value"])


def test_decimals_come_back_from_avro_as_somebody_would_write_them() -> None:
    codec = Codec(MemoryRegistry())
    event = codec.read(OrderEvent, codec.write(Codec().read(OrderEvent, spoilt())))
    assert isinstance(event.body, OrderPlaced)
    first = event.body.lines[0]
    assert (str(first.unit_price), str(first.quantity), str(first.vat_rate)) == ("49.9", "2", "20")


@pytest.mark.parametrize(
    ("datum", "code"),
    [(b"", "MALFORMED_AVRO"), (b"\x0aORNEK", "MALFORMED_AVRO"), (b"\xff" * 40, "MALFORMED_AVRO")],
)
def test_avro_that_is_no_datum_of_its_schema_is_unreadable(datum: bytes, code: str) -> None:
    registry = MemoryRegistry()
    schema_id = registry.register("orders.v1-value", avro.schema_text(OrderEvent))
    assert unreadable(framed(schema_id, datum), Codec(registry)) == code


def test_bytes_behind_the_datum_are_unreadable() -> None:
    codec = Codec(MemoryRegistry())
    assert unreadable(codec.write(Codec().read(OrderEvent, spoilt())) + b"x", codec) == "MALFORMED_AVRO"


def test_a_frame_that_ends_early_is_unreadable() -> None:
    assert unreadable(b"\x00\x00\x01", Codec(MemoryRegistry())) == "MALFORMED_AVRO"


def test_avro_of_another_type_is_unreadable() -> None:
    codec = Codec(MemoryRegistry())
    value = codec.write(Codec().read(OrderEvent, spoilt()))
    assert unreadable(value, codec, DocumentStatus) == "OTHER_SCHEMA"


def test_a_strangers_avro_is_judged_like_json() -> None:
    """Their schema has our name; what it leaves out and what it adds is told field by field."""
    fields = [{"name": "business", "type": "string"}, {"name": "colour", "type": "string"}]
    schema = {"type": "record", "name": "OrderEvent", "namespace": "faturaflow.v1", "fields": fields}
    registry = MemoryRegistry()
    schema_id = registry.register("orders.v1-value", json.dumps(schema))
    datum = avro.encode(fastavro.parse_schema(schema), {"business": "ORNEK", "colour": "blue"})
    with pytest.raises(InvalidRecordError) as refused:
        Codec(registry).read(OrderEvent, framed(schema_id, datum))
    assert refused.value.business == "ORNEK"
    assert {(error.path, error.code) for error in refused.value.errors} == {
        ("$.order_reference", "REQUIRED"),
        ("$.body", "REQUIRED"),
        ("$.colour", "UNKNOWN_FIELD"),
    }


def test_a_registry_that_is_away_makes_no_dead_letter() -> None:
    registry = MemoryRegistry()
    value = Codec(registry).write(Codec().read(OrderEvent, spoilt()))
    registry.away = True
    codec = Codec(registry)
    with pytest.raises(RegistryUnavailableError):
        codec.read(OrderEvent, value)
    registry.away = False
    assert codec.read(OrderEvent, value).business == "ORNEK"


def test_a_reader_can_tell_beforehand_whether_the_registry_will_be_asked() -> None:
    registry = MemoryRegistry()
    value = Codec(registry).write(Codec().read(OrderEvent, spoilt()))
    codec = Codec(registry)
    assert codec.knows_schema_of(spoilt())
    assert codec.knows_schema_of(None)
    assert not codec.knows_schema_of(value)
    codec.read(OrderEvent, value)
    assert codec.knows_schema_of(value)


def test_everything_is_registered_before_the_first_write() -> None:
    registry = MemoryRegistry()
    codec = Codec(registry, prefix="eins.")
    codec.register(["nilvera", "testbook"])
    assert sorted(registry.subjects) == [
        "eins.document-status.v1-value",
        "eins.invoice-commands.nilvera.v1-value",
        "eins.invoice-commands.testbook.v1-value",
        "eins.order-log.v1-value",
        "eins.order-notices.v1-value",
        "eins.order-outcomes.v1-value",
        "eins.orders.v1-value",
        "eins.reconciliation.v1-value",
    ]
    registry.away = True
    assert codec.write(Codec().read(OrderEvent, spoilt()))


def test_commands_of_every_provider_have_one_schema() -> None:
    registry = MemoryRegistry()
    Codec(registry).register(["nilvera", "testbook"])
    ids = {registry.subjects[f"invoice-commands.{provider}.v1-value"] for provider in ("nilvera", "testbook")}
    assert [json.loads(registry.texts[schema_id])["name"] for schema_id in ids] == ["InvoiceCommand"]
