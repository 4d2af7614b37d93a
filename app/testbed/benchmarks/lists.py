"""Lists at a million documents: each page as it is asked for, and its bare query, in SQLite and in PostgreSQL."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, insert, text

from app.domain.documents import Attention, DocumentProgressed, DocumentState, DocumentType
from app.planning.fold import fold
from app.stream.serialization.codec import Codec
from app.testbed.benchmarks import orders as made
from app.testbed.benchmarks.measurement import Measurement
from app.testbed.benchmarks.projection import POSTGRESQL
from app.tracking.order_tracker import OrderTracker
from app.tracking.read_model.database import Generation, ReadModel
from app.tracking.read_model.derived import DerivedOrder, derived
from app.tracking.read_model.filters import DocumentFilter, OrderFilter, PageRequest
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.tables import document_vat, documents, orders, statuses

DOCUMENTS: Final = "FATURAFLOW_BENCH_DOCUMENTS"
"""How many documents the lists are measured at, each of an order of its own; a million without it."""
A_MILLION: Final = 1_000_000
_AT_ONCE: Final = 5_000
_RUNS: Final = 7
_CLUSTER: Final = "bench"
_BUSINESSES: Final = tuple(f"OLCUM-{number}" for number in range(4))
_SERVED: Final = _BUSINESSES[0]
_YEAR_SECONDS: Final = 365 * 86_400
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PAGE: Final = (
    "SELECT documents.*, content FROM documents JOIN statuses USING (document_id, sequence) "
    "WHERE {} ORDER BY changed_at DESC, document_id DESC LIMIT 51"
)
_COUNTS: Final = "SELECT state, attention, count(*) FROM documents WHERE {} GROUP BY state, attention"
_SUMS: Final = (
    "SELECT kind, rate, sum(document_vat.taxable), sum(document_vat.vat) "
    "FROM documents JOIN document_vat USING (document_id) WHERE {} GROUP BY kind, rate"
)
_ORDERS: Final = "SELECT * FROM orders WHERE {} ORDER BY changed_at DESC, order_key DESC LIMIT 51"
# Of a thousand documents so many wait for a person, and so many were refused.
_WAITING, _REFUSED = 3, 7
_THOUSAND: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """`ask` as a page does, and the bare SQL for the rows of the same page."""

    name: str
    ask: Callable[[Queries], object]
    bare: str


def measure() -> Iterator[Measurement]:
    """Milliseconds of each question, the median of some after a first one, and how many times the bare query's."""
    with tempfile.TemporaryDirectory(prefix="faturaflow-bench-") as folder:
        yield from _measured("sqlite", ReadModel.of(f"sqlite:///{folder}/store.db"))
    if url := os.environ.get(POSTGRESQL):
        yield from _measured("postgresql", ReadModel.of(url))


def _measured(name: str, model: ReadModel) -> Iterator[Measurement]:
    count = int(os.environ.get(DOCUMENTS, A_MILLION))
    generation = model.ensure(_CLUSTER)
    _fill(generation, count)
    queries = Queries(model)
    for question in _questions(queries, count):
        asked = _milliseconds(partial(question.ask, queries))
        bare = _milliseconds(partial(_rows, generation, question.bare))
        yield Measurement(name=f"lists-{name}-{question.name}", value=asked, unit="ms")
        yield Measurement(name=f"lists-{name}-{question.name}-ratio", value=asked / bare, unit="x")
    model.close()


def _milliseconds(ask: Callable[[], object]) -> float:
    ask()
    taken = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def _rows(generation: Generation, sql: str) -> object:
    with generation.reading() as transaction:
        return transaction.execute(text(sql)).all()


def _questions(queries: Queries, count: int) -> Iterator[_Question]:
    mine, number = f"business = '{_SERVED}'", f"OLC2026{count // 2:09d}"
    ours, whole, late = DocumentFilter(business=_SERVED), PageRequest(), _thirty_pages_on(queries)

    def page(name: str, bare: str, request: PageRequest = whole, **wanted: Any) -> _Question:
        narrowed = replace(ours, **wanted)
        return _Question(name=name, ask=lambda asked: asked.documents(narrowed, request), bare=_PAGE.format(bare))

    yield page("newest", mine)
    yield page("page-31", mine, late)
    yield page("state", f"{mine} AND state = 'REJECTED'", state=DocumentState.REJECTED)
    attention = Attention.NEEDS_REVIEW
    yield page("attention", f"{mine} AND attention = '{attention}' AND waits IS TRUE", attention=attention)
    yield page("number", f"number = '{number}'", number=number)
    yield page("last-digits", f"{mine} AND search_text LIKE '%{number[-9:]}%'", q=number[-9:])
    yield page("found-nowhere", f"{mine} AND search_text LIKE '%nowhere%'", q="nowhere")
    yield _Question(name="counts", ask=lambda asked: asked.document_counts(ours), bare=_COUNTS.format(mine))
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    month = replace(ours, issued_from=first, issued_to=last)
    of_month = f"{mine} AND issue_date BETWEEN '{first}' AND '{last}'"
    yield _Question(name="month-sums", ask=lambda asked: asked.vat_sums(month), bare=_SUMS.format(of_month))
    its = OrderFilter(business=_SERVED)
    yield _Question(name="orders", ask=lambda asked: asked.orders(its), bare=_ORDERS.format(mine))


def _thirty_pages_on(queries: Queries) -> PageRequest:
    page = PageRequest()
    for _ in range(30):
        page = PageRequest(cursor=queries.documents(DocumentFilter(business=_SERVED), page).next)
    return page


# --- what is listed ---------------------------------------------------------------------------------------------------


def _fill(generation: Generation, count: int) -> None:
    """As the projection would have written them, one after the other: orders with one issued document each."""
    template, latest = _template()
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        with generation.writing() as transaction:
            _insert(transaction, template, latest, numbers, count)
    with generation.writing() as transaction:
        transaction.execute(text("ANALYZE"))


def _template() -> tuple[DerivedOrder, bytes]:
    """The rows of one order whose document is issued, and that document's latest status."""
    logged = made.logged(1, 1, datetime.now(UTC))
    state, planned = fold(None, logged)
    (first,) = planned.statuses
    issued = DocumentProgressed(
        document_id=first.document_id,
        command_id=planned.commands[0].command_id,
        state=DocumentState.ISSUED,
        document_type=DocumentType.EARSIV,
        number="OLC2026000000001",
        ettn=first.document_id,
    )
    _, after = fold(state, replace(logged, event_id="issued", body=issued, policy=None, person=None))
    tracker = OrderTracker(whole=True)
    tracker.log([logged])
    tracker.outcomes(planned.outcomes)
    tracker.statuses([*planned.statuses, *after.statuses])
    (order,) = tracker.orders()
    return derived(order), Codec().write(after.statuses[-1])


def _insert(transaction: Connection, template: DerivedOrder, latest: bytes, numbers: range, count: int) -> None:
    rows = [_document(template.documents[0], number, count) for number in numbers]
    transaction.execute(insert(documents), rows)
    transaction.execute(insert(orders), [_order(template.order, each, count) for each in numbers])
    (vat,) = template.vat
    transaction.execute(insert(document_vat), [{**vat, "document_id": row["document_id"]} for row in rows])
    kept = ("document_id", "sequence", "order_key")
    known = [{**{name: row[name] for name in kept}, "place": row["row_seq"], "content": latest} for row in rows]
    transaction.execute(insert(statuses), known)


def _order(template: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    business, reference = _BUSINESSES[number % len(_BUSINESSES)], f"S-{number:08d}"
    return {
        **template,
        "order_key": f"{business}/{reference}",
        "business": business,
        "order_reference": reference,
        "changed_at": _at(number, count),
        "search_text": f"s{number:08d} deneme alici {number:06d} 10001707174",
        "row_seq": number,
    }


def _document(template: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    business, legal, place = _BUSINESSES[number % len(_BUSINESSES)], f"OLC2026{number:09d}", number % _THOUSAND
    state = DocumentState.REJECTED if _WAITING <= place < _WAITING + _REFUSED else DocumentState.ISSUED
    asks = place < _WAITING
    at = _at(number, count)
    return {
        **template,
        "document_id": _id_of(number),
        "order_key": f"{business}/S-{number:08d}",
        "business": business,
        "state": DocumentState.PROCESSING.value if asks else state.value,
        "attention": Attention.NEEDS_REVIEW.value if asks else None,
        "waits": asks,
        "number": legal,
        "ettn": _id_of(number),
        "issue_date": at.date(),
        "began_at": at,
        "changed_at": at,
        "search_text": f"s{number:08d} deneme alici {number:06d} 10001707174 {_id_of(number)} {legal.lower()}",
        "row_seq": number,
    }


def _id_of(number: int) -> str:
    """A document's id, as far from the next one's as real ones are."""
    return f"{number * 2_654_435_761 % 2**32:08x}-0000-5000-8000-{number:012x}"


def _at(number: int, count: int) -> datetime:
    """Evenly over a year."""
    return _BEGIN + timedelta(seconds=number * _YEAR_SECONDS / count)
