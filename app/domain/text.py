"""What may stand in a submitted record: known fields only, and text that is printable, bounded and without tricks."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field

# An unknown field is a misunderstanding, and on a legal document a misunderstanding is refused.
STRICT: Final = ConfigDict(extra="forbid")

# Overrides and isolates reverse what a reader sees ("gnp.exe"): no honest name needs them.
DIRECTION_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def printable(value: str) -> str:
    """Raises ValueError for control characters, lone surrogates and direction overrides."""
    if value.isprintable():  # nearly every name: no control, no direction mark, no surrogate
        return value
    for character in value:
        if character in DIRECTION_CONTROLS or unicodedata.category(character) in FORBIDDEN_CATEGORIES:
            raise ValueError(f"contains the character U+{ord(character):04X}, which may not stand in a document")
    return value


Reference = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(printable)]
Name = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(printable)]
Note = Annotated[str, Field(max_length=1000), AfterValidator(printable)]
