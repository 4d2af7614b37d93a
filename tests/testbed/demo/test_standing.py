"""The demonstration that goes on until it is stopped."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from app.operations.installation.connections import list_connections
from app.operations.keys import list_keys
from app.operations.supervision.roles import Turn
from app.settings import settings
from app.testbed.demo.standing import prepare_standing_demo
from app.testbed.demo.stream import ORDERS_AT_ONCE, endless
from app.testbed.installation.businesses import STANDARD

ROLES = [member.role for member in STANDARD]


@pytest.fixture
def unchanged() -> Iterator[None]:
    """The environment is as before afterwards."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
    settings.cache_clear()


@pytest.mark.usefixtures("unchanged")
def test_it_has_a_store_of_its_own_with_connections_to_its_simulators(tmp_path: Path) -> None:
    said: list[str] = []
    roles = prepare_standing_demo(tmp_path, said.append)
    (place,) = tmp_path.iterdir()
    assert str(place) in settings().database and settings().topic_prefix == f"{place.name}."
    ports = {role.name: role.arguments[-1] for role in roles if role.turn is Turn.PROVIDERS}
    assert {(each.provider, each.base_url) for each in list_connections()} == {
        (provider, f"http://127.0.0.1:{ports[f'sandbox-{provider}']}") for provider in ("nilvera", "testbook")
    }
    assert [role.name for role in roles if role.turn is Turn.ORDERS] == ["orders"]


@pytest.mark.usefixtures("unchanged")
def test_another_shell_can_look_into_it_and_another_user_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FATURAFLOW_WEB_PORT", "8642")
    settings.cache_clear()
    prepare_standing_demo(tmp_path, lambda _: None)
    (file,) = tmp_path.glob("*/environment.sh")
    assert file.stat().st_mode & 0o777 == 0o600
    asked = f". {file}; echo $FATURAFLOW_DATABASE $FATURAFLOW_DEMO_API_KEY $FATURAFLOW_WEB_PORT"
    shown = subprocess.run(["/bin/sh", "-c", asked], capture_output=True, text=True, check=True)
    database, key, port = shown.stdout.split()
    (known,) = list_keys()
    assert (database, known.key_id in key, port) == (settings().database, True, "8642")


def test_its_orders_do_not_end_and_none_comes_under_a_reference_that_was_there() -> None:
    moments = (datetime(2026, 11, 2, 9, 0, tzinfo=UTC) + timedelta(seconds=60 * n) for n in range(10))
    seen: list[set[str]] = []

    def now() -> datetime:
        seen.append(set())
        return next(moments)

    for event in islice(endless(ROLES, now), 5 * ORDERS_AT_ONCE):
        seen[-1].add(event.order_reference)
    assert len(seen) > 1
    assert not set.intersection(*seen)


def test_an_installation_that_is_no_demonstration_loads_nothing_of_the_testbed() -> None:
    program = (
        "import sys, app.cli.commands.up, app.operations.supervision.up; "
        "print([name for name in sys.modules if name.startswith('app.testbed')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
