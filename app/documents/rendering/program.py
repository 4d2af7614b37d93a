"""The program of the rendering process: one task from standard input, one answer to standard output."""

import base64
import contextlib
import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from app.documents.rendering.errors import RenderingError


def main() -> None:
    """Bind ourselves first, then read and run what others wrote."""
    task = json.load(sys.stdin.buffer)
    answers = os.dup(sys.stdout.fileno())  # what a library prints must not end up in the answer
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _bind(task["seconds"], task["memory"])
    try:
        answer = {"content": base64.b64encode(_done(task)).decode()}
    except RenderingError as error:
        answer = {"code": error.code, "message": error.args[0]}
    except MemoryError:
        message = f"The template takes more than {task['memory']} bytes of memory."
        answer = {"code": "TEMPLATE_ENDLESS", "message": message}
    with os.fdopen(answers, "w", encoding="ascii") as stream:
        json.dump(answer, stream)


def _bind(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError):  # macOS knows no bound on address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _done(task: dict[str, Any]) -> bytes:
    from app.documents.rendering import page, pdf, transforming  # noqa: PLC0415  nothing is loaded before the bounds

    template, invoice = base64.b64decode(task["template"]), base64.b64decode(task["invoice"])
    if task["to"] == "check":
        transforming.compiled(template)
        return b""
    parameters: dict[str, str] = task["parameters"]
    made = page.finished(transforming.transformed(invoice, template, parameters), parameters.get("qr"))
    if task["to"] == "html":
        return made
    with tempfile.TemporaryDirectory() as folder:
        return pdf.written(made, Path(folder))


if __name__ == "__main__":
    main()
