"""From a body to an event: checked in form and content, with a digest that repeats are known by."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from app.domain.errors import FieldError
from app.domain.field_errors import field_errors
from app.domain.orders import OrderEvent
from app.intake.acceptance import content_errors
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from app.stream.serialization.submitted import event_from_tree
from app.web.api.problems import Problem
from app.web.api.wire.model import WireModel
from app.web.api.wire.paths import on_the_wire

M = TypeVar("M", bound=WireModel)


class MakesEvent(Protocol):
    """A body that an event is made of."""

    def event(self, customer_number: str) -> dict[str, Any]:
        """The fields of an OrderEvent beside its identity."""


def model_of(kind: type[M], tree: Any) -> M:
    """The body as its model. Raises Problem with every error, in the wire's spelling."""
    try:
        return kind.model_validate(tree)
    except ValidationError as error:
        errors = field_errors(error)
    raise Problem("BODY_INVALID", errors=errors)


def event_of(tree: dict[str, Any], now: datetime) -> OrderEvent:
    """The event in these fields. Raises Problem with every error that intake would find, in the wire's spelling."""
    errors: tuple[FieldError, ...]
    try:
        event = event_from_tree(tree)
    except InvalidRecordError as invalid:
        errors = invalid.errors
    except UnreadableRecordError:
        raise Problem("NOT_JSON", "the body is nested too deep") from None
    else:
        errors = content_errors(event, now)
        if not errors:
            return event
    kind = tree["body"]["type"]
    raise Problem("BODY_INVALID", errors=tuple(on_the_wire(each, kind) for each in errors))


def digest_of(operation: str, place: tuple[str, ...], body: WireModel) -> str:
    """The same for the same request, however its JSON is written. `place`: the references in its path."""
    content = [operation, *place, body.model_dump()]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value}"
