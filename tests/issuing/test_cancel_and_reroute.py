"""Cancelling and moving a document, with death and zombies at every await between two durable steps.

In the end the planner, the providers' ledgers and the answer to the request say the same; or a person is asked.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import DocumentCancellationRequested, LoggedEvent, RerouteRequested
from app.domain.outcomes import Verdict
from app.planning.state import LineStatus
from providers.base import LookUp, NotSent, Refused
from tests.harness.one_issuer import World
from tests.harness.planner_and_issuers import Town, journey
from tests.issuing.simulation import simulate
from tests.planning.events import document_id

pytestmark = pytest.mark.sweep

OLD, NEW = "nilvera", "testbook"
DOCUMENT, SUCCESSOR = document_id("1"), document_id("1", attempt=1)
# More than any of these stories has steps: each must end before it.
MOST_STEPS = 60


@dataclass(frozen=True)
class Provider:
    """A kind of provider. Without a lease a zombie notices nothing, which is the worst case."""

    name: str
    changes: dict[str, Any]
    has_lease: bool = True


UNIQUE = Provider("unique", {})
NO_LEASE = Provider("unique, without a lease", {}, has_lease=False)
NOT_UNIQUE = Provider("not unique", {"unique_reference": False})
CANNOT_BE_ASKED = Provider("cannot be asked", {"unique_reference": False, "look_up": LookUp.NONE})
PROVIDERS = (UNIQUE, NO_LEASE, NOT_UNIQUE, CANNOT_BE_ASKED)
TOO_LATE = Refused(errors=(FieldError(path="$", code="TOO_LATE", message="the month is closed"),))
BUSY = NotSent(why="busy")
LOSSES = (
    ("CANCELS",),
    (BUSY,),
    (TOO_LATE,),
    ("LOST_BEFORE",),
    ("LOST_AFTER",),
    ("LATE",),
    ("LOST_BEFORE", TOO_LATE),
    ("LATE", TOO_LATE),
    # The first call is still on its way when the second one is refused, and works after all.
    ("CANCELS", TOO_LATE),
)
THAWS = pytest.mark.parametrize(
    "thaws_after",
    [None, 1.0, pytest.param(200.0, marks=pytest.mark.long)],
    ids=["dies", "wakes at once", "wakes late"],
)
KINDS = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)


def sweep(
    town_of: Callable[[], Town], thaws_after: float | None, provider: Provider, request: Any, **story: Any
) -> list[tuple[Town, LoggedEvent]]:
    """The same story, frozen at its first step, its second, … until it is over before it freezes."""
    told = []
    for freezes_at in itertools.count(1):
        assert freezes_at < MOST_STEPS, "the story does not end"
        town = town_of()
        work = journey(
            town, request, freezes_at=freezes_at, thaws_after=thaws_after, has_lease=provider.has_lease, **story
        )
        event = simulate(work)
        if event is None:
            return told
        told.append((town, event))
    raise AssertionError


def faults(told: list[tuple[Town, LoggedEvent]], well: Callable[[Town, LoggedEvent], bool]) -> dict[int, Any]:
    return {
        n: (
            town.standing(),
            [(d.state, d.attention, d.policy.provider) for d in town.documents],
            town.verdicts(event),
            {name: world.facts(DOCUMENT) for name, world in town.worlds.items()},
        )
        for n, (town, event) in enumerate(told, 1)
        if not well(town, event)
    }


# --- cancelling ------------------------------------------------------------------------------------------------------


def is_cancelled_or_stands(town: Town, event: LoggedEvent) -> bool:
    """The document is cancelled once and its line open, or it stands and its line is on it; and so it was answered."""
    (document,) = town.documents
    cancelled = town.worlds[OLD].ledger.cancelled
    line = town.planner.line_status("1")
    verdict = town.verdicts(event)[-1]
    if not town.standing():
        knows = (cancelled, document.state, line) == (cancelled[:1], DocumentState.CANCELLED, LineStatus.OPEN)
        # What a zombie's call has cancelled after the provider's refusal was told, is told after the answer.
        return knows and document.attention is None and verdict in {Verdict.OK, Verdict.REJECTED}
    stands = (town.standing(), document.state, line) == ([DOCUMENT], DocumentState.ISSUED, LineStatus.INVOICED)
    return stands and document.attention is None and verdict is Verdict.REJECTED


@KINDS
@pytest.mark.parametrize(
    "loss", LOSSES, ids=lambda loss: " then ".join(getattr(part, "why", str(part))[:12] for part in loss)
)
@THAWS
def test_wherever_a_worker_dies_or_freezes_a_document_is_cancelled_once_or_stands_and_everybody_knows(
    provider: Provider, loss: Sequence[Any], thaws_after: float | None
) -> None:
    def town() -> Town:
        world = World(provider=OLD, **provider.changes)
        world.behaviour.cancels = list(loss)
        return Town({OLD: world})

    request = DocumentCancellationRequested(document_id=DOCUMENT, reason="the order was placed twice")
    told = sweep(town, thaws_after, provider, request, victim=OLD, asked_at=DocumentState.ISSUED)
    assert len(told) >= 8
    assert faults(told, is_cancelled_or_stands) == {}


@KINDS
@pytest.mark.parametrize("creates", [("BOOKS",), ("LOST_BEFORE",), ("LOST_AFTER",)], ids=lambda plan: plan[0])
@THAWS
def test_a_cancellation_that_meets_an_invoice_on_its_way_ends_with_nothing_at_the_provider(
    provider: Provider, creates: Sequence[str], thaws_after: float | None
) -> None:
    def town() -> Town:
        world = World(provider=OLD, **provider.changes)
        world.behaviour.creates = list(creates)
        return Town({OLD: world})

    request = DocumentCancellationRequested(document_id=DOCUMENT, reason="the order was placed twice")
    told = sweep(town, thaws_after, provider, request, victim=OLD, asked_at=0.1)
    assert len(told) >= 5
    well = has_nothing if provider.has_lease else has_nothing_or_is_asked
    assert faults(told, is_cancelled_or_stands if provider is CANNOT_BE_ASKED else well) == {}


def has_nothing(town: Town, event: LoggedEvent) -> bool:
    (document,) = town.documents
    known = (town.standing(), document.state, document.attention, town.planner.line_status("1"))
    return known == ([], DocumentState.CANCELLED, None, LineStatus.OPEN) and town.verdicts(event)[-1] is Verdict.OK


def has_nothing_or_is_asked(town: Town, event: LoggedEvent) -> bool:
    """A zombie that notices nothing may make what was withdrawn: that is found, and it is the document after all."""
    (document,) = town.documents
    stands = (town.standing(), document.state) == ([DOCUMENT], DocumentState.ISSUED)
    return has_nothing(town, event) or stands or town.in_review


# --- moving to another provider --------------------------------------------------------------------------------------


def one_stands(town: Town, event: LoggedEvent) -> bool:
    """Exactly one live document over both ledgers, which the planner knows and the answer names; or a question."""
    if town.in_review:
        return False
    standing = town.standing()
    living = [document for document in town.documents if not document.dead]
    if not (len(standing) == len(living) == 1 and standing[0] == living[0].document_id):
        return False
    (document,) = living
    is_moved = document.policy.provider == NEW
    verdict = Verdict.OK if is_moved else Verdict.REJECTED
    known = (document.state, town.planner.line_status("1"), town.verdicts(event)[-1])
    return known == (DocumentState.ISSUED, LineStatus.INVOICED, verdict)


def one_stands_or_it_is_raised(town: Town, event: LoggedEvent) -> bool:
    return one_stands(town, event) or town.in_review


@KINDS
@pytest.mark.parametrize("creates", [("BOOKS",), (BUSY,), ("LOST_BEFORE",), ("LOST_AFTER",)], ids=str)
@pytest.mark.parametrize("victim", [OLD, NEW])
@THAWS
def test_wherever_a_worker_dies_or_freezes_a_moved_document_stands_at_one_provider_alone(
    provider: Provider, creates: Sequence[Any], victim: str, thaws_after: float | None
) -> None:
    def town() -> Town:
        old, new = World(provider=OLD, **provider.changes), World(provider=NEW, **provider.changes)
        old.behaviour.creates = list(creates)
        return Town({OLD: old, NEW: new})

    request = RerouteRequested(document_id=DOCUMENT, provider=NEW)
    told = sweep(town, thaws_after, provider, request, victim=victim, asked_at=0.1)
    well = one_stands if provider.has_lease else one_stands_or_it_is_raised
    assert faults(told, well) == {}
