"""The demonstration itself, small: a whole installation, misbehaving providers, and a reconciliation that balances."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Sixty orders stream within seconds; the rest is starting, settling and stopping.
TIMEOUT_SECONDS = 150


@pytest.mark.broker
@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
def test_the_demonstration_balances(bootstrap: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", "demo", "--orders", "60", "--json", "totals.json"],
        cwd=tmp_path,
        env={**os.environ, "FATURAFLOW_BOOTSTRAP": bootstrap},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    totals = json.loads((tmp_path / "totals.json").read_text())
    assert totals["balanced"] is True
    assert (totals["orders"], totals["lost"], totals["double"], totals["gaps"]) == (60, 0, 0, 0)
    assert totals["documents"] >= 50
    for kind in ("issued", "duplicates_answered", "looked_up_then_adopted", "in_review"):
        assert totals[kind] >= 1, kind
