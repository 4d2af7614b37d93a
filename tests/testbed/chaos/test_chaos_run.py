"""A short run of the real thing: its own Kafka, real workers, real signals."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.testbed.chaos.check.bad_input import BadInput
from app.testbed.chaos.variants import Variant

SECONDS = 40
# Its faults begin with the broker's restart, after which every worker starts anew: at the end it would cost a minute.
SEED = 156
# Starting, forty seconds of faults, settling, a cold start, checking; on two cores that others use as well.
TIMEOUT_SECONDS = 360
# The same with a store that is put back, and with holds and silences of a minute.
LONG_TIMEOUT_SECONDS = 900


@pytest.mark.broker
@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
def test_a_run_under_every_fault_that_fits_into_it_keeps_every_promise(tmp_path: Path) -> None:
    summary = ran(tmp_path, f"--seconds {SECONDS} --seed {SEED} --plain", TIMEOUT_SECONDS)
    assert summary["ok"] is True, summary["defects"]
    assert summary["orders"] >= SECONDS * 15
    for kind in ("KILL", "TERM", "JOIN", "FREEZE", "BROKER_RESTART", "LOST_BEFORE", "LOST_ANSWER", "TOO_MANY", "DOWN"):
        assert summary["faults"].get(kind), kind
    assert summary["lookups"] >= 1
    assert set(summary["bad_input"]) == set(BadInput)
    assert summary["split_orders"] >= 1 and summary["refused"]["CONTENT_CONFLICT"] >= 1
    assert all(count >= 1 for count in summary["rebuild"].values())
    assert summary["variants"] == []


@pytest.mark.broker
@pytest.mark.long
@pytest.mark.postgresql
@pytest.mark.timeout(LONG_TIMEOUT_SECONDS + 30)
def test_a_run_with_every_variant_keeps_every_promise(tmp_path: Path) -> None:
    summary = ran(tmp_path, "--seconds 90 --seed 127", LONG_TIMEOUT_SECONDS)
    assert summary["ok"] is True, summary["defects"]
    assert set(summary["variants"]) == set(Variant)
    assert summary["refused"]["ORDER_NOT_FOUND"] >= 1 and summary["overdue"] >= 1


def ran(folder: Path, arguments: str, seconds: int) -> dict[str, Any]:
    """The summary of a run in this folder; its exit code must agree."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", "chaos", *arguments.split(), "--json", "r.json"],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("FATURAFLOW_")},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert (folder / "r.json").exists(), done.stdout[-3000:] + done.stderr[-3000:]
    summary: dict[str, Any] = json.loads((folder / "r.json").read_text())
    assert (done.returncode == 0) is summary["ok"]
    return summary
