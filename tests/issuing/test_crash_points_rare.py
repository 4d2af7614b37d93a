"""Death and zombies where they are seldom: while a document is followed, in doubt, withdrawn; and two in one life."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.orders import ReviewAnswer
from app.domain.policy import DocumentTypeChoice
from app.issuing.journal.facts import FACTS
from providers.base import Absent, Outcome, Prepared, Refused, Registration, StepInput
from tests.harness.fake_provider import Behaviour, FakeAdapter
from tests.harness.issuing_builders import at, command, decision, document_id
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate
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
    "poll_until": dict.fromkeys(DocumentType, frozenset({DocumentState.DELIVERED})),
}
FROM_ITS_NUMBER = command(choice=DocumentTypeChoice.AUTO, tax_number="1234567890")


def is_followed(issuer: OneIssuer) -> None:
    issuer.behaviour.state = DocumentState.PROCESSING
    issuer.behaviour.states = [DocumentState.PROCESSING, DocumentState.ISSUED, DocumentState.DELIVERED] * 3


def is_doubtful(issuer: OneIssuer) -> None:
    """Everything was lost with the journal; the document had been made."""
    issuer.doubtful_since = at(0)
    issuer.ledger.book(document_id())


def loses_the_answer(issuer: OneIssuer) -> None:
    issuer.behaviour.creates = ["LOST_AFTER"]


def sweep(
    prepare: Callable[[OneIssuer], None], changes: dict[str, Any], thaws_after: float | None, batches: Batches
) -> list[OneIssuer]:
    """The same story, frozen at its first step, its second, … until it is over before it freezes."""
    issuers = []
    for freezes_at in itertools.count(1):
        assert freezes_at < MOST_STEPS, "the story does not end"
        issuer = OneIssuer(**changes)
        prepare(issuer)
        if not simulate(story(issuer, UNIQUE, freezes_at, thaws_after, batches)):
            return issuers
        issuers.append(issuer)
    raise AssertionError


@WAKES
def test_wherever_a_worker_dies_a_followed_document_comes_to_its_last_state(thaws_after: float | None) -> None:
    issuers = sweep(is_followed, FOLLOWED, thaws_after, [[FROM_ITS_NUMBER]])
    assert len(issuers) >= 15
    told = [(len(issuer.ledger.documents[document_id()]), issuer.states()[-1]) for issuer in issuers]
    assert set(told) == {(1, (DocumentState.DELIVERED, None))}


@WAKES
def test_wherever_a_worker_dies_after_the_journal_was_lost_the_document_of_before_is_found(
    thaws_after: float | None,
) -> None:
    issuers = sweep(is_doubtful, {"unique_reference": False}, thaws_after, [[command()]])
    assert len(issuers) >= 10
    told = [(len(issuer.ledger.documents[document_id()]), issuer.states()[-1]) for issuer in issuers]
    assert set(told) == {(1, (DocumentState.ISSUED, None))}


def asks_another_provider(issuer: OneIssuer) -> None:
    issuer.registers = {"nilvera": Behaviour(registration=Registration.REGISTERED)}


class RefusesTheWrongKind(FakeAdapter):
    """Its buyer is registered, and it makes nothing else than an e-Fatura."""

    async def _create(self, asked: StepInput, key: str, prepared: Prepared) -> Outcome:
        if prepared.document_type is DocumentType.EARSIV:
            return Refused(errors=(), instead=DocumentType.EFATURA)
        return await super()._create(asked, key, prepared)


def is_refused_as_the_wrong_kind(issuer: OneIssuer) -> None:
    issuer.adapter = RefusesTheWrongKind


KINDS = pytest.mark.parametrize(
    ("prepare", "changes"),
    [(asks_another_provider, {}), (is_refused_as_the_wrong_kind, {"corrects_type": True})],
    ids=["another register", "the provider's word"],
)


@WAKES
@KINDS
def test_wherever_a_worker_dies_a_document_has_one_kind(
    prepare: Callable[[OneIssuer], None], changes: dict[str, Any], thaws_after: float | None
) -> None:
    issuers = sweep(prepare, changes, thaws_after, [[FROM_ITS_NUMBER]])
    assert len(issuers) >= 10
    made = [[made.document_type for made in issuer.ledger.contents.values()] for issuer in issuers]
    assert made == [[DocumentType.EFATURA]] * len(issuers)
    told = {(issuer.states()[-1], issuer.progress()[-1].document_type) for issuer in issuers}
    assert told == {((DocumentState.ISSUED, None), DocumentType.EFATURA)}


async def chosen_late(issuer: OneIssuer, freezes_at: int, thaws_after: float | None) -> bool:
    """It waits for its owner's choice, and a worker freezes before or after the choice was made."""
    first = issuer.process(freezes_at)
    life = asyncio.create_task(live(first, [[FROM_ITS_NUMBER]]))
    await asyncio.sleep(30)
    issuer.capabilities = replace(issuer.capabilities, unknown_buyer=DocumentType.EARSIV)
    first.adapter.capabilities = issuer.capabilities
    frozen = asyncio.create_task(first.fate.frozen.wait())
    await asyncio.wait({frozen, life}, return_when=asyncio.FIRST_COMPLETED)
    if not frozen.done():
        return False
    second = issuer.process()
    await live(second, [[FROM_ITS_NUMBER]])
    if thaws_after is not None:
        await asyncio.sleep(thaws_after)
        first.fate.thaw(has_lease=True)
        await asyncio.wait({life}, timeout=400)
    await second.scheduler.drain(20)
    last = issuer.process()
    await last.finish(300)
    await last.scheduler.drain(20)
    first.fate.bury()
    return True


@WAKES
def test_wherever_a_worker_dies_a_document_that_waits_for_a_choice_is_made_once(thaws_after: float | None) -> None:
    for freezes_at in itertools.count(1):
        issuer = OneIssuer(unknown_buyer=None)
        froze = simulate(chosen_late(issuer, freezes_at, thaws_after))
        assert [made.document_type for made in issuer.ledger.contents.values()] == [DocumentType.EARSIV]
        # Of a report that a zombie publishes late the planner takes no attention.
        assert issuer.states()[-1][0] is DocumentState.ISSUED
        if not froze:
            assert freezes_at >= 15
            assert issuer.states()[0] == (DocumentState.PLANNED, Attention.CONNECTION)
            return


async def two_deaths(
    issuer: OneIssuer, provider: Provider, first: int, second: int, thaws_after: float | None
) -> tuple[bool, bool]:
    """Two workers stop, one after the other; a third ends it. Whether the first and the second came to their steps."""
    lives: list[tuple[Process, asyncio.Task[None]]] = []
    for freezes_at in (first, second):
        process = issuer.process(freezes_at)
        life = asyncio.create_task(live(process, [[command()]]))
        frozen = asyncio.create_task(process.fate.frozen.wait())
        await asyncio.wait({frozen, life}, return_when=asyncio.FIRST_COMPLETED)
        if not frozen.done():
            bury(lives)
            return bool(lives), False
        lives.append((process, life))
    third = issuer.process()
    after = asyncio.create_task(live(third, [[command()]]))
    if thaws_after is not None:
        await asyncio.sleep(thaws_after)
        for process, life in reversed(lives):  # the younger zombie first: the older one's writes are the latest
            process.fate.thaw(has_lease=provider.has_lease)
            await asyncio.wait({life}, timeout=400)
    await after
    await third.scheduler.drain(20)
    last = issuer.process()
    await last.finish(300)
    await last.scheduler.drain(20)
    bury(lives)
    return True, True


def bury(lives: Sequence[tuple[Process, asyncio.Task[None]]]) -> None:
    for process, _ in lives:
        process.fate.bury()


def two_deaths_everywhere(
    provider: Provider, creates: Sequence[Any], thaws_after: float | None
) -> dict[Any, OneIssuer]:
    issuers: dict[Any, OneIssuer] = {}
    for first in range(1, MOST_STEPS):
        for second in range(1, MOST_STEPS):
            issuer = OneIssuer(**provider.changes)
            issuer.behaviour.creates = list(creates)
            has_first, has_second = simulate(two_deaths(issuer, provider, first, second, thaws_after))
            if not has_first:
                return issuers
            if not has_second:
                break
            issuers[first, second] = issuer
    raise AssertionError("the story does not end")


@pytest.mark.parametrize("provider", [WITHOUT_LEASE, TAKES_TWICE, CANNOT_BE_ASKED], ids=lambda p: p.name)
@pytest.mark.parametrize("thaws_after", [None, 1.0], ids=["both die", "both wake"])
def test_wherever_two_workers_stop_one_after_the_other_there_is_one_document_or_a_question(
    provider: Provider, thaws_after: float | None
) -> None:
    issuers = two_deaths_everywhere(provider, ["LOST_AFTER"], thaws_after)
    assert len(issuers) >= 50
    faults = {at: issuer.states() for at, issuer in issuers.items() if not ends_well(issuer, provider)}
    assert faults == {}


def test_every_fact_and_every_call_is_a_step_at_which_these_sweeps_stop_a_worker() -> None:
    review = command(Action.REVIEW, revision=1, review=decision(ReviewAnswer.CONFIRM_ABSENT))
    told: list[tuple[Callable[[OneIssuer], None], dict[str, Any], Batches]] = [
        (is_followed, FOLLOWED, [[FROM_ITS_NUMBER]]),
        (loses_the_answer, {}, [[command()]]),
        (lambda _: None, {}, [[command(), command(Action.WITHDRAW)]]),
        (loses_the_answer, CANNOT_BE_ASKED.changes, [[command()], [review]]),
    ]
    steps = {name for each in told for issuer in sweep(*each[:2], None, each[2]) for name in _taken(issuer)}
    facts = {f"{side} {fact.__name__}" for fact in FACTS for side in ("write", "written")}
    calls = {"registration", "create", "booked", "find_prepared", "looked up", "poll"}
    assert facts | calls | {"publish", "published", "forget"} <= steps


def _taken(issuer: OneIssuer) -> list[str]:
    return [name for process in issuer.processes for name in process.fate.taken]


UNSIGNED = {
    "poll_until": dict.fromkeys(DocumentType, frozenset({DocumentState.ISSUED})),
    "unsigned_poll_seconds": 20.0,
    "withdraws": frozenset(DocumentType),
}


def waits_for_a_signature(issuer: OneIssuer) -> None:
    issuer.behaviour.state = DocumentState.AWAITING_SIGNATURE


def loses_the_deletion(issuer: OneIssuer) -> None:
    waits_for_a_signature(issuer)
    issuer.behaviour.cancels = ["LOST_AFTER"]


def loses_the_deletion_and_forgets(issuer: OneIssuer) -> None:
    loses_the_deletion(issuer)
    issuer.behaviour.forgets = True


def is_deleted_by_a_person(issuer: OneIssuer) -> None:
    waits_for_a_signature(issuer)
    issuer.behaviour.states = [DocumentState.AWAITING_SIGNATURE, *[Absent()] * 20]


@WAKES
@pytest.mark.parametrize("prepare", [waits_for_a_signature, loses_the_deletion, loses_the_deletion_and_forgets])
def test_wherever_a_worker_dies_a_withdrawn_draft_is_deleted_before_its_lines_are_free(
    prepare: Callable[[OneIssuer], None], thaws_after: float | None
) -> None:
    issuers = sweep(prepare, UNSIGNED, thaws_after, [[command()], [command(Action.WITHDRAW)]])
    assert len(issuers) >= 10
    for issuer in issuers:
        assert issuer.states()[-1] == (DocumentState.CANCELLED, None)
        assert issuer.ledger.standing() == []


@WAKES
def test_wherever_a_worker_dies_a_draft_that_a_person_has_deleted_is_found_out(thaws_after: float | None) -> None:
    issuers = sweep(is_deleted_by_a_person, UNSIGNED, thaws_after, [[command()]])
    assert len(issuers) >= 10
    assert {issuer.states()[-1] for issuer in issuers} == {(DocumentState.CANCELLED, None)}


def is_signed_by_a_person(issuer: OneIssuer) -> None:
    waits_for_a_signature(issuer)
    issuer.behaviour.states = [DocumentState.AWAITING_SIGNATURE] * 3 + [DocumentState.ISSUED] * 50


@WAKES
def test_wherever_a_worker_dies_a_signature_is_seen_within_minutes_and_nothing_is_sent_for_it(
    thaws_after: float | None,
) -> None:
    slow = {**UNSIGNED, "unsigned_poll_seconds": 3600.0}
    issuers = sweep(is_signed_by_a_person, slow, thaws_after, [[command()], [command(Action.SIGN, revision=1)]])
    assert len(issuers) >= 10
    told = [(len(issuer.ledger.documents[document_id()]), issuer.states()[-1]) for issuer in issuers]
    assert set(told) == {(1, (DocumentState.ISSUED, None))}
