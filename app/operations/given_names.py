"""What a person types as a document's legal names: checked for its form, so that a slip becomes no legal number."""

from uuid import UUID

from app.domain.numbers import NUMBER
from app.operations.errors import RefusedInputError


def given_number(text: str) -> str:
    """The number, in GİB's form. Raises RefusedInputError."""
    if not NUMBER.fullmatch(text):
        raise RefusedInputError(f"{text} is no number as GİB writes it, like ABC2026000000001.")
    return text


def given_ettn(text: str) -> str:
    """The ETTN as it is compared. Raises RefusedInputError."""
    try:
        return f"{UUID(text)}"
    except ValueError:
        raise RefusedInputError(f"{text} is no ETTN.") from None
