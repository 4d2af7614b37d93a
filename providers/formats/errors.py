"""A refusal that lists its errors, as JSON has it."""

from collections.abc import Callable
from typing import Any

from app.domain.errors import FieldError


def errors_in(body: Any, error: Callable[[Any], FieldError | None]) -> tuple[FieldError, ...]:
    """All that `errors` lists; none when one of them is not in the provider's own form, of which `error` makes None."""
    listed = body.get("errors") if isinstance(body, dict) else None
    errors = [error(each) for each in (listed if isinstance(listed, list) else [])]
    return tuple(each for each in errors if each) if all(errors) else ()
