import subprocess
import sys

from app.stream.ownership import exits
from app.stream.ownership.exits import EXIT_CODES, ExitCode

ABORTS = """
import atexit, sys
from app.stream.ownership.exits import abort
atexit.register(print, "an exit handler ran")
try:
    try:
        raise ValueError("personal data")
    except ValueError as error:
        abort("batch", error)
finally:
    print("a finally ran")
"""


def test_leaving_runs_nothing_more_and_names_the_error_but_not_its_message() -> None:
    left = subprocess.run([sys.executable, "-c", ABORTS], capture_output=True, text=True, check=False)
    said = left.stdout + left.stderr
    assert left.returncode == 70
    assert " ran" not in said
    assert "ValueError" in said
    assert "personal data" not in said


def test_every_exit_code_is_another_and_says_what_it_means_and_what_to_do() -> None:
    assert list(EXIT_CODES) == sorted(set(EXIT_CODES))
    assert all(code.meaning and code.remedy for code in EXIT_CODES)
    named = {value for value in vars(exits).values() if isinstance(value, ExitCode)}
    assert named == set(EXIT_CODES)


def test_the_line_at_leaving_says_who_starts_the_worker_again() -> None:
    left = subprocess.run([sys.executable, "-c", ABORTS], capture_output=True, text=True, check=False)
    assert "start it again, as a supervisor does" in left.stdout + left.stderr
