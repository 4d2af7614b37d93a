"""What is asked of the read model by the command line, the HTTP API and the screen. Every call is one transaction."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, func, literal, select, tuple_, union_all

from app.documents.from_order.totals import RateTotals
from app.domain.documents import INVOICING, Attention, DocumentState, DocumentStatus
from app.domain.identity import order_key
from app.domain.outcomes import OrderOutcome
from app.tracking.documents import TrackedDocument
from app.tracking.read_model import filters
from app.tracking.read_model.columns import Moment, as_microseconds, from_microseconds
from app.tracking.read_model.cursor import CursorKey, list_digest
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.facts import content, known_orders
from app.tracking.read_model.filters import DocumentFilter, OpenLineFilter, OrderFilter, Page, PageRequest
from app.tracking.read_model.rows import (
    DOCUMENT_COLUMNS,
    Change,
    DocumentCount,
    DocumentDetails,
    DocumentRow,
    Freshness,
    LineRow,
    OrderDetails,
    OrderRow,
    RateSum,
    document_row,
    line_row,
    order_row,
)
from app.tracking.read_model.tables import about, document_vat, documents, order_lines, orders, outcomes, statuses
from app.tracking.read_model.timeline import timeline

R = TypeVar("R")
_ANY_ORDER: Final = OrderFilter()
_ANY_DOCUMENT: Final = DocumentFilter()
_ANY_LINE: Final = OpenLineFilter()
_FIRST: Final = PageRequest()
_SHOWN: Final = [documents.c[name] for name in (*DOCUMENT_COLUMNS, "credited_by", "document_id", "changed_at")]


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
            return Freshness(
                checked_at=row.checked_at, current_at=row.current_at, behind=row.behind, sequence=row.row_seq
            )

    def order(self, business: str, order_reference: str) -> OrderDetails | None:
        """One order with everything; None where the read model has none."""
        key = order_key(business, order_reference)
        with self._model.reading() as transaction:
            row = transaction.execute(select(orders).where(orders.c.order_key == key)).one_or_none()
            if row is None:
                return None
            (tracked,) = known_orders(transaction, [key])
            found = _documents(transaction, [documents.c.order_key == key], documents.c.began_at)
            lines = select(order_lines, orders.c.order_reference).join(orders, _of_its_order())
            its = lines.where(order_lines.c.order_key == key).order_by(order_lines.c.position)
            return OrderDetails(
                row=order_row(row),
                lines=tuple(map(line_row, transaction.execute(its))),
                documents=tuple(found),
                timeline=timeline(tracked),
                tracked=tracked,
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
            _each(order_row),
        )

    def document_counts(self, wanted: DocumentFilter = _ANY_DOCUMENT) -> tuple[DocumentCount, ...]:
        """How many of these documents are in which state with which attention: `documents` with both has as many."""
        counted = _counted(documents, (documents.c.state, documents.c.attention), filters.of_documents(wanted))
        with self._model.reading() as transaction:
            found = transaction.execute(counted).all()
        return tuple(
            DocumentCount(state=DocumentState(state), attention=attention and Attention(attention), count=n)
            for state, attention, n in found
        )

    def vat_sums(self, wanted: DocumentFilter) -> tuple[RateSum, ...]:
        """What these documents come to, by type, currency and VAT rate; only those that are legal."""
        by = (documents.c.kind, documents.c.currency, document_vat.c.rate)
        sums = (func.count(), func.sum(document_vat.c.taxable), func.sum(document_vat.c.vat))
        legal = documents.c.state.in_([state.value for state in INVOICING])
        query = select(*by, *sums).join(documents, documents.c.document_id == document_vat.c.document_id)
        narrowed = query.where(legal, *filters.of_documents(wanted)).group_by(*by).order_by(*by)
        with self._model.reading() as transaction:
            found = transaction.execute(narrowed).all()
        return tuple(
            RateSum(kind=kind, currency=currency, rate=Decimal(rate), documents=n, taxable=taxable, vat=vat)
            for kind, currency, rate, n, taxable, vat in found
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
            _document_rows,
        )

    def document(self, document_id: str) -> DocumentDetails | None:
        """One document with its whole history; None where the read model has none."""
        with self._model.reading() as transaction:
            found = _documents(transaction, [documents.c.document_id == document_id], documents.c.began_at)
            if not found:
                return None
            history = select(statuses.c.content).where(statuses.c.document_id == document_id)
            kept = transaction.execute(history.order_by(statuses.c.sequence)).scalars()
            whole = TrackedDocument(history=tuple(content(DocumentStatus, each) for each in kept))
            return DocumentDetails(row=found[0], document=whole)

    def changed_documents(self, document_ids: Iterable[str], since: int) -> tuple[DocumentRow, ...]:
        """Those of these documents whose rows have changed after `since`, a `row_seq`."""
        those = [documents.c.document_id.in_(list(document_ids)), documents.c.row_seq > since]
        with self._model.reading() as transaction:
            return tuple(_documents(transaction, those, documents.c.row_seq))

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
            _each(line_row),
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
        made: Callable[[Connection, Sequence[Any]], Sequence[R]],
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
            rows = tuple(made(transaction, shown))
        more = len(found) > page.limit
        following = key.write(about=about_list, after=_sort_key(shown[-1], sort)) if more else None
        return Page(rows=rows, next=following)


def _cursor_key(transaction: Connection) -> CursorKey:
    row = transaction.execute(select(about.c.model_id, about.c.cursor_key)).one()
    return CursorKey(model_id=row.model_id, secret=row.cursor_key)


def _of_its_order() -> ColumnElement[bool]:
    return order_lines.c.order_key == orders.c.order_key


def _with_latest() -> Select[Any]:
    latest = (statuses.c.document_id == documents.c.document_id) & (statuses.c.sequence == documents.c.sequence)
    return select(*_SHOWN, statuses.c.content).join_from(documents, statuses, latest)


def _documents(transaction: Connection, those: Sequence[ColumnElement[bool]], by: Column[Any]) -> list[DocumentRow]:
    return _document_rows(transaction, transaction.execute(_with_latest().where(*those).order_by(by)).all())


def _document_rows(transaction: Connection, rows: Sequence[Any]) -> list[DocumentRow]:
    """These rows, each with its VAT by rate."""
    found: dict[str, list[RateTotals]] = {row.document_id: [] for row in rows}
    for each in transaction.execute(select(document_vat).where(document_vat.c.document_id.in_(found))):
        found[each.document_id].append(RateTotals(rate=Decimal(each.rate), taxable=each.taxable, vat=each.vat))
    return [document_row(row, tuple(sorted(found[row.document_id], key=lambda each: each.rate))) for row in rows]


def _each(made: Callable[[Any], R]) -> Callable[[Connection, Sequence[Any]], list[R]]:
    return lambda _transaction, rows: [made(row) for row in rows]


def _counted(table: Table, by: Sequence[Column[Any]], those: Iterable[ColumnElement[bool]]) -> Select[Any]:
    return select(*by, func.count()).select_from(table).where(*those).group_by(*by).order_by(*by)


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
