"""What is found: from the store, the read model and the processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.documents import Attention, DocumentState
from app.operations.alerts import findings as found
from app.operations.alerts.findings import findings, running_up
from app.operations.supervision.report import ProcessReport, UpReport
from app.operations.supervision.supervisor import LastExit, Phase
from app.store.webhooks.schedule import Answer
from tests.harness.pipeline import BUSINESS, order, request
from tests.store.configurations import PROVIDER, business
from tests.tracking.read_model.installation import Installation, model_in
from tests.webhooks.queued import BROKEN, NOW, Queued, event_of, queued_in


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queued]:
    monkeypatch.setattr(found, "why_stale", lambda _now: None)
    with queued_in(tmp_path) as opened:
        opened.store.apply([business(BUSINESS)], actor="test")
        yield opened


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(model_in(tmp_path))
    made.project()
    yield made
    made.model.close()


def keys(known: Queued, installation: Installation, up: UpReport | None = None) -> list[str]:
    return [each.key for each in findings(known.store, installation.queries, known.clock(), up)]


def test_where_all_is_well_nothing_is_found(known: Queued, installation: Installation, tmp_path: Path) -> None:
    assert keys(known, installation) == []
    assert running_up(tmp_path / "nothing") is None


async def test_documents_that_wait_for_a_person_are_counted(known: Queued, installation: Installation) -> None:
    await installation.submit(order("S-1", lines=2), request("S-1", "1"))
    (document,) = installation.queries.documents().rows
    review = {"attention": Attention.NEEDS_REVIEW, "review_revision": 1}
    await installation.progress("S-1", document.latest.document_id, DocumentState.PROCESSING, **review)
    (finding,) = findings(known.store, installation.queries, NOW, None)
    assert (finding.key, finding.turkish) == (f"documents {BUSINESS}", f"{BUSINESS}: 1 belge kararınızı bekliyor.")


def test_a_login_that_was_refused_is_found_until_its_owner_has_acted(known: Queued, installation: Installation) -> None:
    known.store.mark_needs_owner(BUSINESS, PROVIDER, 1, "401: the key has ended")
    assert keys(known, installation) == [f"connection {BUSINESS}/{PROVIDER}"]
    known.store.owner_acted(BUSINESS, PROVIDER, actor="ayşe")
    assert keys(known, installation) == []


def test_a_webhook_that_fails_for_an_hour_and_one_that_was_paused_by_itself_are_found(
    known: Queued, installation: Installation
) -> None:
    failing, gone, by_hand = known.add(), known.add(), known.add()
    known.put(failing, event_of("d1", 1))
    known.put(gone, event_of("d1", 1))
    known.answer(failing, BROKEN)
    known.answer(gone, Answer(status=410, text=""))
    known.store.webhook_endpoints().pause(by_hand, actor="ayşe", why="bakım")
    assert keys(known, installation) == [f"webhook {gone} paused"]
    known.clock.now += timedelta(hours=1)
    assert set(keys(known, installation)) == {f"webhook {gone} paused", f"webhook {failing} failing"}


def test_a_process_that_needs_a_person_is_found(known: Queued, installation: Installation) -> None:
    ended = LastExit(code=73, at=NOW, meaning="a changelog is empty", remedy="restore the changelog")
    process = ProcessReport(
        name="planner",
        phase=Phase.NEEDS_PERSON,
        since=NOW,
        health=None,
        ready_at=None,
        pid=None,
        restarts=0,
        last_exit=ended,
        log="planner.log",
        log_ends=None,
    )
    up = UpReport(since=NOW, kafka="localhost:9092", kafka_health=None, problem=None, processes=(process,))
    assert keys(known, installation, up) == ["process planner"]


def test_lists_that_are_not_up_to_date_are_found(
    known: Queued, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "why_stale", lambda _now: "no worker keeps it up to date")
    assert keys(known, installation) == ["read model"]
