"""What a person decides about a document or an order. `actor` is who; without it the key's client is named."""

from typing import Annotated

from pydantic import Field

from app.domain.orders import ReviewAnswer
from app.domain.policy import CONNECTION_PATTERN
from app.web.api.wire.answers import ErrorEntry
from app.web.api.wire.model import Code, Name, Note, WireDay, WireFlag, WireModel

LegalNumber = Annotated[str, Field(pattern=r"^[A-Z0-9]{3}20[0-9]{2}[0-9]{9}$", examples=["ABC2026000000001"])]
Ettn = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")]
Number = Annotated[str, Field(min_length=1, max_length=30)]


class Act(WireModel):
    """Who acts, and why: both are kept in the order's log."""

    actor: Code | None = None
    reason: Note | None = None


class Approve(Act):
    """Lets a planned document go."""


class Cancel(Act):
    """Undoes a document: withdrawn while it is not issued, cancelled at its provider afterwards."""

    reason: Annotated[Name, Field(max_length=255)]


class Reroute(Act):
    """Lets another connection issue what this document covers."""

    connection: Annotated[str, Field(pattern=CONNECTION_PATTERN)]


class Review(Act):
    """What a person saw at the provider. `number` is required for CONFIRM_ISSUED."""

    decision: ReviewAnswer
    number: Number | None = None
    ettn: Ettn | None = None


class MarkIssued(Act):
    """The document was made legal where its provider cannot say so.

    `correct`: it was recorded with a mistyped number, and has this one.
    """

    number: LegalNumber
    ettn: Ettn | None = None
    issue_date: WireDay | None = None
    correct: WireFlag = False


class MarkDeleted(Act):
    """The document was deleted at its provider, which cannot say so."""


class Retry(Act):
    """Tries again at once what waits for a person."""


class Retried(WireModel):
    """The document's connection is tried again: all that waits for it goes on within seconds."""

    connection: str


class ActOutcome(WireModel):
    """What the planner has said: OK, DUPLICATE, REJECTED or HELD; nothing where it did not within half a minute."""

    verdict: str | None = None
    reason: str | None = None
    error_details: list[ErrorEntry] = Field(default_factory=list)


class Thaw(Act):
    """Lets a frozen order go on. Why is required."""

    reason: Annotated[Name, Field(max_length=255)]


class StartSigning(WireModel):
    """Lets the provider send a code to its person. Nothing to say."""


class SigningStarted(WireModel):
    """A code is on its way. `sentTo`: where to, as the provider shows it."""

    signing_reference: str
    sent_to: str


class FinishSigning(Act):
    """Signs with the code. The code goes to the provider and is kept nowhere."""

    signing_reference: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[str, Field(min_length=1, max_length=20)]


class Signed(WireModel):
    """The document's state at its provider now; what was signed shows there."""

    document_id: str
    state_at_provider: str
