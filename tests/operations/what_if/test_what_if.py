"""History under other rules: which documents would be otherwise, from where on, and that nothing is touched by it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain import identity
from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.orders import DocumentCancellationRequested, LoggedEvent
from app.domain.policy import RULES_VERSION, DocumentTypeChoice, Policy, Trigger
from app.operations.errors import RefusedInputError
from app.operations.what_if import run
from app.operations.what_if.beginning import Beginning, beginning_of
from app.operations.what_if.differences import Change, OrderDifference
from app.operations.what_if.run import Summary, replayed
from app.store import ConfigurationRefusedError
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import NewerRecordError
from tests.planning.events import BUSINESS, ORDER, Log, document_id, placed, policy, progressed, requested

KEY = f"{BUSINESS}/{ORDER}"
S = DocumentState
DAY = date(2026, 11, 2)


def records(events: Iterable[LoggedEvent], partition: int = 0) -> Iterator[InRecord]:
    for offset, event in enumerate(events):
        yield InRecord(
            topic="order-log.v1",
            partition=partition,
            offset=offset,
            timestamp_ms=int(event.received_at.timestamp() * 1000),
            key=f"{event.business}/{event.order_reference}".encode(),
            value=Codec().write(event),
            headers=(),
        )


def otherwise(
    log: Log, other: Policy, beginning: Beginning | None = None, summary: Summary | None = None
) -> list[OrderDifference]:
    orders = [(KEY.encode(), [*records(log.events)])]
    start = beginning or Beginning()
    return [*replayed(orders, {BUSINESS: other}, start, Codec(), summary if summary is not None else Summary())]


def shipped() -> Log:
    """An order whose two parcels were invoiced as they left, and both are issued."""
    log = Log(Trigger.SHIPMENT)
    for body in (placed(), requested("1"), requested("2", "3")):
        log.append(body)
    for document in log.all_documents:
        log.append(progressed(document.document_id, S.ISSUED, number=f"N{document.lines[0]}"))
    return log


def test_under_the_same_rules_nothing_is_otherwise() -> None:
    summary = Summary()
    assert otherwise(shipped(), policy(Trigger.SHIPMENT), summary=summary) == []
    assert (summary.orders, summary.events, summary.decided_otherwise) == (1, 5, 0)


def test_another_trigger_makes_one_document_of_all_lines_instead_of_one_for_each_parcel() -> None:
    summary = Summary()
    (found,) = otherwise(shipped(), policy(Trigger.ORDER_PLACED), summary=summary)
    made = {(each.change, (each.was or each.would_be).lines) for each in found.documents}  # type: ignore[union-attr]
    assert made == {
        (Change.NOT_MADE, ("1",)),
        (Change.NOT_MADE, ("2", "3")),
        (Change.MADE, ("1", "2", "3")),
    }
    whole = next(each.would_be for each in found.documents if each.change is Change.MADE)
    assert whole is not None
    assert (whole.asked_by_type, whole.state, whole.document_id) == (
        "OrderPlaced",
        S.PLANNED,
        document_id("1", "2", "3"),
    )
    assert summary.documents == Counter({Change.NOT_MADE: 2, Change.MADE: 1})
    assert {(each.event_type, each.was, each.would_be) for each in found.answers} == {
        ("InvoiceRequested", ("OK", None), ("REJECTED", "LINE_CLAIMED"))
    }


def test_another_connection_makes_the_same_documents_elsewhere_and_what_was_said_of_them_counts() -> None:
    (found,) = otherwise(shipped(), policy(Trigger.SHIPMENT, "testbook"))
    assert {(each.change, each.fields) for each in found.documents} == {(Change.OTHERWISE, ("connection",))}
    pairs = {(each.was.connection, each.would_be.connection, each.would_be.state) for each in found.documents}  # type: ignore[union-attr]
    assert pairs == {("nilvera", "testbook", S.ISSUED)}


def test_the_answer_to_a_cancellation_counts_for_the_command_at_the_other_connection() -> None:
    log, document = shipped(), document_id("1")
    log.append(DocumentCancellationRequested(document_id=document, reason="returned"))
    command_id = identity.command_id(document, "nilvera", Action.CANCEL, 1)
    log.append(progressed(document, S.CANCELLED, command_id=command_id))
    (found,) = otherwise(log, policy(Trigger.SHIPMENT, "testbook"))
    states = {each.would_be.document_id: each.would_be.state for each in found.documents if each.would_be}
    assert states == {document: S.CANCELLED, document_id("2", "3"): S.ISSUED}


def test_another_type_and_series_are_named_with_both_values() -> None:
    other = policy(Trigger.SHIPMENT, document_type=DocumentTypeChoice.EARSIV)
    (found,) = otherwise(shipped(), other)
    (first, _) = found.documents
    assert first.fields == ("document_type",)
    assert first.was is not None
    assert first.would_be is not None
    assert (first.was.document_type, first.would_be.document_type) == ("AUTO", "EARSIV")


def test_a_document_that_would_wait_for_approval_was_not_sent_out_and_has_no_answer() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(document_id("1", "2", "3"), S.ISSUED, number="N1"))
    (found,) = otherwise(log, policy(Trigger.MANUAL))
    (document,) = found.documents
    assert document.fields == ("asked_by", "state")
    assert document.would_be is not None
    assert (document.would_be.asked_by, document.would_be.state) == (None, S.PLANNED)


@pytest.mark.parametrize(
    ("beginning", "documents"),
    [
        (Beginning(offsets={0: 2}), 1),
        (Beginning(offsets={0: 3}), 0),
        (Beginning(offsets={1: 0}), 0),
        (Beginning(day=date(2026, 11, 3)), 0),
        (Beginning(day=DAY), 2),
    ],
    ids=["from the second request", "behind it", "another partition", "the next day", "that day"],
)
def test_what_came_before_the_beginning_is_decided_as_it_was(beginning: Beginning, documents: int) -> None:
    found = otherwise(shipped(), policy(Trigger.SHIPMENT, "testbook"), beginning)
    assert sum(len(each.documents) for each in found) == documents


def test_a_record_that_cannot_be_read_freezes_its_order_under_either_rules() -> None:
    log = shipped()
    kept = [*records(log.events)]
    broken = InRecord(
        topic="order-log.v1", partition=0, offset=9, timestamp_ms=0, key=KEY.encode(), value=b"{", headers=()
    )
    other = policy(Trigger.SHIPMENT, "testbook")
    (found,) = replayed([(KEY.encode(), [*kept, broken])], {BUSINESS: other}, Beginning(), Codec(), Summary())
    assert (len(found.documents), found.poisoned) == (2, ())


def test_a_log_of_a_newer_release_is_not_folded() -> None:
    log = shipped()
    log.events[-1] = replace(log.events[-1], rules_version=RULES_VERSION + 1)
    with pytest.raises(NewerRecordError, match="rules version"):
        otherwise(log, policy(Trigger.MANUAL))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, Beginning()),
        ("2026-11-02", Beginning(day=DAY)),
        ("0:12,3:7", Beginning(offsets={0: 12, 3: 7})),
    ],
)
def test_a_beginning_is_a_day_or_offsets(text: str | None, expected: Beginning) -> None:
    assert beginning_of(text) == expected


@pytest.mark.parametrize("text", ["", "12", "0:", "0:1,", "02.11.2026", "2026-11-31", "20261102"])
def test_any_other_beginning_is_refused_with_examples(text: str) -> None:
    with pytest.raises(RefusedInputError, match="2026-11-01"):
        beginning_of(text)


def policies(folder: Path, text: str) -> Path:
    file = folder / "other.yaml"
    file.write_text(text, encoding="utf-8")
    return file


OTHER = f"businesses: {{{BUSINESS}: {{policy: {{provider: testbook, trigger: SHIPMENT}}}}}}"


def test_only_the_order_log_is_read_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def read_topic(_bootstrap: str, topic: str) -> Iterator[InRecord]:
        asked.append(topic)
        return records(shipped().events)

    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("a replay writes nothing")

    monkeypatch.setattr(run, "read_topic", read_topic)
    monkeypatch.setattr(run, "bootstrap", lambda: "127.0.0.1:1")
    for effect in (
        "app.store.Store.open",
        "app.store.database.create_engine",
        "app.stream.clients.producer.Producer",
        "app.stream.clients.single_records.Producer",
        "providers.registry.Provider.connect",
    ):
        monkeypatch.setattr(effect, forbidden)
    found: list[OrderDifference] = []
    summary = run.what_if(policies(tmp_path, OTHER), None, found.append)
    assert (asked, [each.order_key for each in found], summary.different) == (["order-log.v1"], [KEY], 1)
    assert [file.name for file in tmp_path.iterdir()] == ["other.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("businesses: {ORNEK: {policy: {provider: nowhere}}}", "there is no provider nowhere"),
        ("businesses: {ORNEK: {policy: {provider: nilvera, triger: MANUAL}}}", "is not known here"),
        ("businesses: {ORNEK: {}}", "is required"),
        ("businesses: {}", "must not be empty|at least 1"),
        ("businesses: {ORNEK: {policy: {provider: nilvera, trigger: STATUS}}}", "name the statuses"),
    ],
)
def test_a_file_with_errors_is_refused_with_all_of_them(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationRefusedError, match=said):
        run.what_if(policies(tmp_path, text), None, lambda _: None)
