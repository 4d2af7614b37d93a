"""Death and zombies where they are seldom: while a document is followed, in doubt, withdrawn; and two in one life."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState, DocumentType
from app.domain.orders import ReviewAnswer
from app.domain.policy import DocumentTypeChoice
from app.issuing.journal.facts import FACTS
from tests.harness.one_issuer import Process, World
from tests.issuing.builders import at, command, decision, document_id
from tests.issuing.simulation import simulate
from tests.issuing.test_crash_points import (
    CANNOT_BE_ASKED,
    MOST_STEPS,
    PROVIDERS,
    Batches,
    Provider,
    ends_well,
    live,
    story,
)

pytestmark = pytest.mark.sweep

UNIQUE, WITHOUT_LEASE, TAKES_TWICE = PROVIDERS[:3]
WAKES = pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
# With the register asked, and a legal state that comes later than the document.
FOLLOWED = {
    "taxpayer_lookup": True,
    "follow_until": dict.fromkeys(DocumentType, frozenset({DocumentState.DELIVERED})),
}
FROM_ITS_NUMBER = command(choice=DocumentTypeChoice.AUTO, tax_number="1234567890")


def is_followed(world: World) -> None:
    world.behaviour.state = DocumentState.PROCESSING
    world.behaviour.states = [DocumentState.PROCESSING, DocumentState.ISSUED, DocumentState.DELIVERED] * 3


def is_doubtful(world: World) -> None:
    """Everything was lost with the journal; the document had been made."""
    world.doubtful_since = at(0)
    world.ledger.book(document_id())


def loses_the_answer(world: World) -> None:
    world.behaviour.creates = ["LOST_AFTER"]


def sweep(
    prepare: Callable[[World], None], changes: dict[str, Any], thaws_after: float | None, batches: Batches
) -> list[World]:
    """The same story, frozen at its first step, its second, … until it is over before it freezes."""
    worlds = []
    for freezes_at in itertools.count(1):
        assert freezes_at < MOST_STEPS, "the story does not end"
        world = World(**changes)
        prepare(world)
        if not simulate(story(world, UNIQUE, freezes_at, thaws_after, batches)):
            return worlds
        worlds.append(world)
    raise AssertionError


@WAKES
def test_wherever_a_worker_dies_a_followed_document_comes_to_its_last_state(thaws_after: float | None) -> None:
    worlds = sweep(is_followed, FOLLOWED, thaws_after, [[FROM_ITS_NUMBER]])
    assert len(worlds) >= 15
    told = [(len(world.ledger.documents[document_id()]), world.states()[-1]) for world in worlds]
    assert set(told) == {(1, (DocumentState.DELIVERED, None))}


@WAKES
def test_wherever_a_worker_dies_after_the_journal_was_lost_the_document_of_before_is_found(
    thaws_after: float | None,
) -> None:
    worlds = sweep(is_doubtful, {"unique_reference": False}, thaws_after, [[command()]])
    assert len(worlds) >= 10
    told = [(len(world.ledger.documents[document_id()]), world.states()[-1]) for world in worlds]
    assert set(told) == {(1, (DocumentState.ISSUED, None))}


async def two_deaths(
    world: World, provider: Provider, first: int, second: int, thaws_after: float | None
) -> tuple[bool, bool]:
    """Two workers stop, one after the other; a third ends it. Whether the first and the second came to their steps."""
    lives: list[tuple[Process, asyncio.Task[None]]] = []
    for freezes_at in (first, second):
        process = world.process(freezes_at)
        life = asyncio.create_task(live(process, [[command()]]))
        frozen = asyncio.create_task(process.fate.frozen.wait())
        await asyncio.wait({frozen, life}, return_when=asyncio.FIRST_COMPLETED)
        if not frozen.done():
            bury(lives)
            return bool(lives), False
        lives.append((process, life))
    third = world.process()
    after = asyncio.create_task(live(third, [[command()]]))
    if thaws_after is not None:
        await asyncio.sleep(thaws_after)
        for process, life in reversed(lives):  # the younger zombie first: the older one's writes are the latest
            process.fate.thaw(has_lease=provider.has_lease)
            await asyncio.wait({life}, timeout=400)
    await after
    await third.scheduler.drain(20)
    last = world.process()
    await last.settle(300)
    await last.scheduler.drain(20)
    bury(lives)
    return True, True


def bury(lives: Sequence[tuple[Process, asyncio.Task[None]]]) -> None:
    for process, _ in lives:
        process.fate.bury()


def two_deaths_everywhere(provider: Provider, creates: Sequence[Any], thaws_after: float | None) -> dict[Any, World]:
    worlds: dict[Any, World] = {}
    for first in range(1, MOST_STEPS):
        for second in range(1, MOST_STEPS):
            world = World(**provider.changes)
            world.behaviour.creates = list(creates)
            has_first, has_second = simulate(two_deaths(world, provider, first, second, thaws_after))
            if not has_first:
                return worlds
            if not has_second:
                break
            worlds[first, second] = world
    raise AssertionError("the story does not end")


@pytest.mark.parametrize("provider", [WITHOUT_LEASE, TAKES_TWICE, CANNOT_BE_ASKED], ids=lambda p: p.name)
@pytest.mark.parametrize("thaws_after", [None, 1.0], ids=["both die", "both wake"])
def test_wherever_two_workers_stop_one_after_the_other_there_is_one_document_or_a_question(
    provider: Provider, thaws_after: float | None
) -> None:
    worlds = two_deaths_everywhere(provider, ["LOST_AFTER"], thaws_after)
    assert len(worlds) >= 50
    faults = {at: world.states() for at, world in worlds.items() if not ends_well(world, provider)}
    assert faults == {}


def test_every_fact_and_every_call_is_a_step_at_which_these_sweeps_stop_a_worker() -> None:
    review = command(Action.REVIEW, revision=1, review=decision(ReviewAnswer.CONFIRM_ABSENT))
    told: list[tuple[Callable[[World], None], dict[str, Any], Batches]] = [
        (is_followed, FOLLOWED, [[FROM_ITS_NUMBER]]),
        (loses_the_answer, {}, [[command()]]),
        (lambda _: None, {}, [[command(), command(Action.WITHDRAW)]]),
        (loses_the_answer, CANNOT_BE_ASKED.changes, [[command()], [review]]),
    ]
    steps = {name for each in told for world in sweep(*each[:2], None, each[2]) for name in _taken(world)}
    facts = {f"{side} {fact.__name__}" for fact in FACTS for side in ("write", "written")}
    calls = {"registration", "create", "booked", "look_up", "looked up", "follow"}
    assert facts | calls | {"publish", "published", "forget"} <= steps


def _taken(world: World) -> list[str]:
    return [name for process in world.processes for name in process.fate.taken]
