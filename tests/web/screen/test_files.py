"""What the screen carries of others is what they published, with its licence; what a wheel has works."""

from __future__ import annotations

import hashlib
import re

import pytest

from app.web.screen.rendering.templates import STATIC
from tests.docs.extraction import ROOT
from tests.web.screen.running_screen import RunningScreen

TEMPLATES = ROOT / "app/web/screen/templates"
# Of the files in the npm package htmx.org 4.0.1.
PUBLISHED = {
    "htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "hx-sse.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
}
LICENCES = {
    "htmx.LICENSE.txt": "Zero-Clause BSD",
    "inter.OFL.txt": "SIL OPEN FONT LICENSE",
    "lucide.LICENSE.txt": "ISC",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_scripts_of_others_are_as_they_published_them(name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == PUBLISHED[name]


@pytest.mark.parametrize("name", LICENCES)
def test_what_is_of_others_comes_with_its_licence(name: str) -> None:
    assert LICENCES[name] in (STATIC / name).read_text()


def test_every_symbol_that_a_template_uses_is_there() -> None:
    there = set(re.findall(r'id="i-([\w-]+)"', (TEMPLATES / "symbols.html").read_text()))
    texts = [file.read_text() for file in TEMPLATES.rglob("*.html")]
    used = {name for text in texts for name in re.findall(r'icon\("([\w-]+)"', text)}
    assert used - there == set()


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text()
        assert re.findall(r"<style|<script(?![^>]* src=)|\son\w+=|\sstyle=|hx-on|js:", text) == [], file.name


def test_every_form_that_sends_has_the_method_that_is_guarded() -> None:
    for file in TEMPLATES.rglob("*.html"):
        for form in re.findall(r"<form[^>]*>", file.read_text()):
            assert 'method="post"' in form or "method" not in form, file.name


async def test_files_may_be_kept_for_good_and_change_their_address(site: RunningScreen) -> None:
    page = await (await site.get("/login")).text()
    addresses = set(re.findall(r'(?:href|src)="(/screen/static/[^"]+)"', page))
    assert len(addresses) >= 5
    for address in addresses:
        answer = await site.client.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]


async def test_a_page_with_all_that_it_loads_is_small(site: RunningScreen) -> None:
    await site.log_in("viewer")
    page = await (await site.get("")).text()
    assert len(page.encode()) + sum(len(file.read_bytes()) for file in STATIC.iterdir()) < 150_000
