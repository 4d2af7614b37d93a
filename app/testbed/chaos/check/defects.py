"""A defect: one thing that is not as it must be, as a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class DefectKind(StrEnum):
    """What a defect shows."""

    LOST = "LOST"
    DOUBLE = "DOUBLE"
    GAP = "GAP"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that is not as it must be, as a sentence."""

    kind: DefectKind
    sentence: str


Defects = Iterator[Defect]


def lost(sentence: str) -> Defect:
    """Something is missing, or no process goes on with it."""
    return Defect(kind=DefectKind.LOST, sentence=sentence)


def double(sentence: str) -> Defect:
    """Something is there twice."""
    return Defect(kind=DefectKind.DOUBLE, sentence=sentence)


def gap(sentence: str) -> Defect:
    """A sequence has a hole."""
    return Defect(kind=DefectKind.GAP, sentence=sentence)


def wrong(sentence: str) -> Defect:
    """Something is there that should not be, or is something else."""
    return Defect(kind=DefectKind.WRONG, sentence=sentence)
