"""Every file, module, class and function that a page names exists; the glossary's words have their places."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from app.settings import Settings
from tests.docs.codes import DOCS
from tests.docs.extraction import ROOT

GLOSSARY: Final = DOCS / "glossary.md"
# The page on adding a provider makes one up; test_adding_one does what it says.
PAGES: Final = tuple(
    page
    for page in sorted([ROOT / "README.md", ROOT / "schemas" / "README.md", *DOCS.rglob("*.md")])
    if page.name != "adding-one.md"
)
FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
QUOTED: Final = re.compile(r"`([^`\n]+)`")
FILE: Final = re.compile(
    r"[\w./-]+\.(?:py|md|json|yaml|toml|sha256|avsc)|[\w.-]+(?:/[\w.-]+)*/|(?:app|providers|tests)/[\w/]+"
)
NAME: Final = re.compile(r"\w+(?:\.\w+)*(?:\(\))?")
CODE: Final = re.compile(r"_|[a-z][A-Z]|\w\.\w")
ROW: Final = re.compile(r"^\| (.+?) \| (.+?) \| (.*?) \|$", re.MULTILINE)
# Of Kafka and of Odoo.
FOREIGN: Final = frozenset({"remote.storage.enable", "l10n_tr_nilvera"})


@cache
def files() -> frozenset[str]:
    found = (path for top in ("app", "providers", "tests", "docs", "schemas") for path in (ROOT / top).rglob("*"))
    return frozenset(f"/{path.relative_to(ROOT)}" for path in (*found, *ROOT.glob("*")))


@cache
def words() -> frozenset[str]:
    """Every word of the code and of the schemas, and the variables of the settings."""
    sources = [path for top in ("app", "providers", "tests", "schemas") for path in (ROOT / top).rglob("*")]
    texts = [path.read_text() for path in sources if path.suffix in {".py", ".json", ".avsc", ".csv"}]
    settings = {f"FATURAFLOW_{name.upper()}" for name in Settings.model_fields}
    return frozenset(word for text in texts for word in re.findall(r"\w+", text)) | settings


def quoted(page: Path) -> list[str]:
    return sorted(set(QUOTED.findall(FENCE.sub("", page.read_text()))))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    named = [name for name in quoted(page) if FILE.fullmatch(name) and not name.startswith(".")]
    ends = {name: f"/{name.rstrip('/')}" for name in named}
    assert [name for name, end in ends.items() if not any(file.endswith(end) for file in files())] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_of_the_code_that_a_page_names_exists(page: Path) -> None:
    named = [name for name in quoted(page) if NAME.fullmatch(name) and CODE.search(name) and not FILE.fullmatch(name)]
    assert [name for name in named if not FOREIGN & {name} and not set(re.findall(r"\w+", name)) <= words()] == []


def rows() -> list[tuple[str, str, str]]:
    """The glossary's words, what each is, and where it is in the code."""
    found = ROW.findall(GLOSSARY.read_text())
    return [row for row in found if row[0] not in {"word", "---"}]


def places() -> Iterator[str]:
    yield from (name for _, _, where in rows() for name in QUOTED.findall(where) if not name.startswith("faturaflow "))


@pytest.mark.parametrize("place", sorted(set(places())))
def test_every_place_of_the_glossary_exists(place: str) -> None:
    """A place is a dotted name below `app`, or of `providers`."""
    parts = place.split(".") if place.startswith("providers.") else ["app", *place.split(".")]
    found: object = importlib.import_module(parts[0])
    for at, part in enumerate(parts[1:], start=2):
        found = getattr(found, part, None) or importlib.import_module(".".join(parts[:at]))


def test_a_word_is_in_the_glossary_once_and_its_group_is_alphabetical() -> None:
    known = [word for word, _, _ in rows()]
    assert len(set(known)) == len(known)
    for group in GLOSSARY.read_text().split("\n## ")[1:]:
        inside = [word.casefold() for word, _, _ in ROW.findall(group) if word not in {"word", "---"}]
        assert [(a, b) for a, b in pairwise(inside) if a > b] == []
