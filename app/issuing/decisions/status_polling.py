"""A document's legal states, as they were seen one after another since it exists."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.documents import DEAD, TRANSITIONS, UNSIGNED, DocumentState
from app.domain.time import end_of_day, legal_date
from app.issuing.decisions.absences import give_up
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.facts import Observed, ProviderAccount
from providers.base import Capabilities, Done, Prepared

# A legal state changes fast at first; after hours, a look every quarter of the age is soon enough …
POLLS_PER_AGE: Final = 4
# … of what waits for a signature every hour: then it must be known …
LONGEST_UNSIGNED_POLL: Final = timedelta(hours=1)
# … and a buyer's answer may take eight days, but should be known within half a working day.
LONGEST_POLL: Final = timedelta(hours=6)


# So long a merchant may object to an invoice's content; silence is acceptance (TTK 21/2; GİB's e-Fatura guide for the
# commercial profile). Counted in days after the one on which it was first seen delivered.
DAYS_TO_ANSWER: Final = timedelta(days=8)


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
        state = f"{self.done.state}:{self.done.number or self.done.ettn or ''}"
        word = self.done.returned
        return f"{state}:RETURNED:{hashlib.sha256(word.encode()).hexdigest()[:8]}" if word else state


def sights(facts: CommandFacts, first: Sight) -> list[Sight]:
    """The legal states in the order in which they were seen; what would go backwards is left out.

    The provider's word for a returned document is in the first sight that has it alone.
    """
    seen, words = [first], {first.done.returned}
    for observed in sorted(facts.observed.values(), key=lambda o: o.at):
        last = seen[-1].done
        if observed.done is None or observed.at < first.at:  # of its draft
            continue
        done = replace(observed.done, number=observed.done.number or last.number, ettn=observed.done.ettn or last.ettn)
        is_word = done.returned is not None and done.returned not in words
        if is_word and done.state not in TRANSITIONS[last.state]:
            done = replace(done, state=last.state)
        if is_word or is_news(last, done):
            seen.append(Sight(observed.at, done if is_word else replace(done, returned=None), observed.account))
            words.add(done.returned)
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
    """Whether a document was seen in a later state than before, with a number that was not known, or as returned."""
    if seen.returned is not None and seen.returned != known.returned:
        return True
    if seen.state is known.state:
        return bool((seen.number and not known.number) or (seen.ettn and not known.ettn))
    return seen.state in TRANSITIONS[known.state]


def ends(seen: Sequence[Sight], prepared: Prepared, capabilities: Capabilities, now: datetime) -> bool:
    """Whether no later state is expected of the provider.

    What has no legal effect yet is waited for, also where only a person will know. An invoice that its buyer may refuse
    is followed until the buyer has answered, or the time for it is over.
    """
    state, until = seen[-1].done.state, capabilities.poll_until.get(prepared.document_type)
    if state in UNSIGNED:
        return False
    if until is None or state in DEAD or not TRANSITIONS[state]:
        return True
    if state is DocumentState.DELIVERED and prepared.awaits_answer:
        delivered_at = next(sight.at for sight in seen if sight.done.state is DocumentState.DELIVERED)
        return now >= end_of_day(legal_date(delivered_at) + DAYS_TO_ANSWER)
    return state in until


def pause_before_next(since: datetime, now: datetime, state: DocumentState, capabilities: Capabilities) -> timedelta:
    """Grows with the document's age, up to a bound. `since`: when the document was first seen."""
    longest = LONGEST_UNSIGNED_POLL if state in UNSIGNED else LONGEST_POLL
    return max(min((now - since) / POLLS_PER_AGE, longest), _shortest(state, capabilities))


def _shortest(state: DocumentState, capabilities: Capabilities) -> timedelta:
    unsigned = state in UNSIGNED
    return timedelta(seconds=capabilities.unsigned_poll_seconds if unsigned else capabilities.poll_seconds)
