"""A schema registry of the run's own: what of Confluent's protocol our clients ask, in memory, on loopback.

It keeps what it was given and judges nothing: whether a schema fits its readers is tested elsewhere.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final
from urllib.parse import unquote

_NO_SCHEMA: Final = {"error_code": 40403, "message": "Schema not found"}
_NO_LEVEL: Final = {"error_code": 40408, "message": "Subject does not have subject-level compatibility configured"}
_NO_SUBJECT: Final = {"error_code": 40401, "message": "Subject not found"}

Answer = tuple[int, object]


@dataclass(slots=True, kw_only=True)
class Schemas:
    """Schemas by id, the ids of each subject in their sequence, and its level."""

    texts: list[str] = field(default_factory=list)
    subjects: dict[str, list[int]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def ask(self, method: str, path: list[str], body: dict[str, Any]) -> Answer:
        """What the registry answers: a status and a value for JSON."""
        match path:
            case ["config", *subject]:
                return self._level("".join(subject), body.get("compatibility"))
            case ["subjects", subject, *rest] if method == "POST":
                text = body["schema"]
                return (200, {"id": self._register(subject, text)}) if rest else self._known(subject, text)
            case ["schemas", "ids", number]:
                return self._by_id(number)
            case ["subjects", subject, "versions", version]:
                return self._version(subject, version)
            case _:
                return 404, {"error_code": 404, "message": "HTTP 404 Not Found"}

    def _level(self, subject: str, level: str | None) -> Answer:
        if level is not None:
            self.levels[subject] = level
            return 200, {"compatibility": level}
        known = self.levels.get(subject)
        return (200, {"compatibilityLevel": known}) if known else (404, _NO_LEVEL)

    def _by_id(self, number: str) -> Answer:
        known = number.isdigit() and 0 < int(number) <= len(self.texts)
        return (200, {"schema": self.texts[int(number) - 1], "schemaType": "AVRO"}) if known else (404, _NO_SCHEMA)

    def _register(self, subject: str, text: str) -> int:
        with self.lock:
            if text not in self.texts:
                self.texts.append(text)
            schema_id = self.texts.index(text) + 1
            versions = self.subjects.setdefault(subject, [])
            if schema_id not in versions:
                versions.append(schema_id)
            return schema_id

    def _known(self, subject: str, text: str) -> Answer:
        versions = self.subjects.get(subject)
        if versions is None:
            return 404, _NO_SUBJECT
        found = self.texts.index(text) + 1 if text in self.texts else 0
        return self._answer_of(subject, versions.index(found) + 1) if found in versions else (404, _NO_SCHEMA)

    def _version(self, subject: str, version: str) -> Answer:
        count = len(self.subjects.get(subject, ()))
        number = count if version == "latest" else int(version)
        return self._answer_of(subject, number) if 0 < number <= count else (404, _NO_SUBJECT)

    def _answer_of(self, subject: str, version: int) -> Answer:
        schema_id = self.subjects[subject][version - 1]
        text = self.texts[schema_id - 1]
        return 200, {"subject": subject, "id": schema_id, "version": version, "schema": text, "schemaType": "AVRO"}


@contextmanager
def registry(schemas: Schemas | None = None) -> Iterator[str]:
    """The URL of a registry of these schemas, of none at first, while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(schemas or Schemas()))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="registry", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(schemas: Schemas) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(self._body())

        def do_PUT(self) -> None:
            self._answer(self._body())

        def log_message(self, *_: object) -> None:
            """Silent."""

        def _body(self) -> dict[str, Any]:
            return dict(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: dict[str, Any]) -> None:
            path = [unquote(part) for part in self.path.partition("?")[0].split("/") if part]
            status, value = schemas.ask(self.command, path, body)
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
