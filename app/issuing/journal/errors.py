"""What reading a fact raises."""

from typing import Final

from pydantic import ValidationError

# Pydantic's words for a field, or a value of a list of words, that it does not know.
_UNKNOWN: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument", "enum"})


class NewerFactError(Exception):
    """A newer release has written this: a worker that does not know all of it must not decide by the rest."""


def read_error(what: str, error: ValidationError) -> NewerFactError | ValueError:
    """What to raise for content that is not as this release knows it; without the content, which is personal data."""
    unknown = [e for e in error.errors(include_url=False, include_input=False) if e["type"] in _UNKNOWN]
    if unknown:
        path = ".".join(map(str, unknown[0]["loc"]))
        return NewerFactError(f"this release knows {what} without {path}")
    return ValueError(f"not a {what}: {error.error_count()} faults")
