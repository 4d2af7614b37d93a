"""Providers by name: one folder, one line and one pinned identity each, and nothing loaded that is not used."""

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import app
import providers
from app.stream.topics import identities
from providers.base import ConnectionSettings
from providers.registry import PROVIDERS, provider
from tests.providers.examples import NEEDED_OPTIONS, SECRETS

HOMES = [Path(next(iter(package.__path__))) for package in (app, providers)]
ROOT = HOMES[0].parent
# Where a provider may be named outside of its folder: its line, its identity, and the configurations of what is run to
# prove the product and to try it out.
NAMED_IN = re.compile(r"providers/registry\.py|app/stream/topics/identities\.json|app/testbed/.+|app/.+/sandbox\.yaml")


def test_a_name_that_no_provider_has_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="nilvera, parasut, qnb-esolutions, sovos, testbook"):
        provider("nobody")


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_can_be_simulated(name: str) -> None:
    paths = {resource.canonical for resource in provider(name).simulate(1).router.resources()}
    assert paths >= {"/_simulator/record", "/_simulator/misbehaviour"}


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_has_the_capabilities_of_its_own_name(name: str) -> None:
    assert provider(name).capabilities().provider == name


def test_every_provider_has_a_pinned_identity_and_no_other_has() -> None:
    assert set(identities.PROVIDERS) == set(PROVIDERS)


def test_a_provider_more_adds_entries_to_the_pinned_file_and_changes_none() -> None:
    held = json.loads(identities.PINNED.read_text("utf-8"))
    more = identities.with_provider("paperbook", held)
    assert more["apps"].keys() - held["apps"].keys() == {"issuer-paperbook"}
    assert {name: more["apps"][name] for name in held["apps"]} == held["apps"]
    for profile, counts in held["partitions"].items():
        assert more["partitions"][profile].items() >= counts.items()
        assert all("paperbook" in topic for topic in more["partitions"][profile].keys() - counts.keys())


def test_a_pinned_file_that_the_code_does_not_make_is_not_added_to() -> None:
    held = json.loads(identities.PINNED.read_text("utf-8"))
    with pytest.raises(ValueError, match="pinned"):
        identities.with_provider("paperbook", {**held, "version": 2})
    with pytest.raises(ValueError, match="pinned"):
        identities.with_provider("testbook", held)


def words_of(source: Path) -> Iterator[str]:
    """What a source file says to the interpreter: names and texts, without comments and docstrings."""
    text = source.read_text("utf-8")
    if source.suffix != ".py":
        yield text
        return
    described = {
        node.body[0].lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node) is not None
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_docstring = token.type == tokenize.STRING and token.start[0] in described
        if token.type != tokenize.COMMENT and not is_docstring:
            yield token.string


def sources() -> Iterator[Path]:
    for home in HOMES:
        for source in sorted(home.rglob("*")):
            if source.suffix in {".py", ".json", ".yaml", ".toml", ".sql"} and "__pycache__" not in source.parts:
                yield source


def is_named(name: str, word: str) -> bool:
    """As a word, or one of those that a name of the code is made of: an intermediary is no DİA."""
    alone = "|".join(map(re.escape, (name, name.upper())))
    hump = re.escape(name.capitalize())
    return re.search(rf"(?<![A-Za-z])({alone})(?![A-Za-z])|(?<![A-Z]){hump}(?![a-z])", word) is not None


def test_no_file_outside_its_folder_names_a_provider() -> None:
    naming = [
        f"{place}: {name}"
        for source in sources()
        for place in [source.relative_to(ROOT).as_posix()]
        if not NAMED_IN.fullmatch(place)
        for text in [source.read_text("utf-8").lower()]
        for name in PROVIDERS
        if name in text  # reading its words takes long
        if not place.startswith(f"{PROVIDERS[name].replace('.', '/')}/")
        if any(is_named(name, word) for word in words_of(source))
    ]
    assert naming == []


# What `faturaflow worker issuer NAME` loads before it joins its group, up to an adapter for a connection: each in a
# process of its own, which has what all of them load from the first one.
STARTED = """
import json, os, sys
import app.cli.main, app.cli.commands.worker, app.issuing.agent
import app.operations.numbers, app.operations.workers.stages, app.operations.workers.store_ports
from providers.base import ConnectionSettings
from providers.registry import provider
secrets, options_of = map(json.loads, sys.argv[1:])
for name, options in options_of.items():
    if child := os.fork():
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, name
        continue
    provider(name).connect(ConnectionSettings(base_url="https://api.example", secrets=secrets, options=options))
    print(json.dumps([name, [*sys.modules]]), flush=True)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def loaded_by() -> dict[str, set[str]]:
    options = {name: dict(NEEDED_OPTIONS.get(name, {})) for name in PROVIDERS}
    command = [sys.executable, "-c", STARTED, json.dumps(SECRETS), json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return {name: set(modules) for name, modules in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_started_issuer_has_loaded_its_own_adapter_and_no_other_and_no_simulator(
    loaded_by: dict[str, set[str]], name: str
) -> None:
    loaded = loaded_by[name]
    assert f"{PROVIDERS[name]}.adapter" in loaded
    others = [folder for other, folder in PROVIDERS.items() if other != name]
    assert [module for module in loaded if module.startswith(tuple(others))] == []
    assert [module for module in loaded if module.startswith("providers.") and "simulat" in module] == []
    assert not loaded & {"alembic", "app.intake.agent"}  # the first migrates a store that is older


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_described_where_the_registry_looks_for_it(name: str) -> None:
    assert import_module(PROVIDERS[name]).PROVIDER is provider(name)
    with pytest.raises(KeyError):
        provider(name).connect(ConnectionSettings(base_url="https://api.example", secrets={}))
