"""Whether two events say the same: judged by content, so that "10.0" is "10.00" and white space in JSON is nothing."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from app.domain.orders import LoggedEvent, SubmittedBody
from app.domain.parties import Person

_CONTENT = TypeAdapter[Any](tuple[SubmittedBody, Person | None])
# A producer's own data on the lines; what it says of the event stands beside the body.
_BESIDE: Any = {0: {"lines": {"__all__": {"extensions"}}}}


def content_digest(event: LoggedEvent) -> str:
    """A digest of all that could reach a document: the body and the person, without a producer's own data."""
    content = _CONTENT.dump_python((event.body, event.person), exclude=_BESIDE)
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_same(event: LoggedEvent, other: LoggedEvent) -> bool:
    """Whether two events would give the same document. Mostly they are equal; a digest costs more than a look."""
    equal = event.body == other.body and event.person == other.person
    return equal or content_digest(event) == content_digest(other)


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
