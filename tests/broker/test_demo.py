"""The demonstration itself, small: a whole installation, misbehaving providers, and books that balance."""

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
def test_the_demonstration_balances_its_books(bootstrap: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", "demo", "--orders", "60", "--json", "books.json"],
        cwd=tmp_path,
        env={**os.environ, "FATURAFLOW_BOOTSTRAP": bootstrap},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    books = json.loads((tmp_path / "books.json").read_text())
    assert books["balanced"] is True
    assert (books["orders"], books["lost"], books["double"], books["gaps"]) == (60, 0, 0, 0)
    assert books["documents"] >= 50
    for kind in ("issued", "duplicates_answered", "looked_up_then_adopted", "in_review"):
        assert books[kind] >= 1, kind
