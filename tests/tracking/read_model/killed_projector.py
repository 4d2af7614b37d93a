"""A projection that is killed before its commit; run as a program with the folder of its read model."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.harness.pipeline import order, request
from tests.tracking.read_model.installation import Installation, model_in

EVENTS = (order("S-1", lines=2), request("S-1", "1"), order("S-2"))


def die(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if statement.startswith("UPDATE offsets"):
        os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path) -> None:
    installation = Installation(model_in(folder))
    installation.project()
    event.listen(installation.model.live()._engine, "before_cursor_execute", die)
    asyncio.run(installation.submit(*EVENTS))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
