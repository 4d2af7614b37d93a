"""Order events that are sent as a file: one JSON object, an array, or JSON lines. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.errors import FieldError
from app.domain.orders import OrderEvent
from app.operations.errors import RefusedInputError
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError

# It finds where a value ends; what its numbers are, the codec says.
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)
_BLANK: Final = " \t\r\n"
# Some ten thousand orders; more belongs on the topic by a producer of its own.
MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EventInFile:
    """One event of the file, by its number from 1 and its line: read, or everything that is wrong with it."""

    number: int
    line: int
    event: OrderEvent | None = None
    errors: tuple[FieldError, ...] = ()


class EventsRefusedError(RefusedInputError):
    """Some events of a file are not what intake takes, so none was sent; `refused` has each of them with its errors."""

    def __init__(self, refused: tuple[EventInFile, ...]) -> None:
        lines = [
            f"event {each.number} (line {each.line}): {error.path} {error.code}: {error.message}"
            for each in refused
            for error in each.errors
        ]
        super().__init__("\n".join([*lines, "Nothing was sent."]))
        self.refused = refused


def read_events(content: bytes, name: str) -> list[OrderEvent]:
    """The events of a file that is called `name`, each of which intake can read.

    Raises RefusedInputError for a file that is too large, empty or no JSON; EventsRefusedError with every error of
    every event otherwise.
    """
    if len(content) > MOST_BYTES:
        raise RefusedInputError(f"{name} has more than {MOST_BYTES // 1024**2} MiB: send it in parts.")
    found = events_in(content)
    if not found:
        raise RefusedInputError(f"{name} holds no event.")
    refused = tuple(each for each in found if each.errors)
    if refused:
        raise EventsRefusedError(refused)
    return [each.event for each in found if each.event is not None]


def events_in(content: bytes) -> list[EventInFile]:
    """Every event, checked as intake checks its shape: what is found wrong here would be refused there.

    Raises RefusedInputError.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedInputError(f"the file is not UTF-8 (byte {error.start})") from error
    read = Codec()
    return [_found(read, number, line, raw) for number, (line, raw) in enumerate(_values(text), start=1)]


def _values(text: str) -> Iterator[tuple[int, str]]:
    """The line and the text of each event, byte for byte: amounts must not pass through floats."""
    position = _skip_blanks(text, 0)
    in_array = text[position : position + 1] == "["
    starts = _in_array(text, position + 1) if in_array else _one_after_another(text, position)
    line, counted = 1, 0
    for start, end in starts:
        line, counted = line + text.count("\n", counted, start), start  # a count from the start takes minutes
        yield line, text[start:end]


def _one_after_another(text: str, position: int) -> Iterator[tuple[int, int]]:
    """Where each value begins and ends; there are blanks between them, or nothing."""
    while position < len(text):
        end = _end_of(text, position)
        yield position, end
        position = _skip_blanks(text, end)


def _in_array(text: str, position: int) -> Iterator[tuple[int, int]]:
    """Likewise of an array's values. A file that was cut off has lost some, so an array has its end."""
    position = _skip_blanks(text, position)
    more = text[position : position + 1] != "]"
    while more:
        end = _end_of(text, position)
        yield position, end
        position = _skip_blanks(text, end)
        more = text[position : position + 1] == ","
        position = _skip_blanks(text, position + more)
    if text[position : position + 1] != "]":
        where = f"line {_line(text, position)}"
        raise RefusedInputError(f"{where}: a comma or the array's end is missing; is the file whole?")
    if _skip_blanks(text, position + 1) < len(text):
        raise RefusedInputError(f"line {_line(text, position)}: something follows the array")


def _end_of(text: str, position: int) -> int:
    try:
        return _DECODER.raw_decode(text, position)[1]
    except (ValueError, RecursionError) as error:
        raise RefusedInputError(f"line {_line(text, position)}: no JSON that can be read ({error})") from error


def _found(read: Codec, number: int, line: int, raw: str) -> EventInFile:
    try:
        return EventInFile(number=number, line=line, event=read.read(OrderEvent, raw.encode()))
    except InvalidRecordError as invalid:
        return EventInFile(number=number, line=line, errors=invalid.errors)
    except UnreadableRecordError as unreadable:
        return EventInFile(
            number=number, line=line, errors=(FieldError(path="$", code=unreadable.code, message=f"{unreadable}"),)
        )


def _skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BLANK:
        position += 1
    return position


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
