"""The page of all states, drawn from the tables by which they change; `python -m tests.docs.states` writes it."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.domain.documents import DEAD, INVOICING, TRANSITIONS, UNSIGNED, DocumentState
from app.planning.state import LINE_TRANSITIONS, LineStatus
from tests.docs.extraction import ROOT

PAGE: Final = ROOT / "docs" / "states.md"
BEGINS: Final = "<!-- Made from the transition tables by `python -m tests.docs.states`; do not edit below. -->"
TITLES: Final = {LineStatus: "Lines", DocumentState: "Documents"}
LINES: Final[Mapping[LineStatus, str]] = {
    LineStatus.OPEN: "on no document: it can be invoiced or cancelled",
    LineStatus.CLAIMED: "on a document that is not legal yet",
    LineStatus.INVOICED: "on a legal document",
    LineStatus.PART_RETURNED: "on a legal document, and a part of it came back",
    LineStatus.RETURNED: "on a legal document, and all of it came back",
    LineStatus.CANCELLED: "never to be invoiced",
}


def page(path: Path = PAGE) -> str:
    """What is written by hand, and below it both tables as drawings and as lists."""
    written, mark, _ = path.read_text().partition(BEGINS)
    assert mark, f"{path.name} has lost the mark at which what is made begins"
    made = (*section(LINE_TRANSITIONS, LineStatus.OPEN), *section(TRANSITIONS, DocumentState.PLANNED))
    return written + "\n".join((BEGINS, *made)) + "\n"


def section(table: Mapping[StrEnum, Collection[StrEnum]], first: StrEnum) -> Iterator[str]:
    """One machine: its drawing, and each state with what may come after it."""
    yield from ("", f"## {TITLES[type(first)]}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {first}")
    for state, following in table.items():
        yield from (f"    {state} --> {after}" for after in in_order(following, table))
        if not following:
            yield f"    {state} --> [*]"
    yield from ("```", "", "| state | may become | |", "| --- | --- | --- |")
    for state, following in table.items():
        names = ", ".join(in_order(following, table)) or "nothing: it is final"
        yield f"| `{state}` | {names} | {kind_of(state)} |"


def in_order(states: Collection[StrEnum], table: Mapping[StrEnum, object]) -> list[StrEnum]:
    """In the sequence of the table, so that the page is the same each time."""
    return [state for state in table if state in states]


def kind_of(state: StrEnum) -> str:
    """What a line's state is, and what a document's means for its lines."""
    if isinstance(state, LineStatus):
        return LINES[state]
    if state in DEAD:
        return "no legal document: its lines are free"
    if state in INVOICING:
        return "legal: its lines are invoiced"
    return "no legal effect, and it waits for a person" if state in UNSIGNED else "on its way: its lines are claimed"


if __name__ == "__main__":
    PAGE.write_text(page())
