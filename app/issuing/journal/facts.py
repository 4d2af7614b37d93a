"""The journal's facts: written once, never changed; a command's state follows from all of them together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.numbers import Ended
from app.domain.orders import ReviewAnswer
from app.domain.text import STRICT
from app.issuing.journal.tagged_union import tagged
from providers.base import (
    Absent,
    Different,
    Done,
    Finding,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Several,
    Unclear,
    Unknown,
)

Headers = tuple[tuple[str, bytes], ...]

# A header need not be text; this reads any bytes, and gives them back.
HEADER_TEXT: Final = "latin-1"
# Ends a command: every other fact of it may be forgotten.
FINAL: Final = "FINAL"

StoredOutcome = Annotated[Outcome, *tagged(NotSent, Refused, Unknown, Done)]
StoredFinding = Annotated[Finding, *tagged(Done, Absent, Different, Several, Unclear)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A command has come in. `command` is its JSON, compressed; the rest is what the queue needs without reading it.

    `offset` is the record's offset: within a connection's partition it is the order in which the planner asked.
    `doubtful_since`: the journal was lost, so it is not known what was done for this command before this time.
    `handed_on`: the record's headers that go with whatever it leads to, byte for byte as Latin-1. `draft_first`: the
    command's.
    """

    __pydantic_config__ = STRICT

    action: Action
    business: str
    connection: str
    order_reference: str
    document_id: str
    offset: int
    command: bytes
    doubtful_since: datetime | None = None
    handed_on: tuple[tuple[str, str], ...] = ()
    draft_first: bool = False

    @property
    def headers(self) -> Headers:
        """What of the record's headers goes with whatever it leads to."""
        return tuple((name, value.encode(HEADER_TEXT)) for name, value in self.handed_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """The account that a call has reached: the provider's address, and a keyed hash of the account's name there."""

    __pydantic_config__ = STRICT

    address: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempting:
    """A worker may be calling until the deadline, and the provider may be at work for a while longer.

    `account`: None where it is not known, which is never the same as another. `before`: where the provider is asked by
    list, its names of what looked like this document before; None where that was not listed.
    """

    __pydantic_config__ = STRICT

    started: datetime
    deadline: datetime
    prepared: str
    account: ProviderAccount | None = None
    before: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one attempt came to. `prepared` names the request that it answers.

    `earlier`: how many attempts before it surely did not leave either, the first of them at `unsent_since`; their own
    facts are forgotten once this one is written.
    """

    __pydantic_config__ = STRICT

    at: datetime
    prepared: str
    outcome: StoredOutcome
    earlier: int = 0
    unsent_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What the provider answered about our reference, after the attempts in `covers`. `account`: who was asked."""

    __pydantic_config__ = STRICT

    began: datetime
    at: datetime
    covers: tuple[str, ...]
    finding: StoredFinding
    account: ProviderAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A person's decision on one revision of a review. The first counts."""

    __pydantic_config__ = STRICT

    at: datetime
    revision: int
    decision: ReviewAnswer
    number: str | None = None
    ettn: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A legal state that was seen by following the document after its creation; no `done` where it was not found.

    `began`, `account`: when and where it was asked for; they count of what was not found.
    """

    __pydantic_config__ = STRICT

    at: datetime
    done: Done | None = None
    began: datetime | None = None
    account: ProviderAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Nothing was sent, and from here on nothing will be. `by` is the withdrawing command."""

    __pydantic_config__ = STRICT

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The order's log has it. Its label is the key's id.

    A review's report carries what it was raised for (`covers` names the facts in question), the last one carries
    what is needed to notice, after everything else is forgotten, that a second document has appeared, and the number
    that we gave.
    """

    __pydantic_config__ = STRICT

    at: datetime
    state: DocumentState | None = None
    attention: Attention | None = None
    revision: int = 0
    covers: tuple[str, ...] = ()
    reference: str | None = None
    document_id: str | None = None
    business: str | None = None
    connection: str | None = None
    order_reference: str | None = None
    number: Ended | None = None


Fact = Admitted | Prepared | Attempting | Answered | LookedUp | Reviewed | Observed | Withdrawn | Reported
FACTS: Final = (Admitted, Prepared, Attempting, Answered, LookedUp, Reviewed, Observed, Withdrawn, Reported)
