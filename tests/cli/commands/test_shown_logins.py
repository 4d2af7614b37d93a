"""What a person is shown of a login, by every command that shows one, has none of its secrets."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr
from typer.testing import CliRunner

from app.cli.main import app
from app.settings import Settings, settings
from app.store import Store, new_key
from providers.registry import PROVIDERS, provider
from providers.simulation.server import running
from tests.contract.test_secrets import FORMS, answers_with, canaries, echoed, found_in
from tests.store.configurations import SHOP, business

SECONDS = 10.0


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    """A server in a thread of its own that says back what it hears: one form after the other."""
    ready, over, loop, found = threading.Event(), asyncio.Event(), asyncio.new_event_loop(), list[str]()
    heard = iter(range(10**9))

    async def answer(request: web.Request) -> web.Response:
        return answers_with(await echoed(request, ()), 401, FORMS[next(heard) % len(FORMS)])

    async def serve() -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        async with running(application) as url:
            found.append(url)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(SECONDS)
    yield found[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(SECONDS)
    loop.close()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    database, key = f"sqlite:///{tmp_path}/f.db", new_key()
    monkeypatch.setenv("FATURAFLOW_DATABASE", database)
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", key)
    settings.cache_clear()
    with Store.open(Settings(database=database, secret_key=SecretStr(key))) as opened:
        opened.apply([business(connections={})], actor="test")
    yield
    settings.cache_clear()


def shown_by(name: str) -> list[list[str]]:
    """The commands that show a login, and what its provider answers."""
    checks, lists = ["connections", "check", SHOP], ["connections", "list"]
    return [
        [*checks, name, "--json"],
        checks,
        [*lists, "--json"],
        lists,
        ["config", "show", SHOP],
        ["config", "history", SHOP],
    ]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", PROVIDERS)
def test_no_command_shows_a_secret_of_a_login(name: str, echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["--base-url", echo, "--actor", "ayse"]
    for secret, value in canaries(name).items():
        monkeypatch.setenv(f"OF_{secret.upper()}", value)
        words += ["--secret", f"{secret}=env:OF_{secret.upper()}"]
    for option, value in provider(name).sandbox.options.items():
        words += ["--option", f"{option}={value.replace('{company}', '1234567890')}"]
    said = [CliRunner().invoke(app, ["connections", "add", SHOP, name, *words])]
    assert said[0].exit_code == 0, said[0].output
    said += [CliRunner().invoke(app, command) for command in shown_by(name)]
    assert [line for each in said for line in found_in(f"{each.stdout} {each.stderr} {each.exception!r}")] == []
    assert [listed["provider"] for listed in json.loads(said[3].stdout)] == [name]
