"""What a command says while it waits."""

import sys
from io import StringIO

import pytest

from app.cli.printing.outcomes import waiting_for_the_planner


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stderr", "says"), [(Terminal(), True), (StringIO(), False)], ids=["terminal", "file"])
def test_a_terminal_is_told_what_is_waited_for(
    stderr: StringIO, monkeypatch: pytest.MonkeyPatch, *, says: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    with waiting_for_the_planner():
        pass
    assert ("Waiting for the planner's answer" in stderr.getvalue()) is says
