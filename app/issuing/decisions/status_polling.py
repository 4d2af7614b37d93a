"""A document's legal states, as they were seen one after another since it exists."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.documents import DEAD, TRANSITIONS, DocumentState, DocumentType
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Capabilities, Done

# A legal state changes fast at first; after hours, a look every quarter of the age is soon enough …
POLLS_PER_AGE: Final = 4
# … and a buyer's answer may take eight days, but should be known within half a working day.
LONGEST_POLL: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Sight:
    """The document at one time. `label` names its report: a state, or a number that came later."""

    at: datetime
    done: Done

    @property
    def label(self) -> str:
        return f"{self.done.state}:{self.done.number or self.done.ettn or ''}"


def sights(facts: CommandFacts, first: Sight) -> list[Sight]:
    """The legal states in the order in which they were seen; what would go backwards is left out."""
    seen = [first]
    for observed in sorted(facts.observed.values(), key=lambda o: o.at):
        last = seen[-1].done
        done = replace(observed.done, number=observed.done.number or last.number, ettn=observed.done.ettn or last.ettn)
        if is_news(last, done):
            seen.append(Sight(observed.at, done))
    return seen


def is_news(known: Done, seen: Done) -> bool:
    """Whether a document was seen in a later state than before, or with a number that was not known."""
    if seen.state is known.state:
        return bool((seen.number and not known.number) or (seen.ettn and not known.ettn))
    return seen.state in TRANSITIONS[known.state]


def is_last(state: DocumentState, document_type: DocumentType, capabilities: Capabilities) -> bool:
    """Whether no later state is expected of the provider."""
    until = capabilities.poll_until.get(document_type)
    return until is None or state in until or state in DEAD or not TRANSITIONS[state]


def pause_before_next(since: datetime, now: datetime, capabilities: Capabilities) -> timedelta:
    """Grows with the document's age, up to a bound. `since`: when the document was first seen."""
    shortest = timedelta(seconds=capabilities.poll_seconds)
    return min(max((now - since) / POLLS_PER_AGE, shortest), LONGEST_POLL)
