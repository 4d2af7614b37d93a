"""How a page's console blocks are read, run and compared: what is shown otherwise than it is must not pass."""

from datetime import date
from pathlib import Path

import pytest

from tests.harness.console_page import Shell, Step, later, says, steps_of

PAGE = """
```console
$ export ONE=1
$ echo 'two
lines' |
  cat
two
lines
$ echo $ONE  # as it was set
1
```
"""


def test_a_command_goes_on_until_its_quotes_and_pipes_are_closed() -> None:
    assert [step.command for step in steps_of(PAGE)] == [
        "export ONE=1",
        "echo 'two\nlines' |\n  cat",
        "echo $ONE  # as it was set",
    ]


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("S-1 OrderPlaced: OK\n  document 1abf PLANNED", True),
        ("S-1 … PLANNED", True),
        ("S-1 OrderPlaced: OK\n…", True),
        ("S-1 OrderPlaced: REJECTED\n…", False),
        ("S-1 OrderPlaced: OK", False),
        ("", False),
    ],
)
def test_what_is_left_out_is_marked_and_everything_else_counts(shown: str, *, same: bool) -> None:
    assert says("S-1 OrderPlaced: OK\n  document 1abf PLANNED\n", shown) is same


@pytest.mark.parametrize(
    ("printed", "same"),
    [
        ("ORN2027000000001  2026-11-02 20:36", True),
        ("ORN2026000000002  2026-11-02 20:36", False),
        ("ORN2026000000001  2026-11-03 20:36", False),
    ],
)
def test_times_and_years_of_numbers_do_not_matter_and_days_do(printed: str, *, same: bool) -> None:
    assert says(printed, "ORN2026000000001  2026-11-02 09:00:01+03:00") is same


def test_days_are_as_much_later_as_the_page_is_older() -> None:
    assert (
        later("from 2026-10-27 to 2026-12-02", date(2026, 11, 2), date(2027, 1, 1)) == "from 2026-12-26 to 2027-01-31"
    )


def test_a_step_that_prints_something_else_says_what(tmp_path: Path) -> None:
    with Shell(tmp_path, {"PATH": "/usr/bin:/bin"}) as shell:
        assert [shell.walk(step) for step in steps_of(PAGE)] == [None, None, None]
        assert (shell.walk(Step("echo $ONE", "2")) or "").strip() == "1"
