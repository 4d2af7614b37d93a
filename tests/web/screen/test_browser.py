"""The screen in a real browser: every page in every look, by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from app.domain.documents import DocumentState
from app.web.screen.page import Page as ScreenPage
from app.web.screen.table import ALL
from tests.harness.pipeline import BUSINESS, request
from tests.web.screen.browser import (
    ALL_LOOKS,
    PHONE,
    WIDE,
    ChromiumUnavailable,
    Looks,
    browser,
    findings,
    looking,
    screenshots,
)
from tests.web.screen.running_screen import PHRASE, RunningScreen, running_screen
from tests.web.screen.shop import DECISION, REFUSED, WAITING, an_ordinary_day, document_of, placed

pytestmark = [pytest.mark.browser, pytest.mark.wide]

# Each page of the table by its name, and the address at which it is looked at. A new page has a line here.
PICTURES: dict[str, Callable[[RunningScreen], str]] = {
    "start": lambda _: "",
    "orders": lambda _: "/orders",
    "order": lambda _: f"/orders/{BUSINESS}/{REFUSED}",
    "documents": lambda _: "/documents",
    "document": lambda site: f"/documents/{document_of(site.installation, REFUSED)}",
    "approve": lambda site: f"/documents/{document_of(site.installation, WAITING)}/approve",
    "account": lambda _: "/account",
}
# The same pages in other moments.
MORE: dict[str, Callable[[RunningScreen], str]] = {
    "documents-nothing": lambda _: "/documents?q=yok&state=REJECTED",
    "document-decision": lambda site: f"/documents/{document_of(site.installation, DECISION)}",
    "order-refused": lambda _: f"/orders/{BUSINESS}/TR-1103",
    "document-issued": lambda site: f"/documents/{document_of(site.installation, 'TR-1001')}",
    "missing": lambda _: "/nowhere",
}


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[RunningScreen]:
    async with running_screen(tmp_path) as running:
        await an_ordinary_day(running.installation)
        yield running


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    try:
        async with browser() as launched:
            yield launched
    except ChromiumUnavailable as unavailable:
        pytest.skip(str(unavailable))


def address(site: RunningScreen, path: str = "") -> str:
    return f"{site.client.make_url('/screen')}{path}"


async def enter(page: Page, site: RunningScreen, name: str = "admin") -> None:
    await page.goto(address(site, "/login"))
    await page.fill("#name", name)
    await page.fill("#phrase", PHRASE)
    await page.click("main button")
    await page.wait_for_url(address(site))


def test_every_page_is_looked_at() -> None:
    assert {each.name for each in ALL if isinstance(each, ScreenPage) and each.least is not None} == set(PICTURES)


@pytest.mark.parametrize("looks", ALL_LOOKS, ids=str)
async def test_every_page_is_whole_and_keeps_no_person_out(day: RunningScreen, chromium: Browser, looks: Looks) -> None:
    """Pictures are kept for people; what a program can see is judged here."""
    async with looking(chromium, looks) as (page, complaints):
        await page.goto(address(day, "/login"))
        await page.screenshot(path=screenshots() / f"login-{looks}.png", full_page=True)
        assert await findings(page) == []
        await enter(page, day)
        for name, path in {**PICTURES, **MORE}.items():
            await page.goto(address(day, path(day)))
            await page.screenshot(path=screenshots() / f"{name}-{looks}.png", full_page=True)
            assert await findings(page) == [], name
            assert await page.locator("[hidden]:visible").count() == 0, name
            assert await page.evaluate("document.documentElement.scrollWidth") <= looks.width, name
        assert [each for each in complaints if "404" not in each] == []


async def test_three_clicks_lead_from_the_start_to_the_providers_words(day: RunningScreen, chromium: Browser) -> None:
    async with looking(chromium, Looks(width=WIDE, theme="light", language="tr")) as (page, _):
        await enter(page, day)
        await page.click("text=Kararınız gerekli")
        await page.click(f"tr:has-text('{DECISION}') a")
        assert "Nilvera" in await page.inner_text(".timeline")


async def test_a_count_of_the_start_page_opens_as_many_rows(day: RunningScreen, chromium: Browser) -> None:
    async with looking(chromium, Looks(width=WIDE, theme="light", language="en")) as (page, _):
        await enter(page, day)
        links = await page.eval_on_selector_all(
            "main a:has(.figure)", "all => all.map(a => [a.href, Number(a.querySelector('.figure').textContent)])"
        )
        assert len(links) > 5
        for to, count in links:
            await page.goto(to)
            assert await page.locator("table.list tbody tr").count() == count, to


async def test_a_person_comes_in_and_finds_a_document_by_keyboard_alone(day: RunningScreen, chromium: Browser) -> None:
    async with looking(chromium, Looks(width=WIDE, theme="light", language="tr")) as (page, _):
        await page.goto(address(day, "/login"))
        await _tab_to(page, "#name")
        await page.keyboard.type("viewer")
        await page.keyboard.press("Tab")
        await page.keyboard.type(PHRASE)
        await page.keyboard.press("Enter")
        await page.wait_for_url(address(day))
        await _tab_to(page, "#q")
        await page.keyboard.type(REFUSED)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/documents?q=**")
        await _tab_to(page, "table.list a")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/documents/*")
        assert await page.inner_text("h2#errors-h") == "Neden kesilmedi"


async def test_news_change_a_row_in_place_and_new_rows_wait_until_they_are_asked_for(
    day: RunningScreen, chromium: Browser
) -> None:
    async with looking(chromium, Looks(width=WIDE, theme="light", language="tr")) as (page, complaints):
        await enter(page, day)
        await page.goto(address(day, "/documents"))
        document = document_of(day.installation, "TR-1004")
        row = page.locator(f"#d-{document}")
        before = await page.locator("table.list tbody tr").all_inner_texts()
        link = row.locator("a")
        await link.focus()
        await day.installation.progress("TR-1004", document, DocumentState.ISSUED, number="EAR2026000000099")
        await page.wait_for_selector(f"#d-{document} .badge.done")
        await day.installation.submit(placed("TR-1200", 1), request("TR-1200", "1", "2"))
        await page.click("text=1 yeni")
        after = await page.locator("table.list tbody tr").all_inner_texts()
        assert len(after) == len(before) + 1
        assert any("TR-1200" in row for row in after)
        assert complaints == []


async def test_a_row_that_changes_stays_where_it_is(day: RunningScreen, chromium: Browser) -> None:
    async with looking(chromium, Looks(width=WIDE, theme="light", language="tr")) as (page, _):
        await enter(page, day)
        await page.goto(address(day, "/documents"))
        ids = "all => all.map(row => row.id)"
        before = await page.eval_on_selector_all("table.list tbody tr", ids)
        document = document_of(day.installation, "TR-1004")
        await day.installation.progress("TR-1004", document, DocumentState.ISSUED, number="EAR2026000000099")
        await page.wait_for_selector(f"#d-{document} .badge.done")
        assert await page.eval_on_selector_all("table.list tbody tr", ids) == before


async def test_a_document_is_approved_by_mouse_and_shown_as_asked_for(day: RunningScreen, chromium: Browser) -> None:
    day.now = day.installation.pipeline.now
    async with looking(chromium, Looks(width=PHONE, theme="light", language="tr")) as (page, complaints):
        await enter(page, day, "operator")
        document = document_of(day.installation, WAITING)
        await page.goto(address(day, f"/documents/{document}"))
        await page.click("text=Onayla ve kes")
        await page.click("main button.primary")
        await page.wait_for_url(f"**/documents/{document}")
        assert "Onay istendi" in await page.inner_text("main")
        assert await page.locator("a:has-text('Onayla ve kes')").count() == 0
        assert [(body.document_id, actor) for _, body, actor, _ in day.submitted] == [(document, "operator")]
        assert complaints == []


async def test_the_choice_of_looks_is_kept_and_right_at_once(day: RunningScreen, chromium: Browser) -> None:
    async with looking(chromium, Looks(width=PHONE, theme="light", language="tr")) as (page, _):
        await enter(page, day)
        await page.click("button:has-text('Koyu')")
        await page.click("button:has-text('English')")
        assert await page.get_attribute("html", "data-theme") == "dark"
        assert await page.get_attribute("html", "lang") == "en"
        background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(20, 23, 28)"


async def test_turkish_letters_and_the_lira_are_set_in_our_own_font(day: RunningScreen, chromium: Browser) -> None:
    async with looking(chromium, Looks(width=WIDE, theme="light", language="tr")) as (page, _):
        await page.goto(address(day, "/login"))
        await page.evaluate("document.fonts.ready")
        assert await page.evaluate("document.fonts.check('16px Inter', 'ğışİĞŞ₺')")
        context = "const c = document.createElement('canvas').getContext('2d')"
        width = f"t => {{ {context}; c.font = t; return c.measureText('ğışİĞŞ₺').width; }}"
        assert await page.evaluate(width, "16px Inter") != await page.evaluate(width, "16px monospace")


async def _tab_to(page: Page, selector: str) -> None:
    """Presses Tab until this has the focus; each stop on the way can be seen."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
    raise AssertionError(f"no way leads to {selector}")
