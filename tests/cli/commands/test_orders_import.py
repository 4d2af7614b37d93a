import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from typer.testing import CliRunner, Result

from app.cli.commands.orders import app
from app.settings import settings
from tests.broker.stream.workers import until
from tests.sources.retail import EXCERPT, HEADER, row


@pytest.fixture
def prefix(bootstrap: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installation of its own on the shared broker: a prefix, and the order topic under it."""
    name = f"test-{uuid.uuid4().hex[:8]}."
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(f"{name}orders.v1", 4, 1)])[f"{name}orders.v1"].result(30)
    # It is created at once, and in the broker's own metadata a moment later.
    until(lambda: f"{name}orders.v1" in admin.list_topics(timeout=30).topics, 30, "the topic")
    monkeypatch.setenv("FATURAFLOW_TOPIC_PREFIX", name)
    monkeypatch.setenv("FATURAFLOW_BOOTSTRAP", bootstrap)
    settings.cache_clear()
    yield name
    settings.cache_clear()
    admin.delete_topics([f"{name}orders.v1"])[f"{name}orders.v1"].result(30)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def answer(*words: object) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    spoken: dict[str, Any] = json.loads(result.stdout)
    return spoken


def one_sentence(result: Result) -> str:
    assert result.exit_code == 1
    (sentence,) = result.stderr.splitlines()
    return sentence


def test_a_file_of_which_no_line_can_be_taken_is_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text(f"{HEADER}\n" + "a;b;c;d;e;f;g;h\n" * 3, encoding="utf-8")
    result = run("import", file, "--business", "shop", "--dry-run")
    assert (result.exit_code, "Not one line could be taken" in result.stderr) == (1, True)


def test_a_dry_run_accounts_for_every_line_of_the_excerpt_without_a_broker() -> None:
    spoken = answer("import", EXCERPT, "--business", "shop", "--dry-run")
    assert spoken["lines_taken"] + spoken["lines_refused"] == spoken["lines_read"] == 7190
    assert len(spoken["refusals"]) == spoken["lines_refused"] == sum(spoken["refused_by_reason"].values())
    assert (spoken["orders"], spoken["returns"], spoken["sent"], spoken["dry_run"]) == (328, 5, 0, True)
    assert spoken["refusals"][0] == {
        "line_number": 143,
        "invoice": "C536379",
        "stock_code": "D",
        "reason": "NO_ORIGINAL",
        "detail": "a discount on its own names no order",
    }


def test_a_cancellation_is_what_the_business_s_invoicing_makes_of_it() -> None:
    spoken = answer("import", EXCERPT, "--business", "shop", "--dry-run", "--invoicing", "at-shipment")
    assert (spoken["cancellations"], spoken["returns"]) == (1, 0)


def test_the_report_in_words_names_each_reason() -> None:
    result = run("import", EXCERPT, "--business", "shop", "--dry-run", "--limit-orders", 300)
    assert "300 orders" in result.stdout
    assert all(reason in result.stdout for reason in ("NO_ORIGINAL", "ZERO_PRICE", "BEYOND_LIMIT"))
    assert "nothing was sent" in result.stdout


def test_an_import_without_an_exchange_rate_is_refused_before_anything_else() -> None:
    assert "--rate" in one_sentence(run("import", EXCERPT, "--business", "shop"))


def test_another_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "orders.xlsx"
    other.write_bytes(b"PK\x03\x04\xff\xfe\x00\n\n")
    assert "not an Online Retail file" in one_sentence(run("import", other, "--business", "shop", "--dry-run"))


def test_bytes_that_are_no_text_cost_their_line(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(f"{HEADER}\n{row('1')}\n{row('2', name='??')}\n".encode().replace(b"??", b"\xff\xfe"))
    spoken = answer("import", file, "--business", "shop", "--dry-run")
    assert (spoken["orders"], spoken["refused_by_reason"]) == (1, {"UNREADABLE_LINE": 1})


@pytest.mark.parametrize(
    "option",
    [
        ("--rate", "0"),
        ("--rate", "much"),
        ("--vat", "0"),
        ("--vat", "101"),
        ("--business", "a b"),
        ("--business", "a/b"),
    ],
)
def test_an_option_that_cannot_be_is_refused(option: tuple[str, str]) -> None:
    assert run("import", EXCERPT, "--business", "shop", "--dry-run", *option).exit_code == 2


def test_no_broker_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.clients.producer.CONNECT_SECONDS", 0.2)
    words = ("import", EXCERPT, "--business", "shop", "--rate", "55", "--bootstrap", "127.0.0.1:1")
    assert "does not answer at 127.0.0.1:1" in one_sentence(run(*words))


def test_made_up_orders_are_the_same_for_the_same_seed_and_day(tmp_path: Path) -> None:
    words = ("produce", "--business", "kuzey", "--business", "guney:order_placed", "--orders", 60, "--dry-run")
    spoken = [
        answer(*words, "--day", "2026-11-02", "--seed", 5, "--expectations", tmp_path / name) for name in ("a", "b")
    ]
    assert spoken[0] == spoken[1]
    assert (spoken[0]["orders"], spoken[0]["first"]) == (60, "261102-5-00001")
    assert sum(spoken[0]["scenarios"].values()) == 60
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_expectations_say_for_each_order_what_must_become_of_it(tmp_path: Path) -> None:
    file = tmp_path / "expected.jsonl"
    spoken = answer("produce", "--business", "kuzey", "--orders", 60, "--dry-run", "--expectations", file)
    expected = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(expected) == 60
    assert sum(len(order["verdicts"]) for order in expected) == spoken["events"]
    assert set(expected[0]) == {
        "business",
        "order_reference",
        "scenario",
        "verdicts",
        "documents",
        "cancelled",
        "open",
        "awaiting_approval",
    }


@pytest.mark.parametrize("business", ["a b", "kuzey:NEVER"])
def test_a_business_that_cannot_be_is_refused(business: str) -> None:
    assert run("produce", "--business", business, "--dry-run").exit_code == 2


@pytest.mark.broker
def test_an_import_sends_every_event_to_the_order_topic(prefix: str) -> None:
    words = ("import", EXCERPT, "--business", "shop", "--rate", "55.12")
    spoken = answer(*words)
    assert spoken["sent"] == spoken["events"] == 333
    assert f"333 of 333 events are on {prefix}orders.v1" in run(*words).stdout


@pytest.mark.broker
def test_made_up_orders_can_be_sent_at_a_pace(prefix: str) -> None:
    assert prefix
    spoken = answer("produce", "--business", "kuzey", "--orders", 5, "--per-second", 100)
    assert spoken["sent"] == spoken["events"] >= 5
