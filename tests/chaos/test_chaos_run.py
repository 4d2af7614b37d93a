"""A short run of the real thing: its own Kafka, real workers, real signals."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.chaos.rubbish import Rubbish

SECONDS = 40
# Its faults begin with the broker's restart, after which every worker starts anew: at the end it would cost a minute.
SEED = 156
# Starting, forty seconds of faults, settling, a cold start, checking; on two cores that others use as well.
TIMEOUT_SECONDS = 360


@pytest.mark.broker
@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
def test_a_run_under_every_fault_that_fits_into_it_keeps_every_promise(tmp_path: Path) -> None:
    arguments = f"chaos --seconds {SECONDS} --seed {SEED} --json r.json".split()
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("FATURAFLOW_")},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert (tmp_path / "r.json").exists(), done.stdout[-3000:] + done.stderr[-3000:]
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["ok"] is True, report["findings"]
    assert done.returncode == 0
    assert report["orders"] >= SECONDS * 15
    for kind in ("KILL", "TERM", "JOIN", "FREEZE", "BROKER_RESTART", "LOST_BEFORE", "LOST_ANSWER", "TOO_MANY", "DOWN"):
        assert report["faults"].get(kind), kind
    assert report["lookups"] >= 1
    assert set(report["rubbish"]) == set(Rubbish)
    assert report["split_orders"] >= 1 and report["refused"]["CONTENT_CONFLICT"] >= 1
    assert all(count >= 1 for count in report["rebuild"].values())
