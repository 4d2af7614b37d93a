"""What the machine may decide. A decision is a value: it names what is to be done, and nothing of how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.documents import DocumentType
from app.domain.numbers import NumberFate
from app.domain.orders import LoggedEvent
from app.issuing.journal.facts import Attempting, Headers, Reported, Reviewed, Withdrawn
from providers.base import Done, Issued, Prepared, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Fix the request. Without a document type, the command and the register decide it."""

    command_id: str
    revision: int
    number: int
    step: Step
    document_type: DocumentType | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Attempts that surely did not leave, by their ids: how many with those that are forgotten, and since when."""

    ids: tuple[str, ...] = ()
    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Call the provider to make something, or to cancel what was made: the only decision that can.

    `made`: what the steps before this one have made. `unsent`: what need not be kept if this one does not leave either.
    `covers` and `known`: the attempts before this one that may have made something all the same, as in `Find`.
    """

    command_id: str
    step: Step
    number: int
    prepared_id: str
    prepared: Prepared | Issued
    made: Mapping[Step, Done] = field(default_factory=dict)
    unsent: Unsent = Unsent()
    covers: tuple[str, ...] = ()
    known: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeAttempted:
    """Write down that an attempt may have been made before the journal was lost, so that it is looked up first."""

    command_id: str
    step: Step
    fact: Attempting


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Look whether the attempts in `covers` made, or cancelled, something.

    `made`: what the steps before this one have made. `known`: what looked like this document before all of them, by the
    provider's names; None where that was not listed. `patience_ends`: a question that begins later and is not answered
    is written down all the same, for a person.
    """

    command_id: str
    step: Step
    covers: tuple[str, ...]
    prepared: Prepared | Issued
    made: Mapping[Step, Done] = field(default_factory=dict)
    known: frozenset[str] | None = None
    patience_ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Ask for the legal state of what exists since `since`.

    `was_missed`: the last poll did not find it. `is_urgent`: a person is signing it now. `is_needed`: the next step
    waits for the answer, which is kept, whatever it is.
    """

    command_id: str
    prepared: Prepared
    done: Done
    since: datetime
    was_missed: bool = False
    is_urgent: bool = False
    is_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberOutcome:
    """What becomes of the number that we gave; without a `number`, of whatever was given to the command.

    `is_needed`: the command must not end before.
    """

    number: str | None
    fate: NumberFate
    is_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportProgress:
    """Close the number, publish the event, then write that it was published. Without an event it ends silently.

    `headers` are handed on from the command's record.
    """

    command_id: str
    label: str
    fact: Reported
    event: LoggedEvent | None
    headers: Headers = ()
    number_outcome: NumberOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Write that nothing was sent and nothing will be."""

    command_id: str
    fact: Withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeReview:
    """Write down what a person decided."""

    command_id: str
    fact: Reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitPerson:
    """A person has been asked."""

    command_id: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing before this time. `is_poll`: what comes then is only a question about a document that exists.

    `is_doubt`: what comes then is a question about an attempt that may have made an invoice; `contact_of`: or a contact
    of this buyer. `is_urgent`: a person is signing it now.
    """

    until: datetime
    is_poll: bool = False
    is_doubt: bool = False
    contact_of: str | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitConnection:
    """What to do depends on the connection, and that is not known now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The document needs nothing. `forgettable`: commands of which only the last fact is still of use."""

    forgettable: tuple[str, ...] = ()


Call = Prepare | Attempt | Find | Poll
Note = ReportProgress | Withdraw | TakeReview | AssumeAttempted
Pause = AwaitPerson | Wait | AwaitConnection | Rest
Decision = Call | Note | Pause
