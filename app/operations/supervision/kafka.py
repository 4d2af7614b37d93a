"""The embedded Kafka of an installation on one machine, kept running."""

from collections.abc import Callable
from pathlib import Path

from app import local_kafka


class EmbeddedKafka:
    """The embedded broker of a folder, started again where it has ended. Every call blocks.

    `is_own`: it was started here, and ends with `close`; one that ran before is left running.
    """

    def __init__(self, folder: Path, *, said: Callable[[str], None]) -> None:
        """Starts it, or finds it running. Raises StackError."""
        self._said = said
        running = local_kafka.up(folder)
        self.folder = running.folder
        self.bootstrap = running.bootstrap
        self.is_own = running.started

    @property
    def status(self) -> local_kafka.StackStatus:
        """Whether it runs and answers."""
        return local_kafka.status(self.folder)

    def look(self) -> None:
        """Starts it again where it has ended. Workers lose nothing: they wait for it, or are started again."""
        try:
            if self.status.running:
                return
            self._said("Kafka has ended; it is started again.")
            self.bootstrap = local_kafka.up(self.folder).bootstrap
        except local_kafka.StackError as error:
            self._said(f"Kafka cannot be started: {error}")

    def close(self) -> None:
        """Raises StackError."""
        if self.is_own:
            local_kafka.down(self.folder)
