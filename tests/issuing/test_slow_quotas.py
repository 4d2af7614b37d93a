"""Quotas of a few requests an hour are kept at the provider, and every document is made all the same."""

from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.testbed.benchmarks.measurement import most_in_window
from providers.base import LookUp, Quota, Step
from tests.harness.issuing_builders import command, document_id
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate

HOUR = 3600.0
TEN_AN_HOUR = Quota(requests=10, seconds=HOUR)
# The same, for calls of one request each: after a restart the first one leaves within minutes.
ONE_IN_SIX_MINUTES = Quota(requests=1, seconds=HOUR / 10)
KINDS: dict[str, dict[str, Any]] = {
    "one request, in a short window": {"quota": ONE_IN_SIX_MINUTES, "requests_in_a_call": 1, "look_up": LookUp.NONE},
    "one request": {"quota": TEN_AN_HOUR, "requests_in_a_call": 1, "look_up": LookUp.NONE},
    "looked up": {"quota": TEN_AN_HOUR},
    "by list": {"quota": TEN_AN_HOUR, "look_up": LookUp.BY_LIST},
    "three steps": {"quota": TEN_AN_HOUR, "steps": (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT)},
}


async def issue(issuer: OneIssuer, orders: int, hours: float) -> Process:
    process = issuer.process()
    await process.admit(*(command(number=number) for number in range(orders)))
    await process.finish(hours * HOUR)
    return process


@pytest.mark.parametrize("kind", KINDS)
def test_ten_an_hour_are_never_exceeded_and_every_document_is_made(kind: str) -> None:
    issuer = OneIssuer(unique_reference=False, **KINDS[kind])
    process = simulate(issue(issuer, 20, 12))
    ends = {body.document_id: body.state for body in issuer.progress()}
    assert ends == {document_id(number): DocumentState.ISSUED for number in range(20)}
    assert most_in_window(process.adapter.starts, HOUR) <= 10


@pytest.mark.parametrize("lost", ["LOST_AFTER", "HANGS"])
def test_a_lost_answer_is_looked_up_within_the_quota(lost: str) -> None:
    issuer = OneIssuer(unique_reference=False, quota=TEN_AN_HOUR)
    issuer.behaviour.creates = [lost] if lost == "LOST_AFTER" else ["BOOKS", "LOST_AFTER", lost, "LOST_AFTER"]
    simulate(issue(issuer, 3, 24))
    assert all(len(numbers) == 1 for numbers in issuer.ledger.documents.values())


def test_a_short_window_lets_the_first_call_leave_within_minutes_after_a_restart() -> None:
    issuer = OneIssuer(unique_reference=False, **KINDS["one request, in a short window"])
    process = simulate(issue(issuer, 1, 1))
    assert process.adapter.starts[0] < 400
