"""Schema registries for tests: one in memory, and Confluent's protocol on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.stream.serialization.errors import RegistryUnavailableError
from app.stream.serialization.schema_registry import LEVEL
from app.testbed.chaos.installation.schema_registry import Answer, Schemas, registry


class MemoryRegistry:
    """Counts the questions; can be made to be away."""

    def __init__(self) -> None:
        self.subjects: dict[str, int] = {}
        self.texts: dict[int, str] = {}
        self.levels: dict[str, str] = {}
        self.asked = 0
        self.away = False

    def schema(self, schema_id: int) -> str | None:
        self._answering()
        return self.texts.get(schema_id)

    def register(self, subject: str, schema: str) -> int:
        self._answering()
        known = {text: schema_id for schema_id, text in self.texts.items()}
        schema_id = known.get(schema, len(known) + 1)
        self.texts[schema_id] = schema
        self.subjects[subject] = schema_id
        return schema_id

    def level(self, subject: str) -> str | None:
        self._answering()
        return self.levels.get(subject, LEVEL)

    def set_level(self, subject: str, level: str) -> bool:
        self._answering()
        self.levels[subject] = level
        return True

    def _answering(self) -> None:
        self.asked += 1
        if self.away:
            raise RegistryUnavailableError("away")


class Returning(MemoryRegistry):
    """Away for the first so many questions."""

    def __init__(self, unanswered: int = 0) -> None:
        super().__init__()
        self.unanswered = unanswered

    def _answering(self) -> None:
        self.away = self.asked < self.unanswered
        super()._answering()


@dataclass(slots=True, kw_only=True)
class WatchedSchemas(Schemas):
    """The chaos run's registry with a `log` of the writes; `answers_with`: the status of every answer, where not 0."""

    url: str = ""
    log: list[str] = field(default_factory=list)
    answers_with: int = 0
    knows_registered_subjects_only: bool = False

    def ask(self, method: str, path: list[str], body: dict[str, Any]) -> Answer:
        if method != "GET":
            self.log.append(f"{method} /{'/'.join(path)}")
        if self.answers_with:
            return self.answers_with, {"error_code": self.answers_with, "message": "not now"}
        if method == "PUT" and self.knows_registered_subjects_only and path[-1] not in self.subjects:
            return 404, {"error_code": 40401, "message": "no such subject"}
        return Schemas.ask(self, method, path, body)


@contextmanager
def confluent_server() -> Iterator[WatchedSchemas]:
    schemas = WatchedSchemas()
    with registry(schemas) as schemas.url:
        yield schemas
