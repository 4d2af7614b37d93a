"""The read model in PostgreSQL: a schema of the store's database, and the same rows and answers as in a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.domain.documents import Intent
from app.following.errors import ReplacedError, StartAgainError
from app.tracking.orders import OrderState
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.filters import DocumentFilter, OpenLineFilter, OrderFilter, PageRequest
from tests.harness.pipeline import BUSINESS, order, request
from tests.planning.credits import invoiced, returned
from tests.tracking.read_model.installation import CLUSTER, Installation, contents, model_in
from tests.tracking.read_model.test_documents_shown import bring
from tests.tracking.read_model.test_projector import busy

pytestmark = pytest.mark.postgresql


@pytest.fixture
def served(postgresql_url: str) -> Iterator[Installation]:
    """An installation whose read model is in PostgreSQL."""
    model = ReadModel.of(postgresql_url)
    yield Installation(model)
    model.close()
    engine = create_engine(postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        named = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'faturaflow_read_model%'"
        for schema in connection.execute(text(named)).scalars().all():
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


async def test_the_rows_are_those_of_the_file(served: Installation, tmp_path: Path) -> None:
    with pytest.raises(NoReadModelError):
        served.queries.orders()
    await busy(served)
    served.project()
    in_a_file = Installation(model_in(tmp_path), served.pipeline)
    in_a_file.project()
    assert contents(served.model.live()) == contents(in_a_file.model.live())
    in_a_file.model.close()


async def test_the_lists_are_narrowed_paged_and_searched(served: Installation) -> None:
    await busy(served)
    served.project()
    queries = served.queries
    assert {row.order_reference for row in queries.orders(OrderFilter(state=OrderState.OPEN)).rows} == {"S-1", "S-4"}
    assert [row.order_reference for row in queries.orders(OrderFilter(provider="nilvera")).rows] == ["S-1"]
    assert [row.order_reference for row in queries.orders(OrderFilter(q="tk77")).rows] == ["S-1"]
    assert len(queries.documents(DocumentFilter(business=BUSINESS, order_reference="S-1")).rows) == 1
    first = queries.open_lines(OpenLineFilter(business=BUSINESS), PageRequest(limit=1))
    second = queries.open_lines(OpenLineFilter(business=BUSINESS), PageRequest(limit=1, cursor=first.next))
    assert [(row.order_reference, row.line_reference) for row in (*first.rows, *second.rows)] == [
        ("S-1", "3"),
        ("S-4", "1"),
    ]
    assert second.next is None


def test_documents_are_counted_and_summed_and_narrowed_as_in_a_file(served: Installation) -> None:
    log = invoiced()
    log.append(returned("R-1", _1=2))
    bring(served, log)
    queries = served.queries
    counts = [(each.state, each.attention, each.count) for each in queries.document_counts()]
    assert counts == [("ISSUED", None, 1), ("PLANNED", None, 1)]
    (summed,) = queries.vat_sums(DocumentFilter(business=BUSINESS, issued_from=date(2026, 11, 1)))
    assert (summed.kind, summed.rate, summed.taxable, summed.vat) == ("SATIS", 20, Decimal("291.67"), Decimal("58.33"))
    assert [each.kind for each in queries.documents(DocumentFilter(intent=Intent.RETURN, q="r1")).rows] == ["IADE"]
    assert queries.documents(DocumentFilter(began_from=date(2026, 11, 3), issue_by=date(2027, 1, 1))).rows == ()


async def test_of_two_projectors_the_one_that_was_frozen_leaves(served: Installation) -> None:
    served.project()
    frozen = served.begin()
    await busy(served)
    records = served.new()
    served.project()
    with pytest.raises(ReplacedError):
        frozen.apply(records[:2])


async def test_what_was_made_beside_it_is_read_once_it_is_in_its_place(served: Installation) -> None:
    await served.submit(order("S-1"))
    queries = served.queries
    beside = served.model.beside(CLUSTER)
    for _ in range(7):  # as often as it takes for the driver to keep the statement prepared
        assert [row.order_reference for row in queries.orders().rows] == ["S-1"]
    served.model.promote(beside)
    assert queries.orders().rows == ()
    with pytest.raises(StartAgainError):
        await served.submit(request("S-1", "1"))
