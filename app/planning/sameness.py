"""Whether two events say the same: judged by content, so that "10.0" is "10.00" and white space in JSON is nothing."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from app.domain.orders import LoggedEvent, SubmittedBody
from app.domain.parties import Person

_CONTENT = TypeAdapter[Any](tuple[SubmittedBody, Person | None])


def content_digest(event: LoggedEvent) -> str:
    """A digest of all that could reach a document: the body and the person."""
    content = _CONTENT.dump_python((event.body, event.person))
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
