"""The schema registry: what it must be able to do, Confluent's protocol for it, and a memory in front of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from app.stream.serialization.avro import parsed
from app.stream.serialization.errors import (
    RegistryUnavailableError,
    SchemaRefusedError,
    UnreadableCode,
    UnreadableRecordError,
)
from app.stream.serialization.foreign_schemas import Defaults, defaults_of

# The client's own default is to wait for ever; a registry that is up answers in milliseconds.
TIMEOUT_SECONDS: Final = 5.0
# A producer may write a moment before the registry's other nodes know its schema; a hostile one asks no more often.
UNKNOWN_FOR_SECONDS: Final = 30.0
# Every reader can read every writer's records, whichever of the two is older (decision 36).
LEVEL: Final = "FULL_TRANSITIVE"

_NOT_FOUND: Final = 404
_REFUSALS: Final = frozenset({409, 422})


class Registry(Protocol):
    """What the codec asks. Both block for at most `TIMEOUT_SECONDS` a request, and raise RegistryUnavailableError."""

    def schema(self, schema_id: int) -> str | None:
        """The text of a schema; None when there is none with this id."""

    def register(self, subject: str, schema: str) -> int:
        """The id of this schema, registered under the subject now or before. Raises SchemaRefusedError."""

    def level(self, subject: str) -> str | None:
        """Which changes of its schemas the subject allows; None where nothing is set for it."""

    def set_level(self, subject: str, level: str) -> bool:
        """Sets it. False where the registry takes no level for a subject without schemas."""


class ConfluentRegistry:
    """A registry that speaks Confluent's protocol, Apicurio's `/apis/ccompat/v7` among them."""

    def __init__(self, url: str) -> None:
        # Imported here: it takes a fifth of a second, and without a registry it is not needed.
        from confluent_kafka.schema_registry import SchemaRegistryClient  # noqa: PLC0415

        # Callers wait and ask again; the client's own retries would multiply the time-out.
        self._client = SchemaRegistryClient({"url": url, "timeout": TIMEOUT_SECONDS, "max.retries": 0})

    def schema(self, schema_id: int) -> str | None:
        """The text of an Avro schema; None for an unknown id, and for a schema of another kind."""
        found = self._ask(lambda: self._client.get_schema(schema_id))
        return found.schema_str if found is not None and found.schema_type == "AVRO" else None

    def register(self, subject: str, schema: str) -> int:
        """The schema's id, new or known."""
        from confluent_kafka.schema_registry import Schema  # noqa: PLC0415 - as above

        return int(self._ask(lambda: self._client.register_schema(subject, Schema(schema, "AVRO")), subject))

    def level(self, subject: str) -> str | None:
        """What is set for the subject; a registry may also answer with what holds for all."""
        found = self._ask(lambda: self._client.get_compatibility(subject))
        return None if found is None else str(found)

    def set_level(self, subject: str, level: str) -> bool:
        """Whether it is set: Apicurio knows no subject before its first schema."""
        return self._ask(lambda: self._client.set_compatibility(subject, level)) is not None

    def _ask(self, question: Callable[[], Any], subject: str | None = None) -> Any:
        from confluent_kafka.schema_registry import SchemaRegistryError  # noqa: PLC0415 - as above

        try:
            return question()
        except SchemaRegistryError as answer:
            if subject is None and answer.http_status_code == _NOT_FOUND:
                return None
            if answer.http_status_code in _REFUSALS:
                raise SchemaRefusedError(
                    f"The registry refuses the schema of {subject}: it breaks the readers of an earlier version."
                ) from answer
            raise RegistryUnavailableError(f"The schema registry answers {answer.http_status_code}.") from answer
        except Exception as fault:  # whatever the HTTP library below raises; the address may hold a password: unnamed
            raise RegistryUnavailableError(f"The schema registry does not answer: {type(fault).__name__}.") from fault


class KnownSchemas:
    """Writers' schemas by id. Each is asked for once; an unknown id again after `UNKNOWN_FOR_SECONDS`."""

    def __init__(self, registry: Registry, clock: Callable[[], float] = time.monotonic) -> None:
        self._registry = registry
        self._clock = clock
        self._schemas: dict[int, Any] = {}
        self._defaults: dict[int, Defaults] = {}
        self._unknown_until: dict[int, float] = {}

    def __contains__(self, schema_id: int) -> bool:
        """Whether `get` answers without asking the registry."""
        return schema_id in self._schemas or self._clock() < self._unknown_until.get(schema_id, 0.0)

    def get(self, schema_id: int) -> Any:
        """The schema, ready for use.

        Raises:
            UnreadableRecordError: it is unknown, or cannot be used.
            RegistryUnavailableError: the registry does not answer.

        """
        if schema_id not in self:
            self.fetch(schema_id)
        if (schema := self._schemas.get(schema_id)) is not None:
            return schema
        raise UnreadableRecordError(
            UnreadableCode.UNKNOWN_SCHEMA, f"no Avro schema {schema_id} is registered that can be used"
        )

    def defaults(self, schema_id: int) -> Defaults:
        """By the name of a field: what a known schema's writers write where they leave it out."""
        if schema_id not in self._defaults:
            self._defaults[schema_id] = defaults_of(self._schemas[schema_id])
        return self._defaults[schema_id]

    def fetch(self, schema_id: int) -> None:
        """Ask the registry for this schema; afterwards it is known, or known not to exist. Raises as it does."""
        text = self._registry.schema(schema_id)
        now = self._clock()
        try:
            if text is not None:
                self._schemas[schema_id] = parsed(text)
                return
        except (ValueError, RecursionError):
            pass  # as good as unknown: it will not become another under the same id
        self._unknown_until = {known: until for known, until in self._unknown_until.items() if until > now}
        self._unknown_until[schema_id] = now + UNKNOWN_FOR_SECONDS
