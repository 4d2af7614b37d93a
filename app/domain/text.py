"""What a submitted record may contain: known fields only, and text that is printable, bounded and without tricks.

Each rule is a list of characters in this file and no look-up in Python's own tables: every Python has those of
another Unicode, and one order must have one answer (decision 35).
"""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

# An unknown field is a misunderstanding, and on a legal document a misunderstanding is refused.
STRICT: Final = ConfigDict(extra="forbid")

# Overrides and isolates reverse what a reader sees ("gnp.exe"): no honest name needs them.
_DIRECTION_CONTROLS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# The last two of each plane, and 32 more, are no characters, for ever.
_NO_CHARACTERS: Final = "\ufdd0-\ufdef" + "".join(chr(p << 16 | 0xFFFE) + chr(p << 16 | 0xFFFF) for p in range(17))
_UNPRINTABLE: Final = re.compile(
    f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff{_NO_CHARACTERS}{_DIRECTION_CONTROLS}]"
)
# Unicode's Default_Ignorable_Code_Point with all that is reserved for it, annotation marks, and Braille's empty cell.
_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# White space beside the ordinary blank.
_BREAKS: Final = "\t-\r\x85\u2028\u2029"
_WIDE: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

_A_BREAK: Final = re.compile(f" *[{_BREAKS}][ {_BREAKS}]*")
_AT_THE_EDGES: Final = re.compile(f"^[ {_WIDE}]+|[ {_WIDE}]+$")
_HIDDEN: Final = re.compile(f"[{_INVISIBLE}{_WIDE}{_BREAKS}]")
# Of what is printable to Python.
_FIRST_INVISIBLE: Final = "\u034f"
_VISIBLE: Final = re.compile(f"[^ {_INVISIBLE}{_WIDE}]")
_SITE: Final = re.compile(r"(https?://)?[^\s/:;.]+(\.[^\s/:;.]+)+(:[0-9]+)?(/[^\s;]*)?", re.IGNORECASE)
NO_WEB_SITE: Final = "is no web address like www.example.com; several are separated by semicolons"
# One of the two tables that Python has is the same in each of its versions: Unicode 3.2's.
_STABLE: Final = unicodedata.ucd_3_2_0


def printable(value: str) -> str:
    """Raises ValueError for control characters, lone surrogates, direction overrides, and what is no character."""
    if value.isprintable():  # nearly every name: no control, no direction mark, no surrogate
        return value
    if found := _UNPRINTABLE.search(value):
        raise ValueError(f"contains the character U+{ord(found[0]):04X}, which a document may not contain")
    return value


def one_line(value: str) -> str:
    """The text on one line and without white space at its edges; a break is a blank. Raises ValueError as `printable`.

    Addresses and notes come in several lines, and fields of a checkout as they were typed.
    """
    if value.isprintable() and value[:1] != " " != value[-1:]:
        return value
    return printable(_AT_THE_EDGES.sub("", _A_BREAK.sub(" ", value)))


def name(value: str) -> str:
    """The text on one line, if there is anything to be seen in it; else it is as good as empty, and refused as that."""
    if value.isprintable() and " " < value[:1] < _FIRST_INVISIBLE and value[-1:] != " ":
        return value  # nearly every name
    value = one_line(value)
    if _VISIBLE.search(value):
        return value
    raise PydanticCustomError("TOO_SHORT", "has no visible character")


def reference(value: str) -> str:
    """The text, if there is one way to write what a reader sees: two spellings of one order are two invoices.

    Raises ValueError for white space at an edge, white space that looks like a blank, characters that are not seen,
    and what is not in the composed form (NFC).
    """
    if value[:1] == " " or value[-1:] == " ":
        raise ValueError("begins or ends with a blank")
    if value.isascii():
        return printable(value)
    if found := _HIDDEN.search(value):
        raise ValueError(f"contains the character U+{ord(found[0]):04X}, which a reader does not see")
    if not _STABLE.is_normalized("NFC", value):
        raise ValueError("is not in Unicode's composed form (NFC)")
    return printable(value)


def folded(text: str) -> str:
    """What two spellings of a name have in common: the case, the I and the composed form make no other name of it.

    Turkish has an I with a dot and one without, and whoever changes the case by another language's rules mixes them.
    """
    return _STABLE.normalize("NFC", text).casefold().replace("i\u0307", "i").replace("ı", "i")


def are_web_sites(written: str) -> bool:
    """Addresses, or hosts alone; several are separated by semicolons."""
    return all(_SITE.fullmatch(each.strip()) for each in written.split(";"))


def web_sites(value: str) -> str:
    """The text, if each part of it is a web address."""
    if not are_web_sites(printable(value)):
        raise PydanticCustomError("WEB_SITE_INVALID", NO_WEB_SITE)
    return value


_Short = Annotated[str, Field(min_length=1, max_length=64)]
# What an answer can be addressed to, also where it refuses this as a reference.
Answerable = Annotated[_Short, AfterValidator(printable)]
Reference = Annotated[_Short, AfterValidator(reference)]
# A code that is shown and never compared.
Code = Annotated[_Short, AfterValidator(name)]
Name = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(name)]
Note = Annotated[str, Field(max_length=1000), AfterValidator(one_line)]
Website = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(web_sites)]

MOST_EXTENSIONS: Final = 32
_Extension = Annotated[str, Field(max_length=500), AfterValidator(one_line)]
# A producer's own data, beside the record's fields: kept, shown and passed on, and never part of a document.
Extensions = Annotated[dict[Reference, _Extension], Field(max_length=MOST_EXTENSIONS)]
