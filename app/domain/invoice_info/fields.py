"""What one field of the model may contain, whatever the others contain."""

import base64
import binascii
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from app.domain.lexical import NOT_A_DATE, NOT_A_TIME, NUMBER
from app.domain.text import Name, printable

T = TypeVar("T")

# An order may have a mebibyte, and everything else in it needs room too: 576 KiB of content, as base64.
MOST_BASE64: Final = 768 * 1024
# Twenty notes of a busy delivery are many; a list is bounded so that a document is.
MOST_LISTED: Final = 200

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
# The model calls these DateTime: a clock behind a day is left out. With an offset it could be another day.
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,7})?)?)?", re.ASCII)
_UUID: Final = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"


def decoded(text: str) -> bytes:
    """The content of a field that is base64 by its type."""
    return base64.b64decode(text)


def _moment(value: object) -> object:
    """Pydantic would read a number as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    raise PydanticCustomError("NOT_A_TIME", NOT_A_TIME)


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and (found := _DAY.fullmatch(value)):
        return found[1]
    raise PydanticCustomError("NOT_A_DATE", NOT_A_DATE)


def _base64(text: str) -> str:
    if len(text) > MOST_BASE64:
        sentence = "has {size} characters of base64; at most {most} are taken"
        raise PydanticCustomError("TOO_LARGE", sentence, {"size": len(text), "most": MOST_BASE64})
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        sentence = "is not base64: it is cut off, or has characters that base64 has not"
        raise PydanticCustomError("NOT_BASE64", sentence) from None
    if not content:
        raise PydanticCustomError("TOO_SHORT", "holds no content")
    return text


def _not_nil(uuid: str) -> str:
    if not uuid.strip("0-"):
        raise PydanticCustomError("UUID_IS_NIL", "is the nil UUID, which every forgotten field has")
    return uuid


def _empty_is_absent(value: object) -> object:
    return None if value == "" else value


def _null_is_empty(value: object) -> object:
    return () if value is None else value


Text = Name
Moment = Annotated[
    AwareDatetime,
    # GİB takes no earlier date, and the year in a number is 20xx.
    Field(ge=datetime(2005, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
    BeforeValidator(_moment),
]
Day = Annotated[date, BeforeValidator(_day)]
Base64 = Annotated[str, AfterValidator(_base64)]
Uuid = Annotated[str, Field(pattern=_UUID), AfterValidator(_not_nil)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$")]
FileName = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^/\\]+$"), AfterValidator(printable)]
# Fifteen digits come through a JSON number unchanged in every reader; so amounts can be numbers, as in the model.
_NUMBER: Final[Any] = (NUMBER, PlainSerializer(float, return_type=float, when_used="json"))
Rate = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=6, allow_inf_nan=False), *_NUMBER]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False), *_NUMBER]
Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2, allow_inf_nan=False), *_NUMBER]
# The model calls three fields empty when nothing is given, and its clients write them as "".
Absent = BeforeValidator(_empty_is_absent)
Listed = Annotated[tuple[T, ...], Field(max_length=MOST_LISTED), BeforeValidator(_null_is_empty)]
