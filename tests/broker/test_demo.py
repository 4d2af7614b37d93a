"""The demonstration itself, small: a whole installation, misbehaving providers, and a reconciliation that balances."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from providers.registry import PROVIDERS

# Sixty orders stream within seconds; the rest is starting, settling and stopping.
TIMEOUT_SECONDS = 150
# The same with an issuer for each provider, which start one after the other on two processors.
WIDE_TIMEOUT_SECONDS = 400


def totals_of(bootstrap: str, folder: Path, words: str, seconds: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", "demo", *words.split(), "--json", "totals.json"],
        cwd=folder,
        env={**os.environ, "FATURAFLOW_BOOTSTRAP": bootstrap},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    totals: dict[str, Any] = json.loads((folder / "totals.json").read_text())
    return totals


@pytest.mark.broker
@pytest.mark.timeout(TIMEOUT_SECONDS + 30)
def test_the_demonstration_balances(bootstrap: str, tmp_path: Path) -> None:
    totals = totals_of(bootstrap, tmp_path, "--orders 60", TIMEOUT_SECONDS)
    assert totals["balanced"] is True
    assert (totals["orders"], totals["lost"], totals["double"], totals["gaps"]) == (60, 0, 0, 0)
    assert totals["documents"] >= 50
    for kind in ("issued", "duplicates_answered", "looked_up_then_adopted", "in_review"):
        assert totals[kind] >= 1, kind


@pytest.mark.broker
@pytest.mark.wide
@pytest.mark.timeout(WIDE_TIMEOUT_SECONDS + 30)
def test_it_balances_with_a_business_at_every_provider(bootstrap: str, tmp_path: Path) -> None:
    totals = totals_of(bootstrap, tmp_path, "--orders 200 --providers all --seed 11", WIDE_TIMEOUT_SECONDS)
    assert totals["balanced"] is True
    assert set(totals["at_providers"]) == set(PROVIDERS)
    assert (totals["orders"], totals["lost"], totals["double"], totals["wrong"], totals["gaps"]) == (200, 0, 0, 0, 0)
