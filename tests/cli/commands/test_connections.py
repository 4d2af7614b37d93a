"""Connections can be listed without a key, and an owner can say that one is right again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.operations.installation import enabling
from app.settings import Settings, settings
from app.store import Store, new_key
from tests.store.configurations import PROVIDER, SHOP, business


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    database, key = f"sqlite:///{tmp_path}/f.db", new_key()
    monkeypatch.setenv("FATURAFLOW_DATABASE", database)
    monkeypatch.delenv("FATURAFLOW_SECRET_KEY", raising=False)
    settings.cache_clear()
    with Store.open(Settings(database=database, secret_key=SecretStr(key))) as opened:
        opened.apply([business()], actor="test")
        yield opened
    settings.cache_clear()


def listed() -> dict[str, object]:
    (found,) = json.loads(CliRunner().invoke(app, ["connections", "list", "--json"]).stdout)
    return found


def test_a_connection_that_needs_its_owner_says_why_and_is_tried_again_on_the_owner_s_word(store: Store) -> None:
    revision = listed()["revision"]
    store.mark_needs_owner(SHOP, PROVIDER, revision, "out of credits")
    assert (listed()["needs_owner"], listed()["needs_owner_why"]) == (True, "out of credits")
    done = CliRunner().invoke(app, ["connections", "retry", SHOP, PROVIDER, "--actor", "ayse"])
    assert done.exit_code == 0
    assert listed()["needs_owner"] is False
    assert store.audit_records(SHOP)[-1].actor == "ayse"


def test_a_connection_that_does_not_exist_cannot_be_tried_again(store: Store) -> None:
    assert store.businesses() == (SHOP,)
    done = CliRunner().invoke(app, ["connections", "retry", SHOP, "sovos", "--actor", "ayse"])
    assert (done.exit_code, done.stderr) == (1, f"{SHOP} has no connection sovos.\n")


@pytest.fixture
def keyed(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The same store for commands that write secrets; the new key is none of the stored ones'."""
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", new_key())
    monkeypatch.setenv("BOOK_KEY", "sandbox-1234567890")
    settings.cache_clear()
    return store


def add(*more: str, provider: str = "testbook") -> Result:
    address = ("--base-url", "http://127.0.0.1:8700")
    return CliRunner().invoke(app, ["connections", "add", SHOP, provider, *address, "--actor", "ayse", *more])


def test_an_added_connection_is_off_until_it_is_enabled(keyed: Store) -> None:
    done = add("--secret", "api_key=env:BOOK_KEY", "--option", "concurrency=2")
    assert done.exit_code == 0, done.stderr
    assert "sandbox-1234567890" not in done.output
    stored = next(each for each in keyed.connections(SHOP) if each.provider == "testbook")
    assert (stored.enabled, stored.options, stored.secret_names) == (False, {"concurrency": "2"}, ("api_key",))
    assert keyed.audit_records(SHOP)[-1].actor == "ayse"


@pytest.mark.usefixtures("keyed")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--secret", "api_key=sandbox-1234567890"), "The secret api_key is not given itself"),
        (("--secret", "api_key=env:NO_SUCH"), "secrets.api_key: the environment variable NO_SUCH is not set"),
        (("--secret", "api_key=env:BOOK_KEY", "--option", "no_such=1"), "no_such"),
        (
            ("--secret", "api_key=env:BOOK_KEY", "--secret", "apikey=env:BOOK_KEY"),
            "unknown secrets apikey; known are api_key",
        ),
        ((), "the secret api_key is missing"),
    ],
)
def test_a_login_that_cannot_be_used_is_refused_in_one_sentence_without_its_secret(
    given: tuple[str, ...], said: str
) -> None:
    done = add(*given)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "sandbox-1234567890" not in done.output


@pytest.mark.usefixtures("keyed")
def test_what_is_not_a_name_and_a_value_is_not_repeated() -> None:
    done = add("--secret", "sandbox-1234567890")
    assert done.exit_code == 2
    assert "sandbox-1234567890" not in done.output


@pytest.mark.usefixtures("keyed")
def test_a_connections_name_is_used_once_and_its_provider_is_one_that_there_is() -> None:
    taken = add("--secret", "api_key=env:BOOK_KEY", provider=PROVIDER)
    assert (taken.exit_code, taken.stderr.split(":")[0]) == (1, f"{SHOP} has a connection {PROVIDER}")
    assert add(provider="nowhere").stderr.startswith("There is no provider nowhere")
    assert add("--name", PROVIDER, "--secret", "api_key=env:BOOK_KEY").stderr.startswith("'nilvera' is no name")


@pytest.mark.usefixtures("keyed")
def test_a_second_login_at_one_provider_has_a_name_of_its_own() -> None:
    done = add("--name", "second-login", "--secret", "api_key=env:BOOK_KEY", provider=PROVIDER)
    assert (done.exit_code, f"`faturaflow connections check {SHOP} second-login`" in done.stdout) == (0, True)
    listed = CliRunner().invoke(app, ["connections", "list", "--json"]).stdout
    known = {each["name"]: each["provider"] for each in json.loads(listed)}
    assert known == {PROVIDER: PROVIDER, "second-login": PROVIDER}


@pytest.mark.usefixtures("store")
def test_a_business_that_there_is_not_is_no_business_without_a_connection() -> None:
    for provider in ([], [PROVIDER]):
        done = CliRunner().invoke(app, ["connections", "check", "OTHER", *provider])
        assert (done.exit_code, done.stderr) == (1, "There is no business OTHER.\n")


@pytest.mark.parametrize(("waiting", "said"), [("issue", "go on within seconds"), ("leave", "are withdrawn")])
def test_what_becomes_of_the_documents_that_waited_is_said(
    store: Store, monkeypatch: pytest.MonkeyPatch, waiting: str, said: str
) -> None:
    monkeypatch.setattr(enabling, "known_documents", dict)
    store.switch(SHOP, PROVIDER, on=False, actor="ayse")
    done = CliRunner().invoke(app, ["connections", "enable", SHOP, PROVIDER, "--waiting", waiting, "--actor", "ayse"])
    assert (done.exit_code, said in done.stdout) == (0, True)
