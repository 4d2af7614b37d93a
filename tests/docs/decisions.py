"""The index of the decision records, made from their files; `python -m tests.docs.decisions` writes it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.docs.extraction import ROOT

FOLDER: Final = ROOT / "docs" / "decisions"
INDEX: Final = FOLDER / "README.md"
TITLE: Final = re.compile(r"^# (\d+)\. (.+)$", re.MULTILINE)
REPLACED: Final = re.compile(r"^\*\*(Replaced(?: in part)?):\*\* (.+)\.$", re.MULTILINE)
HEAD: Final = "| | decision | status |"


def records() -> list[Path]:
    return sorted(FOLDER.glob("[0-9]*.md"))


def row(record: Path) -> str:
    """Number, title with its link, and whether a later record has replaced it."""
    text = record.read_text()
    title, replaced = TITLE.search(text), REPLACED.search(text)
    assert title, f"{record.name} has no heading `# N. Title`"
    status = f"{replaced[1].lower()} {replaced[2]}" if replaced else "in force"
    return f"| {title[1]} | [{title[2]}]({record.name}) | {status} |"


def gaps() -> set[int]:
    """The numbers below the last one that no record has."""
    numbers = {int(record.name[:4]) for record in records()}
    return set(range(1, max(numbers))) - numbers


def index() -> Iterator[str]:
    """The lines of the index: what is written above the table, and a row for each record."""
    before, head, _ = INDEX.read_text().partition(HEAD)
    assert head, f"{INDEX} has lost the head of its table"
    yield from (*before.splitlines(), HEAD, "| --- | --- | --- |", *map(row, records()))


if __name__ == "__main__":
    INDEX.write_text("\n".join(index()) + "\n")
