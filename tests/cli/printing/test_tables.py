"""What commands print and write, for a person and for a pipe."""

import json
from datetime import UTC, datetime

import pytest

from app.cli.printing import tables

NUMBER = "ORN2026000000002"


def test_a_row_is_one_line_whatever_its_width(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(("order", "number"), [("S-" + "9" * 62, NUMBER), ("S-1", "")])
    header, long, short = capsys.readouterr().out.splitlines()
    assert (header.split(), long.split(), short) == (["ORDER", "NUMBER"], ["S-" + "9" * 62, NUMBER], "S-1")
    assert long.index(NUMBER) == header.index("NUMBER")


def test_columns_stay_in_line_beside_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(("order", "number"), [("订单", NUMBER), ("S-12", NUMBER)])
    _, wide, narrow = capsys.readouterr().out.splitlines()
    assert (wide, narrow) == (f"订单   {NUMBER}", f"S-12   {NUMBER}")


def test_what_steers_a_terminal_is_shown_by_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(("why",), [("\x1b[2Kgone\x07",)])
    assert capsys.readouterr().out.splitlines()[1] == r"\x1b[2Kgone\x07"


def test_json_has_nothing_that_steers_a_terminal_and_says_the_same() -> None:
    said = {"a\x9b2K": ["\u202eabc", "İ", "\U000e0041", "line\nline"]}
    written = tables.safe_json(said)
    assert written.isprintable()
    assert json.loads(written) == said


def test_a_time_is_turkeys_with_its_offset() -> None:
    assert tables.moment(datetime(2026, 11, 29, 22, 29, 5, tzinfo=UTC)) == "2026-11-30 01:29:05+03:00"


def test_counts_are_one_line_for_each_kind_that_has_any() -> None:
    counts = {"events": {"REJECTED": 2, "OK": 1}, "documents": {"REJECTED": 1}, "attention": {}}
    assert tables.count_lines(counts) == "events: OK 1, REJECTED 2\ndocuments: REJECTED 1"
