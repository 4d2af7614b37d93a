"""A business switches to another connection in the middle of a stream, with death or a zombie at every step.

What was planned before stays where it is, what is asked for later goes to the other connection, and nothing is made
twice.
"""

import asyncio
import itertools
from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.planned_document import PlannedDocument
from app.testbed.chaos.check.check import check
from app.testbed.generator import Expected, GeneratedOrder, OrderStep
from tests.harness.issuing_builders import PROVIDER
from tests.harness.one_issuer import OneIssuer
from tests.harness.orders import event
from tests.harness.planner_and_issuers import PlannerAndIssuers, journey
from tests.harness.simulated_time import simulate
from tests.harness.whole_pipeline import SHOP, Fault, Then, WholePipeline
from tests.planning.events import document_id, placed, requested

pytestmark = pytest.mark.sweep

SECOND = "second-login"
BEFORE = (event(placed()), event(requested("1", "2")))
AFTER = (event(requested("1", "2")), event(requested("3")))
VERDICTS = (Verdict.OK, Verdict.OK, Verdict.DUPLICATE, Verdict.OK)
ORDER = GeneratedOrder(
    business=SHOP,
    order_reference="S-1",
    scenario="in memory",
    steps=tuple(OrderStep(event=e, verdict=v) for e, v in zip((*BEFORE, *AFTER), VERDICTS, strict=True)),
    expected=Expected(documents=(("1", "2"), ("3",))),
)
# The first document has been sent by then, and its answer is lost.
MEANWHILE = 0.5
# More than any of these stories has steps.
MOST_STEPS = 120


class Story:
    """Two parcels, and the switch between them."""

    def __init__(self, fault: Fault) -> None:
        self.pipeline = WholePipeline(faults=(fault,), trigger=Trigger.SHIPMENT)
        self.pipeline.issuer.behaviour.creates = ["LOST_AFTER"]
        simulate(self._live())
        self.befell = not self.pipeline.pending

    async def _live(self) -> None:
        self.pipeline.submit(*BEFORE)
        asyncio.get_running_loop().call_later(MEANWHILE, self._switch)
        await self.pipeline.run()

    def _switch(self) -> None:
        policies = self.pipeline.book.policies
        policies[SHOP] = policies[SHOP].at(SECOND, PROVIDER)
        self.pipeline.submit(*AFTER)

    @property
    def faults(self) -> list[str]:
        """What is not as it must be."""
        made = self.pipeline.issuer.ledger.documents
        doubled = [f"{len(numbers)} documents" for numbers in made.values() if len(numbers) > 1]
        return [*(defect.sentence for defect in check(self.pipeline.evidence(ORDER))), *doubled]

    @property
    def places(self) -> dict[tuple[str, ...], str]:
        """Where the documents over these lines are."""
        return {status.lines: status.connection for status in self.pipeline.statuses()}


@pytest.mark.parametrize("stage", ["intake", "planner", "issuer"])
@pytest.mark.parametrize(("then", "has_lease"), [(Then.DIES, True), (Then.REBALANCES, True), (Then.WAKES_SOON, False)])
def test_wherever_a_worker_stops_while_a_business_switches_each_document_is_made_once(
    stage: str, then: Then, has_lease: bool
) -> None:
    for at in itertools.count(1):
        assert at < MOST_STEPS, "the story does not end"
        story = Story(Fault(stage, at, then, has_lease))
        if not story.befell:
            assert at > 7
            return
        assert story.faults == [], at
        assert story.places["3",] == SECOND, at
        # What a dead intake had not taken in was taken in later.
        assert stage == "intake" or story.places["1", "2"] == PROVIDER, at


# --- from one provider to another ------------------------------------------------------------------------------------

OLD, NEW = "nilvera", "testbook"


class Switching(PlannerAndIssuers):
    """The policy names the other provider's connection from the third event on."""

    def say(self, body: Any, **more: Any) -> Any:
        if len(self.log) >= len(BEFORE):
            self.planner.policy = self.planner.policy.at(NEW, NEW)
        return super().say(body, **more)


def where(pipeline: PlannerAndIssuers) -> dict[str, list[str]]:
    return {name: list(issuer.ledger.standing()) for name, issuer in pipeline.issuers.items()}


def end(document: PlannedDocument) -> tuple[str, str, DocumentState]:
    return document.document_id, document.policy.connection_name, document.state


@pytest.mark.parametrize("creates", ["BOOKS", "LOST_BEFORE", "LOST_AFTER"])
@pytest.mark.parametrize("victim", [OLD, NEW])
@pytest.mark.parametrize("thaws_after", [None, 1.0], ids=["dies", "wakes at once"])
@pytest.mark.parametrize("lines", ["1", "2"], ids=["a repeat", "another parcel"])
def test_wherever_an_issuer_stops_a_repeat_finds_the_old_providers_document_and_the_rest_goes_to_the_new_one(
    creates: str, victim: str, thaws_after: float | None, lines: str
) -> None:
    first, other = document_id("1"), document_id("2")
    at_new = [other] if lines == "2" else []
    for at in itertools.count(1):
        assert at < MOST_STEPS, "the story does not end"
        pipeline = Switching({name: OneIssuer(provider=name) for name in (OLD, NEW)})
        pipeline.issuers[NEW].ledger.creates = 100  # numbers of its own series
        for issuer in pipeline.issuers.values():
            issuer.behaviour.creates = [creates]
        story = journey(
            pipeline,
            requested(lines),
            victim=victim,
            freezes_at=at,
            thaws_after=thaws_after,
            has_lease=True,
            asked_at=0.1,
        )
        asked = simulate(story)
        if asked is None:
            assert at > 1 or (victim, lines) == (NEW, "1"), "nothing is asked of the new provider for a repeat"
            return
        assert where(pipeline) == {OLD: [first], NEW: at_new}, at
        wanted = [(first, OLD, DocumentState.ISSUED)] + [(each, NEW, DocumentState.ISSUED) for each in at_new]
        assert list(map(end, pipeline.documents)) == wanted, at
        assert pipeline.verdicts(asked)[-1] is (Verdict.OK if at_new else Verdict.DUPLICATE), at
