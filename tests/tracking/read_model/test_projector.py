"""The rows are what the pure folds say of the topics, whatever is cut, repeated, interrupted or damaged."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from app.domain.documents import DocumentState
from app.following.errors import ReplacedError
from app.stream.ownership.exits import FOLLOWER_REPLACED
from app.stream.records import InRecord
from app.tracking.orders import LineState, OrderState, Stuck
from app.tracking.read_model import derived
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.projector import Projector
from app.tracking.read_model.tables import projection_errors
from tests.harness.pipeline import BUSINESS, cancel, order, request
from tests.harness.pipeline import event as submitted
from tests.tracking.read_model import killed_projector
from tests.tracking.read_model.installation import (
    TOPICS,
    Installation,
    batches,
    contents,
    model_in,
    offsets_of,
    records_of,
)

INVOICE = {"type": "InvoiceRequested", "line_references": ["1"], "tracking_code": "TK-77"}


async def busy(installation: Installation) -> None:
    """Orders in which most things happen: shipped, cancelled, held, refused."""
    await installation.pipeline.submit(
        order("S-1", lines=3),
        submitted("S-1", INVOICE, request_id="r1"),
        cancel("S-1", "2"),
        request("S-2", "1"),
        {**order("S-3"), "gift": True},
        order("S-4"),
        order("S-4"),
    )


async def document_of(installation: Installation, reference: str) -> str:
    found = installation.queries.order(BUSINESS, reference)
    assert found is not None
    return found.documents[0].latest.document_id


async def test_an_order_is_shown_with_its_lines_documents_and_everything_that_happened_to_it(
    installation: Installation,
) -> None:
    await installation.submit(order("S-1", lines=2), submitted("S-1", INVOICE, request_id="r1"))
    found = installation.queries.order(BUSINESS, "S-1")
    assert found is not None
    assert (found.row.state, found.row.open_lines) == (OrderState.OPEN, 1)
    assert [(line.state, line.quantity) for line in found.lines] == [
        (LineState.ON_DOCUMENT, "2"),
        (LineState.OPEN, "2"),
    ]
    (document,) = found.documents
    assert found.lines[0].document_id == document.latest.document_id
    assert [outcome.verdict for outcome in installation.queries.outcomes("r1", BUSINESS)] == ["OK"]
    happened = [(entry.outcome or entry.status or entry.notice or entry.event) for entry in found.timeline]
    assert [type(each).__name__ for each in happened] == [
        *["TrackedEvent"] * 2,
        *["OrderOutcome"] * 2,
        "DocumentStatus",
        "OrderNotice",
    ]


async def test_a_document_is_shown_with_each_of_its_states(installation: Installation) -> None:
    await installation.submit(order("S-1"), request("S-1", "1"))
    document = await document_of(installation, "S-1")
    await installation.progress("S-1", document, DocumentState.ISSUED, number="EAR2026000000001")
    found = installation.queries.document(document)
    assert found is not None
    assert [status.state for status in found.document.history] == [DocumentState.PLANNED, DocumentState.ISSUED]
    assert (found.row.latest.number, found.row.latest.sequence) == ("EAR2026000000001", 2)


async def test_what_is_not_known_is_none_and_what_has_no_answer_has_no_outcomes(installation: Installation) -> None:
    with pytest.raises(NoReadModelError):
        installation.queries.order(BUSINESS, "S-1")
    installation.project()
    assert installation.queries.order(BUSINESS, "S-1") is None
    assert installation.queries.document("d") is None
    assert installation.queries.outcomes("r1") == ()


async def test_the_same_records_give_the_same_rows_however_they_are_cut_and_whichever_topic_comes_first(
    installation: Installation, tmp_path: Path
) -> None:
    await busy(installation)
    installation.project()
    expected = contents(installation.model.live())
    assert expected["orders"]
    for name, size, arranged in (
        ("one", 1, records_of(installation.pipeline)),
        ("backwards", 3, sorted(records_of(installation.pipeline), key=lambda each: each.topic, reverse=True)),
    ):
        other = Installation(model_in(tmp_path / name), installation.pipeline)
        projector = other.begin()
        for batch in batches(arranged, size):
            projector.apply(batch)
        assert contents(other.model.live()) == expected
        other.model.close()


async def test_a_copy_of_a_record_changes_nothing_and_is_no_change_in_the_feed(installation: Installation) -> None:
    await busy(installation)
    installation.project()
    before, changes = contents(installation.model.live())["orders"], installation.queries.changes()
    for topic in (TOPICS.order_log, TOPICS.order_outcomes, TOPICS.document_status):
        copies = list(installation.pipeline.on(topic))
        installation.pipeline.on(topic).extend(
            replace(each, offset=number) for number, each in enumerate(copies, start=len(copies))
        )
    installation.project()
    assert contents(installation.model.live())["orders"] == before
    assert installation.queries.changes() == changes


class Killed(BaseException):
    """The process ends here, without anything of ours that could go on."""


def killed_at(installation: Installation, statement: str) -> Callable[[], None]:
    """The process dies when it would run a statement that begins so; returns how to let it live again."""
    engine = installation.model.live()._engine

    def die(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if text.startswith(statement):
            raise Killed

    event.listen(engine, "before_cursor_execute", die)
    return lambda: event.remove(engine, "before_cursor_execute", die)


@pytest.mark.parametrize("statement", ["INSERT INTO statuses", "INSERT INTO orders", "UPDATE offsets"])
async def test_a_process_that_is_killed_before_its_commit_leaves_neither_rows_nor_offsets(
    installation: Installation, tmp_path: Path, statement: str
) -> None:
    installation.project()
    before, empty = offsets_of(installation), contents(installation.model.live())
    await busy(installation)
    live_again = killed_at(installation, statement)
    with pytest.raises(Killed):
        installation.project()
    live_again()
    assert (offsets_of(installation), contents(installation.model.live())) == (before, empty)
    installation.projector = None
    installation.project()
    undisturbed = Installation(model_in(tmp_path / "undisturbed"), installation.pipeline)
    undisturbed.project()
    assert contents(installation.model.live()) == contents(undisturbed.model.live())
    undisturbed.model.close()


@pytest.mark.sweep
async def test_a_process_that_is_killed_between_its_rows_and_its_commit_has_written_neither(
    installation: Installation, tmp_path: Path
) -> None:
    program = [sys.executable, "-m", killed_projector.__name__, str(tmp_path)]
    assert subprocess.run(program, check=False).returncode == -signal.SIGKILL  # noqa: ASYNC221 - nothing else runs
    assert set(offsets_of(installation).values()) == {0}
    assert not any(contents(installation.model.live()).values())
    await installation.submit(*killed_projector.EVENTS)
    assert {row.order_reference for row in installation.queries.orders().rows} == {"S-1", "S-2"}


async def test_of_two_projectors_the_one_that_was_frozen_leaves_and_writes_nothing(installation: Installation) -> None:
    installation.project()
    frozen = installation.begin()
    await busy(installation)
    records = installation.new()
    installation.project()
    expected = contents(installation.model.live())
    with pytest.raises(ReplacedError, match="one `faturaflow worker tracking`") as left:
        frozen.apply(records[:2])
    assert left.value.code == FOLLOWER_REPLACED
    assert contents(installation.model.live()) == expected


def errors_of(model: ReadModel) -> list[tuple[str, int, str]]:
    with model.reading() as transaction:
        return [(row.topic, row.place, row.code) for row in transaction.execute(select(projection_errors))]


async def test_a_record_that_cannot_be_read_is_set_aside_and_holds_nothing_up(installation: Installation) -> None:
    await installation.submit(order("S-1"))
    log = installation.pipeline.on(TOPICS.document_status)
    log.append(replace(installation.pipeline.on(TOPICS.order_outcomes)[0], topic=TOPICS.document_status, value=b"{"))
    await installation.submit(order("S-2"))
    assert installation.queries.order(BUSINESS, "S-2") is not None
    assert errors_of(installation.model) == [(TOPICS.document_status, 0, "UnreadableRecordError")]


async def test_a_record_that_the_database_refuses_is_set_aside_alone(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await busy(installation)
    kept = Projector._commit

    def refuse(self: Projector, records: list[InRecord]) -> None:
        if any(record.topic == TOPICS.order_log and record.offset == 1 for record in records):
            raise ValueError
        kept(self, records)

    monkeypatch.setattr(Projector, "_commit", refuse)
    installation.project()
    assert errors_of(installation.model) == [(TOPICS.order_log, 1, "NOT_PROJECTED")]
    assert offsets_of(installation)[TOPICS.order_log] == len(installation.pipeline.on(TOPICS.order_log))
    assert installation.queries.order(BUSINESS, "S-4") is not None


async def test_an_order_whose_rows_cannot_be_made_holds_no_other_one_up(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive = derived._order

    def fail(order: Any, *parts: Any) -> Any:
        if order.order_reference == "S-1":
            raise ValueError
        return derive(order, *parts)

    monkeypatch.setattr(derived, "_order", fail)
    await busy(installation)
    installation.project()
    assert {code for _, _, code in errors_of(installation.model)} == {"NOT_DERIVED"}
    assert installation.queries.order(BUSINESS, "S-4") is not None


async def test_an_order_of_which_an_event_could_not_be_folded_is_frozen_in_the_read_model(
    installation: Installation,
) -> None:
    await installation.submit(order("S-1"), b"")
    await installation.pipeline.log(b"{", "S-1")
    installation.project()
    (row,) = installation.queries.orders().rows
    assert Stuck.FROZEN in row.waiting


async def test_nothing_personal_is_kept_but_the_buyers_name_and_tax_number(installation: Installation) -> None:
    address = {"street": "Deneme Sokak 5", "district": "Ortahisar", "city": "Trabzon"}
    buyer = {"name": "Deneme", "family_name": "Alıcı", "tax_number": "10001707174", "address": address}
    await installation.submit({**order("S-1"), "person": {"buyer": {**buyer, "email": "kisi@example.test"}}})
    (row,) = installation.queries.orders().rows
    assert (row.buyer_name, row.buyer_tax_number) == ("Deneme Alıcı", "10001707174")
    everything = repr(contents(installation.model.live()))
    assert all(each not in everything for each in ("Deneme Sokak", "Trabzon", "kisi@"))
