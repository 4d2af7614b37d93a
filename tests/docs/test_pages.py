"""The pages say what the code does: every word of it, links that lead somewhere, and commands that exist."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest

from app.cli.main import COMMANDS, load
from app.domain.orders import SubmittedBody
from tests.docs.codes import DOCS, read, tables_of
from tests.docs.codes import PAGES as MADE
from tests.docs.extraction import ROOT

PAGES: Final = (ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted((DOCS / "providers").glob("*.md")))
EVENTS: Final = DOCS / "order-events.md"
API: Final = DOCS / "api.md"
FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
MENTION: Final = re.compile(r"faturaflow ((?:[a-z|-]+)(?: [a-z][a-z|-]*)?)")
WHOLE: Final = re.compile(
    r"`faturaflow ([a-z-]+)(?: ([a-z][a-z-]*))?([^`]*)`|"
    r"^\$? ?faturaflow ([a-z-]+)(?: ([a-z][a-z-]*))?([^#\n]*)",
    re.MULTILINE,
)
OPTION: Final = re.compile(r"(?<= )--[a-z-]+")


@pytest.mark.parametrize("page", MADE, ids=lambda page: page.name)
def test_every_word_of_the_code_is_on_the_page_once_as_the_code_says_it(page: Path) -> None:
    found = read(page)
    words = {kind: sorted(map(str, rows)) for kind, rows in tables_of(page).items()}
    assert {kind: sorted(known) for kind, known in found.words.items()} == words
    assert page.read_text().splitlines() == found.lines, "run `python -m tests.docs.codes`"


@pytest.mark.parametrize("page", MADE, ids=lambda page: page.name)
def test_every_word_of_the_code_has_something_written_beside_it(page: Path) -> None:
    assert read(page).empty == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        path, _, heading = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not heading or heading in _headings(there), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    missing = [said for said in MENTION.findall(page.read_text()) if not all(map(_exists, _alternatives(said)))]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_that_a_page_names_exists(page: Path) -> None:
    found = (tuple(filter(None, said)) for said in WHOLE.findall(page.read_text()))
    missing = [(said, option) for said in found for option in OPTION.findall(said[-1]) if option not in _options(said)]
    assert missing == []


def test_every_event_that_can_be_sent_is_in_the_table_of_order_events_once() -> None:
    bodies = sorted(body.__name__ for body in get_args(SubmittedBody))
    assert sorted(re.findall(r"^\| `([A-Z]\w+)` \| [^|]+ \| `[a-z]", EVENTS.read_text(), re.MULTILINE)) == bodies


def test_every_event_of_upstream_has_a_section_and_every_one_of_a_person_a_row() -> None:
    written = EVENTS.read_text()
    explained = set(re.findall(r"^## .*`(\w+)`$", written, re.MULTILINE))
    explained |= set(re.findall(r"^\| `(\w+)` \|", written.partition("## What a person decides")[2], re.MULTILINE))
    unexplained = {body.__name__ for body in get_args(SubmittedBody)} - explained
    assert unexplained == {"OrderPlaced", "OrderThawed"}, "these two have what the page says of an order as a whole"


def test_every_command_and_operation_that_the_table_of_events_names_exists() -> None:
    commands = re.findall(r"^\| `[A-Z]\w+` \| .*? \| `([a-z-]+) ([a-z-]+)`", EVENTS.read_text(), re.MULTILINE)
    assert commands and all(map(_exists, commands))
    rows = re.findall(r"^\| `[A-Z]\w+` \| .* \| `(\w+)` \|$", EVENTS.read_text(), re.MULTILINE)
    assert len(commands) == len(rows) == len(get_args(SubmittedBody))
    assert set(rows) <= set(re.findall(r"^\| `(\w+)` \| (?:GET|POST) ", API.read_text(), re.MULTILINE))


def test_every_rule_of_the_interface_has_all_of_its_tests_in_its_row() -> None:
    written = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    there = {
        (int(rule), name)
        for name in re.findall(r"def (test_r\d+_\w+)", written)
        for rule in re.findall(r"r(\d+)_", re.match(r"test_(?:r\d+_)+", name)[0])  # type: ignore[index]
    }
    rows = re.findall(r"^\| R(\d+) \| [^|]+ \| (.*) \|$", (DOCS / "guarantees.md").read_text(), re.MULTILINE)
    on_page = {(int(rule), name) for rule, names in rows for name in re.findall(r"`(test_r\d+_\w+)`", names)}
    assert on_page == there
    assert {rule for rule, _ in on_page} == {*range(1, 15), 16}


def test_every_test_that_a_page_names_exists() -> None:
    written = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("*.py"))
    there = set(re.findall(r"def (test_\w+)", written)) | {file.stem for file in (ROOT / "tests").rglob("test_*.py")}
    for page in sorted(DOCS.rglob("*.md")):
        named = set(re.findall(r"\b(test_\w+)", page.read_text()))
        assert named <= there, f"{page.name}: {named - there}"


def _headings(page: Path) -> Iterator[str]:
    """As GitHub names them."""
    for line in re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-")


def _alternatives(said: str) -> Iterator[tuple[str, str]]:
    """`documents approve|cancel` are two commands."""
    command, _, subs = said.partition(" ")
    yield from ((command, sub) for sub in subs.split("|"))


def _options(said: tuple[str, ...]) -> set[str]:
    """Those of the command, and of its subcommand where it has one."""
    command = load(said[0])
    known = [command, getattr(command, "commands", {}).get(said[1])]
    return {option for each in known if each for parameter in each.params for option in parameter.opts}


def _exists(mention: tuple[str, str]) -> bool:
    command, sub = mention
    if command not in COMMANDS:
        return False
    known = getattr(load(command), "commands", {})
    return not known or not sub or sub in known
