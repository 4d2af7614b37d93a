"""What the projection has otherwise than the topics is found, whichever row it is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, update

from app.domain.documents import DocumentState
from app.stream.serialization.codec import Codec
from app.testbed.chaos.check.defects import Defect
from app.testbed.chaos.projection import rows_of, unlike, unlike_topics
from app.tracking.read_model.tables import CONTENT, documents, orders, outcomes
from tests.harness.pipeline import order, request
from tests.tracking.read_model.installation import TOPICS, Installation, model_in

Found = list[Defect]


class ProjectionUnderTest:
    """One order with a legal document, projected."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def against_topics(self) -> Found:
        live = self.installation.model.live()
        return list(unlike_topics(live, TOPICS, Codec(), self.installation.pipeline.on))

    def tampered(self, statement: Any) -> Found:
        with self.installation.model.live().writing() as transaction:
            transaction.execute(statement)
        return self.against_topics()


@pytest.fixture
async def projected(tmp_path: Path) -> AsyncIterator[ProjectionUnderTest]:
    installation = Installation(model_in(tmp_path))
    await installation.submit(order("S-1"), request("S-1", "1"))
    (row,) = installation.queries.documents().rows
    await installation.progress("S-1", row.latest.document_id, DocumentState.ISSUED, number="ABC2026000000001")
    yield ProjectionUnderTest(installation)
    installation.model.close()


async def test_rows_that_are_what_the_topics_give_are_no_finding(projected: ProjectionUnderTest) -> None:
    assert projected.against_topics() == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (update(documents).values(state="PLANNED"), "1 rows of documents otherwise"),
        (update(documents).values(number=None), "1 rows of documents otherwise"),
        (delete(documents), "1 rows of documents otherwise"),
        (delete(outcomes), "rows of outcomes otherwise"),
        (delete(orders), "is in the log, and the projection has none"),
    ],
)
async def test_a_row_that_is_not_what_the_topics_give_is_found(
    projected: ProjectionUnderTest, statement: Any, words: str
) -> None:
    assert any(words in defect.sentence for defect in projected.tampered(statement))


@pytest.mark.parametrize("table", [documents, orders, outcomes])
async def test_a_row_that_a_rebuild_has_otherwise_is_found(projected: ProjectionUnderTest, table: Table) -> None:
    live = projected.installation.model.live()
    before = {each: rows_of(live, each) for each in CONTENT}
    assert not [defect for each in CONTENT for defect in unlike(each.name, "", before[each], rows_of(live, each))]
    projected.tampered(delete(table))
    found = [
        defect for each in CONTENT for defect in unlike(each.name, "a rebuild gives", before[each], rows_of(live, each))
    ]
    assert found and all(f"rows of {table.name} otherwise than a rebuild gives" in defect.sentence for defect in found)
