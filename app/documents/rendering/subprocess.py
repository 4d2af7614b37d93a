"""Rendering happens in a process of its own, because a template is a program that somebody else may have written.

The process has no secret in its surroundings, and bounds on time and memory that the system enforces.
"""

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from app.documents.rendering.errors import RenderingError

# Seconds of processor time. A thousand lines took 0.3 as HTML and 33 as PDF on a machine that was busy.
PAGE_SECONDS: Final = 20
PDF_SECONDS: Final = 240
# Address space; a PDF of a thousand lines takes a quarter of it.
MOST_MEMORY: Final = 2 * 1024**3
# A machine that is busy with other things gives a process a small part of its time; beyond that it hangs.
PATIENCE: Final = 10
# All that a renderer needs of the surroundings.
PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")
# A font cut to a document's letters has a date in it, and sets come in some order: the same page is the same file.
STEADY: Final = {"SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0"}


def rendered(
    to: str,
    template: bytes,
    invoice: bytes = b"",
    parameters: dict[str, str] | None = None,
    *,
    seconds: int | None = None,
) -> bytes:
    """What `program.py` answers: a page (`html`), its `pdf`, or nothing where a template only had to compile (`check`).

    Raises RenderingError, its own and the program's.
    """
    allowed = seconds or (PDF_SECONDS if to == "pdf" else PAGE_SECONDS)
    task = {
        "to": to,
        "template": base64.b64encode(template).decode(),
        "invoice": base64.b64encode(invoice).decode(),
        "parameters": parameters or {},
        "seconds": allowed,
        "memory": MOST_MEMORY,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "app.documents.rendering.program"],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=allowed * PATIENCE,
            env=_surroundings(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _endless(allowed) from error
    return _answer(done, allowed)


def _surroundings() -> dict[str, str]:
    path = os.pathsep.join(part or str(Path.cwd()) for part in sys.path)  # the same modules as here
    return {"PYTHONPATH": path, **STEADY, **{name: os.environ[name] for name in PASSED_ON if name in os.environ}}


def _answer(done: "subprocess.CompletedProcess[bytes]", allowed: int) -> bytes:
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise _endless(allowed)
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or [f"exit {done.returncode}"])[-1]
        raise RenderingError("TEMPLATE_FAULTY", f"The renderer did not survive this template: {last}.")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "code" in answer:
        raise RenderingError(answer["code"], answer["message"])
    return base64.b64decode(answer["content"])


def _endless(allowed: int) -> RenderingError:
    message = f"The template takes more than {allowed} seconds or {MOST_MEMORY // 1024**3} GiB for one invoice."
    return RenderingError("TEMPLATE_ENDLESS", message)
