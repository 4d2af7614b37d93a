"""Tables that a pipe can read, one clock, and texts that a terminal can bear."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import typer

from app.domain.time import ISTANBUL

_GAP: Final = "  "


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Plain columns, one line a row, nothing folded or cut: a terminal wraps long lines and a pipe reads them whole.

    Every cell is made safe for a terminal. The header is bold where standard output is a terminal.
    """
    from rich.cells import cell_len  # noqa: PLC0415 - only listings need it

    made = [[safe(cell) for cell in row] for row in rows]
    header = [column.upper() for column in columns]
    widths = [max(map(cell_len, column)) for column in zip(header, *made, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
        return _GAP.join(padded).rstrip()

    typer.echo(typer.style(line(header), bold=True))
    for row in made:
        typer.echo(line(row))


def without_empty(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """The table without the columns that are empty in every row, so that it fits a terminal where it can."""
    kept = [index for index in range(len(columns)) if not rows or any(row[index] for row in rows)]
    return [columns[index] for index in kept], [[row[index] for index in kept] for row in rows]


def count_lines(counts: Mapping[str, Mapping[str, int]]) -> str:
    """A line for each kind that has any counts: `events: DUPLICATE 107, OK 825`."""
    listed = (
        (kind, ", ".join(f"{name} {count}" for name, count in sorted(each.items()))) for kind, each in counts.items()
    )
    return "\n".join(f"{kind}: {each}" for kind, each in listed if each)


def moment(at: datetime) -> str:
    """The time in Turkey, to the second, with its offset: 2026-11-30 01:29:05+03:00."""
    return at.astimezone(ISTANBUL).isoformat(sep=" ", timespec="seconds")


def short_moment(at: datetime) -> str:
    """The time in Turkey, to the minute: for a list, whose JSON has the whole: 2026-11-30 01:29."""
    return f"{at.astimezone(ISTANBUL):%Y-%m-%d %H:%M}"


def safe(text: str) -> str:
    """The text without what steers a terminal or turns its letters round."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def safe_json(value: object) -> str:
    """JSON on one line, without what steers a terminal; a reader of JSON gets the same value."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in written)


def sentence_of(error: Exception) -> str:
    """What went wrong; of a file its name, without the system's number for it."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        what = f"{error.strerror[:1].lower()}{error.strerror[1:]}." if where else f"{error.strerror}."
        return f"{where}{what}"
    return str(error)
