"""What can go wrong with the store.

StoreError                  one sentence about what is wrong, and what to do
├── StoreUnavailable        the database cannot be reached now: a worker waits and asks again
├── SecretsUnreadable       the key is missing or another one: a person sets FATURAFLOW_SECRET_KEY
├── OtherRelease            a newer release has stored what this one does not know: run that one
├── NumbersBehind           the store has given numbers of which it knows nothing: a person runs `rebuild numbers`
├── ClockBehind             a series has gone on beyond the asking clock: wait, then look after the clocks
└── ConfigurationRefused    a configuration file has faults; carries every one of them
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a configuration file: the line, the path from the file's root, and a sentence."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path}: {self.message}" if self.path else f"line {self.line}: {self.message}"


class StoreError(Exception):
    """The store could not do what was asked."""


class StoreUnavailable(StoreError):  # noqa: N818 - it is a state that passes, and callers wait for its end
    """The database cannot be reached. Nothing was read or written."""


class SecretsUnreadable(StoreError):  # noqa: N818 - named as the operator meets it
    """No secret can be stored or read with the key at hand."""


class OtherRelease(StoreError):  # noqa: N818 - named as the operator meets it
    """A row says more than this release can read; to read the rest of it would drop what its owner has decided."""


class NumbersBehind(StoreError):  # noqa: N818 - it is a state that a person ends
    """The store is older than the numbers that were given, so it would give some of them twice."""


class ClockBehind(StoreError):  # noqa: N818 - it is a state that passes
    """The asking clock is far behind the last number of its series: an older date would break the series' order."""


class ConfigurationRefused(StoreError):  # noqa: N818 - named as the operator meets it
    """The file was not applied; `faults` are in the order of their lines."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
