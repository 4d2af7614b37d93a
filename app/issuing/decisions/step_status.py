"""What the status of a step at a provider can be, and what the machine may know of a connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.facts import ProviderAccount
from providers.base import Capabilities, Done, Step

# Clocks of two workers, and of the provider's front door, may differ by this much; NTP keeps them far closer.
SKEW: Final = timedelta(seconds=2)


class StepState(StrEnum):
    """The states of a step."""

    QUEUED = "QUEUED"
    ATTEMPTING = "ATTEMPTING"
    DONE = "DONE"
    RETRY_WAIT = "RETRY_WAIT"
    UNCERTAIN = "UNCERTAIN"
    REFUSED = "REFUSED"
    NEEDS_REVIEW = "NEEDS_REVIEW"


S = StepState
TRANSITIONS: Final[Mapping[StepState, frozenset[StepState]]] = MappingProxyType(
    {
        # NEEDS_REVIEW when it cannot be prepared, and may have been sent before the journal was lost.
        S.QUEUED: frozenset({S.ATTEMPTING, S.REFUSED, S.NEEDS_REVIEW}),
        # QUEUED again when the provider wants the other document type; NEEDS_REVIEW when it cannot be asked.
        S.ATTEMPTING: frozenset({S.DONE, S.RETRY_WAIT, S.UNCERTAIN, S.REFUSED, S.QUEUED, S.NEEDS_REVIEW}),
        S.RETRY_WAIT: frozenset({S.ATTEMPTING}),
        # RETRY_WAIT after an absence that is believed; the rest by a late answer of a worker that was thought dead.
        S.UNCERTAIN: frozenset({S.DONE, S.QUEUED, S.NEEDS_REVIEW, S.RETRY_WAIT, S.REFUSED}),
        # UNCERTAIN again when a person lets it be looked at again.
        S.NEEDS_REVIEW: frozenset({S.DONE, S.QUEUED, S.REFUSED, S.RETRY_WAIT, S.UNCERTAIN}),
        # A second live answer.
        S.DONE: frozenset({S.NEEDS_REVIEW}),
        S.REFUSED: frozenset({S.NEEDS_REVIEW}),
    }
)
del S


class Cause(StrEnum):
    """Why a person is asked."""

    NO_LOOK_UP = "NO_LOOK_UP"
    UNANSWERED = "UNANSWERED"
    ABSENT = "ABSENT"
    OTHER_ACCOUNT = "OTHER_ACCOUNT"
    DIFFERENT = "DIFFERENT"
    SEVERAL = "SEVERAL"
    TWO_LIVE = "TWO_LIVE"
    PARTLY_DONE = "PARTLY_DONE"
    OTHER_TOTAL = "OTHER_TOTAL"
    KEEPS_VANISHING = "KEEPS_VANISHING"
    # It is to be issued elsewhere, where nothing would refuse a second one.
    ABSENT_AND_MOVED = "ABSENT_AND_MOVED"
    DOUBTFUL = "DOUBTFUL"
    LIVE_AFTER_END = "LIVE_AFTER_END"
    CANCEL_NO_LOOK_UP = "CANCEL_NO_LOOK_UP"
    CANCEL_ABSENT = "CANCEL_ABSENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the machine may know of a connection.

    `has_other_register`: the business is connected to another provider that answers who is registered.
    """

    capabilities: Capabilities
    resend_after_absence: bool = False
    skew: timedelta = SKEW
    account: ProviderAccount | None = None
    account_since: datetime | None = None
    has_other_register: bool = False

    def account_at(self, moment: datetime) -> ProviderAccount | None:
        """The account that was in use then, if it is the one of now."""
        return self.account if self.account_since is not None and self.account_since <= moment else None


def is_draft_first(facts: CommandFacts) -> bool:
    """Whether a person has to approve the document of this ISSUE command; not known any more after its end."""
    return facts.admitted is not None and facts.admitted.draft_first


def steps_of(facts: CommandFacts, rules: Rules) -> tuple[Step, ...]:
    """What is made until there is a legal document, in this sequence; a draft that was approved is sent off."""
    steps, is_sent_off = rules.capabilities.steps, is_draft_first(facts) and rules.capabilities.sends_off
    return (*steps, Step.APPROVAL) if is_sent_off or Step.APPROVAL in facts.steps else steps


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatus:
    """A step's state and what follows from it. `at` is the time of the fact that brought it there.

    `unsent_since`: since when every attempt surely did not leave.
    `account`: where what is `done` was seen.
    `due`: when something may be done about it; None is now. `covers`: the attempts, look-ups or documents in question.
    `detail`: what the question is about, for a person.
    """

    state: StepState
    at: datetime | None = None
    due: datetime | None = None
    covers: tuple[str, ...] = ()
    done: Done | None = None
    account: ProviderAccount | None = None
    errors: tuple[FieldError, ...] = ()
    retype: DocumentType | None = None
    cause: Cause | None = None
    detail: str = ""
    unsent_since: datetime | None = None
