"""On a real Kafka: what is proven of a document, history under other rules, and a rebuild that asks no provider."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.domain.documents import DocumentState, DocumentType
from app.domain.reconciliation import Discrepancy, Finding, Reconciliation
from app.domain.time import legal_date
from app.stream.clients.clients import plain_consumer, watermarks
from app.testbed.installation import businesses
from app.testbed.installation.installation import Installation, running_installation
from app.testbed.installation.simulators import arrivals, set_misbehaviour, simulator_record
from tests.broker.test_whole_installation import RunningInstallation, placed, requested
from tests.cli.commands.conftest import made_by_another_program
from tests.providers.examples import ISSUED_AT

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
SHOP, BOOKKEEPER = businesses.MARKETPLACE.code, businesses.BOOKKEEPER.code


@pytest.fixture(scope="module")
def installation(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    folder: Path = tmp_path_factory.mktemp("proof") / f"proof-{time.time_ns()}"
    folder.mkdir()
    with running_installation(folder, bootstrap, seed=2, misbehave=False) as started:
        yield RunningInstallation(started)


def typed(running: Installation, *words: str) -> tuple[int, Any]:
    """The exit code of `faturaflow` for these words, and the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", *words, "--json"],
        env={**os.environ, **running.environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode in {0, 3}, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def ends(running: Installation) -> dict[str, dict[int, tuple[int, int]]]:
    """Where each topic of the installation begins and ends."""
    consumer = plain_consumer(running.bootstrap, "test-ends")
    try:
        names = [n for n in consumer.list_topics(timeout=20).topics if n.startswith(running.topics.prefix)]
        return {name: dict(watermarks(consumer, name, timeout=20)) for name in sorted(names)}
    finally:
        consumer.close()


def asked(running: Installation) -> dict[str, list[float]]:
    """Every request that has reached a provider."""
    return {name: arrivals(url) for name, url in running.simulators.items()}


def made(running: Installation) -> dict[str, int]:
    return {name: len(simulator_record(url)["documents"]) for name, url in running.simulators.items()}


def store_of(running: Installation) -> bytes:
    return (running.folder / "faturaflow.db").read_bytes()


@pytest.mark.parametrize(("business", "order"), [(SHOP, "B-1"), (BOOKKEEPER, "B-2")], ids=["nilvera", "testbook"])
def test_a_document_whose_answer_was_lost_is_proven_to_exist_once(
    installation: RunningInstallation, business: str, order: str
) -> None:
    running = installation.running
    set_misbehaviour(running.simulators["nilvera" if business == SHOP else "testbook"], {"next": ["LOST_ANSWER"]})
    installation.send(order, placed(), *([requested("1")] if business == SHOP else []), business=business)
    document = installation.document(order, DocumentState.ISSUED).latest
    before = made(running)
    code, (proof,) = typed(running, "prove", document.document_id)
    assert (code, proof["conclusion"]["verdict"]) == (0, "ONCE"), proof["conclusion"]
    assert proof["provider"]["look_up"]["number"] == document.number
    assert all(each["agrees"] for each in proof["ids"])
    kinds = [fact["kind"] for fact in proof["journal"]]
    assert kinds.index("Attempting") < kinds.index("Answered") < kinds.index("LookedUp")
    assert kinds[-1] == "Reported"
    assert made(running) == before


def test_history_under_other_rules_touches_neither_topics_nor_store_nor_providers(
    installation: RunningInstallation, tmp_path: Path
) -> None:
    running = installation.running
    installation.send("B-3", placed("10.00", "20.00"), requested("1"))
    installation.document("B-3", DocumentState.ISSUED)
    other = tmp_path / "other.yaml"
    policy = {"provider": "testbook", "trigger": "ORDER_PLACED"}
    other.write_text(yaml.safe_dump({"businesses": {SHOP: {"policy": policy}}}), encoding="utf-8")
    before = ends(running), store_of(running), asked(running)
    code, lines = typed(running, "what-if", "--policy", str(other))
    assert (ends(running), store_of(running), asked(running)) == before
    orders = {line["order_key"]: line for line in lines[:-1]}
    changes = {
        (each["change"], tuple((each["was"] or each["would_be"])["lines"]))
        for each in orders[f"{SHOP}/B-3"]["documents"]
    }
    assert (code, changes) == (0, {("NOT_MADE", ("1",)), ("MADE", ("1", "2"))})


def findings(running: Installation) -> list[Finding]:
    """What the topic has, event by event."""
    records = running.read(running.topics.reconciliation)
    events = (running.codec.read(Reconciliation, record.value).body for record in records)
    return [body for body in events if isinstance(body, Finding)]


def test_a_day_agrees_with_its_provider_and_what_another_program_made_is_one_event_until_it_is_resolved(
    installation: RunningInstallation,
) -> None:
    running = installation.running
    installation.send("B-5", placed(), requested("1"))
    issued = installation.document("B-5", DocumentState.ISSUED).latest
    compare = ("reconcile", "--business", SHOP, "--connection", "second-login", "--day")
    code, ((day,),) = typed(running, *compare, f"{issued.issue_date}")
    assert (code, day["outcome"]["result"], day["outcome"]["discrepancies"]) == (0, "COMPARED", 0), day
    assert day["outcome"]["agreeing"] >= 1
    assert day["outcome"]["amounts_unknown"] == 0

    # The simulated company of this business, and a document that no order here has asked for.
    stranger = asyncio.run(made_by_another_program(running.simulators["nilvera"], DocumentType.EARSIV))
    again = (*compare, f"{legal_date(ISSUED_AT)}")
    assert [typed(running, *again)[0] for _ in range(2)] == [3, 3]
    (finding,) = findings(running)
    assert (finding.kind, finding.number, finding.state) == (Discrepancy.MISSING_HERE, stranger.number, "OPEN")
    assert typed(running, "reconcile", "list")[0] == 3

    file = running.folder / "faturaflow.yaml"
    configured = yaml.safe_load(file.read_text(encoding="utf-8"))
    configured["businesses"][SHOP]["connections"]["second-login"]["options"]["other_programs"] = "expected"
    file.write_text(yaml.safe_dump(configured, allow_unicode=True), encoding="utf-8")
    installation.type("config", "apply", str(file))
    assert typed(running, *again)[0] == 0
    assert [each.state for each in findings(running)] == ["OPEN", "RESOLVED"]
    assert typed(running, "reconcile", "list") == (0, [{"findings": []}])


def test_everything_is_rebuilt_from_the_topics_and_no_provider_is_asked(installation: RunningInstallation) -> None:
    running = installation.running
    installation.send("B-4", placed(), requested("1"))
    installation.document("B-4", DocumentState.ISSUED)
    for process in [each for each in running.processes.running if each.name != "sandbox"]:
        process.popen.terminate()
        running.processes.running.remove(process)
        process.popen.wait(30)
    before = ends(running), asked(running)
    code, (rebuilt,) = typed(running, "rebuild", "all")
    assert (ends(running), asked(running)) == before
    orders = rebuilt["read_model"]["now"]["orders"]
    assert (code, rebuilt["numbers"]["contradictions"]) == (0, [])
    assert rebuilt["planner"] == {"alike": orders, "waiting": 0, "lacking": [], "different": []}
    assert rebuilt["read_model"]["now"]["errors"] == 0
    assert orders >= 1
