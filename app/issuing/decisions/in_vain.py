"""Questions about a doubt that were written down as not answered, and how soon the next one follows."""

from datetime import datetime, timedelta
from typing import Final

from app.issuing.decisions.step_status import StepStatus
from app.issuing.journal.command_facts import StepFacts
from providers.base import Unclear

# What is written down is decided upon at once: without a pause the question would be asked without end.
AGAIN_AFTER: Final = timedelta(minutes=5)


def in_vain(covers: tuple[str, ...], step_facts: StepFacts) -> list[datetime]:
    """When one of these attempts was asked about, as far as that was written down, without an answer."""
    asked = (f for f in step_facts.look_ups.values() if set(f.covers) & set(covers))
    return [f.at for f in asked if isinstance(f.finding, Unclear)]


def next_question_at(status: StepStatus, step_facts: StepFacts) -> datetime | None:
    """When this doubt is asked about; None for now."""
    vain = in_vain(status.covers, step_facts)
    times = [*([status.due] if status.due else []), *([max(vain) + AGAIN_AFTER] if vain else [])]
    return max(times, default=None)
