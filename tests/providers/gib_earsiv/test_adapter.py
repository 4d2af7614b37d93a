"""The adapter against the simulated portal: sessions, drafts and files."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import ConnectionSettings, Done, NotSent, Prepared, Refused, Step, StepInput, Unknown
from providers.gib_earsiv.adapter import LEGACY_SERVER_CONNECT, GibPortalAdapter, legacy_tls
from providers.gib_earsiv.simulator.service import GibPortal
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, command

SECRETS = {"username": "33333301", "password": f"sandbox-{SELLER_VKN}"}
SECONDS = 10.0


class Desk:
    """The portal at an address, and an adapter of one user."""

    def __init__(self, url: str, portal: GibPortal) -> None:
        self.url, self.portal = url, portal
        self.adapter = self.another()

    def another(self) -> GibPortalAdapter:
        return GibPortalAdapter(ConnectionSettings(base_url=self.url, secrets=SECRETS))

    def prepared(self) -> Prepared:
        return self.adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)

    async def switch(self, **to: object) -> None:
        async with aiohttp.ClientSession() as http, http.put(f"{self.url}/_simulator/portal", json=to) as response:
            assert response.status == 200


@asynccontextmanager
async def opened(status_seconds: float | None = None) -> AsyncIterator[Desk]:
    portal = GibPortal(Misbehaviour(), status_seconds=status_seconds)
    async with running(portal.application()) as url:
        desk = Desk(url, portal)
        yield desk
        await desk.adapter.close()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Nothing is signed there."""
    async with opened() as desk:
        yield desk


async def test_a_draft_waits_for_a_person_s_signature(desk: Desk) -> None:
    prepared = desk.prepared()
    done = await desk.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(done, Done)
    assert done.state is DocumentState.AWAITING_SIGNATURE
    desk.portal.drafts[0].booking.is_draft = False  # somebody signs it elsewhere
    followed = await desk.adapter.poll(prepared, done, SECONDS)
    assert isinstance(followed, Done)
    assert followed.state is DocumentState.ISSUED


@pytest.mark.parametrize("death", ["envelope", "page", "list"])
async def test_a_read_whose_session_has_ended_logs_in_once_more(desk: Desk, death: str) -> None:
    asked = StepInput(Step.INVOICE, desk.prepared())
    await desk.adapter.candidates(asked, SECONDS)
    await desk.switch(deaths=[death])
    assert await desk.adapter.candidates(asked, SECONDS) == ()


async def test_a_write_whose_session_has_ended_is_unknown(desk: Desk) -> None:
    asked = StepInput(Step.INVOICE, desk.prepared())
    await desk.adapter.candidates(asked, SECONDS)
    await desk.switch(deaths=["page"])
    assert isinstance(await desk.adapter.create(asked, SECONDS), Unknown)
    assert desk.portal.drafts == []


async def test_a_user_has_one_session_until_it_is_closed(desk: Desk) -> None:
    asked = StepInput(Step.INVOICE, desk.prepared())
    await desk.adapter.candidates(asked, SECONDS)
    other = desk.another()
    refused = await other.create(asked, SECONDS)
    await desk.adapter.close()
    made = await other.create(asked, SECONDS)
    await other.close()
    assert isinstance(refused, NotSent)
    assert not refused.needs_owner
    assert isinstance(made, Done)


async def test_a_portal_that_is_closed_for_the_seller_refuses(desk: Desk) -> None:
    await desk.switch(closed=True)
    assert isinstance(await desk.adapter.create(StepInput(Step.INVOICE, desk.prepared()), SECONDS), Refused)


async def test_turkish_letters_arrive(desk: Desk) -> None:
    await desk.adapter.create(StepInput(Step.INVOICE, desk.prepared()), SECONDS)
    (draft,) = desk.portal.drafts
    assert draft.form["malHizmetTable"][0]["malHizmet"] == "Çay bardağı"


async def test_another_sum_is_no_candidate(desk: Desk) -> None:
    prepared = desk.prepared()
    await desk.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    dearer = replace(prepared, request=prepared.request.replace('"odenecekTutar":"120.00"', '"odenecekTutar":"121.00"'))
    assert await desk.adapter.candidates(StepInput(Step.INVOICE, dearer), SECONDS) == ()


async def test_no_secret_is_in_a_log_an_outcome_or_a_repr(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcome = await desk.adapter.create(StepInput(Step.INVOICE, desk.prepared()), SECONDS)
    settings = ConnectionSettings(base_url=desk.url, secrets=SECRETS)
    kept = f"{caplog.text} {outcome} {settings} {desk.adapter!r} {vars(desk.adapter)}"
    assert SECRETS["password"] not in kept


def test_the_old_renegotiation_is_allowed_and_certificates_are_checked() -> None:
    context = legacy_tls()
    assert context.options & LEGACY_SERVER_CONNECT
    assert context.check_hostname
