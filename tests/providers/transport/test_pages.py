"""A list in pages is read whole or not at all, whatever comes and goes while it is read."""

from datetime import date

import pytest

from app.domain.documents import DocumentType
from providers.base import Unclear
from providers.base.reads import Days, ListedDocument
from providers.transport import pages
from providers.transport.pages import Page, whole_list

MAY = Days(first=date(2026, 5, 1), last=date(2026, 5, 31))
KIND = DocumentType.EARSIV


def row(name: str, day: date | None = MAY.first) -> ListedDocument:
    return ListedDocument(provider_reference=name, document_type=KIND, issue_date=day)


async def read(*given: Page | Unclear) -> tuple[str, ...] | Unclear:
    async def ask(_: DocumentType, index: int, __: float) -> Page | Unclear:
        return given[index]

    found = await whole_list([KIND], ask, MAY, 5.0)
    return found if isinstance(found, Unclear) else tuple(each.provider_reference for each in found)


async def test_a_document_that_moved_to_the_next_page_counts_once() -> None:
    read_ = await read(Page(rows=[row("a"), row("b")], pages=2, total=3), Page(rows=[row("b"), row("c")], pages=2))
    assert read_ == ("a", "b", "c")


async def test_a_list_that_has_lost_one_between_two_pages_is_unclear() -> None:
    found = await read(Page(rows=[row("a"), row("b")], pages=2), Page(rows=[row("d")], pages=2, total=4))
    assert isinstance(found, Unclear)


async def test_without_a_count_the_list_ends_at_an_empty_page_however_short_the_others_are() -> None:
    assert await read(Page(rows=[row("a")]), Page(rows=[row("b")]), Page(rows=[])) == ("a", "b")


async def test_a_service_that_gives_less_on_a_page_than_was_asked_for_is_read_to_its_total() -> None:
    assert await read(Page(rows=[row("a")], total=2), Page(rows=[row("b")], total=2)) == ("a", "b")


async def test_a_service_that_answers_every_page_alike_is_unclear() -> None:
    page = Page(rows=[row("a"), row("b")])
    assert isinstance(await read(page, page), Unclear)


async def test_a_page_that_is_unclear_makes_the_list_unclear() -> None:
    assert await read(Page(rows=[row("a")], pages=2), Unclear(why="cut")) == Unclear(why="cut")


async def test_rows_of_other_days_are_left_out_and_those_without_a_day_kept() -> None:
    rows = [row("earlier", date(2026, 4, 30)), row("last", MAY.last), row("none", None)]
    assert await read(Page(rows=rows, pages=1, total=3)) == ("last", "none")


async def test_a_list_that_is_too_long_is_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_DOCUMENTS", 2)
    found = await read(*(Page(rows=[row(f"{n}"), row(f"{n}b")], pages=9) for n in range(9)))
    assert isinstance(found, Unclear)
    assert "fewer days" in found.why
