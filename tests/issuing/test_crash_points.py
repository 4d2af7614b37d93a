"""Death and zombies at every await between two durable steps: one document in the end, or a person who is asked."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer
from providers.base import LookUp, Refused
from tests.harness.issuing_builders import command, decision, document_id
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate

pytestmark = pytest.mark.sweep

# More than any of these stories has steps: each must end before it.
MOST_STEPS = 100


@dataclass(frozen=True)
class Provider:
    """A kind of provider, and what an unresolved doubt may end in there."""

    name: str
    changes: dict[str, Any]
    may_ask: bool = False
    may_double: bool = False
    has_lease: bool = True


PROVIDERS = (
    Provider("unique", {}),
    # Where a repeat is refused, even a zombie that notices nothing cannot double.
    Provider("unique, without a lease", {}, has_lease=False),
    Provider("not unique", {"unique_reference": False}, may_ask=True),
    # What the owner has allowed in writing: a zombie's request that leaves after all makes a second, and it is raised.
    Provider("resending", {"unique_reference": False, "resend_after_absence": True}, may_double=True),
    Provider("by list", {"unique_reference": False, "look_up": LookUp.BY_LIST}, may_ask=True),
    Provider("cannot be asked", {"unique_reference": False, "look_up": LookUp.NONE}, may_ask=True),
)
REFUSED = Refused(errors=())
LOSSES = (("BOOKS",), ("LOST_BEFORE",), ("LOST_AFTER",), ("LOST_BEFORE", REFUSED), ("LOST_AFTER", REFUSED))
CANNOT_BE_ASKED = PROVIDERS[-1]
# By then a person has been asked, whoever had to take over.
ASKED_AFTER = 60.0

# What comes together; the next comes when a person has been asked.
Batches = Sequence[Sequence[InvoiceCommand]]


async def live(process: Process, batches: Batches) -> None:
    for batch in batches[:-1]:
        await process.admit(*batch)
        await process.finish(ASKED_AFTER)
    await process.admit(*batches[-1])
    await process.finish(300)


async def story(
    issuer: OneIssuer, provider: Provider, freezes_at: int, thaws_after: float | None, batches: Batches
) -> bool:
    """One worker freezes at a step; a second takes over; the first may go on as a zombie; a third has the last word."""
    first = issuer.process(freezes_at)
    life = asyncio.create_task(live(first, batches))
    frozen = asyncio.create_task(first.fate.frozen.wait())
    await asyncio.wait({frozen, life}, return_when=asyncio.FIRST_COMPLETED)
    if not frozen.done():
        return False
    second = issuer.process()
    after = asyncio.create_task(live(second, batches))  # what was not acknowledged comes again
    if thaws_after is not None:
        await asyncio.sleep(thaws_after)
        first.fate.thaw(has_lease=provider.has_lease)
        await asyncio.wait({life}, timeout=400)
    await after
    await second.scheduler.drain(20)
    third = issuer.process()
    await third.finish(300)
    await third.scheduler.drain(20)
    first.fate.bury()
    return True


def sweep(
    provider: Provider,
    creates: Sequence[Any],
    thaws_after: float | None,
    batches: Batches,
    prepare: Callable[[OneIssuer], None] = lambda _: None,
) -> list[OneIssuer]:
    """The same story, frozen at its first step, its second, … until it is over before it freezes."""
    issuers = []
    for freezes_at in itertools.count(1):
        assert freezes_at < MOST_STEPS, "the story does not end"
        issuer = OneIssuer(**provider.changes)
        issuer.behaviour.creates = list(creates)
        prepare(issuer)
        froze = simulate(story(issuer, provider, freezes_at, thaws_after, batches))
        if not froze:
            return issuers
        issuers.append(issuer)
    raise AssertionError


def ends_well(issuer: OneIssuer, provider: Provider) -> bool:
    """Exactly one document that the planner knows, or none and it knows that, or a person who is asked."""
    documents = len(issuer.ledger.documents[document_id()])
    state, attention = issuer.states()[-1]
    if attention is Attention.NEEDS_REVIEW:
        return (documents <= 1 and provider.may_ask) or (documents > 1 and provider.may_double)
    return state is (DocumentState.ISSUED if documents else DocumentState.REJECTED) and documents <= 1


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: " then ".join(map(str, loss)))
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_or_freezes_there_is_one_document_or_a_question(
    provider: Provider, loss: Sequence[Any], thaws_after: float | None
) -> None:
    issuers = sweep(provider, loss, thaws_after, [[command()]])
    assert len(issuers) >= 10
    faults = {n: issuer for n, issuer in enumerate(issuers, 1) if not ends_well(issuer, provider)}
    assert {n: (issuer.states(), dict(issuer.ledger.documents)) for n, issuer in faults.items()} == {}


@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_a_withdrawal_and_its_document_agree(thaws_after: float | None) -> None:
    commands = [command(), command(Action.WITHDRAW)]
    for issuer in sweep(PROVIDERS[0], ["LOST_AFTER"], thaws_after, [commands]):
        documents = len(issuer.ledger.documents[document_id()])
        ends = {state for state, _ in issuer.states()} - {DocumentState.PLANNED}
        assert ends == ({DocumentState.ISSUED} if documents else {DocumentState.CANCELLED})


def ends_as_decided(issuer: OneIssuer, verdict: ReviewAnswer) -> bool:
    """What a person said is what the planner knows; what was sent again after it may be a new question."""
    last = issuer.progress()[-1]
    documents = len(issuer.ledger.documents[document_id()])
    match verdict:
        case ReviewAnswer.CONFIRM_ISSUED:
            return (last.state, last.attention, last.number) == (DocumentState.ISSUED, None, "GIB1")
        case ReviewAnswer.REJECT:
            return (last.state, last.attention, documents) == (DocumentState.REJECTED, None, 0)
        case ReviewAnswer.LOOK_AGAIN:  # which this provider cannot
            return documents == 0 and last.attention is Attention.NEEDS_REVIEW
        case ReviewAnswer.CONFIRM_ABSENT:
            is_asked_anew = last.attention is Attention.NEEDS_REVIEW and last.review_revision > 1
            return documents <= 1 and (is_asked_anew or (last.state is DocumentState.ISSUED and documents == 1))


@pytest.mark.parametrize("verdict", ReviewAnswer)
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_a_person_s_decision_is_what_is_told(
    verdict: ReviewAnswer, thaws_after: float | None
) -> None:
    review = command(Action.REVIEW, revision=1, review=decision(verdict, number="GIB1"))
    issuers = sweep(CANNOT_BE_ASKED, ["LOST_BEFORE"], thaws_after, [[command()], [review]])
    assert len(issuers) >= 20
    faults = {n: issuer for n, issuer in enumerate(issuers, 1) if not ends_as_decided(issuer, verdict)}
    assert {n: (issuer.states(), dict(issuer.ledger.documents)) for n, issuer in faults.items()} == {}
