"""The seam to the outside: what every provider adapter is, says and answers.

An adapter turns one prepared document into calls and classifies what comes back. It keeps no journal, repeats
nothing and decides nothing about repeating: that is the issuing engine's, which reads only `Capabilities` and the
outcome classes below and knows no provider by name.
"""

import math
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, cast

from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.parties import BusinessFacts
from app.domain.text import STRICT
from app.domain.time import legal_date
from providers.reads import CheckAsked, Checked, DocumentFile, FileForm, Subject
from providers.texts import MOST_NUMBER, MOST_REFERENCE, listed, named, plain


class Step(StrEnum):
    """What a call makes at the provider; each step is journaled by itself."""

    CONTACT = "CONTACT"
    INVOICE = "INVOICE"
    E_DOCUMENT = "E_DOCUMENT"
    CANCELLATION = "CANCELLATION"


class LookUp(StrEnum):
    """How a provider can be asked whether a document of ours exists."""

    NONE = "NONE"
    BY_REFERENCE = "BY_REFERENCE"


class Numbering(StrEnum):
    """Who gives a document its legal number: the provider, from a series it keeps, or we, before anything is sent."""

    PROVIDER = "PROVIDER"
    OURS = "OURS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `requests` calls in any `seconds`."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do, as far as it is known; where its documents are silent, the careful assumption.

    `unique_reference`: a repeat of our reference is refused, so an attempt after a believed absence cannot double.
    `unsent_seconds`: a person is told of what could not be sent for so long; it is tried on.
    `settle_seconds`: an absence is believed after two look-ups this far apart.
    `give_up_seconds`: they must be this far apart before the lines of a doubtful document are free for another one, or
    before it is sent again where a repeat is taken: what is booked late would be a second document.
    `poll_until`: the states after which the provider has nothing more to tell, per document type.
    `cancels`: the document types of which it can be told to cancel an issued one; its own limits it tells by refusing.
    `downloads` and `checks`: what `download` and `check` can be asked for.
    """

    provider: str
    steps: tuple[Step, ...]
    document_types: frozenset[DocumentType]
    unique_reference: bool
    look_up: LookUp
    settle_seconds: float
    max_call_seconds: float
    quota: Quota
    concurrency: int
    taxpayer_lookup: bool
    poll_until: dict[DocumentType, frozenset[DocumentState]] = field(default_factory=dict)
    poll_seconds: float = 5.0
    # A provider's queue or copy is minutes late at the most; what is later is an outage, and answers no look-up.
    give_up_seconds: float = 300.0
    unsent_seconds: float = 24 * 3600.0
    cancels: frozenset[DocumentType] = frozenset()
    numbering: Numbering = Numbering.PROVIDER
    downloads: frozenset[FileForm] = frozenset()
    checks: frozenset[Subject] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is fixed before the first attempt and used by every further one: the document as it will be asked for.

    `request` is the exact body of the legal step. `reference` is our name for the document at the provider. `number`
    is its legal number where we give it, `taxpayer` the tax number under which it was counted.
    """

    __pydantic_config__ = STRICT

    reference: str
    document_type: DocumentType
    issued_at: datetime
    request: str
    revision: int = 0
    number: str | None = None
    taxpayer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A document that stands at the provider, as far as we still know it: what was sent for it is forgotten.

    `reference` is our name for it, `provider_reference` the provider's.
    """

    reference: str
    document_type: DocumentType
    provider_reference: str | None = None
    ettn: str | None = None
    number: str | None = None
    issue_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Surely nothing was made: no connection, a quota, a login. `needs_owner`: do not repeat it by yourself."""

    __pydantic_config__ = STRICT

    why: str
    retry_after: float | None = None
    needs_owner: bool = False

    def __post_init__(self) -> None:
        _keep(self, why=plain(self.why), retry_after=_seconds(self.retry_after), needs_owner=bool(self.needs_owner))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Surely nothing was made, and the same request will be refused again.

    `instead`: the provider says that the other document type is right (the buyer is, or is not, registered).
    """

    __pydantic_config__ = STRICT

    errors: tuple[FieldError, ...]
    instead: DocumentType | None = None

    def __post_init__(self) -> None:
        _keep(self, errors=listed(self.errors), instead=DocumentType(self.instead) if self.instead else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody can say whether something was made. Anything that is not recognised is this.

    `retry_after`: in so many seconds the next request may leave, whoever has asked for it.
    """

    __pydantic_config__ = STRICT

    why: str
    retry_after: float | None = None

    def __post_init__(self) -> None:
        _keep(self, why=plain(self.why), retry_after=_seconds(self.retry_after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It is there, live and ours. `state` is the legal state as far as this answer tells it.

    `reference` is the provider's name for it. Raises ValueError for what no document can have: see `seen`.
    """

    __pydantic_config__ = STRICT

    reference: str
    state: DocumentState
    ettn: str | None = None
    number: str | None = None
    errors: tuple[FieldError, ...] = ()

    def __post_init__(self) -> None:
        _keep(
            self,
            reference=named(self.reference, MOST_REFERENCE) or "",
            state=DocumentState(self.state),
            ettn=named(self.ettn, MOST_REFERENCE),
            number=named(self.number, MOST_NUMBER),
            errors=listed(self.errors),
        )


Outcome = NotSent | Refused | Unknown | Done
# These classes hold what is written down of an answer, so they hold its bounds, and refuse values of another type with
# ValueError or TypeError: an adapter cannot forget it, and the engine takes its exception for no answer.


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The provider says that it has no such document. Believed only twice."""

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    """Something else stands under our reference: a question for a person."""

    __pydantic_config__ = STRICT

    detail: str

    def __post_init__(self) -> None:
        _keep(self, detail=plain(self.detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """The question itself failed; it says nothing about the document or the buyer."""

    __pydantic_config__ = STRICT

    why: str
    retry_after: float | None = None
    needs_owner: bool = False

    def __post_init__(self) -> None:
        _keep(self, why=plain(self.why), retry_after=_seconds(self.retry_after), needs_owner=bool(self.needs_owner))


Finding = Done | Absent | Different | Unclear


def seen(
    *,
    reference: object,
    state: DocumentState,
    ettn: object = None,
    number: object = None,
    errors: tuple[FieldError, ...] = (),
) -> Done | None:
    """The document that an answer shows, its values taken as they came.

    None when one of them is nothing that a document can have: a number that is no text, or one too long to be a number.
    A fact with it could not be read again, so the answer is not understood.
    """
    values = cast("dict[str, Any]", {"reference": reference, "ettn": ettn, "number": number})
    try:
        return Done(state=state, errors=errors, **values) if reference else None
    except ValueError:
        return None


def _seconds(value: float | None) -> float | None:
    """Raises ValueError for what is no time that can be written down."""
    if value is not None and not 0 <= value < math.inf:
        raise ValueError(f"{value!r} is not a number of seconds")
    return value


def _keep(said: object, **values: object) -> None:
    """Sets fields of a frozen value while it is made."""
    for name, value in values.items():
        object.__setattr__(said, name, value)


class Registration(StrEnum):
    """A buyer's standing in the e-Fatura register."""

    REGISTERED = "REGISTERED"
    NOT_REGISTERED = "NOT_REGISTERED"


class UnpreparableError(Exception):
    """The order cannot become this provider's document; carries every reason. Nothing was sent."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(f"{e.path}: {e.message}" for e in errors))
        self.errors = errors


class DatedTooEarlyError(UnpreparableError):
    """The document would be older than the command for it: the clock is wrong, and nothing is wrong with the order."""


# The command's time is the broker's, and two good clocks differ by far less.
MOST_BEHIND: Final = timedelta(minutes=1)


def _is_too_early(issued_at: datetime, asked_at: datetime) -> bool:
    """On a day before it was asked for, or by a clock that is wrong."""
    return asked_at - issued_at > MOST_BEHIND or legal_date(issued_at) < legal_date(asked_at)


def order_of(command: InvoiceCommand, issued_at: datetime) -> DocumentOrder:
    """The order that is to be made into a document of this moment: where every adapter begins.

    Raises DatedTooEarlyError, and ValueError for a command that carries no order.
    """
    if command.order is None:
        raise ValueError(f"command {command.command_id} carries no order")
    if _is_too_early(issued_at, command.occurred_at):
        dated, asked = (f"{moment:%Y-%m-%d %H:%M:%S %Z}" for moment in (issued_at, command.occurred_at))
        message = f"it would be dated {dated}, and was asked for at {asked}"
        raise DatedTooEarlyError((FieldError(path="$", code="DATED_TOO_EARLY", message=message),))
    return command.order


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """One business's login at one provider. `secrets` are decrypted and stay in memory."""

    base_url: str
    secrets: dict[str, str] = field(repr=False)
    options: dict[str, str] = field(default_factory=dict)


class NotPermittedError(Exception):
    """A request may not leave; `retry_after` seconds from now it may."""

    def __init__(self, why: str, *, retry_after: float) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Permit(Protocol):
    """What every request asks before it leaves: the engine keeps the quota and the ownership with it."""

    def __call__(self, kind: str, seconds: float, /) -> AbstractAsyncContextManager[None]:
        """Around one request; those of one `kind` are answered in about the same time.

        Entering waits, or raises NotPermittedError. An exception from within says that there was no whole answer.
        """


class Adapter(Protocol):
    """One connection to one provider. Every method is bounded by `seconds` and raises nothing but UnpreparableError.

    Whatever a method raises all the same counts as Unknown or Unclear.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def account(self) -> str:
        """What names the account at this address: stays the same while it is surely the same account.

        A user's or a company's name where the login has one; else the secret itself, which may then not be changed
        without being taken for another account. It is only ever kept as a keyed hash.
        """

    def use_permit(self, permit: Permit) -> None:
        """From now on every single request asks this first: reads, polls and logins too. Until then none asks."""

    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        """Whether this buyer gets an e-Fatura. Asked at issue time; Unclear never decides."""

    def prepare(
        self,
        command: InvoiceCommand,
        facts: BusinessFacts,
        document_type: DocumentType,
        issued_at: datetime,
        number: str | None = None,
    ) -> Prepared:
        """The exact request, with the legal `number` where we give it. Pure.

        Called without a number first: so an order that cannot become a document takes none. Raises UnpreparableError
        with every reason in one list.
        """

    async def create(self, step: Step, prepared: Prepared, seconds: float) -> Outcome:
        """One attempt at one step."""

    async def find_prepared(self, step: Step, prepared: Prepared, seconds: float) -> Finding:
        """Asks by our reference; Done only when what is there is live and equal."""

    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        """The document's legal state now."""

    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """One attempt to cancel. Done only when the provider says that it is cancelled.

        A refusal is checked by `find_issued`: whoever cancelled it before us may be its reason.
        """

    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        """The one document that is meant, in its present state: its CANCELLED is what ends a cancellation.

        Absent when there is none, Different when what is there is another document or more than one.
        """

    async def probe(self, seconds: float) -> bool:
        """A read that shows whether the provider answers at all. Makes nothing."""

    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        """The provider's file of a document, in one of the forms that its capabilities name; Unclear for another one.

        Each request takes a permit, as every read does. What does not look like a file of this document is Unclear.
        """

    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """Whether this connection works for the business, subject by subject, with the provider's words. Makes nothing.

        Each request takes a permit, as every read does; all of them end within `seconds`. A subject that is not among
        the capabilities' `checks` is left out. A gateway's word is UNCLEAR, never WRONG.
        """

    async def close(self) -> None:
        """Ends the connection's sessions."""
