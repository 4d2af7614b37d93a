"""Documents are counted and summed from the read model, as the API does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.domain.documents import DocumentState
from app.operations import read_model
from tests.harness.pipeline import BUSINESS, Pipeline, order, request
from tests.tracking.read_model.installation import Installation, model_in


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Its read model is the one that commands ask."""
    made = model_in(tmp_path)
    monkeypatch.setattr(read_model, "read_model", lambda: made)
    yield Installation(made, Pipeline())
    made.close()


async def one_issued(installation: Installation) -> None:
    """An order of two lines; the first of them is on a legal invoice."""
    await installation.submit(order("S-1", lines=2), request("S-1", "1"), request("S-1", "2"))
    document = installation.queries.documents().rows[-1].latest.document_id
    issued = {"number": "EAR2026000000001", "issue_date": date(2026, 11, 2)}
    await installation.progress("S-1", document, DocumentState.ISSUED, **issued)
    assert installation.projector is not None
    now = datetime.now(UTC)
    installation.projector.mark(now, 0, now)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["documents", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


async def test_documents_are_counted_by_state(installation: Installation) -> None:
    await one_issued(installation)
    counts = {each["state"]: each["count"] for each in json.loads(said("count", "--business", BUSINESS, "--json"))}
    assert counts == {"ISSUED": 1, "PLANNED": 1}
    assert "ISSUED" in said("count")
    assert json.loads(said("count", "--business", "ANOTHER", "--json")) == []


async def test_vat_is_summed_over_what_was_issued_on_these_days(installation: Installation) -> None:
    await one_issued(installation)
    (row,) = json.loads(said("sum-vat", "--from", "2026-11-01", "--to", "2026-11-30", "--json"))
    assert (row["kind"], row["currency"], row["documents"]) == ("SATIS", "TRY", 1)
    assert "SATIS" in said("sum-vat", "--business", BUSINESS)
    assert json.loads(said("sum-vat", "--from", "2026-12-01", "--json")) == []


def test_without_a_read_model_the_way_to_one_is_said(installation: Installation) -> None:
    del installation
    result = CliRunner().invoke(app, ["documents", "count"])
    assert result.exit_code == 1
    assert "faturaflow worker tracking" in result.output
