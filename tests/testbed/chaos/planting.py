"""Plants one fault into the clean run, and says whether it was found in these words."""

from dataclasses import replace
from typing import Any

from app.domain.documents import DocumentState, DocumentStatus
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.findings import Finding, Flaw
from tests.testbed.chaos.evidence import clean


def planted(**changes: Any) -> list[Finding]:
    return check(replace(clean(), **changes))


def told(**changes: Any) -> tuple[DocumentStatus, ...]:
    """The clean run's statuses, the one that says ISSUED with these changes."""
    return tuple(replace(s, **changes) if s.state is DocumentState.ISSUED else s for s in clean().statuses)


def says(findings: list[Finding], flaw: Flaw, *words: str) -> None:
    """One of the findings is this flaw, in these words."""
    sentences = [finding.sentence for finding in findings if finding.flaw is flaw]
    assert any(all(word in sentence for word in words) for sentence in sentences), findings
