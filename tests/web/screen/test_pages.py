"""Pages of orders and documents: what their address says, and what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.web.screen.pages import documents
from tests.harness.pipeline import BUSINESS, order
from tests.web.screen.running_screen import RunningScreen
from tests.web.screen.shop import DAY, REFUSED, an_ordinary_day, document_of

ROW = re.compile(r'<tr id="d-([0-9a-f-]+)">')


@pytest.fixture
async def day(site: RunningScreen) -> RunningScreen:
    await an_ordinary_day(site.installation)
    await site.log_in("viewer")
    return site


async def text_of(site: RunningScreen, path: str, status: int = 200) -> str:
    answer = await site.get(path)
    assert answer.status == status
    return await answer.text()


async def test_the_list_is_what_its_address_says(day: RunningScreen) -> None:
    assert len(ROW.findall(await text_of(day, "/documents"))) == len(DAY)
    refused = document_of(day.installation, REFUSED)
    assert ROW.findall(await text_of(day, "/documents?state=REJECTED")) == [refused]
    assert ROW.findall(await text_of(day, f"/documents?q={REFUSED}")) == [refused]
    assert ROW.findall(await text_of(day, "/documents?state=REJECTED&provider=sovos")) == []


async def test_what_an_address_cannot_mean_narrows_nothing_and_is_not_said(day: RunningScreen) -> None:
    page = await text_of(day, "/documents?state=NONSENSE&from=yesterday")
    assert len(ROW.findall(page)) == len(DAY)
    assert 'class="chip"' not in page


async def test_a_filter_is_a_chip_that_can_be_taken_away(day: RunningScreen) -> None:
    page = await text_of(day, "/documents?state=REJECTED&q=TR")
    assert 'href="/screen/documents?q=TR"' in page
    assert 'href="/screen/documents?state=REJECTED"' in page
    assert "<strong>Hatalı – kesilmedi</strong>" in page


async def test_an_empty_list_says_why_it_is_empty(site: RunningScreen) -> None:
    await site.log_in("viewer")
    assert "İlk fatura kesildiğinde burada görünür." in await text_of(site, "/documents")
    assert "Bu filtrelerle eşleşen kayıt yok." in await text_of(site, "/documents?q=x")


async def test_pages_follow_each_other_without_a_row_twice(day: RunningScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "ROWS", 5)
    path: str | None = "/documents"
    seen: list[str] = []
    while path:
        page = await text_of(day, path)
        seen += ROW.findall(page)
        found = re.search(r'href="/screen([^"]+)" rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == len(set(seen)) == len(DAY)


async def test_a_cursor_of_another_list_leads_to_the_beginning(day: RunningScreen) -> None:
    assert "Listeyi baştan açın." in await text_of(day, "/documents?after=x", 400)


async def test_a_document_says_what_went_wrong_and_what_the_provider_said(day: RunningScreen) -> None:
    page = await text_of(day, f"/documents/{document_of(day.installation, REFUSED)}")
    assert "Neden kesilmedi" in page
    assert "TAX_NUMBER_INVALID" in page
    assert "Nilvera: &#34;waiting&#34;" in page


async def test_a_document_that_is_not_known_is_missing(day: RunningScreen) -> None:
    await text_of(day, "/documents/00000000-0000-0000-0000-000000000000", 404)


async def test_the_list_of_orders_is_what_its_address_says(day: RunningScreen) -> None:
    def shown(page: str) -> set[str]:
        return set(re.findall(r'href="/screen/orders/[^"/]+/(TR-\d+)"', page))

    assert len(shown(await text_of(day, "/orders"))) == len(DAY) + 3
    assert shown(await text_of(day, "/orders?state=REFUSED")) == {"TR-1103"}
    assert shown(await text_of(day, "/orders?state=WAITING")) == {"TR-1102"}
    assert shown(await text_of(day, "/orders?attention=yes&q=1007")) == {"TR-1007"}
    assert shown(await text_of(day, "/orders?business=ORNEK-2")) == set()


async def test_an_order_shows_its_lines_its_documents_and_what_happened(day: RunningScreen) -> None:
    page = await text_of(day, f"/orders/{BUSINESS}/TR-1001")
    for said in (
        "Çay bardağı, ince belli, altılı",
        "1.249,90",
        "%20",
        "EAR2026000000001",
        "Faturalandı",
        "2.753,30 TL",
    ):
        assert said in page


async def test_a_refused_order_says_what_to_do(day: RunningScreen) -> None:
    page = await text_of(day, f"/orders/{BUSINESS}/TR-1103")
    assert "Kayıtta tanınmayan bir alan var." in page
    assert "$.gift" in page


async def test_a_reference_may_have_any_sign(day: RunningScreen) -> None:
    reference = "A/B 1?ğ"
    await day.installation.submit(order(reference))
    page = await text_of(day, "/orders?q=A/B")
    found = re.search(r'href="/screen(/orders/ORNEK/A[^"]+)"', page)
    assert found is not None
    assert f"<h1>{reference}</h1>" in await text_of(day, found[1])


async def test_a_persons_number_is_whole_for_those_who_act_alone(day: RunningScreen) -> None:
    path = f"/documents/{document_of(day.installation, 'TR-1012')}"
    assert "10000000146" not in await text_of(day, path)
    await day.log_in("operator")
    assert "10000000146" in await text_of(day, path)


async def test_what_others_have_written_stays_text(site: RunningScreen) -> None:
    await site.log_in("viewer")
    page = await text_of(site, "/documents?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page


async def test_a_screen_without_a_read_model_says_what_to_do(tmp_path: Path, site: RunningScreen) -> None:
    await site.log_in("viewer")
    _delete_read_model(tmp_path)
    assert "faturaflow worker tracking" in await text_of(site, "/documents", 503)


async def test_a_page_is_in_the_language_that_is_asked_for(site: RunningScreen) -> None:
    for asked, title in (
        ("tr", "Giriş yap"),
        ("en-GB,en", "Log in"),
        ("de-DE", "Giriş yap"),
        ("de, en;q=0.5", "Log in"),
    ):
        assert f"<h1>{title}</h1>" in await (await site.get("/login", **{"Accept-Language": asked})).text()


async def test_a_chosen_language_comes_before_the_browsers(site: RunningScreen) -> None:
    await site.post("/looks", {"language": "en", "next": "/screen/login"})
    assert "<h1>Log in</h1>" in await (await site.get("/login", **{"Accept-Language": "tr"})).text()


def _delete_read_model(folder: Path) -> None:
    for file in folder.glob("*read-model*"):
        file.unlink()
