"""What commands print and write, for a person and for a pipe."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli import output

NUMBER = "ORN2026000000002"


def test_a_row_is_one_line_whatever_its_width(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("order", "number"), [("S-" + "9" * 62, NUMBER), ("S-1", "")])
    header, long, short = capsys.readouterr().out.splitlines()
    assert (header.split(), long.split(), short) == (["ORDER", "NUMBER"], ["S-" + "9" * 62, NUMBER], "S-1")
    assert long.index(NUMBER) == header.index("NUMBER")


def test_columns_stay_in_line_beside_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("order", "number"), [("订单", NUMBER), ("S-12", NUMBER)])
    _, wide, narrow = capsys.readouterr().out.splitlines()
    assert (wide, narrow) == (f"订单   {NUMBER}", f"S-12   {NUMBER}")


def test_what_steers_a_terminal_is_shown_by_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("why",), [("\x1b[2Kgone\x07",)])
    assert capsys.readouterr().out.splitlines()[1] == r"\x1b[2Kgone\x07"


def test_json_has_nothing_that_steers_a_terminal_and_says_the_same() -> None:
    said = {"a\x9b2K": ["\u202eabc", "İ", "\U000e0041", "line\nline"]}
    written = output.safe_json(said)
    assert written.isprintable()
    assert json.loads(written) == said


def test_a_time_is_turkeys_with_its_offset() -> None:
    assert output.moment(datetime(2026, 11, 29, 22, 29, 5, tzinfo=UTC)) == "2026-11-30 01:29:05+03:00"


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    file.write_bytes(b"before")
    file.chmod(0o640)
    output.write_file(file, b"after")
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
        output.write_file(file, b"after")
    assert output.sentence_of(fault.value) == f"{file}: no space left on device."
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"before"]


def test_a_link_and_a_device_are_written_through(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    output.write_file(tmp_path / "link", b"content")
    output.write_file(Path("/dev/null"), b"content")
    assert ((tmp_path / "real").read_bytes(), (tmp_path / "link").is_symlink()) == (b"content", True)
