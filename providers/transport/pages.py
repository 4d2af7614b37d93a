"""A provider's list that comes in pages: read whole, or not at all."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from app.domain.documents import DocumentType
from providers.base import Unclear
from providers.base.reads import Days, ListedDocument
from providers.transport.http import Deadline

PAGE_SIZE: Final = 100
# More than a small seller has in three months; a longer list is asked for in parts.
MOST_DOCUMENTS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `pages` and `total`: how many pages and documents the list has; None where it does not say."""

    rows: Sequence[ListedDocument]
    pages: int | None = None
    total: int | None = None


Ask = Callable[[DocumentType, int, float], Awaitable[Page | Unclear]]


async def whole_list(
    kinds: Iterable[DocumentType], ask: Ask, days: Days, seconds: float
) -> tuple[ListedDocument, ...] | Unclear:
    """The documents of every page of each type's list that are of these days, each once.

    `ask` gets the type, the page, counted from 0, and the seconds that are left. Rows without a date of issue are kept:
    the provider has counted them to these days.
    """
    deadline = Deadline(seconds)
    found: list[ListedDocument] = []
    for kind in kinds:
        rows = await _every_page(kind, ask, deadline)
        if isinstance(rows, Unclear):
            return rows
        found += [row for row in rows if row.issue_date is None or row.issue_date in days]
    return tuple(found)


async def _every_page(kind: DocumentType, ask: Ask, deadline: Deadline) -> Iterable[ListedDocument] | Unclear:
    """Where documents come while it is read, one is on two pages; where they go, one may be on none.

    So what the pages have must add up to the total, where the list says one, and no page may repeat what was read. A
    list that does not say how many pages it has ends at its total, or at an empty page: a short one may be all that is
    given.
    """
    found: dict[str, ListedDocument] = {}
    for index in count():
        page = await ask(kind, index, deadline.left())
        if isinstance(page, Unclear):
            return page
        known = len(found)
        found |= {row.provider_reference: row for row in page.rows}
        if page.pages is None and page.rows and len(found) == known:
            return Unclear(why=f"page {index + 1} of the list repeats what the pages before it have")
        if _is_last(page, index, len(found)):
            return _whole(found, page)
        if len(found) > MOST_DOCUMENTS:
            break
    return Unclear(why=f"the list has more than {MOST_DOCUMENTS} documents: ask for fewer days")


def _is_last(page: Page, index: int, count: int) -> bool:
    if page.pages is not None:
        return index + 1 >= page.pages
    return not page.rows or (page.total is not None and count >= page.total)


def _whole(found: dict[str, ListedDocument], last: Page) -> Iterable[ListedDocument] | Unclear:
    if last.total is not None and len(found) < last.total:
        return Unclear(why=f"the list has {last.total} documents, and its pages {len(found)}: it changed; ask again")
    return found.values()
