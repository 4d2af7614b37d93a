"""Death, a rebalance or a zombie at every step of every stage: one document in the end, or a person who is asked."""

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from app.domain.orders import (
    DocumentApproved,
    GoodwillGranted,
    GoodwillLine,
    InvoiceCorrected,
    OrderReturned,
    ReturnedLine,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Goodwill, Returns, Trigger
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect
from app.testbed.chaos.check.vocabulary import document_id
from app.testbed.generator import GeneratedOrder
from providers.base import LookUp, Numbering
from tests.harness.orders import made_up, whole_order
from tests.harness.simulated_time import START, simulate
from tests.harness.whole_pipeline import SHOP, Fault, Then, WholePipeline
from tests.planning.events import line, placed, requested

pytestmark = pytest.mark.sweep

PROVIDERS: Mapping[str, Mapping[str, Any]] = {
    "takes a reference once": {},
    "takes a reference twice": {"unique_reference": False},
    "may be sent to again": {"unique_reference": False, "resend_after_absence": True},
    "cannot be asked": {"unique_reference": False, "look_up": LookUp.NONE},
    "takes our numbers": {"unique_reference": False, "numbering": Numbering.OURS},
}
LOSSES = ("BOOKS", "LOST_BEFORE", "LOST_AFTER")
WAYS = {
    "dies": (Then.DIES, True),
    "is rebalanced": (Then.REBALANCES, True),
    "wakes with a lease": (Then.WAKES_SOON, True),
    "wakes soon": (Then.WAKES_SOON, False),
    "wakes late": (Then.WAKES_LATE, False),
}
WHOLE = whole_order()
PARCELS = made_up(placed(), requested("1", "2"), requested("3"), documents=[("1", "2"), ("3",)])
INVOICE = document_id(SHOP, "S-1", ("1", "2", "3"), 0)
# What follows a sale: each has its own kinds of commands and events.
BACK = OrderReturned(
    return_reference="R-1",
    return_date=START.date(),
    lines=(ReturnedLine(line_reference="1", quantity=Decimal(1)),),
)
LOWERED = GoodwillGranted(
    goodwill_reference="G-1",
    goodwill_date=START.date(),
    lines=(GoodwillLine(line_reference="2", amount=Decimal("5.00")),),
)
RIGHT = InvoiceCorrected(
    correction_reference="D-1", document_id=INVOICE, reason="wrong price", lines=(line("1", "90.00"),)
)
CREDITS: Mapping[str, Any] = {
    "returns_earsiv": Returns.IADE_DOCUMENT,
    "returns_efatura": Returns.IADE_DOCUMENT,
    "goodwill": Goodwill.PRICE_DIFFERENCE_DOCUMENT,
}
DRAFTS: Mapping[str, Any] = {"draft_first": True}
AFTER_SALES: Mapping[str, tuple[GeneratedOrder, Mapping[str, Any]]] = {
    "a return and a goodwill": (made_up(placed(), BACK, LOWERED, documents=[("1", "2", "3")]), CREDITS),
    "a correction": (made_up(placed(), RIGHT, documents=[("1", "2", "3")]), CREDITS),
    "an approval": (made_up(placed(), DocumentApproved(document_id=INVOICE), documents=[("1", "2", "3")]), DRAFTS),
}
# More than any stage of these stories has steps.
MOST_STEPS = 200


class Story:
    """One order's way through an installation that this befalls."""

    def __init__(
        self, *faults: Fault, parcels: bool = False, after: str = "", provider: str = "", loss: str = "BOOKS"
    ) -> None:
        trigger = Trigger.SHIPMENT if parcels else Trigger.ORDER_PLACED
        self.order, policy = AFTER_SALES.get(after, (PARCELS if parcels else WHOLE, {}))
        self.pipeline = WholePipeline(
            faults=faults, trigger=trigger, provider=PROVIDERS.get(provider, {}), policy=policy
        )
        self.pipeline.issuer.behaviour.creates = [loss]
        simulate(self._live())
        self.befell = not self.pipeline.pending
        self.defects: list[Defect] = check(self.pipeline.evidence(self.order))

    async def _live(self) -> None:
        self.pipeline.submit(*self.order.events)
        await self.pipeline.run()

    @property
    def fault(self) -> list[str]:
        """What is not as it must be."""
        documents = self.pipeline.issuer.ledger.documents
        doubled = [f"{len(made)} documents" for made in documents.values() if len(made) > 1]
        return [*(defect.sentence for defect in self.defects), *doubled]


def sweep(stage: str, way: str, **more: Any) -> Iterator[tuple[int, Story]]:
    """The same story, befallen at its first step, its second, … until it is over before that."""
    then, has_lease = WAYS[way]
    for at in itertools.count(1):
        assert at < MOST_STEPS, "the story does not end"
        story = Story(Fault(stage, at, then, has_lease), **more)
        if not story.befell:
            return
        yield at, story


def faults_of(stories: Iterator[tuple[int, Story]], least: int) -> dict[int, list[str]]:
    """The steps at which something went wrong; there must be steps at all."""
    taken = dict(stories)
    assert len(taken) >= least
    return {at: story.fault for at, story in taken.items() if story.fault}


@pytest.mark.parametrize("stage", ["intake", "planner"])
@pytest.mark.parametrize("way", WAYS)
def test_wherever_intake_or_planner_stop_every_record_has_its_outcome_and_every_parcel_its_document(
    stage: str, way: str
) -> None:
    assert faults_of(sweep(stage, way, parcels=True), 7) == {}


@pytest.mark.parametrize("after", AFTER_SALES)
def test_without_a_fault_what_follows_a_sale_comes_to_its_documents(after: str) -> None:
    story = Story(after=after, provider="takes our numbers")
    assert story.fault == []
    events = [(each.event_type, each.verdict) for each in story.pipeline.evidence(story.order).outcomes]
    taken = {kind for kind, verdict in events if verdict is Verdict.OK}
    assert taken == {each.body.type for each in story.order.events}
    due = {"a return and a goodwill": 3, "a correction": 2, "an approval": 1}
    assert len(story.pipeline.issuer.ledger.documents) == due[after]


@pytest.mark.parametrize("stage", ["intake", "planner", "issuer"])
@pytest.mark.parametrize("way", ["dies", "wakes with a lease"])
@pytest.mark.parametrize("after", AFTER_SALES)
def test_wherever_a_stage_stops_what_follows_a_sale_comes_to_its_documents_once(
    stage: str, way: str, after: str
) -> None:
    assert faults_of(sweep(stage, way, after=after, provider="takes our numbers"), 5) == {}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_wherever_an_issuer_is_rebalanced_its_commands_come_again_and_make_one_document(
    provider: str, loss: str
) -> None:
    assert faults_of(sweep("issuer", "is rebalanced", provider=provider, loss=loss), 10) == {}


@pytest.mark.parametrize("way", [way for way in WAYS if way != "is rebalanced"])
def test_wherever_an_issuer_stops_its_news_comes_to_the_planner_once(way: str) -> None:
    assert faults_of(sweep("issuer", way, loss="LOST_AFTER"), 10) == {}


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "takes a reference once"])
@pytest.mark.parametrize("way", ["dies", "wakes with a lease"])
def test_wherever_an_issuer_stops_at_a_provider_that_could_double_nothing_is_doubled_or_left_unasked(
    provider: str, way: str
) -> None:
    assert faults_of(sweep("issuer", way, provider=provider, loss="LOST_AFTER"), 10) == {}


@pytest.mark.parametrize("stage", ["planner", "issuer"])
@pytest.mark.parametrize("way", ["dies", "wakes with a lease", "wakes soon"])
@pytest.mark.long
def test_wherever_a_successor_stops_too_the_third_ends_it(stage: str, way: str) -> None:
    then, has_lease = WAYS[way]
    # A zombie that holds no lease is kept from doubling by the reference alone.
    provider = "takes a reference twice" if has_lease or stage != "issuer" else "takes a reference once"
    faults: dict[tuple[int, int], list[str]] = {}
    for first in range(1, MOST_STEPS):
        for second in range(1, MOST_STEPS):
            both = (Fault(stage, first, then, has_lease), Fault(stage, second))
            story = Story(*both, provider=provider, loss="LOST_AFTER")
            if not story.befell:
                break
            if story.fault:
                faults[first, second] = story.fault
        if second == 1:
            break
    assert faults == {}
