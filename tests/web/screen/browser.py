"""A real Chromium for tests: the system's own, driven by playwright, and what axe-core finds in its pages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

NAME: Final = "FATURAFLOW_TEST_CHROMIUM"
OUTPUT: Final = "FATURAFLOW_TEST_SCREENSHOTS"
AXE: Final = Path(__file__).parent / "axe" / "axe.min.js"
RULES: Final = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']"
WIDE, PHONE = 1440, 390
HEIGHTS: Final = {WIDE: 900, PHONE: 844}


class ChromiumUnavailable(Exception):  # noqa: N818 - it is a reason to skip, not something that went wrong
    """There is none on this machine; the message is the sentence to skip with."""


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How a page is looked at."""

    width: int
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


ALL_LOOKS: Final = [
    Looks(width=WIDE, theme="light", language="tr"),
    Looks(width=PHONE, theme="dark", language="tr"),
    Looks(width=WIDE, theme="dark", language="en"),
    Looks(width=PHONE, theme="light", language="en"),
]


def chromium() -> str:
    """The program's path. Raises ChromiumUnavailable."""
    found = os.environ.get(NAME) or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise ChromiumUnavailable(f"Chromium is not installed, and {NAME} names none.")
    return found


def screenshots() -> Path:
    """The folder where pictures are kept, outside of the repository."""
    folder = Path(os.environ.get(OUTPUT) or Path(tempfile.gettempdir()) / "faturaflow-screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """One, until the block ends. Raises ChromiumUnavailable."""
    program = chromium()
    async with async_playwright() as driver:
        # As root, which CI is, Chromium has no sandbox; it loads this machine's pages alone.
        launched = await driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        await launched.close()


@asynccontextmanager
async def looking(launched: Browser, looks: Looks) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page with these looks, and what its console has complained of."""
    context: BrowserContext = await launched.new_context(
        viewport={"width": looks.width, "height": HEIGHTS[looks.width]},
        locale="tr-TR" if looks.language == "tr" else "en-GB",
        color_scheme="dark" if looks.theme == "dark" else "light",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    await context.close()


async def findings(page: Page) -> list[str]:
    """What axe-core finds that keeps people out: its rule and the first element of each."""
    await page.evaluate(AXE.read_text())  # a script element of ours would be another page's
    found: dict[str, Any] = await page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
    return [f"{each['impact']} {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]
