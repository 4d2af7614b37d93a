import subprocess
import sys

LOGS = """
import logging
from app.stream.processing import logs
from app.stream.startup.retrying import with_retries
from app.stream.serialization.errors import RegistryUnavailableError
logs.configure("WARNING")
import structlog
structlog.get_logger().warning("ours", why="so it is")
logging.getLogger("aiokafka.conn").error("theirs: %s", "no broker")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("asyncio").exception("a traceback")
answers = iter([RegistryUnavailableError("The schema registry does not answer."), None])
def ask():
    if fault := next(answers):
        raise fault
with_retries(ask)
"""


def test_every_logger_writes_one_format_and_a_line_each() -> None:
    said = subprocess.run([sys.executable, "-c", LOGS], capture_output=True, text=True, check=True).stderr
    lines = said.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("timestamp=2") and " level=" in line and " event=" in line for line in lines)
    assert 'event="theirs: no broker" logger=aiokafka.conn' in lines[1]
    assert "ZeroDivisionError" in lines[2]
    assert 'event="asking again"' in lines[3] and "The schema registry does not answer." in lines[3]
    assert "<function" not in said
