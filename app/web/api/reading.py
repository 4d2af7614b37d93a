"""Handlers that show orders, lines and documents, out of the read model alone."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar, cast

from app.store import StoreError
from app.tracking.read_model.errors import CursorExpiredError, CursorMismatchError, NoReadModelError
from app.tracking.read_model.filters import DocumentFilter, OpenLineFilter, OrderFilter, Page, PageRequest
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rows import DocumentRow, OrderDetails
from app.web.api.links import DocumentLinks
from app.web.api.operations import Answer, Call
from app.web.api.problems import Problem, unavailable
from app.web.api.wire import shown as wire
from app.web.api.wire.lists import DocumentsQuery, OpenLinesQuery, OrdersQuery, PageQuery, WantedDocuments
from app.web.api.wire.model import WireModel

R = TypeVar("R")
_PAGE: Final = {"limit", "cursor"}


async def asked(question: Callable[[], R]) -> R:
    """What the read model answers, from a thread. Raises Problem."""
    try:
        return await asyncio.to_thread(question)
    except CursorExpiredError as expired:
        raise Problem("CURSOR_EXPIRED", f"{expired}", path="query:cursor") from expired
    except CursorMismatchError as other:
        raise Problem("CURSOR_MISMATCH", f"{other}", path="query:cursor") from other
    except NoReadModelError as missing:
        raise unavailable("READ_MODEL_MISSING", seconds=30) from missing
    except StoreError as error:
        raise unavailable("STORE_UNAVAILABLE") from error


class Reading:
    """`links`: of the documents' files."""

    def __init__(self, queries: Queries, links: DocumentLinks) -> None:
        self._queries = queries
        self._links = links

    async def order(self, call: Call) -> Answer:
        """One order, under the customer that it was placed for."""
        business, reference = call.path["businessCode"], call.path["orderReference"]
        found = await asked(lambda: self._queries.order(business, reference))
        if found is None or found.row.customer_number not in {None, call.path["customerNumber"]}:
            raise Problem("NOT_FOUND", path="path:orderReference")
        return Answer(body=self._order(found))

    async def orders(self, call: Call) -> Answer:
        """A page of a business's orders."""
        query = cast("OrdersQuery", call.query)
        wanted = OrderFilter(business=call.path["businessCode"], **_narrowed(query))
        return _page(await asked(lambda: self._queries.orders(wanted, _request(query))), wire.order_summary)

    async def documents(self, call: Call) -> Answer:
        """A page of a business's documents."""
        query, wanted = cast("DocumentsQuery", call.query), _wanted_documents(call)
        return _page(await asked(lambda: self._queries.documents(wanted, _request(query))), self._document)

    async def document_counts(self, call: Call) -> Answer:
        """How many of a business's documents are in each state."""
        wanted = _wanted_documents(call)
        found = await asked(lambda: self._queries.document_counts(wanted))
        return Answer(body={"rows": [wire.document_count(row) for row in found]})

    async def vat_sums(self, call: Call) -> Answer:
        """What a business's legal documents come to, by type, currency and VAT rate."""
        wanted = _wanted_documents(call)
        found = await asked(lambda: self._queries.vat_sums(wanted))
        return Answer(body={"rows": [wire.vat_sum(row) for row in found]})

    async def open_lines(self, call: Call) -> Answer:
        """A page of a business's open lines."""
        query = cast("OpenLinesQuery", call.query)
        wanted = OpenLineFilter(business=call.path["businessCode"], **_narrowed(query))
        return _page(await asked(lambda: self._queries.open_lines(wanted, _request(query))), wire.line)

    async def document(self, call: Call) -> Answer:
        """One document with its history."""
        found = await asked(lambda: self._queries.document(call.path["documentId"]))
        if found is None or found.row.latest.business != call.path["businessCode"]:
            raise Problem("NOT_FOUND", path="path:documentId")
        history = [wire.step(status) for status in found.document.history]
        body = {**self._document(found.row, masked=False), "history": history}
        return Answer(body=body)

    def _order(self, found: OrderDetails) -> dict[str, Any]:
        return {
            **wire.order_summary(found.row),
            "lines": [wire.line(row) for row in found.lines],
            "invoices": [self._document(row) for row in found.documents],
            "history": [wire.history_entry(entry) for entry in found.timeline],
        }

    def _document(self, row: DocumentRow, *, masked: bool = True) -> dict[str, Any]:
        links = self._links.of(row.latest.document_id) if row.latest.number is not None else None
        return wire.document(row, dict(links) if links else None, masked=masked)


def _wanted_documents(call: Call) -> DocumentFilter:
    return DocumentFilter(business=call.path["businessCode"], **_narrowed(cast("WantedDocuments", call.query)))


def _narrowed(query: WireModel) -> dict[str, Any]:
    """The filters that were given; times of an address may have any zone."""
    given = query.model_dump(exclude=_PAGE, exclude_none=True)
    return {name: _in_utc(value) for name, value in given.items()}


def _in_utc(value: datetime | date | str) -> datetime | date | str:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _request(query: PageQuery) -> PageRequest:
    return PageRequest(limit=query.limit, cursor=query.cursor)


def _page(page: Page[R], made: Callable[[R], dict[str, Any]]) -> Answer:
    return Answer(body={"rows": [made(row) for row in page.rows], "next": page.next})
