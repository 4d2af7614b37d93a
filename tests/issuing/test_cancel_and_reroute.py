"""Cancelling and moving a document, with death and zombies at every await between two durable steps.

In the end the planner, the providers' ledgers and the answer to the request say the same; or a person is asked.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import DocumentCancellationRequested, LoggedEvent, RerouteRequested
from app.domain.outcomes import Verdict
from app.planning.state import LineStatus
from providers.base import LookUp, NotSent, Refused
from tests.harness.one_issuer import OneIssuer
from tests.harness.planner_and_issuers import PlannerAndIssuers, journey
from tests.harness.simulated_time import simulate
from tests.planning.events import document_id, requested

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
    town_of: Callable[[], PlannerAndIssuers], thaws_after: float | None, provider: Provider, request: Any, **story: Any
) -> list[tuple[PlannerAndIssuers, LoggedEvent]]:
    """The same story, frozen at its first step, its second, … until it is over before it freezes."""
    told = []
    for freezes_at in itertools.count(1):
        assert freezes_at < MOST_STEPS, "the story does not end"
        pipeline = town_of()
        work = journey(
            pipeline, request, freezes_at=freezes_at, thaws_after=thaws_after, has_lease=provider.has_lease, **story
        )
        event = simulate(work)
        if event is None:
            return told
        told.append((pipeline, event))
    raise AssertionError


def faults(
    told: list[tuple[PlannerAndIssuers, LoggedEvent]], well: Callable[[PlannerAndIssuers, LoggedEvent], bool]
) -> dict[int, Any]:
    return {
        n: (
            pipeline.standing(),
            [(d.state, d.attention, d.policy.provider) for d in pipeline.documents],
            pipeline.verdicts(event),
            {name: issuer.facts(DOCUMENT) for name, issuer in pipeline.issuers.items()},
        )
        for n, (pipeline, event) in enumerate(told, 1)
        if not well(pipeline, event)
    }


# --- cancelling ------------------------------------------------------------------------------------------------------


def is_cancelled_or_stands(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    """The document is cancelled once and its line open, or it stands and its line is on it; and so it was answered."""
    (document,) = pipeline.documents
    cancelled = pipeline.issuers[OLD].ledger.cancelled
    line = pipeline.planner.line_status("1")
    verdict = pipeline.verdicts(event)[-1]
    if not pipeline.standing():
        knows = (cancelled, document.state, line) == (cancelled[:1], DocumentState.CANCELLED, LineStatus.OPEN)
        # What a zombie's call has cancelled after the provider's refusal was told, is told after the answer.
        return knows and document.attention is None and verdict in {Verdict.OK, Verdict.REJECTED}
    stands = (pipeline.standing(), document.state, line) == ([DOCUMENT], DocumentState.ISSUED, LineStatus.INVOICED)
    return stands and document.attention is None and verdict is Verdict.REJECTED


@KINDS
@pytest.mark.parametrize(
    "loss", LOSSES, ids=lambda loss: " then ".join(getattr(part, "why", str(part))[:12] for part in loss)
)
@THAWS
def test_wherever_a_worker_dies_or_freezes_a_document_is_cancelled_once_or_stands_and_everybody_knows(
    provider: Provider, loss: Sequence[Any], thaws_after: float | None
) -> None:
    def pipeline() -> PlannerAndIssuers:
        issuer = OneIssuer(provider=OLD, **provider.changes)
        issuer.behaviour.cancels = list(loss)
        return PlannerAndIssuers({OLD: issuer})

    request = DocumentCancellationRequested(document_id=DOCUMENT, reason="the order was placed twice")
    told = sweep(pipeline, thaws_after, provider, request, victim=OLD, asked_at=DocumentState.ISSUED)
    assert len(told) >= 8
    assert faults(told, is_cancelled_or_stands) == {}


@KINDS
@pytest.mark.parametrize("creates", [("BOOKS",), ("LOST_BEFORE",), ("LOST_AFTER",)], ids=lambda plan: plan[0])
@THAWS
def test_a_cancellation_that_meets_an_invoice_on_its_way_ends_with_nothing_at_the_provider(
    provider: Provider, creates: Sequence[str], thaws_after: float | None
) -> None:
    def pipeline() -> PlannerAndIssuers:
        issuer = OneIssuer(provider=OLD, **provider.changes)
        issuer.behaviour.creates = list(creates)
        return PlannerAndIssuers({OLD: issuer})

    request = DocumentCancellationRequested(document_id=DOCUMENT, reason="the order was placed twice")
    told = sweep(pipeline, thaws_after, provider, request, victim=OLD, asked_at=0.1)
    assert len(told) >= 5
    well = has_nothing if provider.has_lease else has_nothing_or_is_asked
    assert faults(told, is_cancelled_or_stands if provider is CANNOT_BE_ASKED else well) == {}


def has_nothing(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    (document,) = pipeline.documents
    known = (pipeline.standing(), document.state, document.attention, pipeline.planner.line_status("1"))
    return known == ([], DocumentState.CANCELLED, None, LineStatus.OPEN) and pipeline.verdicts(event)[-1] is Verdict.OK


def has_nothing_or_is_asked(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    """A zombie that notices nothing may make what was withdrawn: that is found, and it is the document after all."""
    (document,) = pipeline.documents
    stands = (pipeline.standing(), document.state) == ([DOCUMENT], DocumentState.ISSUED)
    return has_nothing(pipeline, event) or stands or pipeline.in_review


# --- moving to another provider --------------------------------------------------------------------------------------


def one_stands(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    """Exactly one live document over both ledgers, which the planner knows and the answer names; or a question."""
    if pipeline.in_review:
        return False
    standing = pipeline.standing()
    living = [document for document in pipeline.documents if not document.is_dead]
    if not (len(standing) == len(living) == 1 and standing[0] == living[0].document_id):
        return False
    (document,) = living
    is_moved = document.policy.provider == NEW
    verdict = Verdict.OK if is_moved else Verdict.REJECTED
    known = (document.state, pipeline.planner.line_status("1"), pipeline.verdicts(event)[-1])
    return known == (DocumentState.ISSUED, LineStatus.INVOICED, verdict)


def one_stands_or_it_is_raised(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    return one_stands(pipeline, event) or pipeline.in_review


@KINDS
@pytest.mark.parametrize("creates", [("BOOKS",), (BUSY,), ("LOST_BEFORE",), ("LOST_AFTER",)], ids=str)
@pytest.mark.parametrize("victim", [OLD, NEW])
@THAWS
def test_wherever_a_worker_dies_or_freezes_a_moved_document_stands_at_one_provider_alone(
    provider: Provider, creates: Sequence[Any], victim: str, thaws_after: float | None
) -> None:
    def pipeline() -> PlannerAndIssuers:
        old, new = OneIssuer(provider=OLD, **provider.changes), OneIssuer(provider=NEW, **provider.changes)
        old.behaviour.creates = list(creates)
        return PlannerAndIssuers({OLD: old, NEW: new})

    request = RerouteRequested(document_id=DOCUMENT, connection=NEW)
    told = sweep(pipeline, thaws_after, provider, request, victim=victim, asked_at=0.1)
    well = one_stands if provider.has_lease else one_stands_or_it_is_raised
    assert faults(told, well) == {}


# --- what waits for a signature, where the policy signs through another provider -------------------------------------

UNSIGNED = {
    "withdraws": frozenset({DocumentType.EARSIV}),
    "poll_until": {DocumentType.EARSIV: frozenset({DocumentState.ISSUED})},
    "unsigned_poll_seconds": 5.0,
}


def stands_at_the_other(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    """The draft is gone, and one document stands over its line, which answers the repeated request."""
    documents = {document.document_id: document for document in pipeline.documents}
    known = (documents[DOCUMENT].state, documents[DOCUMENT].moved_to, documents[SUCCESSOR].state)
    return (
        pipeline.standing() == [SUCCESSOR]
        and known == (DocumentState.CANCELLED, SUCCESSOR, DocumentState.ISSUED)
        and pipeline.planner.line_status("1") == LineStatus.INVOICED
        and pipeline.verdicts(event)[-1] is Verdict.DUPLICATE
    )


def stands_or_is_raised(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    """A person is asked where only a person can know; there are never two."""
    is_asked = pipeline.in_review and len(pipeline.standing()) <= 1
    return is_asked or stands_at_the_other(pipeline, event)


@pytest.mark.parametrize("provider", [UNIQUE, NO_LEASE, NOT_UNIQUE], ids=lambda provider: provider.name)
@pytest.mark.parametrize("loss", [("CANCELS",), (BUSY,), ("LOST_BEFORE",), ("LOST_AFTER",), ("LATE",)], ids=str)
@pytest.mark.parametrize("victim", [OLD, NEW])
@THAWS
def test_wherever_a_worker_dies_what_waits_for_a_signature_is_issued_once_where_none_is_needed(
    provider: Provider, loss: Sequence[Any], victim: str, thaws_after: float | None
) -> None:
    def pipeline() -> PlannerAndIssuers:
        old, new = OneIssuer(provider=OLD, **provider.changes, **UNSIGNED), OneIssuer(provider=NEW, **provider.changes)
        old.behaviour.state = DocumentState.AWAITING_SIGNATURE
        old.behaviour.cancels = list(loss)
        found = PlannerAndIssuers({OLD: old, NEW: new})
        found.planner.policy = replace(found.planner.policy, sign_through=NEW)
        return found

    told = sweep(pipeline, thaws_after, provider, requested("1"), victim=victim, asked_at=0.1)
    assert len(told) >= 8
    assert faults(told, stands_at_the_other if provider.has_lease else stands_or_is_raised) == {}


@THAWS
def test_wherever_a_worker_dies_what_a_person_signs_all_the_same_stays_the_one_document(
    thaws_after: float | None,
) -> None:
    """The deletion is refused, for a person has signed it while it was on its way."""

    def pipeline() -> PlannerAndIssuers:
        old, new = OneIssuer(provider=OLD, **UNSIGNED), OneIssuer(provider=NEW)
        old.behaviour.state = DocumentState.AWAITING_SIGNATURE
        old.behaviour.cancels = [TOO_LATE] * MOST_STEPS
        old.behaviour.states = [DocumentState.ISSUED] * MOST_STEPS
        found = PlannerAndIssuers({OLD: old, NEW: new})
        found.planner.policy = replace(found.planner.policy, sign_through=NEW)
        return found

    told = sweep(pipeline, thaws_after, UNIQUE, requested("1"), victim=OLD, asked_at=0.1)
    assert len(told) >= 8
    stays = {(tuple(each.standing()), each.documents[0].state, len(each.documents)) for each, _ in told}
    assert stays == {((DOCUMENT,), DocumentState.ISSUED, 1)}
