"""No page without a login, no act without its role, its own page and its form; a login that ends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.store import Role
from app.web.screen.access.cookies import LOGIN
from app.web.screen.page import Act, Feed, Page
from app.web.screen.pages.login import way_on
from app.web.screen.table import ALL
from tests.web.screen.running_screen import PHRASE, RunningScreen, running_screen

PAGES = [each for each in ALL if isinstance(each, Page)]
ACTS = [each for each in ALL if isinstance(each, Act)]
CLOSED = [each for each in ALL if each.least is not None]
# What there has to be before a login. Anything else that is added here opens the screen.
OPEN = {"login", "log-in", "link", "use-link", "looks"}


def some(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "x", path)


def below(role: Role) -> list[Role]:
    return [each for each in Role if not each.includes(role)]


def test_only_what_leads_to_a_login_is_open() -> None:
    assert {each.name for each in ALL if each.least is None} == OPEN


def test_every_name_and_every_path_is_there_once() -> None:
    assert len({each.name for each in ALL}) == len(ALL)
    assert len({each.path for each in PAGES}) == len(PAGES)
    assert len({each.path for each in ACTS}) == len(ACTS)


@pytest.mark.parametrize("each", CLOSED, ids=lambda each: each.name)
async def test_without_a_login_every_page_and_act_leads_to_it(site: RunningScreen, each: Page | Act | Feed) -> None:
    answer = await (site.post if isinstance(each, Act) else site.get)(some(each.path))
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/screen/login")


@pytest.mark.parametrize("each", CLOSED, ids=lambda each: each.name)
async def test_a_lower_role_is_refused(site: RunningScreen, each: Page | Act | Feed) -> None:
    assert each.least is not None
    for role in below(each.least):
        await site.log_in(role)
        answer = await (site.post if isinstance(each, Act) else site.get)(some(each.path))
        assert answer.status == 403


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("site_of", ["cross-site", "same-site", "none", None])
async def test_no_act_is_taken_from_another_page(site: RunningScreen, act: Act, site_of: str | None) -> None:
    await site.log_in("admin")
    headers = {"Sec-Fetch-Site": site_of} if site_of else {}
    answer = await site.client.post(f"/screen{some(act.path)}", headers=headers, allow_redirects=False)
    assert answer.status == 403


@pytest.mark.parametrize("act", [act for act in ACTS if act.once], ids=lambda act: act.name)
async def test_no_act_is_taken_without_its_form(site: RunningScreen, act: Act) -> None:
    await site.log_in("admin")
    for form in ({}, {"form": "1.2.3"}, {"form": "no form"}):
        assert (await site.post(some(act.path), form)).status == 403


async def test_an_old_browser_says_its_origin(site: RunningScreen) -> None:
    host = f"{site.client.host}:{site.client.port}"
    form = {"name": "viewer", "phrase": PHRASE}
    for origin, status in ((f"http://{host}", 303), ("http://elsewhere.example", 403), ("null", 403)):
        headers = {"Origin": origin}
        answer = await site.client.post("/screen/login", data=form, headers=headers, allow_redirects=False)
        assert answer.status == status


async def test_a_form_is_taken_once(site: RunningScreen) -> None:
    await site.log_in("viewer")
    form = {"form": await site.token("/account", "/account/phrase"), "old": PHRASE, "phrase": "another long phrase"}
    assert (await site.post("/account/phrase", form)).status == 303
    assert (await site.post("/account/phrase", form)).status == 409


async def test_a_form_is_good_for_its_own_act_and_login(site: RunningScreen) -> None:
    await site.log_in("viewer")
    token = await site.token("/account", "/account/phrase")
    assert (await site.post("/account/logins/end", {"form": token})).status == 403
    await site.post("/logout")
    await site.log_in("operator")
    assert (await site.post("/account/phrase", {"form": token})).status == 403


async def test_a_form_that_was_open_for_more_than_a_day_is_refused(site: RunningScreen) -> None:
    await site.log_in("viewer")
    token = await site.token("/account", "/account/phrase")
    for _ in range(3):
        site.later(hours=9)
        await site.get("/account")
    assert (await site.post("/account/phrase", {"form": token})).status == 403


async def test_the_cookie_is_for_this_host_and_no_script(site: RunningScreen) -> None:
    cookie = (await site.log_in("viewer")).headers["Set-Cookie"]
    assert cookie.startswith(f"{LOGIN}=")
    assert LOGIN.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


async def test_of_a_token_the_store_has_a_digest_alone(site: RunningScreen) -> None:
    cookie = (await site.log_in("viewer")).cookies[LOGIN].value
    (login,) = site.store.screen_logins().of("viewer")
    assert cookie not in repr(login)
    assert len(cookie) >= 43


async def test_a_login_ends_when_it_is_not_used(site: RunningScreen) -> None:
    await site.log_in("viewer")
    site.later(hours=11)
    assert (await site.get("")).status == 200
    site.later(hours=11)
    assert (await site.get("")).status == 200
    site.later(hours=13)
    assert (await site.get("")).status == 303


async def test_a_login_ends_after_a_week_however_much_it_is_used(site: RunningScreen) -> None:
    await site.log_in("viewer")
    for _ in range(16):
        site.later(hours=10)
        assert (await site.get("")).status == 200
    site.later(hours=10)
    assert (await site.get("")).status == 303


async def test_logging_out_ends_the_login_at_the_server(site: RunningScreen) -> None:
    cookie = (await site.log_in("viewer")).cookies[LOGIN].value
    await site.post("/logout")
    answer = await site.client.get("/screen", headers={"Cookie": f"{LOGIN}={cookie}"}, allow_redirects=False)
    assert answer.status == 303


async def test_a_person_who_is_locked_is_out_at_once(site: RunningScreen) -> None:
    await site.log_in("viewer")
    site.store.people().lock("viewer")
    assert (await site.get("")).status == 303
    assert (await site.log_in("viewer")).status == 401
    site.store.people().unlock("viewer")
    assert (await site.get("")).status == 303, "the login has ended, and does not come back"
    assert (await site.log_in("viewer")).status == 303


async def test_another_role_holds_at_once(site: RunningScreen) -> None:
    await site.log_in("viewer")
    site.store.people().change_role("viewer", Role.ADMIN)
    assert "Yönetici" in await (await site.get("/account")).text()


async def test_wrong_pass_phrases_block_the_name_for_longer_each_time(site: RunningScreen) -> None:
    for _ in range(5):
        assert (await site.log_in("viewer", "wrong")).status == 401
    assert (await site.log_in("viewer")).status == 401
    site.later(seconds=61)
    assert (await site.log_in("viewer", "wrong")).status == 401
    site.later(seconds=61)
    assert (await site.log_in("viewer")).status == 401
    site.later(seconds=61)
    assert (await site.log_in("viewer")).status == 303


async def test_wrong_names_block_their_address(tmp_path: Path) -> None:
    async with running_screen(tmp_path, tries=3) as site:
        for number in range(3):
            assert (await site.log_in(f"stranger-{number}")).status == 401
        assert (await site.log_in("viewer")).status == 429


async def test_a_wrong_name_is_answered_as_a_wrong_pass_phrase(site: RunningScreen) -> None:
    for _ in range(8):  # a known one has to wait by then
        stranger, known = await site.log_in("stranger", "wrong"), await site.log_in("viewer", "wrong")
        assert (stranger.status, known.status) == (401, 401)
        texts = [await answer.text() for answer in (stranger, known)]
        assert texts[0].replace("stranger", "viewer") == texts[1]


async def test_a_link_lets_in_once_and_only_by_its_button(site: RunningScreen) -> None:
    link = site.store.screen_logins().make_link("viewer", actor="test")
    for _ in range(2):
        assert (await site.get(f"/link/{link}")).status == 200
    assert (await site.post(f"/link/{link}")).headers["Location"] == "/screen"
    assert (await site.get("")).status == 200
    assert (await site.post(f"/link/{link}")).status == 401


async def test_a_link_ends_after_a_day_and_with_the_next_one(site: RunningScreen) -> None:
    first = site.store.screen_logins().make_link("viewer", actor="test")
    second = site.store.screen_logins().make_link("viewer", actor="test")
    assert (await site.post(f"/link/{first}")).status == 401
    site.later(hours=25)
    assert (await site.post(f"/link/{second}")).status == 401


async def test_a_login_goes_on_to_the_page_that_was_asked_for(site: RunningScreen) -> None:
    asked = await site.get("/documents?state=REJECTED")
    login = await site.get(asked.headers["Location"].removeprefix("/screen"))
    assert 'name="next" value="/screen/documents?state=REJECTED"' in await login.text()


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/screen\\evil", "/screenshot", "/other", "", "/screen/\nx"],
)
def test_a_login_leads_to_no_other_place(elsewhere: str) -> None:
    assert way_on(elsewhere) == "/screen"


async def test_what_a_person_does_is_written_down(site: RunningScreen) -> None:
    await site.log_in("viewer", "wrong")
    await site.log_in("viewer")
    form = {"form": await site.token("/account", "/account/phrase"), "old": PHRASE, "phrase": "another long phrase"}
    await site.post("/account/phrase", form)
    await site.post("/logout")
    kept = site.store.actions().latest(limit=10)
    said = [(each.action.actor, each.action.what, each.action.address) for each in kept]
    what = ("LOGIN_ENDED", "PASS_PHRASE_SET", "LOGGED_IN", "LOGIN_FAILED")
    assert said == [("viewer", each, "127.0.0.1") for each in what]


async def test_every_answer_has_the_headers_that_keep_others_out(site: RunningScreen) -> None:
    await site.log_in("admin")
    for path in ("", "/login", "/nowhere", "/documents"):
        headers = (await site.get(path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


async def test_the_bare_address_leads_to_the_screen(site: RunningScreen) -> None:
    answer = await site.client.get("/", allow_redirects=False)
    assert answer.headers["Location"] == "/screen"
