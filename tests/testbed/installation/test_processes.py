"""The demonstration's processes are this product's, wherever the command is typed."""

from pathlib import Path

import pytest

from app.testbed.installation.processes import Processes


def test_a_folder_that_is_called_app_too_is_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("raise ImportError('another project')")
    monkeypatch.chdir(tmp_path)
    with Processes(folder=tmp_path / "logs", environment={}) as processes:
        processes.finish(processes.start("version", ["--version"]))
    assert (tmp_path / "logs" / "version.log").read_text().startswith("faturaflow ")
