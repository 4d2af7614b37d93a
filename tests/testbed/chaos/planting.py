"""Plants one defect into the clean run, and asserts that it was found in these words."""

from dataclasses import replace
from typing import Any

from app.domain.documents import DocumentState, DocumentStatus
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect, DefectKind
from tests.testbed.chaos.evidence import clean


def planted(**changes: Any) -> list[Defect]:
    return check(replace(clean(), **changes))


def issued_with(**changes: Any) -> tuple[DocumentStatus, ...]:
    """The clean run's statuses, the ISSUED one with these changes."""
    return tuple(replace(s, **changes) if s.state is DocumentState.ISSUED else s for s in clean().statuses)


def says(defects: list[Defect], kind: DefectKind, *words: str) -> None:
    """One of the defects is this kind, in these words."""
    sentences = [defect.sentence for defect in defects if defect.kind is kind]
    assert any(all(word in sentence for word in words) for sentence in sentences), defects
