"""The run's own broker: restarted over the same data, and made slow, while every process works on."""

import os
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from app import local_kafka

# A slow broker answers nothing for so long, then everything for a moment, again and again: well below a session.
STILL_SECONDS: Final = 1.5
BREATH_SECONDS: Final = 0.4


class OwnBroker:
    """What is done to the broker is done one thing after the other, beside the run."""

    def __init__(self, folder: Path) -> None:
        """Starts it. Raises StackError."""
        self.folder = folder
        self.bootstrap = local_kafka.up(folder).bootstrap
        self._doing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="broker")
        self._done: list[Future[None]] = []

    def restart(self) -> None:
        """Down and up again."""
        self._done.append(self._doing.submit(self._restart))

    def slow(self, seconds: float) -> None:
        """For so long answers come late, in bursts."""
        self._done.append(self._doing.submit(self._slow, seconds))

    @property
    def busy(self) -> bool:
        """Something is being done to it. Raises what an action has failed with."""
        for action in self._done:
            if action.done():
                action.result()
        return not all(action.done() for action in self._done)

    def stop(self) -> None:
        """Ends it; its data stays."""
        self._doing.shutdown()
        local_kafka.down(self.folder)

    def _restart(self) -> None:
        local_kafka.down(self.folder)
        again = local_kafka.up(self.folder).bootstrap
        if again != self.bootstrap:
            raise local_kafka.StackError(
                f"The broker came back at {again} instead of {self.bootstrap}: its port was taken."
            )

    def _slow(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and (pid := local_kafka.status(self.folder).pid) is not None:
            _hold(pid, min(STILL_SECONDS, end - time.monotonic()))
            time.sleep(BREATH_SECONDS)


def _hold(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(max(seconds, 0.0))
    finally:
        os.kill(pid, signal.SIGCONT)
