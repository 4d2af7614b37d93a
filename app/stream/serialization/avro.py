"""The records as Avro: their schemas, written from the dataclasses, and values in both directions.

Avro has the field names of the JSON, so that one description serves both. `python -m app.stream.serialization.avro`
writes the schemas into `schemas/`; they are checked in, and a test compares them.
"""

from __future__ import annotations

import dataclasses
import inspect
import io
import json
import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import fastavro
from pydantic import AwareDatetime

import schemas
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.notices import OrderNotice
from app.domain.orders import LoggedEvent, OrderEvent
from app.domain.outcomes import OrderOutcome
from app.domain.reconciliation import Reconciliation
from app.stream.serialization.foreign_schemas import takes_no_byte

Schema = str | dict[str, Any] | list[Any]

NAMESPACE: Final = "faturaflow.v1"
RECORD_TYPES: Final = (
    OrderEvent,
    LoggedEvent,
    OrderOutcome,
    InvoiceCommand,
    DocumentStatus,
    OrderNotice,
    Reconciliation,
)
# Eight decimals are what an amount may have (domain.money); 28 digits are what readers in other languages can hold.
PRECISION: Final = 28
SCALE: Final = 8

_SIMPLE: Final[Mapping[Any, Schema]] = {
    str: "string",
    bool: "boolean",
    int: "long",
    Decimal: {"type": "bytes", "logicalType": "decimal", "precision": PRECISION, "scale": SCALE},
    date: {"type": "int", "logicalType": "date"},
    datetime: {"type": "long", "logicalType": "timestamp-micros"},
    AwareDatetime: {"type": "long", "logicalType": "timestamp-micros"},
}


def avro_schema(record: type) -> dict[str, Any]:
    """The schema of one record type, complete in itself: each named type is defined where it first appears."""
    schema = _record(record, set())
    assert isinstance(schema, dict)
    return schema


def full_name(record: type) -> str:
    """The name that a schema of this type bears."""
    return f"{NAMESPACE}.{record.__name__}"


def _record(record: type, known: set[str]) -> Schema:
    if record.__name__ in known:
        return full_name(record)
    known.add(record.__name__)
    hints = get_type_hints(record, include_extras=True)
    name_of = getattr(record, "__pydantic_config__", {}).get("alias_generator", str)
    return {
        "type": "record",
        "name": record.__name__,
        "namespace": NAMESPACE,
        "doc": _doc(record),
        "fields": [
            _field(name_of(field.name), field, hints[field.name], known) for field in dataclasses.fields(record)
        ],
    }


def _field(name: str, field: dataclasses.Field[Any], hint: Any, known: set[str]) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "type": _type(hint, known)}
    if isinstance(field.default, Decimal):
        # A decimal's default is bytes in a text, which fastavro neither writes nor reads (its issues 814 and 869).
        described = {"name": name, "type": ["null", described["type"]], "doc": f"Null is {field.default}."}
    if members := _enumerations(hint):
        described["doc"] = f"{_doc(members[0])} One of {', '.join(map(_written, members[0]))}."
    return described | _default(field, described["type"])


def _enumerations(hint: Any) -> list[type[Enum]]:
    """The enumerations that a field can hold a value of."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        return [hint]
    return [member for argument in get_args(hint) for member in _enumerations(argument)]


def _written(member: Enum) -> str:
    """As it is in JSON: by its value where that is text, else by its name."""
    return member.value if isinstance(member.value, str) else member.name


def _type(hint: Any, known: set[str]) -> Schema:
    """A hint as an Avro type.

    Enumerations are strings that name their values in `doc`: a reader whose schema is older than a new value would
    fail on the whole record, and two of our values are no Avro names.
    """
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(arguments[0], known)
    if origin in {Union, types.UnionType}:
        nullable: list[Schema] = ["null"] if types.NoneType in arguments else []
        return nullable + [_type(argument, known) for argument in arguments if argument is not types.NoneType]
    if origin in {tuple, dict}:
        return _several(origin, arguments, known)
    if origin is Literal:
        # One symbol only: the variant's name is in its fields too, as it is in the JSON.
        return {"type": "enum", "name": f"{arguments[0]}Type", "namespace": NAMESPACE, "symbols": list(arguments)}
    return "string" if issubclass(hint, Enum) else _record(hint, known)


def _several(origin: type, arguments: tuple[Any, ...], known: set[str]) -> Schema:
    """A tuple of any length is an array; a dict, whose keys are text, a map."""
    if origin is dict:
        return {"type": "map", "values": _type(arguments[1], known)}
    return {"type": "array", "items": _type(arguments[0], known)}


def _default(field: dataclasses.Field[Any], described: Schema) -> dict[str, Any]:
    """The field's default in Avro's notation; what may be null is null by default, so that a reader may be newer."""
    if isinstance(described, list) and described[0] == "null":
        return {"default": None}
    match field.default:
        case dataclasses.MISSING:
            return {}
        case tuple() as items:
            return {"default": list(items)}
        case Enum() as member:
            return {"default": _written(member)}
        case value:
            return {"default": value}


def _doc(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def schema_text(record: type) -> str:
    """The schema as its file in `schemas/` has it."""
    return json.dumps(avro_schema(record), indent=2, ensure_ascii=False) + "\n"


def schema_file(record: type) -> Path:
    """Where the schema is checked in."""
    return Path(schemas.__file__).parent / f"{record.__name__}.avsc"


def parsed(text: str) -> Any:
    """A schema ready for use. Raises ValueError when it is none, when it contains itself, or what takes no byte.

    The reader of a recursive schema recurses in C without a bound, and of what takes no byte any number can be claimed:
    a hostile value would end the process.
    """
    try:
        schema = json.loads(text)
        ready = fastavro.parse_schema(schema)
    except Exception as fault:  # fastavro raises whatever its walk through the JSON meets
        raise ValueError(f"not an Avro schema: {type(fault).__name__}") from fault
    if _contains_itself(ready, ()):
        raise ValueError("a recursive Avro schema")
    if takes_no_byte(ready):
        raise ValueError("an Avro schema of values without bytes")
    return ready


def _contains_itself(schema: Any, around: tuple[str, ...]) -> bool:
    """Whether a type is used inside its own definition. fastavro has put full names everywhere."""
    if isinstance(schema, str):
        return schema in around
    if isinstance(schema, list):
        return any(_contains_itself(branch, around) for branch in schema)
    inside = (*around, schema["name"]) if "fields" in schema else around
    parts = [field["type"] for field in schema.get("fields", ())]
    parts += [schema[part] for part in ("items", "values") if part in schema]
    if isinstance(schema["type"], dict | list):
        parts.append(schema["type"])
    return any(_contains_itself(part, inside) for part in parts)


def encode(schema: Any, record: dict[str, Any]) -> bytes:
    """A record's fields as a datum of a `parsed` schema of ours."""
    if "body" in record:
        record = {**record, "body": (f"{NAMESPACE}.{record['body']['type']}", record["body"])}
    datum = io.BytesIO()
    fastavro.schemaless_writer(datum, schema, record)
    return datum.getvalue()


def decode(schema: Any, datum: bytes) -> Any:
    """A datum's fields. Raises ValueError when the bytes are not exactly one datum of the `parsed` schema."""
    source = io.BytesIO(datum)
    try:
        fields = fastavro.schemaless_reader(source, schema)
    except Exception as fault:  # truncation, wild lengths and branches each have an exception of their own
        raise ValueError(f"not a datum of its schema: {type(fault).__name__}") from fault
    if source.tell() != len(datum):
        raise ValueError("bytes follow the datum")
    return _trimmed(fields)


def _trimmed(value: Any) -> Any:
    """Decimals as a person would write them: Avro pads each of them to the schema's scale."""
    match value:  # more digits than ours are left alone: shortening would round, and the record's types refuse them
        case dict():
            return {name: _trimmed(part) for name, part in value.items()}
        case list():
            return [_trimmed(part) for part in value]
        case Decimal() if len(value.as_tuple().digits) <= PRECISION:
            shortest = value.normalize()
            exponent = shortest.as_tuple().exponent
            return shortest.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else shortest
        case _:
            return value


def main() -> None:
    """Writes every schema to its file."""
    for record in RECORD_TYPES:
        schema_file(record).write_text(schema_text(record), encoding="utf-8")


if __name__ == "__main__":
    main()
