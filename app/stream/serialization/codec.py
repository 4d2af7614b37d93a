"""Records to bytes and back: JSON, or Avro in Confluent's wire format when a schema registry is configured.

Both are read at any time: Avro begins with a zero byte, which no JSON does. Nothing here knows what a record means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeVar, get_type_hints

import msgspec
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from app.domain.commands import InvoiceCommand
from app.domain.field_errors import field_errors
from app.domain.orders import LoggedEvent, OrderEvent
from app.domain.policy import RULES_VERSION
from app.domain.quick import careful_validator, validated, validated_json
from app.stream.records import MOST_BYTES, MOST_SUBMITTED_BYTES
from app.stream.serialization import avro, submitted
from app.stream.serialization.errors import (
    CodecError,
    InvalidRecordError,
    NewerRecordError,
    SchemaRefusedError,
    UnreadableCode,
    UnreadableRecordError,
)
from app.stream.serialization.headers import Format
from app.stream.serialization.schema_registry import LEVEL, ConfluentRegistry, KnownSchemas, Registry
from app.stream.topics.names import Topics

R = TypeVar("R")

_MAGIC: Final = b"\x00"
# The field of our own records that has the version of the rules which wrote them; what upstream sends has none.
_VERSION: Final = "rules_version"
_FRAME_BYTES: Final = 5
_NO_REGISTRY: Final = (
    "the value is Avro, and no schema registry is configured: set FATURAFLOW_SCHEMA_REGISTRY to the one of its writer"
)

_ADAPTERS: Final[dict[type, TypeAdapter[Any]]] = {kind: careful_validator(kind) for kind in avro.RECORD_TYPES}
_VERSIONED: Final = frozenset(kind for kind in avro.RECORD_TYPES if _VERSION in get_type_hints(kind))
# Every field that may be null in these may also be left out, and most of them mostly are.
_SPARSE: Final = frozenset({OrderEvent, LoggedEvent})
# Writes what pydantic would in a third of its time; but it leaves out no null, and knows none of our own ways to write.
_QUICK: Final = msgspec.json.Encoder()


class Codec:
    """Reads and writes the records of our topics. Without a registry it writes JSON and reads nothing else."""

    def __init__(self, registry: Registry | None = None, prefix: str = "") -> None:
        self._registry = registry
        self._topics = Topics(prefix)
        self._schemas = KnownSchemas(registry) if registry else None
        self._subjects: dict[tuple[type, str | None], tuple[bytes, Any]] = {}

    @classmethod
    def connect(cls, url: str | None, prefix: str = "") -> Codec:
        """With the registry at this address, or without one. `prefix` is the topics'; nothing is asked yet."""
        return cls(ConfluentRegistry(url) if url else None, prefix)

    @property
    def value_format(self) -> Format:
        """What `write` gives."""
        return "AVRO" if self._registry else "JSON"

    def register(self, providers: Collection[str]) -> None:
        """Registers every schema, so that no later `write` waits for the registry. Does nothing without one.

        Raises:
            RegistryUnavailableError: it does not answer.
            SchemaRefusedError: a schema would break its readers, or its subject allows that.

        """
        if self._registry is not None:
            for kind, provider in _kinds(providers):
                self._subject(self._registry, kind, provider)

    def declare(self, providers: Collection[str]) -> Mapping[str, str]:
        """Sets every subject's level, before its first schema where the registry takes it then, and registers them all.

        Returns the levels by subject. Raises as `register` does.
        """
        if self._registry is None:
            return {}
        subjects = {self._subject_of(kind, provider): kind for kind, provider in _kinds(providers)}
        for subject, kind in subjects.items():
            if not self._registry.set_level(subject, LEVEL):
                self._registry.register(subject, avro.schema_text(kind))
                self._registry.set_level(subject, LEVEL)
        self.register(providers)
        return dict.fromkeys(subjects, LEVEL)

    def knows_schema_of(self, raw: bytes | None) -> bool:
        """Whether `read` asks no registry: the value is JSON, or its schema was fetched, or is known not to exist."""
        if self._schemas is None or not _is_framed(raw):
            return True
        return _schema_id(raw) in self._schemas

    def fetch_schema_of(self, raw: bytes | None) -> None:
        """Ask the registry for the schema of an Avro value, where it is not known. Blocks.

        Raises:
            RegistryUnavailableError: it does not answer.

        """
        if self._schemas is not None and not self.knows_schema_of(raw):
            self._schemas.fetch(_schema_id(raw))

    def read(self, kind: type[R], raw: bytes | None) -> R:
        """The record in these bytes.

        The version of the rules goes before everything else: what newer rules wrote is neither invalid nor read in
        part.

        Raises:
            UnreadableRecordError, InvalidRecordError, NewerRecordError, RegistryUnavailableError: see `errors`; none of
                them holds the value.

        """
        if raw is None:
            raise UnreadableRecordError(UnreadableCode.NO_VALUE, "the record has no value")
        _check_size(kind, raw)
        if kind is OrderEvent:
            return self._submitted(raw)  # type: ignore[return-value]
        fault: CodecError
        fields = self._fields(kind, raw) if raw[:1] == _MAGIC else None
        try:
            record = validated_json(kind, raw) if fields is None else validated(kind, fields)
            if (version := getattr(record, _VERSION, 0)) <= RULES_VERSION:
                return record  # type: ignore[no-any-return]
            fault = NewerRecordError(version, RULES_VERSION)
        except ValidationError as error:
            fault = _fault(kind, error, raw, fields)
        raise fault  # outside: an exception beside it would carry the record's content into a traceback

    def _submitted(self, raw: bytes) -> OrderEvent:
        """What others wrote, which is looked at more closely than what we did."""
        if raw[:1] != _MAGIC:
            return submitted.event_from_json(raw)
        fields = self._fields(OrderEvent, raw)
        assert self._schemas is not None  # it has just given the schema
        return submitted.event_from_tree(fields, partial(self._schemas.defaults, _schema_id(raw)))

    def write(self, record: Any) -> bytes:
        """The record as bytes; the same record gives the same bytes.

        Raises:
            RegistryUnavailableError: its schema has not been registered before, and the registry does not answer.
            SchemaRefusedError: likewise, and the registry refuses it.

        """
        kind = type(record)
        if self._registry is None:
            return _as_json(kind, record)
        provider = record.provider if kind is InvoiceCommand else None
        frame, schema = self._subject(self._registry, kind, provider)
        return frame + avro.encode(schema, _ADAPTERS[kind].dump_python(record))

    def _subject(self, registry: Registry, kind: type, provider: str | None) -> tuple[bytes, Any]:
        """The frame that values of the topic begin with, and their schema."""
        if (known := self._subjects.get((kind, provider))) is None:
            text, subject = avro.schema_text(kind), self._subject_of(kind, provider)
            _refuse_other_level(subject, registry.level(subject))
            schema_id = registry.register(subject, text)
            known = _MAGIC + schema_id.to_bytes(4), avro.parsed(text)
            self._subjects[kind, provider] = known
        return known

    def _subject_of(self, kind: type, provider: str | None) -> str:
        """The topic's name with `-value`, as is usual."""
        return f"{self._topics.holding(kind, provider)}-value"

    def _fields(self, kind: type, raw: bytes) -> Any:
        """What an Avro value holds by its writer's schema; whether it is a record, its types decide."""
        if self._schemas is None:
            raise UnreadableRecordError(UnreadableCode.UNKNOWN_SCHEMA, _NO_REGISTRY)
        if not _is_framed(raw):
            raise UnreadableRecordError(UnreadableCode.MALFORMED_AVRO, "the value ends before its schema's id does")
        schema = self._schemas.get(_schema_id(raw))
        if not isinstance(schema, dict) or schema.get("name") != avro.full_name(kind):
            raise UnreadableRecordError(
                UnreadableCode.OTHER_SCHEMA, f"the value has another schema than {avro.full_name(kind)}"
            )
        try:
            return avro.decode(schema, raw[_FRAME_BYTES:])
        except ValueError as error:
            raise UnreadableRecordError(UnreadableCode.MALFORMED_AVRO, f"{error}") from None


def _kinds(providers: Collection[str]) -> Iterable[tuple[type, str | None]]:
    """Every type of record with the providers that have a topic of their own for it."""
    return [(kind, each) for kind in avro.RECORD_TYPES for each in (providers if kind is InvoiceCommand else (None,))]


def _refuse_other_level(subject: str, level: str | None) -> None:
    if level != LEVEL:
        found = f"allows what {level} does" if level else "has no level of its own"
        raise SchemaRefusedError(
            f"The subject {subject} {found}, not {LEVEL}: run `faturaflow topics apply`, which sets it."
        )


def _as_json(kind: type, record: Any) -> bytes:
    if kind in _SPARSE:
        return _ADAPTERS[kind].dump_json(record, exclude_none=True)
    if kind is InvoiceCommand and record.order is not None and record.order.invoice_info is not None:
        return _ADAPTERS[kind].dump_json(record)
    return _QUICK.encode(record)


def _is_framed(raw: bytes | None) -> bool:
    return raw is not None and raw[:1] == _MAGIC and len(raw) >= _FRAME_BYTES


def _schema_id(raw: bytes | None) -> int:
    assert raw is not None
    return int.from_bytes(raw[1:_FRAME_BYTES])


def _check_size(kind: type, raw: bytes) -> None:
    most = MOST_SUBMITTED_BYTES if kind is OrderEvent else MOST_BYTES
    if len(raw) > most:
        raise UnreadableRecordError(
            UnreadableCode.TOO_LARGE, f"the value has {len(raw)} bytes; at most {most} are read"
        )


def _fault(kind: type, error: ValidationError, raw: bytes, fields: Any) -> CodecError:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return _not_json(str(first["ctx"]["error"]))
    version = _version_of(from_json(raw) if fields is None else fields) if kind in _VERSIONED else 0
    return (
        NewerRecordError(version, RULES_VERSION) if version > RULES_VERSION else InvalidRecordError(field_errors(error))
    )


def _version_of(fields: Any) -> int:
    """The version of the rules that wrote a record which cannot be read; 0 where even that is not there."""
    version = fields.get(_VERSION) if isinstance(fields, dict) else None
    return version if isinstance(version, int) else 0


def _not_json(why: str) -> UnreadableRecordError:
    code = UnreadableCode.NESTED_TOO_DEEP if why.startswith("recursion") else UnreadableCode.NOT_JSON
    return UnreadableRecordError(code, f"the value is no JSON that we read: {why}")
