"""A provider of several steps: each gets what the ones before it have made, and is made once."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentState
from providers.base import Refused, Step
from tests.harness.issuing_builders import command, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate
from tests.issuing.test_crash_points import Provider, sweep

THREE = (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT)
CONTACT, INVOICE, E_DOCUMENT = ("CONTACT Ayşe Yılmaz", f"INVOICE of {document_id()}", document_id())


async def issue(issuer: OneIssuer) -> None:
    process = issuer.process()
    await process.admit(command())
    await process.finish(600)
    await process.scheduler.drain(20)


def made(issuer: OneIssuer) -> dict[str, int]:
    return {name: len(numbers) for name, numbers in issuer.ledger.documents.items()}


def test_each_step_is_made_once_with_what_the_ones_before_it_have_made() -> None:
    issuer = OneIssuer(steps=THREE)
    simulate(issue(issuer))  # the adapter compares what it gets with the ledger
    assert made(issuer) == {CONTACT: 1, INVOICE: 1, E_DOCUMENT: 1}
    assert issuer.states() == [(DocumentState.ISSUED, None)]


@pytest.mark.parametrize("lost", range(3), ids=THREE)
def test_a_lost_answer_of_any_step_is_looked_up_with_what_the_ones_before_it_have_made(lost: int) -> None:
    issuer = OneIssuer(steps=THREE, unique_reference=False)
    issuer.behaviour.creates = [*["BOOKS"] * lost, "LOST_AFTER"]
    simulate(issue(issuer))
    assert made(issuer) == {CONTACT: 1, INVOICE: 1, E_DOCUMENT: 1}
    assert issuer.states()[-1] == (DocumentState.ISSUED, None)


def test_a_later_step_that_is_refused_keeps_what_was_made_and_asks_a_person() -> None:
    issuer = OneIssuer(steps=THREE)
    issuer.behaviour.creates = ["BOOKS", "BOOKS", Refused(errors=())]
    simulate(issue(issuer))
    assert made(issuer) == {CONTACT: 1, INVOICE: 1}
    assert issuer.states()[-1] == (DocumentState.PLANNED, Attention.NEEDS_REVIEW)


@pytest.mark.sweep
@pytest.mark.parametrize("creates", [["BOOKS"], ["LOST_AFTER", "BOOKS", "LOST_AFTER"], ["BOOKS", "LOST_AFTER"]])
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_each_step_is_made_once(creates: Sequence[Any], thaws_after: float | None) -> None:
    provider = Provider("three steps", {"steps": THREE})
    issuers = sweep(provider, creates, thaws_after, [[command()]])
    assert len(issuers) >= 20
    ends = {n: (made(each), each.states()[-1]) for n, each in enumerate(issuers, 1)}
    well = ({CONTACT: 1, INVOICE: 1, E_DOCUMENT: 1}, (DocumentState.ISSUED, None))
    assert {n: end for n, end in ends.items() if end != well} == {}
