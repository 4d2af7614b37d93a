"""Findings of a connection's check that are the same at every provider."""

from providers.base import NotSent, Unclear, Unknown
from providers.reads import Checked, CheckState, Subject


def of_failure(subject: Subject, failure: NotSent | Unknown | Unclear) -> Checked:
    """WRONG where the provider itself has refused and the owner has something to do; else nothing is known."""
    needs_owner = not isinstance(failure, Unknown) and failure.needs_owner
    return Checked(subject=subject, state=CheckState.WRONG if needs_owner else CheckState.UNCLEAR, said=failure.why)
