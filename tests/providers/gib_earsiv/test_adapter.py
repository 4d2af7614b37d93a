"""The adapter against the simulated portal: drafts, sessions and what is there already."""

import ssl
from dataclasses import replace

import aiohttp
import pytest

from app.domain.documents import DocumentState
from providers.base import (
    Absent,
    ConnectionSettings,
    Different,
    Done,
    Issued,
    NotSent,
    Refused,
    Step,
    StepInput,
    Unknown,
)
from providers.base.reads import CheckAsked, CheckState
from providers.gib_earsiv.adapter import LEGACY_SERVER_CONNECT, LIVE_HOST, TEST_HOST, GibPortalAdapter, legacy_tls
from tests.providers.examples import SELLER_VKN
from tests.providers.gib_earsiv.bench import SECONDS, SECRETS, Desk, opened


async def test_a_draft_waits_for_a_person_s_signature(desk: Desk) -> None:
    prepared = desk.prepared()
    done = await desk.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(done, Done)
    assert done.state is DocumentState.AWAITING_SIGNATURE
    desk.portal.drafts[0].booking.is_draft = False  # somebody signs it elsewhere
    followed = await desk.adapter.poll(prepared, done, SECONDS)
    assert isinstance(followed, Done)
    assert followed.state is DocumentState.ISSUED


async def test_nothing_but_the_right_draft_is_found_by_number_ettn_or_mark(desk: Desk) -> None:
    _, first = await desk.made()
    await desk.made("second")
    for known in (
        first,
        replace(first, number=None),
        replace(first, ettn=None),
        replace(first, ettn=None, number=None),
    ):
        found = await desk.adapter.find_issued(known, SECONDS)
        assert isinstance(found, Done)
        assert found.number == first.number
    never = replace(first, reference="never sent", ettn=None, number=None)
    assert await desk.adapter.find_issued(never, SECONDS) == Absent()


@pytest.mark.parametrize("death", ["envelope", "page", "list", "right"])
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


async def test_no_right_is_the_commands_where_the_session_is_open(desk: Desk) -> None:
    await desk.switch(forbidden=["EARSIV_PORTAL_FATURA_OLUSTUR"])
    outcome = await desk.adapter.create(StepInput(Step.INVOICE, desk.prepared()), SECONDS)
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


async def test_from_another_address_the_session_is_opened_anew(desk: Desk) -> None:
    prepared, _ = await desk.made()
    await desk.adapter.end_session(SECONDS)
    await desk.switch(address="moves")
    listed = await desk.adapter.candidates(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(listed, tuple)
    assert len(listed) == 1


@pytest.mark.parametrize(("fault", "documents"), [("before", 0), ("after", 1)])
async def test_a_fault_of_the_server_leaves_open_whether_a_draft_was_made(
    desk: Desk, fault: str, documents: int
) -> None:
    prepared = desk.prepared()
    await desk.switch(faults=[fault])
    assert isinstance(await desk.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS), Unknown)
    listed = await desk.adapter.candidates(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(listed, tuple)
    assert len(listed) == documents


async def test_an_incomplete_profile_waits_for_its_owner(desk: Desk) -> None:
    await desk.switch(profile="incomplete")
    outcome = await desk.adapter.create(StepInput(Step.INVOICE, desk.prepared()), SECONDS)
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


async def test_another_company_s_user_is_wrong(desk: Desk) -> None:
    (checked,) = await desk.adapter.check(CheckAsked(tax_number=SELLER_VKN[::-1], series=()), SECONDS)
    assert checked.state is CheckState.WRONG


async def test_the_field_of_the_ettn_can_be_left_out() -> None:
    async with opened(ettn="absent") as desk:
        await desk.made()
        (draft,) = desk.portal.drafts
        assert "faturaUuid" not in draft.form


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


async def test_a_draft_with_our_mark_and_another_total_is_different_with_both_figures(desk: Desk) -> None:
    prepared = desk.prepared()
    await desk.switch(total="0.01")
    outcome = await desk.adapter.create(StepInput(Step.INVOICE, prepared), SECONDS)
    found = await desk.adapter.candidates(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(outcome, Unknown)
    assert isinstance(found, Different)
    assert "total 120.01, not 120.00" in found.detail


async def test_the_drafts_of_a_day_are_followed_by_one_list(desk: Desk) -> None:
    made = [await desk.made(f"{n}") for n in range(3)]
    before = desk.portal.listed
    for prepared, document in made:
        assert isinstance(await desk.adapter.poll(prepared, _done(document), SECONDS), Done)
    assert desk.portal.listed == before + 1


async def test_what_the_last_list_had_not_is_looked_for_anew(desk: Desk) -> None:
    prepared, first = await desk.made()
    assert isinstance(await desk.adapter.poll(prepared, _done(first), SECONDS), Done)
    other = desk.another()
    await desk.adapter.end_session(SECONDS)
    late = await other.create(StepInput(Step.INVOICE, desk.prepared("late")), SECONDS)
    await other.close()
    assert isinstance(late, Done)
    assert isinstance(await desk.adapter.poll(prepared, late, SECONDS), Done)


def _done(document: Issued) -> Done:
    return Done(reference=document.ettn or "", state=DocumentState.AWAITING_SIGNATURE)


@pytest.mark.parametrize("host", [LIVE_HOST, TEST_HOST])
def test_the_old_renegotiation_is_allowed_at_the_portal_and_certificates_are_checked(host: str) -> None:
    context = legacy_tls(ConnectionSettings(base_url=f"https://{host}", secrets=SECRETS))
    assert context is not None
    assert context.options & LEGACY_SERVER_CONNECT
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    ("url", "options"), [("https://gateway.example", {}), (f"https://{LIVE_HOST}", {"legacy_tls": "no"})]
)
def test_elsewhere_and_where_it_is_switched_off_tls_is_as_everywhere(url: str, options: dict[str, str]) -> None:
    assert legacy_tls(ConnectionSettings(base_url=url, secrets=SECRETS, options=options)) is None


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "Küçük"},
        {"pages": "EARSIV_PORTAL_FATURA_SIL"},
        {"ettn": "ours"},
        {"accepted_requests": "believed"},
        {"legacy_tls": "yes"},
    ],
)
def test_an_option_that_cannot_be_read_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        GibPortalAdapter(ConnectionSettings(base_url="https://portal.example", secrets=SECRETS, options=options))


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ("Mozilla/5.0 (compatible; anything)", 200),
        ("https://example.com/a-client-with-a-name", 200),
        ("python-requests/2.32.3", 400),
        ("", 400),
    ],
)
async def test_the_simulator_answers_every_caller_but_those_with_a_library_s_name(
    desk: Desk, caller: str, status: int
) -> None:
    login = {"assoscmd": "anologin", "userid": SECRETS["username"], "sifre": SECRETS["password"]}
    url, headers = f"{desk.url}/earsiv-services/assos-login", {"User-Agent": caller}
    async with aiohttp.ClientSession() as http, http.post(url, data=login, headers=headers) as response:
        assert response.status == status
