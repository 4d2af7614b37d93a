"""A document's legal states, as they were seen one after another since it exists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.documents import DEAD, TRANSITIONS, UNSIGNED, DocumentState, DocumentType
from app.issuing.decisions.absences import give_up
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.facts import Observed, ProviderAccount
from providers.base import Capabilities, Done

# A legal state changes fast at first; after hours, a look every quarter of the age is soon enough …
POLLS_PER_AGE: Final = 4
# … of what waits for a signature every hour: then it must be known …
LONGEST_UNSIGNED_POLL: Final = timedelta(hours=1)
# … and a buyer's answer may take eight days, but should be known within half a working day.
LONGEST_POLL: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Sight:
    """The document at one time. `label` names its report: a state, or a number that came later.

    `account`: where it was seen.
    """

    at: datetime
    done: Done
    account: ProviderAccount | None = None

    @property
    def label(self) -> str:
        return f"{self.done.state}:{self.done.number or self.done.ettn or ''}"


def sights(facts: CommandFacts, first: Sight) -> list[Sight]:
    """The legal states in the order in which they were seen; what would go backwards is left out."""
    seen = [first]
    for observed in sorted(facts.observed.values(), key=lambda o: o.at):
        last = seen[-1].done
        if observed.done is None:
            continue
        done = replace(observed.done, number=observed.done.number or last.number, ettn=observed.done.ettn or last.ettn)
        if is_news(last, done):
            seen.append(Sight(observed.at, done, observed.account))
    return seen


def missed(facts: CommandFacts, last: Sight) -> list[Observed]:
    """The polls since the document was last seen that did not find it, at the account where it was seen; by time."""
    alive = [Sight(o.at, o.done, o.account) for o in facts.observed.values() if o.done is not None]
    seen = max([last, *alive], key=lambda sight: sight.at)
    absent = (o for o in facts.observed.values() if o.done is None and o.began is not None and o.began >= seen.at)
    return sorted((o for o in absent if o.account is not None and o.account == seen.account), key=lambda o: o.at)


def gone_at(missed: Sequence[Observed], capabilities: Capabilities) -> datetime | None:
    """When a draft was found to be deleted: not found twice, so far apart that its lines may be free."""
    late = (o for o in missed[1:] if o.began is not None and o.began >= missed[0].at + give_up(capabilities))
    return next((o.at for o in late), None)


def next_poll_at(last: Sight, missed: Sequence[Observed], capabilities: Capabilities) -> datetime:
    """When the document's state is asked for again, as far as its facts say."""
    if missed:
        return missed[0].at + give_up(capabilities)
    return last.at + _shortest(last.done.state, capabilities)


def is_news(known: Done, seen: Done) -> bool:
    """Whether a document was seen in a later state than before, or with a number that was not known."""
    if seen.state is known.state:
        return bool((seen.number and not known.number) or (seen.ettn and not known.ettn))
    return seen.state in TRANSITIONS[known.state]


def is_last(state: DocumentState, document_type: DocumentType, capabilities: Capabilities) -> bool:
    """Whether no later state is expected of the provider."""
    until = capabilities.poll_until.get(document_type)
    return until is None or state in until or state in DEAD or not TRANSITIONS[state]


def pause_before_next(since: datetime, now: datetime, state: DocumentState, capabilities: Capabilities) -> timedelta:
    """Grows with the document's age, up to a bound. `since`: when the document was first seen."""
    longest = LONGEST_UNSIGNED_POLL if state in UNSIGNED else LONGEST_POLL
    return max(min((now - since) / POLLS_PER_AGE, longest), _shortest(state, capabilities))


def _shortest(state: DocumentState, capabilities: Capabilities) -> timedelta:
    unsigned = state in UNSIGNED
    return timedelta(seconds=capabilities.unsigned_poll_seconds if unsigned else capabilities.poll_seconds)
