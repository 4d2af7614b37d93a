"""A zombie may not call a provider; what happens where nothing stops it. The issuer, in memory, with its own time."""

import pytest

from tests.harness.issuing_builders import command, document_id
from tests.issuing.test_crash_points import Provider, sweep

WAKES_AT_ONCE, WAKES_LATE = 1.0, 200.0
# Of the steps at which the zombie freezes, those before its attempt is written: it begins with a deadline of its own.
# Later ones find that the attempt's deadline has passed, and make no call whoever owns the partition.
BEFORE_ITS_ATTEMPT = [1, 2, 3, 4, 5]
TAKES_A_REPEAT = {"unique_reference": False}


def doubled(provider: Provider, thaws_after: float) -> list[int]:
    """Where the zombie froze when two documents came of one command."""
    worlds = sweep(provider, ["BOOKS"], thaws_after, [[command()]])
    return [step for step, world in enumerate(worlds, 1) if len(world.ledger.documents[document_id()]) > 1]


@pytest.mark.parametrize("thaws_after", [WAKES_AT_ONCE, WAKES_LATE])
def test_with_it_no_zombie_makes_a_second_document(thaws_after: float) -> None:
    assert doubled(Provider("takes a repeat", TAKES_A_REPEAT), thaws_after) == []


@pytest.mark.parametrize("thaws_after", [WAKES_AT_ONCE, WAKES_LATE])
def test_without_it_a_zombie_makes_a_second_document_where_a_repeat_is_taken(thaws_after: float) -> None:
    provider = Provider("takes a repeat", TAKES_A_REPEAT, has_lease=False)
    assert doubled(provider, thaws_after) == BEFORE_ITS_ATTEMPT


@pytest.mark.parametrize("thaws_after", [WAKES_AT_ONCE, WAKES_LATE])
def test_without_it_a_provider_that_refuses_a_repeat_saves_us(thaws_after: float) -> None:
    assert doubled(Provider("refuses a repeat", {}, has_lease=False), thaws_after) == []
