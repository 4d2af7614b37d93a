"""What the page about adding a provider says, done: its files, its line, its identity, and the contract suite on it."""

import ast
import functools
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import providers
from app.domain.documents import DocumentType
from app.stream.topics import identities
from providers import registry
from tests.contract import test_contract
from tests.contract.bench import Bench, bench_of
from tests.contract.case import Case
from tests.docs.codes import DOCS
from tests.docs.extraction import ROOT
from tests.providers.examples import CONSUMER

PAGE: Final = DOCS / "providers" / "adding-one.md"
BLOCK: Final = re.compile(r"^```python (\w+)=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAME: Final = "paperbook"


def on_the_bench_below(test: Any) -> Any:
    """The same test without the contract's own cases: each would be this bench again."""

    @functools.wraps(test)
    async def once(*arguments: Any, **named: Any) -> None:
        await test(*arguments, **named)

    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.args[:1] != ("bench",)]
    once.pytestmark = marks  # type: ignore[attr-defined]
    return once


# Every test of the contract.
globals().update(
    {name: on_the_bench_below(test) for name, test in vars(test_contract).items() if name.startswith("test_")}
)


def blocks(kind: str) -> dict[str, str]:
    """The page's blocks of one kind: what each is called → its text."""
    return {name: text for found, name, text in BLOCK.findall(PAGE.read_text()) if found == kind}


def written(folder: Path) -> None:
    for name, text in blocks("file").items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The page's files, found as modules of `providers`, and its line in the registry."""
    folder = tmp_path_factory.mktemp("providers")
    written(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "__path__", [*providers.__path__, str(folder)])
        line: dict[str, str] = ast.literal_eval("{" + blocks("line")["registry"] + "}")
        patch.setattr(registry, "PROVIDERS", {**registry.PROVIDERS, **line})
        yield folder
    for module in [name for name in sys.modules if name.startswith(f"providers.{NAME}")]:
        del sys.modules[module]
    vars(providers).pop(NAME, None)


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    del folder
    names: dict[str, Any] = {"Case": Case, "DocumentType": DocumentType, "CONSUMER": CONSUMER}
    async with bench_of(eval(blocks("case")["contract"], names)) as bench:  # noqa: S307 - the page's own line
        yield bench


def test_the_page_has_a_file_for_everything_that_it_says_a_folder_has(folder: Path) -> None:
    said = re.findall(r"^\| `([\w./]+)` \|", PAGE.read_text(), re.MULTILINE)
    there = {each.name + "/" * each.is_dir() for each in (folder / NAME).iterdir() if each.name != "__pycache__"}
    assert sorted(said) == sorted(there)


def test_the_pages_code_is_in_order(folder: Path) -> None:
    for tool in (["check", "--ignore", "INP001"], ["format", "--check"]):
        asked = [sys.executable, "-m", "ruff", *tool, "--config", str(ROOT / "pyproject.toml"), str(folder)]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_its_identity_can_be_added() -> None:
    held = json.loads(identities.PINNED.read_text("utf-8"))
    assert identities.with_provider(NAME, held)["apps"][f"issuer-{NAME}"]["source"] == f"invoice-commands.{NAME}.v1"
