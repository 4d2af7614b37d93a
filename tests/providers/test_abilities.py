"""What an adapter can is what its capabilities name, and what they name it has."""

import pytest

from app.domain.documents import UNSIGNED
from providers.base import Capabilities, missing_abilities
from providers.registry import PROVIDERS, provider
from tests.providers.examples import connected


class Bare:
    """An adapter that only claims to be able to do something."""

    def __init__(self, claimed: Capabilities) -> None:
        self.capabilities = claimed


def test_what_the_capabilities_name_and_the_adapter_lacks_is_listed() -> None:
    claimed = provider("testbook").capabilities()
    found = ("FindsPrepared", "FindsIssued")
    assert missing_abilities(Bare(claimed)) == (*found, "PollsState", "Cancels", "ChecksConnection")


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_adapter_has_what_its_capabilities_name(name: str) -> None:
    assert missing_abilities(connected(name)) == ()


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_waits_for_a_person_is_polled_on(name: str) -> None:
    assert all(UNSIGNED.isdisjoint(states) for states in connected(name).capabilities.poll_until.values())


def test_an_adapter_that_lacks_something_is_not_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = provider("nilvera").capabilities()
    monkeypatch.setattr("providers.registry.missing_abilities", lambda _: ("GivesFiles",))
    with pytest.raises(TypeError, match=r"Nilvera.+GivesFiles"):
        connected(claimed.provider)
