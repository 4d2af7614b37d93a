"""Taking back: drafts are deleted, signed documents have a request that is no cancellation."""

import pytest

from app.domain.documents import DocumentState
from providers.base import Done, Refused
from tests.providers.gib_earsiv.bench import SECONDS, Desk, opened


async def test_a_deletion_that_the_portal_refuses_is_refused_and_the_draft_stays(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.switch(deletes="fail")
    refused = await desk.adapter.withdraw(document, SECONDS)
    assert isinstance(refused, Refused)
    assert refused.errors[0].message == "Silinirken bir sorun oluştu."


async def test_a_draft_that_a_person_has_deleted_is_withdrawn(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.switch(delete=[document.ettn])
    outcome = await desk.adapter.withdraw(document, SECONDS)
    assert isinstance(outcome, Done)
    assert outcome.state is DocumentState.CANCELLED


@pytest.mark.parametrize("options", [{}, {"accepted_requests": "cancelled"}])
async def test_a_request_is_no_cancellation_and_says_so(options: dict[str, str]) -> None:
    async with opened(**options) as desk:
        _, document = await desk.made()
        await desk.switch(sign=[document.ettn])
        outcome = await desk.adapter.cancel(document, SECONDS)
        assert isinstance(outcome, Refused)
        assert outcome.errors[0].code == "CANCELLATION_REQUESTED"
        found = await desk.adapter.find_issued(document, SECONDS)
        assert isinstance(found, Done)
        assert found.state is DocumentState.ISSUED


@pytest.mark.parametrize(
    ("options", "state"),
    [({}, DocumentState.ISSUED), ({"accepted_requests": "cancelled"}, DocumentState.CANCELLED)],
)
async def test_an_accepted_request_counts_only_where_the_connection_is_told_so(
    options: dict[str, str], state: DocumentState
) -> None:
    async with opened(**options) as desk:
        _, document = await desk.made()
        await desk.switch(sign=[document.ettn], requests="accepted")
        await desk.adapter.cancel(document, SECONDS)
        found = await desk.adapter.find_issued(document, SECONDS)
        assert isinstance(found, Done)
        assert found.state is state


@pytest.mark.parametrize("decided", ["created", "rejected", "withdrawn"])
async def test_any_other_request_leaves_it_valid(decided: str) -> None:
    async with opened(accepted_requests="cancelled") as desk:
        _, document = await desk.made()
        await desk.switch(sign=[document.ettn], requests=decided)
        await desk.adapter.cancel(document, SECONDS)
        found = await desk.adapter.find_issued(document, SECONDS)
        assert isinstance(found, Done)
        assert found.state is DocumentState.ISSUED


async def test_a_second_request_is_refused_in_the_portal_s_words(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.switch(sign=[document.ettn])
    await desk.adapter.cancel(document, SECONDS)
    again = await desk.adapter.cancel(document, SECONDS)
    assert isinstance(again, Refused)
    assert "gerekli koşulları" in again.errors[0].message


async def test_a_draft_that_may_not_be_deleted_is_refused(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.switch(forbidden=["EARSIV_PORTAL_FATURA_SIL"])
    assert isinstance(await desk.adapter.withdraw(document, SECONDS), Refused)
