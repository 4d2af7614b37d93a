"""A person's signature through us: what is asked of the portal, and what is never signed."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.domain.documents import DocumentState
from providers.base import CodeSent, CodeTaken, Done, HeldSession, Issued, Refused, Step, StepInput, Unknown
from tests.providers.gib_earsiv.bench import CODE, SECONDS, SECRETS, Desk, opened

WRONG = "908172"


async def code_for(desk: Desk, *documents: Issued) -> str:
    sent = await desk.adapter.start_signing(documents, SECONDS)
    assert isinstance(sent, CodeSent)
    assert sent.to == "***42"
    return sent.reference


async def state_of(desk: Desk, document: Issued) -> DocumentState:
    found = await desk.adapter.find_issued(document, SECONDS)
    assert isinstance(found, Done)
    return found.state


async def test_a_draft_whose_total_was_changed_at_the_portal_gets_no_code(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.switch(change={document.ettn: {"odenecekTutar": "121.00"}})
    refused = await desk.adapter.start_signing([document], SECONDS)
    assert isinstance(refused, Refused)
    assert [error.code for error in refused.errors] == ["DRAFT_CHANGED"]
    assert "121.00 TRY, and was asked for at 120.00 TRY" in refused.errors[0].message


async def test_a_draft_that_is_changed_after_the_code_was_sent_is_not_signed(desk: Desk) -> None:
    _, document = await desk.made()
    reference = await code_for(desk, document)
    await desk.switch(change={document.ettn: {"odenecekTutar": "121.00"}})
    assert isinstance(await desk.adapter.finish_signing([document], reference, CODE, SECONDS), Refused)
    assert await state_of(desk, document) is DocumentState.AWAITING_SIGNATURE


async def test_a_draft_without_our_mark_is_not_signed(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.switch(change={document.ettn: {"not": "bir başkasının"}})
    assert isinstance(await desk.adapter.start_signing([document], SECONDS), Refused)


async def test_what_is_signed_or_deleted_gets_no_code(desk: Desk) -> None:
    (_, signed), (_, deleted) = await desk.made(), await desk.made("second")
    await desk.switch(sign=[signed.ettn], delete=[deleted.ettn])
    for document in (signed, deleted):
        refused = await desk.adapter.start_signing([document], SECONDS)
        assert isinstance(refused, Refused)
        assert refused.errors[0].code == "NO_DRAFT"


async def test_one_that_cannot_be_signed_keeps_the_others_from_it(desk: Desk) -> None:
    (_, first), (_, second) = await desk.made(), await desk.made("second")
    await desk.switch(change={second.ettn: {"odenecekTutar": "1.00"}})
    assert isinstance(await desk.adapter.start_signing([first, second], SECONDS), Refused)


async def test_a_success_that_signs_nothing_is_seen_by_the_state(desk: Desk) -> None:
    _, document = await desk.made()
    reference = await code_for(desk, document)
    await desk.switch(signs="nothing")
    assert await desk.adapter.finish_signing([document], reference, CODE, SECONDS) == CodeTaken()
    assert await state_of(desk, document) is DocumentState.AWAITING_SIGNATURE


async def test_where_the_portal_does_not_sign_the_refusal_is_named(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.switch(forbidden=["EARSIV_PORTAL_SMSSIFRE_GONDER"])
    refused = await desk.adapter.start_signing([document], SECONDS)
    assert isinstance(refused, Refused)
    assert "yetkiniz yok" in refused.errors[0].message


async def test_a_command_that_the_portal_does_not_know_any_more_signs_nothing() -> None:
    async with opened(sign_command="EARSIV_PORTAL_SMSSIFRE_DOGRULA") as desk:
        _, document = await desk.made()
        reference = await code_for(desk, document)
        refused = await desk.adapter.finish_signing([document], reference, CODE, SECONDS)
        assert isinstance(refused, Refused)
        assert refused.errors[0].message == "Service Not Found"


async def test_a_session_that_ends_under_the_code_leaves_open_what_was_signed(desk: Desk) -> None:
    _, document = await desk.made()
    reference = await code_for(desk, document)
    await desk.switch(dies_at={"0lhozfib5410mp": "page"})
    assert isinstance(await desk.adapter.finish_signing([document], reference, CODE, SECONDS), Unknown)


class Kept:
    """A session in a store."""

    token: str | None = None

    @asynccontextmanager
    async def __call__(self, _seconds: float, /) -> AsyncIterator[HeldSession]:
        yield self

    async def keep(self, token: str | None) -> None:
        self.token = token


async def test_a_code_is_given_in_the_session_that_it_was_asked_for_in(desk: Desk) -> None:
    _, document = await desk.made()
    await desk.adapter.end_session(SECONDS)
    kept, first, second = Kept(), desk.another(), desk.another()
    first.use_sessions(kept)
    sent = await first.start_signing([document], SECONDS)
    await first.close()
    asked_in = kept.token
    assert isinstance(sent, CodeSent)
    assert asked_in is not None
    second.use_sessions(kept)
    assert await second.finish_signing([document], sent.reference, CODE, SECONDS) == CodeTaken()
    assert kept.token == asked_in
    await second.close()
    assert kept.token is None


async def test_no_secret_is_in_a_log_an_outcome_or_a_repr(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The password, the session's token and a person's code; the telephone has its last digits alone."""
    caplog.set_level(logging.DEBUG)
    kept = Kept()
    desk.adapter.use_sessions(kept)
    prepared, document = await desk.made()
    token = kept.token
    sent = await desk.adapter.start_signing([document], SECONDS)
    assert isinstance(sent, CodeSent)
    wrong = await desk.adapter.finish_signing([document], sent.reference, WRONG, SECONDS)
    taken = await desk.adapter.finish_signing([document], sent.reference, CODE, SECONDS)
    other = desk.another()
    refused = await other.candidates(StepInput(Step.INVOICE, prepared), SECONDS)
    await other.close()
    kept_of_it = f"{caplog.text} {prepared} {sent} {wrong} {taken} {refused} {desk.adapter!r} {vars(desk.adapter)}"
    assert token
    for secret in (SECRETS["password"], token, WRONG, CODE, "5550000042"):
        assert secret not in kept_of_it
