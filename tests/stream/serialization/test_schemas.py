import json

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.orders import LoggedEvent, OrderEvent
from app.stream.serialization import avro
from app.stream.serialization.avro import RECORD_TYPES, avro_schema, schema_file, schema_text
from app.stream.serialization.codec import Codec
from tests.stream.serialization.registries import MemoryRegistry
from tests.stream.serialization.strategies import records

AS_JSON, AS_AVRO = Codec(), Codec(MemoryRegistry())
# What may hold an order takes seconds to draw.
LARGE = {OrderEvent, LoggedEvent, InvoiceCommand}


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_the_checked_in_schema_is_the_one_that_the_records_have(kind: type) -> None:
    assert schema_file(kind).read_text(encoding="utf-8") == schema_text(kind), (
        "run `python -m app.stream.serialization.avro`"
    )


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_a_strangers_avro_library_accepts_each_schema(kind: type) -> None:
    fastavro.parse_schema(json.loads(schema_file(kind).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.fuzz if kind in LARGE else ()) for kind in RECORD_TYPES]
)
@given(data=st.data())
def test_every_record_survives_json_and_avro(kind: type, data: st.DataObject) -> None:
    record = data.draw(records(kind))
    written = AS_JSON.write(record)
    # Two encoders write; which of them did must not show.
    assert written == TypeAdapter(kind).dump_json(record, exclude_none=kind in {OrderEvent, LoggedEvent})
    assert AS_JSON.read(kind, written) == record
    framed = AS_AVRO.write(record)
    assert framed[0] == 0
    assert AS_AVRO.read(kind, framed) == record
    # With a registry too, JSON is read.
    assert AS_AVRO.read(kind, written) == record


def test_enumerations_are_strings_that_say_what_they_may_be() -> None:
    fields = {field["name"]: field for field in avro_schema(DocumentStatus)["fields"]}
    assert fields["attention"]["type"] == ["null", "string"]
    assert fields["attention"]["doc"].endswith(
        "One of AWAITING_APPROVAL, UNCERTAIN, NEEDS_REVIEW, CONNECTION, DELETE_AT_PROVIDER, OVERDUE, FROZEN."
    )


def test_a_schema_that_contains_itself_is_none_of_ours() -> None:
    link = {"type": "record", "name": "Link", "fields": [{"name": "next", "type": ["null", "Link"]}]}
    chain = {"type": "record", "name": "Chain", "fields": [{"name": "first", "type": {"type": "array", "items": link}}]}
    with pytest.raises(ValueError, match="recursive"):
        avro.parsed(json.dumps(chain))
