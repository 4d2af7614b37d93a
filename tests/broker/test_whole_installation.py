"""The whole way on a real Kafka: every process as it is run, every act as a person types it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml
from confluent_kafka import Producer

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import InvoiceRequested, LinesCancelled, OrderEvent, OrderLine, OrderPlaced, SubmittedBody
from app.domain.outcomes import OrderOutcome, Verdict
from app.stream.clients.order_producer import OrderProducer
from app.stream.clients.reader import read_topic
from app.stream.serialization.codec import Codec
from app.testbed.installation import businesses
from app.testbed.installation.installation import Installation, running_installation
from app.testbed.installation.simulators import documents_at, set_misbehaviour
from app.tracking.documents import TrackedDocument, track

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
SHOP, COUNTER, BOOKKEEPER = businesses.MARKETPLACE.code, businesses.COUNTER.code, businesses.BOOKKEEPER.code
# An unknown outcome is looked up after its deadline and believed after a visibility delay: about six seconds here.
PATIENCE_SECONDS = 120.0
Found = TypeVar("Found")


@dataclass(frozen=True)
class RunningInstallation:
    """A running installation, as upstream, downstream and an operator see it."""

    running: Installation

    def send(self, order: str, *bodies: SubmittedBody, business: str = SHOP, **more: Any) -> None:
        producer = OrderProducer(
            bootstrap=self.running.bootstrap, topic=self.running.topics.orders, encode=self.running.codec.write
        )
        producer.send_all(OrderEvent(business=business, order_reference=order, body=body, **more) for body in bodies)

    def outcomes(self, order: str) -> list[OrderOutcome]:
        records = read_topic(self.running.bootstrap, self.running.topics.order_outcomes)
        found = [self.running.codec.read(OrderOutcome, record.value) for record in records]
        return [outcome for outcome in found if outcome.order_reference == order]

    def documents(self, order: str) -> list[TrackedDocument]:
        records = read_topic(self.running.bootstrap, self.running.topics.document_status)
        found = track(self.running.codec.read(DocumentStatus, record.value) for record in records)
        return [document for document in found.values() if document.latest.order_reference == order]

    def document(self, order: str, state: DocumentState, attention: Attention | None = None) -> TrackedDocument:
        """The order's one document, once it is so."""

        def reached() -> TrackedDocument | None:
            found = [d for d in self.documents(order) if (d.latest.state, d.latest.attention) == (state, attention)]
            return found[0] if found else None

        return until(reached, lambda: [d.latest for d in self.documents(order)])

    def verdicts(self, order: str, count: int) -> list[tuple[str, Verdict, str | None]]:
        """What the order's events were answered, once there are so many answers."""

        def answered() -> list[OrderOutcome] | None:
            found = self.outcomes(order)
            return found if len(found) >= count else None

        found = until(answered, lambda: self.outcomes(order))
        return [(outcome.event_type, outcome.verdict, outcome.reason) for outcome in found]

    def type(self, *arguments: str) -> str:
        """What `faturaflow` prints for these arguments."""
        done = subprocess.run(
            [sys.executable, "-m", "app.cli.main", *arguments],
            env={**os.environ, **self.running.environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def made(self, provider: str, order: str) -> int:
        """How many documents the provider really made for an order."""
        made = documents_at(provider, self.running.simulators[provider])
        return sum(entry.order_reference == order for entry in made)


def until(look: Callable[[], Found | None], else_show: Callable[[], object]) -> Found:
    """Looks until it finds; bounded, and then raises with what it saw instead."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {PATIENCE_SECONDS:.0f} s; found {else_show()}")


@pytest.fixture(scope="module")
def installation(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    folder: Path = tmp_path_factory.mktemp("whole") / f"whole-{time.time_ns()}"
    folder.mkdir()
    with running_installation(folder, bootstrap, seed=1, misbehave=False) as started:
        yield RunningInstallation(started)


def placed(*prices: str) -> OrderPlaced:
    lines = tuple(
        OrderLine(
            line_reference=str(number),
            name=f"Ürün {number}",
            quantity=Decimal(1),
            unit_price=Decimal(price),
            vat_rate=Decimal(20),
        )
        for number, price in enumerate(prices or ("120.00",), start=1)
    )
    return OrderPlaced(order_date=date(2026, 11, 1), lines=lines)


def requested(*references: str) -> InvoiceRequested:
    return InvoiceRequested(line_references=references)


def test_an_order_becomes_one_document_and_its_status_comes_out(installation: RunningInstallation) -> None:
    installation.send("S-1", placed(), requested("1"))
    document = installation.document("S-1", DocumentState.ISSUED)
    assert not document.gaps
    assert document.latest.number is not None
    assert document.latest.ettn == document.latest.document_id
    assert installation.made("nilvera", "S-1") == 1


def test_a_repeat_under_another_partition_is_answered_with_the_document_that_exists(
    installation: RunningInstallation,
) -> None:
    installation.send("S-2", placed(), requested("1"))
    number = installation.document("S-2", DocumentState.ISSUED).latest.number
    event = OrderEvent(business=SHOP, order_reference="S-2", body=requested("1"))
    producer = Producer({"bootstrap.servers": installation.running.bootstrap})
    for partition in range(4):  # as producers in other languages would: by another hash
        producer.produce(
            installation.running.topics.orders, installation.running.codec.write(event), key=b"x", partition=partition
        )
    producer.flush(10)
    assert installation.verdicts("S-2", 6)[2:] == [("InvoiceRequested", Verdict.DUPLICATE, None)] * 4
    assert [outcome.documents[0].number for outcome in installation.outcomes("S-2")[2:]] == [number] * 4
    assert installation.made("nilvera", "S-2") == 1


def test_an_unreadable_record_is_a_dead_letter_and_the_next_goes_on(installation: RunningInstallation) -> None:
    producer = Producer({"bootstrap.servers": installation.running.bootstrap})
    producer.produce(installation.running.topics.orders, b'{"business": "PAZ', key=b"S-3", partition=0)
    producer.flush(10)
    installation.send("S-3", placed(), requested("1"))
    installation.document("S-3", DocumentState.ISSUED)
    dead_letters = installation.running.topics.dead_letters(installation.running.topics.orders, "intake")
    (dead,) = read_topic(installation.running.bootstrap, dead_letters)
    assert dead.value == b'{"business": "PAZ'
    assert dict(dead.headers)["dlq-reason"] == b"NOT_JSON"


def test_a_lost_answer_is_looked_up_and_the_document_adopted(installation: RunningInstallation) -> None:
    set_misbehaviour(installation.running.simulators["nilvera"], {"next": ["LOST_ANSWER"]})
    installation.send("S-4", placed(), requested("1"))
    assert installation.document("S-4", DocumentState.ISSUED).was_adopted
    assert installation.made("nilvera", "S-4") == 1


def test_a_manual_document_waits_until_a_person_approves_it(installation: RunningInstallation) -> None:
    installation.send("S-5", placed(), business=COUNTER)
    document = installation.document("S-5", DocumentState.PLANNED, Attention.AWAITING_APPROVAL).latest
    installation.type("documents", "approve", document.document_id, "--actor", "ayse")
    assert installation.document("S-5", DocumentState.ISSUED).latest.document_id == document.document_id


def _in_review(installation: RunningInstallation, order: str) -> str:
    """An order whose request was lost on its way to the provider that cannot refuse a repeat."""
    set_misbehaviour(installation.running.simulators["testbook"], {"next": ["LOST_BEFORE"]})
    installation.send(order, placed(), business=BOOKKEEPER)
    document = installation.document(order, DocumentState.PLANNED, Attention.NEEDS_REVIEW).latest
    assert document.evidence
    return document.document_id


def test_a_review_that_finds_nothing_lets_the_document_be_sent_again(installation: RunningInstallation) -> None:
    document_id = _in_review(installation, "S-6")
    waiting = json.loads(installation.type("review", "list", "--json"))
    assert document_id in {document["document_id"] for document in waiting}
    installation.type("review", "confirm-absent", document_id, "--actor", "ayse", "--reason", "asked them")
    installation.document("S-6", DocumentState.ISSUED)
    assert installation.made("testbook", "S-6") == 1


def test_a_review_that_finds_the_document_takes_its_number_and_sends_nothing(installation: RunningInstallation) -> None:
    document_id = _in_review(installation, "S-7")
    installation.type("review", "confirm-issued", document_id, "--number", "TB0000000000042", "--actor", "ayse")
    assert installation.document("S-7", DocumentState.ISSUED).latest.number == "TB0000000000042"
    assert installation.made("testbook", "S-7") == 0


def test_a_review_that_rejects_frees_the_lines(installation: RunningInstallation) -> None:
    document_id = _in_review(installation, "S-8")
    installation.type("review", "reject", document_id, "--actor", "ayse")
    installation.document("S-8", DocumentState.REJECTED)
    installation.send("S-8", requested("1"), business=BOOKKEEPER)
    assert installation.document("S-8", DocumentState.ISSUED).latest.attempt == 1


def test_cancelling_lines_that_are_on_their_way_withdraws_the_document_first(installation: RunningInstallation) -> None:
    nilvera = installation.running.simulators["nilvera"]
    set_misbehaviour(nilvera, {"next": ["LOST_BEFORE"]})
    installation.send("S-9", placed("10.00", "20.00"), requested("1", "2"))
    installation.document("S-9", DocumentState.PLANNED, Attention.UNCERTAIN)
    installation.send("S-9", LinesCancelled(line_references=("2",)))
    installation.document("S-9", DocumentState.CANCELLED)
    assert installation.verdicts("S-9", 4)[2:] == [
        ("LinesCancelled", Verdict.HELD, "WITHDRAWING"),
        ("LinesCancelled", Verdict.OK, None),
    ]
    assert installation.made("nilvera", "S-9") == 0


def test_a_business_that_nobody_configured_is_refused(installation: RunningInstallation) -> None:
    installation.send("S-10", placed(), business="FREMD", occurred_at=datetime.now(UTC))
    assert installation.verdicts("S-10", 1) == [("OrderPlaced", Verdict.REJECTED, "UNKNOWN_BUSINESS")]


def test_what_the_status_topic_tells_can_be_listed_and_shown(installation: RunningInstallation) -> None:
    installation.send("S-11", placed(), requested("1"))
    document = installation.document("S-11", DocumentState.ISSUED).latest
    listed = json.loads(installation.type("documents", "list", "--order", "S-11", "--json"))
    assert [found["number"] for found in listed] == [document.number]
    shown = installation.type("documents", "show", document.document_id[:13])
    assert "ISSUED" in shown and "S-11" in shown


def test_an_order_in_a_file_is_sent_answered_and_shown(installation: RunningInstallation, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    events = [OrderEvent(business=SHOP, order_reference="S-14", body=body) for body in (placed(), requested("1"))]
    file.write_bytes(b"\n".join(map(Codec().write, events)))
    told = json.loads(installation.type("orders", "send", str(file), "--json"))
    assert [(outcome["event_type"], outcome["verdict"]) for outcome in told] == [
        ("OrderPlaced", "OK"),
        ("InvoiceRequested", "OK"),
    ]
    document = installation.document("S-14", DocumentState.ISSUED).latest
    shown = installation.type("orders", "show", "S-14")
    assert document.document_id in shown and "ISSUED" in shown
    assert "120.00" in installation.type("documents", "show", document.document_id)
    assert installation.type("orders", "list", "--business", SHOP).count("S-14") == 1


def test_the_page_of_a_first_order_is_true_line_by_line(installation: RunningInstallation, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "first-order.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "first_order.py").write_text(program, encoding="utf-8")
    for attempt in ("OK", "DUPLICATE"):  # the second time is a retry
        done = subprocess.run(
            [sys.executable, str(tmp_path / "first_order.py"), SHOP, "WEB-1001"],
            env={**os.environ, **installation.running.environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.split() == ["OrderPlaced", attempt, "InvoiceRequested", attempt]
    document = installation.document("WEB-1001", DocumentState.ISSUED).latest
    assert document.number is not None
    assert document.document_id in installation.type("orders", "show", "WEB-1001")
    assert document.number in installation.type("documents", "list", "--order", "WEB-1001")
    file = tmp_path / "invoice.pdf"
    installation.type("documents", "download", document.document_id[:13], "--as", "pdf", "-o", str(file))
    assert file.read_bytes().startswith(b"%PDF")


def test_a_cancellation_whose_answer_is_lost_is_found_and_its_lines_can_be_invoiced_again(
    installation: RunningInstallation,
) -> None:
    installation.send("S-12", placed(), requested("1"))
    document = installation.document("S-12", DocumentState.ISSUED).latest
    set_misbehaviour(installation.running.simulators["nilvera"], {"next": ["LOST_ANSWER"]})
    installation.type("documents", "cancel", document.document_id[:13], "--reason", "placed twice", "--actor", "ayse")
    history = installation.document("S-12", DocumentState.CANCELLED).history
    assert [status.state for status in history][-3:] == ["CANCEL_PENDING", "CANCEL_PENDING", "CANCELLED"]
    assert installation.verdicts("S-12", 4)[2:] == [
        ("DocumentCancellationRequested", Verdict.HELD, "CANCELLING"),
        ("DocumentCancellationRequested", Verdict.OK, None),
    ]
    installation.send("S-12", requested("1"))
    assert installation.document("S-12", DocumentState.ISSUED).latest.attempt == 1
    assert installation.made("nilvera", "S-12") == 2


def test_a_document_that_nobody_can_tell_of_is_moved_after_a_person_has_looked(
    installation: RunningInstallation,
) -> None:
    file = installation.running.folder / "faturaflow.yaml"
    configuration = yaml.safe_load(file.read_text(encoding="utf-8"))
    configured = configuration["businesses"]
    key = {"api_key": {"env": businesses.secret_variable(BOOKKEEPER, "api_key")}}
    configured[BOOKKEEPER]["connections"]["nilvera"] = {**configured[SHOP]["connections"]["nilvera"], "secrets": key}
    file.write_text(json.dumps(configuration, ensure_ascii=False), encoding="utf-8")
    installation.type("config", "apply", str(file))
    document_id = _in_review(installation, "S-13")
    installation.type("documents", "reroute", document_id, "--to", "nilvera", "--actor", "ayse")
    assert installation.verdicts("S-13", 2)[1:] == [("RerouteRequested", Verdict.HELD, "WITHDRAWING")]
    installation.type("review", "confirm-absent", document_id, "--actor", "ayse")
    moved = installation.document("S-13", DocumentState.ISSUED).latest
    assert (moved.provider, moved.attempt) == ("nilvera", 1)
    assert installation.document("S-13", DocumentState.CANCELLED).latest.document_id == document_id
    assert (installation.made("testbook", "S-13"), installation.made("nilvera", "S-13")) == (0, 1)
