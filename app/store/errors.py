"""What can go wrong with the store.

StoreError                      one sentence about what is wrong, and what to do
├── StoreUnavailableError       the database cannot be reached now: a worker waits and asks again
├── SecretsUnreadableError      the key is missing or another one: a person sets FATURAFLOW_SECRET_KEY
├── OtherReleaseError           a newer release has stored what this one does not know: run that one
├── NumbersBehindError          the store has given numbers of which it knows nothing: a person runs `rebuild numbers`
├── ClockBehindError            a series has gone on beyond the asking clock: wait, then look after the clocks
├── OtherProviderError          a connection would be at another provider than its documents: give it another name
├── SessionLostError            another process uses the session by now: what was asked with it is asked again
├── ConfigurationRefusedError   a configuration file has errors; carries every one of them
└── RefusedLoginError           one connection that was described has errors; carries every one of them
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LineError:
    """One thing wrong in a configuration file: the line, the path from the file's root, and a sentence."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self._sentence()}"

    def in_file(self, file: Path) -> str:
        """With the file's name before it, as editors and compilers have it: `shop.yaml:4: a.b: is required`."""
        return f"{file}:{self.line}: {self._sentence()}"

    def _sentence(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class StoreError(Exception):
    """The store could not do what was asked."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached. Nothing was read or written."""


class SecretsUnreadableError(StoreError):
    """No secret can be stored or read with the key at hand."""


class OtherReleaseError(StoreError):
    """A row holds more than this release can read; to read the rest of it would drop what its owner has decided."""


class NumbersBehindError(StoreError):
    """The store is older than the numbers that were given, so it would give some of them twice."""


class ClockBehindError(StoreError):
    """The asking clock is far behind the last number of its series: an older date would break the series' order."""


class OtherProviderError(StoreError):
    """A connection keeps its provider: under its name there are documents."""


class SessionLostError(StoreError):
    """It was held for longer than was allowed, and another holder has it."""


class ConfigurationRefusedError(StoreError):
    """The file was not applied; `errors` are in the order of their lines."""

    def __init__(self, errors: tuple[LineError, ...]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


class RefusedLoginError(StoreError):
    """The connection was not stored; `errors` are sentences, each with its field."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors
