"""Any sequence of crashes, zombies, rebalances and losses over the whole installation ends as the check demands."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.test_every_step import LOSSES, PROVIDERS, Story
from tests.harness.whole_pipeline import Fault, Then

pytestmark = pytest.mark.sweep

# No stage has more steps between two faults than this; a fault beyond them never comes.
MOST_STEPS = 40
# What an owner has allowed in writing can double where a zombie goes on: that provider is swept apart from here.
CAREFUL = sorted(PROVIDERS.keys() - {"may be sent to again"})

faults = st.lists(
    st.builds(
        Fault,
        stage=st.sampled_from(["intake", "planner", "issuer"]),
        at=st.integers(1, MOST_STEPS),
        then=st.sampled_from(Then),
        has_lease=st.booleans(),
    ),
    max_size=6,
)


def ends_well(befalls: list[Fault], provider: str, loss: str, parcels: bool) -> None:
    if provider != "takes a reference once":
        # A zombie that holds no lease is kept from doubling by the reference alone.
        befalls = [replace(fault, has_lease=fault.has_lease or fault.stage == "issuer") for fault in befalls]
    assert Story(*befalls, provider=provider, loss=loss, parcels=parcels).fault == []


@settings(max_examples=25)
@given(faults, st.sampled_from(CAREFUL), st.sampled_from(LOSSES), st.booleans())
def test_whatever_befalls_an_installation_nothing_is_lost_and_nothing_doubled(
    befalls: list[Fault], provider: str, loss: str, parcels: bool
) -> None:
    ends_well(befalls, provider, loss, parcels)


@pytest.mark.long
@given(st.lists(faults, min_size=1, max_size=3), st.sampled_from(CAREFUL), st.sampled_from(LOSSES), st.booleans())
def test_whatever_befalls_it_again_and_again_nothing_is_lost_and_nothing_doubled(
    befalls: list[list[Fault]], provider: str, loss: str, parcels: bool
) -> None:
    ends_well([fault for some in befalls for fault in some], provider, loss, parcels)
