"""What is asked of the read model by the command line, the HTTP API and the screen. Every call is one transaction."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, func, literal, select, tuple_, union_all

from app.domain.documents import DocumentStatus
from app.domain.identity import order_key
from app.domain.outcomes import OrderOutcome
from app.tracking.documents import TrackedDocument
from app.tracking.read_model import filters
from app.tracking.read_model.cursor import CursorKey, list_digest
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.facts import content, known_orders, notices_of
from app.tracking.read_model.filters import DocumentFilter, OpenLineFilter, OrderFilter, Page, PageRequest
from app.tracking.read_model.rows import (
    Change,
    DocumentDetails,
    DocumentRow,
    Freshness,
    LineRow,
    OrderDetails,
    OrderRow,
    document_row,
    line_row,
    order_row,
)
from app.tracking.read_model.tables import (
    Moment,
    about,
    as_microseconds,
    documents,
    from_microseconds,
    order_lines,
    orders,
    outcomes,
    statuses,
)
from app.tracking.read_model.timeline import timeline

R = TypeVar("R")
_ANY_ORDER: Final = OrderFilter()
_ANY_DOCUMENT: Final = DocumentFilter()
_ANY_LINE: Final = OpenLineFilter()
_FIRST: Final = PageRequest()


class Queries:
    """Reads one installation's read model. Safe for threads; every call blocks.

    Raises NoReadModelError, StoreUnavailableError, and CursorError for the cursor of a page.
    """

    def __init__(self, model: ReadModel) -> None:
        self._model = model

    def freshness(self) -> Freshness:
        """How far the read model is behind the topics."""
        with self._model.reading() as transaction:
            row = transaction.execute(select(about)).one()
            return Freshness(checked_at=row.checked_at, current_at=row.current_at, behind=row.behind)

    def order(self, business: str, order_reference: str) -> OrderDetails | None:
        """One order with everything; None where the read model has none."""
        key = order_key(business, order_reference)
        with self._model.reading() as transaction:
            row = transaction.execute(select(orders).where(orders.c.order_key == key)).one_or_none()
            if row is None:
                return None
            (known,) = known_orders(transaction, [key])
            found = _documents(transaction, [documents.c.order_key == key], documents.c.began_at)
            lines = select(order_lines, orders.c.order_reference).join(orders, _of_its_order())
            its = lines.where(order_lines.c.order_key == key).order_by(order_lines.c.position)
            return OrderDetails(
                row=order_row(row),
                lines=tuple(map(line_row, transaction.execute(its))),
                documents=tuple(found),
                timeline=timeline(known.order, notices_of(transaction, key)),
                tracked=known.order,
            )

    def customer_number(self, business: str, order_reference: str) -> str | None:
        """The customer number that the order was placed under; None for one without, and where it is not known."""
        query = select(orders.c.customer_number).where(orders.c.order_key == order_key(business, order_reference))
        with self._model.reading() as transaction:
            return transaction.execute(query).scalar()

    def version(self, business: str, order_reference: str) -> str:
        """Another text after each change of the order; empty where it is not known."""
        query = select(orders.c.row_seq).where(orders.c.order_key == order_key(business, order_reference))
        with self._model.reading() as transaction:
            return f"{transaction.execute(query).scalar() or ''}"

    def orders(self, wanted: OrderFilter = _ANY_ORDER, page: PageRequest = _FIRST) -> Page[OrderRow]:
        """Orders, the latest change first. One that changes meanwhile may be on two pages, or on none; no other."""
        return self._page(
            select(orders).where(*filters.of_orders(wanted)),
            (orders.c.changed_at, orders.c.order_key),
            page,
            list_digest("orders", wanted),
            order_row,
        )

    def count_orders(self, wanted: OrderFilter, *, most: int) -> int:
        """How many there are; counting ends at `most`, so that a list of millions does not wait for it."""
        return self._count(select(orders.c.order_key).where(*filters.of_orders(wanted)), most)

    def count_documents(self, wanted: DocumentFilter, *, most: int) -> int:
        """As `count_orders`."""
        return self._count(select(documents.c.document_id).where(*filters.of_documents(wanted)), most)

    def documents(self, wanted: DocumentFilter = _ANY_DOCUMENT, page: PageRequest = _FIRST) -> Page[DocumentRow]:
        """Documents, the latest change first; as `orders`."""
        return self._page(
            _with_latest().where(*filters.of_documents(wanted)),
            (documents.c.changed_at, documents.c.document_id),
            page,
            list_digest("documents", wanted),
            document_row,
        )

    def document(self, document_id: str) -> DocumentDetails | None:
        """One document with its whole history; None where the read model has none."""
        with self._model.reading() as transaction:
            found = _documents(transaction, [documents.c.document_id == document_id], documents.c.began_at)
            if not found:
                return None
            history = select(statuses.c.content).where(statuses.c.document_id == document_id)
            kept = transaction.execute(history.order_by(statuses.c.sequence)).scalars()
            latest = found[0].latest
            key = order_key(latest.business, latest.order_reference)
            return DocumentDetails(
                row=found[0],
                document=TrackedDocument(history=tuple(content(DocumentStatus, each) for each in kept)),
                buyer_name=transaction.execute(select(orders.c.buyer_name).where(orders.c.order_key == key)).scalar(),
            )

    def document_ids(self, beginning: str, *, most: int = 2) -> tuple[str, ...]:
        """The ids that begin like this, `most` of them."""
        column = documents.c.document_id
        query = select(column).where(column.startswith(beginning, autoescape=True)).order_by(column).limit(most)
        with self._model.reading() as transaction:
            return tuple(transaction.execute(query).scalars())

    def open_lines(self, wanted: OpenLineFilter = _ANY_LINE, page: PageRequest = _FIRST) -> Page[LineRow]:
        """Lines that are neither on a document nor cancelled, those that have been open for longest first."""
        query = select(order_lines, orders.c.order_reference).join(orders, _of_its_order())
        return self._page(
            query.where(*filters.of_open_lines(wanted)),
            (order_lines.c.since, order_lines.c.order_key, order_lines.c.position),
            page,
            list_digest("open lines", wanted),
            line_row,
            newest_first=False,
        )

    def outcomes(self, request_id: str, business: str | None = None) -> tuple[OrderOutcome, ...]:
        """The answers to this request, HELD before what followed it; none while it has no answer."""
        query = select(outcomes.c.content).where(outcomes.c.request_id == request_id)
        with self._model.reading() as transaction:
            kept = transaction.execute(query.order_by(outcomes.c.partition, outcomes.c.place)).scalars()
            found: list[OrderOutcome] = [content(OrderOutcome, each) for each in kept]
        return tuple(each for each in found if business in {None, each.business})

    def changes(self, page: PageRequest = _FIRST) -> Page[Change]:
        """Orders and documents in the sequence of their last changes: what was read before is never changed behind.

        Where there is no more, `next` is a cursor too: what changes later is behind it.
        """
        kinds = (("order", orders, orders.c.order_key), ("document", documents, documents.c.document_id))
        with self._model.reading() as transaction:
            key = _cursor_key(transaction)
            after = key.read(page.cursor, about="changes")[0] if page.cursor is not None else 0
            both = union_all(
                *(
                    select(literal(kind).label("kind"), column.label("key"), table.c.business, table.c.row_seq).where(
                        table.c.row_seq > after
                    )
                    for kind, table, column in kinds
                )
            ).subquery()
            found = transaction.execute(select(both).order_by(both.c.row_seq).limit(page.limit)).mappings()
            rows = tuple(Change(**row) for row in found)
        return Page(rows=rows, next=key.write(about="changes", after=[rows[-1].row_seq if rows else after]))

    def _count(self, query: Select[Any], most: int) -> int:
        with self._model.reading() as transaction:
            return transaction.execute(select(func.count()).select_from(query.limit(most).subquery())).scalar_one()

    def _page(
        self,
        query: Select[Any],
        sort: Sequence[Column[Any]],
        page: PageRequest,
        about_list: str,
        made: Callable[[Any], R],
        *,
        newest_first: bool = True,
    ) -> Page[R]:
        with self._model.reading() as transaction:
            key = _cursor_key(transaction)
            if page.cursor is not None:
                after = key.read(page.cursor, about=about_list)
                query = query.where(_behind(sort, after, newest_first=newest_first))
            ordered = query.order_by(*(column.desc() if newest_first else column for column in sort))
            found = transaction.execute(ordered.limit(page.limit + 1)).all()
        shown = found[: page.limit]
        more = len(found) > page.limit
        following = key.write(about=about_list, after=_sort_key(shown[-1], sort)) if more else None
        return Page(rows=tuple(map(made, shown)), next=following)


def _cursor_key(transaction: Connection) -> CursorKey:
    row = transaction.execute(select(about.c.model_id, about.c.cursor_key)).one()
    return CursorKey(model_id=row.model_id, secret=row.cursor_key)


def _of_its_order() -> ColumnElement[bool]:
    return order_lines.c.order_key == orders.c.order_key


def _with_latest() -> Select[Any]:
    latest = (statuses.c.document_id == documents.c.document_id) & (statuses.c.sequence == documents.c.sequence)
    return select(documents, statuses.c.content).join(statuses, latest)


def _documents(transaction: Connection, those: Sequence[ColumnElement[bool]], by: Column[Any]) -> list[DocumentRow]:
    return [document_row(row) for row in transaction.execute(_with_latest().where(*those).order_by(by))]


def _behind(sort: Sequence[Column[Any]], after: Sequence[Any], *, newest_first: bool) -> ColumnElement[bool]:
    """Compared as one value: written with OR, no database uses its index for it."""
    values = (
        from_microseconds(value) if _is_moment(column) else value for column, value in zip(sort, after, strict=True)
    )
    place = tuple_(*sort)
    bound = tuple_(*(literal(value, column.type) for column, value in zip(sort, values, strict=True)))
    return place < bound if newest_first else place > bound


def _sort_key(row: Row[Any], sort: Sequence[Column[Any]]) -> list[Any]:
    found = ((column, row._mapping[column]) for column in sort)  # noqa: SLF001 - SQLAlchemy's public name
    return [as_microseconds(value) if _is_moment(column) else value for column, value in found]


def _is_moment(column: Column[Any]) -> bool:
    return isinstance(column.type, Moment)
