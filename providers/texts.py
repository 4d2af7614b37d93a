"""What an answer's text may be before it is kept: short, in one line, and printable.

What a provider says goes into the journal, the order's log and the store, and onto a terminal.
"""

import re
import unicodedata
from typing import Final

from app.domain.errors import FieldError, more_errors

# A sentence for a person; what a provider's error has beyond it is often the refused document.
MOST_TEXT: Final = 500
# A person reads on for a page at the most, and a record has bounds.
MOST_ERRORS: Final = 50
MOST_PATH: Final = 200
MOST_CODE: Final = 100
# A legal number has sixteen characters; books of other kinds use a few more.
MOST_NUMBER: Final = 30
# A UUID has thirty-six.
MOST_REFERENCE: Final = 100

CUT: Final = "…"
# What is written in the place of a secret.
HIDDEN: Final = "***"
# How far a cut goes back so as not to leave half a word, which no mask would know any more.
LONGEST_WORD: Final = 60

# Control, surrogate, private, unassigned, and format characters: the last ones hide or turn what a reader sees.
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# A terminal's colours and titles: the letters behind the escape character belong to the sequence.
_ESCAPE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_HALF_WORD: Final = re.compile(rf"\w{{1,{LONGEST_WORD}}}$")


def plain(text: str, most: int = MOST_TEXT) -> str:
    """The text in one line of at most `most` characters, without control sequences; a clean one stays as it is."""
    if len(text) <= most and text.isprintable() and "  " not in text and text == text.strip():
        return text
    # Far more than is kept, far less than a provider may send.
    start = _ESCAPE.sub("", text[: most * 10])
    line = " ".join("".join(" " if unicodedata.category(c) in _UNPRINTABLE else c for c in start).split())
    return line if len(line) <= most else _HALF_WORD.sub("", line[: most - len(CUT)]) + CUT


def named(value: object, most: int) -> str | None:
    """A number or a reference; an empty one is none.

    Raises ValueError: it is never cut, for half of it is another, and neither is one of which a secret was a part.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > most or not value.isprintable() or HIDDEN in value:
        raise ValueError(f"a number or reference must be a printable text of at most {most} characters, and all of it")
    return value


def listed(errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    """At most `MOST_ERRORS` of them, cleaned; where there are more, the last one counts the rest."""
    kept = errors if len(errors) <= MOST_ERRORS else errors[: MOST_ERRORS - 1]
    rest = len(errors) - len(kept)
    return tuple(map(_cleaned, kept)) + ((more_errors(rest),) if rest else ())


def _cleaned(error: FieldError) -> FieldError:
    path, code = plain(error.path, MOST_PATH), plain(error.code, MOST_CODE)
    return FieldError(path=path, code=code, message=plain(error.message))
