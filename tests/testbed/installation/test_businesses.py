"""The businesses of an installation: four by themselves, and one at each other provider that is named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.policy import Trigger
from app.operations.logins.adapters import login_error
from app.store import read_configuration
from app.testbed.demo.expected import demo_orders
from app.testbed.installation.businesses import (
    BOOKKEEPER,
    SHOP,
    STANDARD,
    businesses_at,
    configuration,
    providers_of,
    secrets,
)
from app.testbed.installation.installation import command_of, stages_of
from providers.registry import PROVIDERS

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EVERY = businesses_at(list(PROVIDERS))


def test_each_provider_has_a_business_with_a_company_of_its_own() -> None:
    assert set(providers_of(EVERY)) == set(PROVIDERS)
    assert len({each.tax_number for each in EVERY}) == len({each.code for each in EVERY}) == len(EVERY)
    assert {each.trigger for each in EVERY} == set(Trigger)


def test_the_usual_four_are_there_as_far_as_their_providers_are() -> None:
    assert businesses_at(["testbook", "nilvera", "nilvera"]) == STANDARD
    assert businesses_at(["testbook"]) == (BOOKKEEPER,)
    assert [each.provider for each in businesses_at(["sovos"])] == ["sovos"]
    with pytest.raises(ValueError, match="there is no provider 'nobody'"):
        businesses_at(["nobody"])


def test_every_business_can_be_configured_and_connected(tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(configuration(dict.fromkeys(PROVIDERS, "http://127.0.0.1:1"), EVERY), encoding="utf-8")
    for business in read_configuration(file, secrets(EVERY)):
        of = {name: login.provider or name for name, login in business.connections.items()}
        assert {login_error(of[name], login) for name, login in business.connections.items()} == {None}


def test_every_stage_is_a_command() -> None:
    assert stages_of(["qnb-esolutions"]) == ("intake", "planner", "issuer-qnb-esolutions")
    assert command_of("issuer-qnb-esolutions") == ["worker", "issuer", "qnb-esolutions"]
    assert command_of("planner") == ["worker", "planner"]


def test_every_business_has_orders_and_only_the_shop_has_imported_ones() -> None:
    ordered = {event.business for event in demo_orders(60, 1, NOW, EVERY).events}
    assert ordered == {each.code for each in EVERY}
    without = demo_orders(60, 1, NOW, businesses_at(["sovos"]))
    assert {event.business for event in without.events} == {"SOVOS"}
    assert SHOP.code not in {name[0] for name in without.expected}
