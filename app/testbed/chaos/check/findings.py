"""What a check finds: one thing that is not as it must be, as a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """What a finding shows."""

    LOST = "LOST"
    DOUBLE = "DOUBLE"
    GAP = "GAP"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it must be, as a sentence."""

    flaw: Flaw
    sentence: str


Findings = Iterator[Finding]


def lost(sentence: str) -> Finding:
    """Something is missing, or nobody goes on with it."""
    return Finding(flaw=Flaw.LOST, sentence=sentence)


def double(sentence: str) -> Finding:
    """Something is there twice."""
    return Finding(flaw=Flaw.DOUBLE, sentence=sentence)


def gap(sentence: str) -> Finding:
    """A sequence has a hole."""
    return Finding(flaw=Flaw.GAP, sentence=sentence)


def wrong(sentence: str) -> Finding:
    """Something is there that should not be, or says something else."""
    return Finding(flaw=Flaw.WRONG, sentence=sentence)
