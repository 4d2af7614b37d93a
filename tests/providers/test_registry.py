"""Providers by name."""

import pytest

from providers.registry import PROVIDERS, provider


def test_a_name_nobody_has_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="nilvera, testbook"):
        provider("nobody")


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_can_be_simulated(name: str) -> None:
    paths = {resource.canonical for resource in provider(name).simulate(1).router.resources()}
    assert paths >= {"/_simulator/ledger", "/_simulator/misbehaviour"}
