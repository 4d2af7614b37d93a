"""Whether this machine's worker is ready, as an orchestrator asks it."""

from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Final

from app.operations.errors import NotPossibleError, UnavailableError
from app.settings import settings

# Shorter than an orchestrator's own patience with a probe.
PROBE_SECONDS: Final = 5.0
MOST_PROBED: Final = 4096


def probe(path: str) -> str:
    """What the worker under FATURAFLOW_HEALTH_PORT answers to `/live` or `/ready` when that is a yes.

    Raises UnavailableError with its answer otherwise, NotPossibleError without a port, and OSError.
    """
    known = settings()
    if not known.health_port:
        raise NotPossibleError("FATURAFLOW_HEALTH_PORT is not set: a worker answers probes only where it is.")
    with closing(HTTPConnection(asked_at(known.health_host), known.health_port, timeout=PROBE_SECONDS)) as asked:
        asked.request("GET", path)
        with asked.getresponse() as answer:
            body = answer.read(MOST_PROBED).decode(errors="replace")
    if answer.status != HTTPStatus.OK:
        raise UnavailableError(body)
    return body


def asked_at(host: str) -> str:
    """Where a process of this machine that listens there is asked."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, not a place to listen
    return everywhere.get(host, host)
