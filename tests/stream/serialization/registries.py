"""Schema registries for tests: one in memory, and Confluent's protocol on loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from app.stream.serialization.errors import RegistryUnavailableError
from app.stream.serialization.schema_registry import LEVEL


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


class Handler(BaseHTTPRequestHandler):
    """The four requests of the protocol that we make."""

    server: "Server"

    def do_GET(self) -> None:
        if self.server.answers_with:
            self._answer(self.server.answers_with, {"error_code": 50001, "message": "not now"})
        elif self.path.startswith("/config/"):
            self._answer_level(self.path.removeprefix("/config/"))
        elif text := self.server.texts.get(self.path.removeprefix("/schemas/ids/").partition("?")[0]):
            self._answer(200, {"schema": text, "schemaType": "AVRO"})
        else:
            self._answer(404, {"error_code": 40403, "message": "no such schema"})

    def _answer_level(self, subject: str) -> None:
        if level := self.server.levels.get(subject):
            self._answer(200, {"compatibilityLevel": level})
        else:
            self._answer(404, {"error_code": 40408, "message": "no level is set for this subject"})

    def do_POST(self) -> None:
        body = self._body()
        self.server.log.append(f"POST {self.path.partition('?')[0]}")
        if self.server.answers_with:
            self._answer(self.server.answers_with, {"error_code": 409, "message": "incompatible"})
            return
        schema_id = len(self.server.texts) + 1
        self.server.texts[str(schema_id)] = body["schema"]
        self._answer(200, {"id": schema_id})

    def do_PUT(self) -> None:
        body, subject = self._body(), self.path.removeprefix("/config/")
        self.server.log.append(f"PUT {self.path}")
        if self.server.knows_registered_subjects_only and f"POST /subjects/{subject}/versions" not in self.server.log:
            self._answer(404, {"error_code": 40401, "message": "no such subject"})
            return
        self.server.levels[subject] = body["compatibility"]
        self._answer(200, body)

    def _body(self) -> dict[str, str]:
        return dict(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.texts: dict[str, str] = {}
        self.levels: dict[str, str] = {}
        self.log: list[str] = []
        self.answers_with = 0
        self.knows_registered_subjects_only = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def confluent_server() -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
