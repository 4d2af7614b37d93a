"""`orders send|show|list` over topics that are lists: what a person sees of an order, and the exit codes."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands.orders import app
from app.cli.exits import ATTENTION
from app.domain.orders import (
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    OrderAmended,
    OrderEvent,
    OrderReturned,
    OrderStatusChanged,
    OrderThawed,
    ReturnedLine,
)
from app.domain.orders.requests import CancellationReason
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import Trigger
from app.operations import orders, submit
from app.operations.submit import SubmittedEvent
from app.stream.records import InRecord
from tests.harness.pipeline import BUSINESS, Pipeline, order, request

BUYER = {
    "name": "Deneme",
    "family_name": "Alıcı",
    "address": {"street": "Deneme Sokak 1", "district": "Çankaya", "city": "Ankara", "country": "TR"},
}


class Desk:
    """An installation in memory, and a person who types."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, trigger: Trigger = Trigger.SHIPMENT) -> None:
        self.pipeline = Pipeline(trigger=trigger)
        self.sent: list[OrderEvent] = []
        self.answers: list[Verdict | None] = []
        monkeypatch.setattr(orders, "bootstrap", lambda: "")
        monkeypatch.setattr(orders, "read_topic", self._read)
        monkeypatch.setattr(submit, "submit", self._submit)

    def _read(self, _bootstrap: str, topic: str) -> Iterator[InRecord]:
        return iter(self.pipeline.topics[topic])

    def _submit(self, events: list[OrderEvent], _wait: float) -> list[SubmittedEvent]:
        self.sent += events
        answers = zip(events, self.answers, strict=True)
        return [SubmittedEvent(event=event, outcome=self._outcome(event, answer)) for event, answer in answers]

    def _outcome(self, event: OrderEvent, verdict: Verdict | None) -> OrderOutcome | None:
        if verdict is None:
            return None
        return OrderOutcome(
            event_id="e",
            event_type=event.body.type,
            business=event.business,
            order_reference=event.order_reference,
            request_id=None,
            verdict=verdict,
            reason=None,
            errors=(),
            documents=(),
            occurred_at=self.pipeline.now,
        )

    def type(self, *words: str, typed: bytes | None = None) -> Result:
        return CliRunner().invoke(app, words, input=typed)

    def said(self, *words: str) -> Any:
        return json.loads(self.type(*words, "--json").stdout)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def lines(*events: dict[str, Any]) -> bytes:
    return "\n".join(map(json.dumps, events)).encode()


def test_events_of_standard_input_are_sent_and_their_outcomes_printed(desk: Desk) -> None:
    desk.answers = [Verdict.OK, Verdict.HELD]
    done = desk.type("send", "-", typed=lines(order("S-1"), request("S-1", "1")))
    assert (done.exit_code, [event.body.type for event in desk.sent]) == (0, ["OrderPlaced", "InvoiceRequested"])
    assert done.stdout.splitlines() == ["S-1 OrderPlaced: OK", "S-1 InvoiceRequested: HELD"]


@pytest.mark.parametrize("answer", [Verdict.REJECTED, None])
def test_one_that_is_refused_or_not_answered_gives_exit_code_1(desk: Desk, answer: Verdict | None) -> None:
    desk.answers = [Verdict.OK, answer]
    assert desk.type("send", "-", typed=lines(order("S-1"), order("S-2"))).exit_code == 1


def test_nothing_is_sent_when_one_of_them_is_wrong(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_bytes(lines(order("S-1"), {**order("S-2"), "gift": "yes"}))
    done = desk.type("send", str(file))
    assert (done.exit_code, desk.sent) == (1, [])
    assert done.stderr.splitlines()[0].startswith("event 2 (line 2): $.gift UNKNOWN_FIELD")


def test_a_dry_run_sends_nothing(desk: Desk) -> None:
    done = desk.type("send", "-", "--dry-run", typed=lines(order("S-1")))
    assert (done.exit_code, done.stdout, desk.sent) == (0, "1 events; nothing was sent (dry run).\n", [])


@pytest.mark.parametrize(("typed", "says"), [(b"", "standard input holds no event"), (b"{", "no JSON")])
def test_a_file_without_events_is_one_sentence(desk: Desk, typed: bytes, says: str) -> None:
    done = desk.type("send", "-", typed=typed)
    assert (done.exit_code, says in done.stderr, desk.sent) == (1, True, [])


async def test_an_order_is_shown_with_its_lines_events_reasons_and_documents(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"), request("S-1", "1"), request("S-1", "nowhere"))
    shown = desk.type("show", "S-1").stdout
    assert f"order {BUSINESS}/S-1" in shown
    assert "ON_DOCUMENT" in shown and "PLANNED" in shown
    assert "REJECTED UNKNOWN_LINE" in shown and "$.body.line_references[0] UNKNOWN_LINE" in shown


async def test_an_order_that_was_refused_is_shown_with_every_reason(desk: Desk) -> None:
    wrong = order("S-1")
    wrong["body"]["lines"][0]["quantity"] = "0"
    await desk.pipeline.submit(wrong)
    shown = desk.type("show", "S-1").stdout
    assert "the order itself has not been taken in" in shown
    assert "REJECTED" in shown and "quantity" in shown


def test_an_order_of_which_nothing_was_said_is_one_sentence(desk: Desk) -> None:
    done = desk.type("show", "S-1")
    assert (done.exit_code, done.stderr) == (1, "There is no order S-1.\n")


async def test_what_is_stuck_is_listed_for_a_monitor(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"), request("S-1", "1"), request("S-2", "1"))
    done = desk.type("list", "--stuck")
    assert (done.exit_code, "S-2" in done.stdout, "S-1" in done.stdout) == (3, True, False)
    (row,) = desk.said("list", "--stuck")
    assert (row["order_reference"], list(row["stuck"])) == ("S-2", ["HELD"])


async def test_orders_are_listed_by_their_latest_news_whatever_their_partitions(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"))
    desk.pipeline.now += timedelta(minutes=1)
    await desk.pipeline.submit(order("S-2"))
    for log in desk.pipeline.topics.values():
        log.reverse()
    assert [row["order_reference"] for row in desk.said("list")] == ["S-1", "S-2"]
    assert [row["order_reference"] for row in desk.said("list", "--limit", "1")] == ["S-2"]


async def test_nothing_stuck_is_exit_code_0(desk: Desk) -> None:
    desk.pipeline.now += timedelta(days=365 * 100)
    await desk.pipeline.submit(order("S-1"))
    assert desk.type("list", "--stuck").exit_code == 0
    assert [row["order_reference"] for row in desk.said("list")] == ["S-1"]


async def test_a_frozen_order_is_thawed_by_a_person_who_says_why(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"))
    desk.answers = [Verdict.OK]
    done = desk.type("thaw", "S-1", "--actor", "ayse", "--reason", "the planner was updated")
    assert (done.exit_code, done.stdout) == (0, "S-1 OrderThawed: OK\n")
    (event,) = desk.sent
    assert (event.body, event.actor, event.reason) == (OrderThawed(), "ayse", "the planner was updated")


async def test_a_shipment_is_typed_with_its_lines_and_what_is_not_typed_is_not_sent(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1", lines=2))
    desk.answers = [Verdict.OK]
    typed = ("invoice", "S-1", "--line", "1", "--line", "2", "--due", "2026-12-02", "--shipment", "P-1", "--actor", "a")
    assert desk.type(*typed).stdout == "S-1 InvoiceRequested: OK\n"
    (event,) = desk.sent
    assert event.body == InvoiceRequested(
        line_references=("1", "2"), due_date=date(2026, 12, 2), shipment_reference="P-1"
    )


async def test_lines_that_will_not_be_sent_are_cancelled_by_their_names_and_never_all_by_none(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1", lines=2))
    assert desk.type("cancel", "S-1", "--actor", "a").exit_code == 2
    desk.answers = [Verdict.OK]
    typed = ("cancel", "S-1", "--line", "2", "--cancellation-reason", "OUT_OF_STOCK", "--actor", "a")
    assert desk.type(*typed).stdout == "S-1 LinesCancelled: OK\n"
    (event,) = desk.sent
    assert event.body == LinesCancelled(line_references=("2",), reason=CancellationReason.OUT_OF_STOCK)


async def test_a_return_is_typed_by_line_and_pieces(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"))
    desk.answers = [Verdict.OK]
    typed = ("return", "S-1", "--reference", "R-1", "--line", "1=0.5", "--day", "2026-11-02", "--actor", "ayse")
    assert desk.type(*typed).stdout == "S-1 OrderReturned: OK\n"
    (event,) = desk.sent
    assert event.body == OrderReturned(
        return_reference="R-1",
        return_date=date(2026, 11, 2),
        lines=(ReturnedLine(line_reference="1", quantity=Decimal("0.5")),),
    )


async def test_a_goodwill_is_typed_by_line_and_amount_and_nothing_else_is_sent(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"))
    desk.answers = [Verdict.OK]
    typed = ("goodwill", "S-1", "--reference", "G-1", "--actor", "ayse", "--line")
    assert desk.type(*typed, "1=15.00").stdout == "S-1 GoodwillGranted: OK\n"
    assert desk.type(*typed, "1").exit_code == 2
    assert desk.type(*typed, "1=-15.00").exit_code == 1
    assert len(desk.sent) == 1


@pytest.mark.parametrize("answer", [Verdict.REJECTED, None])
async def test_a_thaw_that_is_refused_or_not_answered_gives_exit_code_1(desk: Desk, answer: Verdict | None) -> None:
    await desk.pipeline.submit(order("S-1"))
    desk.answers = [answer]
    assert desk.type("thaw", "S-1", "--actor", "ayse", "--reason", "x").exit_code == 1


async def test_an_order_is_listed_as_frozen_until_it_is_thawed(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"))
    await desk.pipeline.log(b"{", "S-1")
    assert "FROZEN" in desk.said("list", "--stuck")[0]["stuck"]
    desk.pipeline.now += timedelta(days=365 * 100)  # dead letters bear the clock's time
    thaw = {**order("S-1"), "body": {"type": "OrderThawed"}, "actor": "ayse", "reason": "it was rubbish"}
    await desk.pipeline.submit(thaw)
    assert desk.said("list", "--stuck", "--open-days", "1000") == []


async def test_a_line_is_amended_whole_as_it_is_now_but_for_what_is_typed(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"))
    first = {**order("S-1")["body"]["lines"][0], "name": "Amended"}
    await desk.pipeline.submit({**order("S-1"), "body": {"type": "OrderAmended", "lines": [first]}})
    desk.answers = [Verdict.OK]
    done = desk.type("amend", "S-1", "--price", "1=9.50", "--pieces", "1=3", "--actor", "ayse")
    assert done.stdout == "S-1 OrderAmended: OK\n"
    (event,) = desk.sent
    assert isinstance(event.body, OrderAmended)
    (line,) = event.body.lines
    assert (line.name, line.unit_price, line.quantity) == ("Amended", Decimal("9.50"), Decimal(3))


async def test_another_buyer_is_a_file(desk: Desk, tmp_path: Path) -> None:
    await desk.pipeline.submit(order("S-1"))
    file = tmp_path / "buyer.json"
    file.write_text(json.dumps(BUYER))
    desk.answers = [Verdict.OK]
    assert desk.type("amend", "S-1", "--buyer", str(file), "--actor", "ayse").exit_code == 0
    (event,) = desk.sent
    assert (event.person and event.person.buyer.name, event.body) == ("Deneme", OrderAmended())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Nothing is otherwise"),
        (("--price", "9=1.00"), "has no line 9; it has 1"),
        (("--price", "1=cheap"), "$.body.lines[0].unit_price NOT_A_NUMBER"),
        (("--buyer", "FILE"), "holds no JSON object"),
    ],
)
async def test_an_amendment_that_cannot_be_meant_is_a_sentence(
    desk: Desk, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    await desk.pipeline.submit(order("S-1"))
    file = tmp_path / "buyer.json"
    file.write_text("[" * 100_000)
    typed = (str(file) if word == "FILE" else word for word in words)
    done = desk.type("amend", "S-1", *typed, "--actor", "ayse")
    assert (done.exit_code, desk.sent) == (1, [])
    assert says in done.stderr


async def test_an_invoice_is_corrected_by_the_name_that_is_known(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"), request("S-1", "1", invoice_reference="INV-1"))
    ((document,),) = (row["documents"] for row in desk.said("list"))
    desk.answers = [Verdict.HELD]
    typed = ("correct", "S-1", "--reference", "C-1", "--reason", "wrong price", "--price", "1=90.00", "--actor", "ayse")
    assert desk.type(*typed, "--invoice", "INV-1").exit_code == 0
    (event,) = desk.sent
    assert isinstance(event.body, InvoiceCorrected)
    assert (event.body.document_id, event.body.correction_reference) == (document, "C-1")
    assert [line.unit_price for line in event.body.lines] == [Decimal(90)]
    assert (event.actor, event.reason) == ("ayse", "wrong price")
    done = desk.type(*typed, "--invoice", "INV-2")
    assert (done.exit_code, done.stderr) == (1, "The order has no invoice INV-2.\n")


async def test_a_status_is_typed_with_its_shipment(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1"))
    desk.answers = [Verdict.OK]
    typed = ("status", "S-1", "SHIPPED", "--dispatched", "2026-11-02", "--carrier", "Örnek Kargo", "--actor", "ayse")
    assert desk.type(*typed).stdout == "S-1 OrderStatusChanged: OK\n"
    (event,) = desk.sent
    assert event.body == OrderStatusChanged(status="SHIPPED", dispatch_date=date(2026, 11, 2), carrier="Örnek Kargo")
    assert desk.type("status", "S-1", "SHIPPED", "--dispatched", "soon", "--actor", "ayse").exit_code == 2


async def test_r6_lines_that_are_neither_invoiced_nor_cancelled_are_listed_with_or_without_an_age(desk: Desk) -> None:
    await desk.pipeline.submit(order("S-1", lines=2), request("S-1", "1"))
    for words, found in (((), ["2"]), (("--older-than", "3650d"), [])):
        listed = desk.type("open-lines", "--json", *words)
        assert [line["line_reference"] for line in json.loads(listed.stdout)] == found
        assert listed.exit_code == (ATTENTION if found else 0)
