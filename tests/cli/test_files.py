"""Files that commands write: whole or not at all."""

import stat
from pathlib import Path

import pytest

from app.cli import files
from app.cli.printing.tables import sentence_of


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    file.write_bytes(b"before")
    file.chmod(0o640)
    files.write_file(file, b"after")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode), len(list(tmp_path.iterdir()))) == (b"after", 0o640, 1)


def test_a_full_disk_is_told_with_the_file_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.xml"
    file.write_bytes(b"before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match=r"out\.xml") as fault:
        files.write_file(file, b"after")
    assert sentence_of(fault.value) == f"{file}: no space left on device."
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"before"]


def test_a_link_and_a_device_are_written_through(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.write_file(tmp_path / "link", b"content")
    files.write_file(Path("/dev/null"), b"content")
    assert ((tmp_path / "real").read_bytes(), (tmp_path / "link").is_symlink()) == (b"content", True)
