"""The adapter: what each has, and the abilities that only some have, as their capabilities name them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Protocol, runtime_checkable

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.parties import BusinessFacts
from providers.base.capabilities import Capabilities, LookUp, Step
from providers.base.documents import Issued, Prepared, StepInput
from providers.base.findings import Absent, Different, Finding, Registration, Unclear
from providers.base.links import KeepsLinks
from providers.base.mail import MailTaken
from providers.base.outcomes import Done, NotSent, Outcome, Refused, Unknown
from providers.base.reads import CheckAsked, Checked, Days, DocumentFile, DocumentLink, FileForm, ListedDocument
from providers.base.sessions import HasSession, KeepsLogin
from providers.base.signing import CodeSent, CodeTaken


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

    Whatever a method raises all the same counts as Unknown or Unclear. Each request takes a permit, reads and logins
    too. Further abilities are the protocols below: the engine calls one only where the capabilities name it.
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
        """From now on every request asks this first. Until then none asks."""

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

    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        """One attempt at one step."""

    async def probe(self, seconds: float) -> bool:
        """A read that shows whether the provider answers at all. Makes nothing."""

    async def close(self) -> None:
        """Ends the connection's sessions."""


@runtime_checkable
class FindsPrepared(Protocol):
    """Where `look_up` is BY_REFERENCE, and for the other steps than INVOICE where it is BY_LIST."""

    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        """Asks by our reference, or by what earlier steps have made; Done only when what is there is live and equal."""


@runtime_checkable
class ListsDocuments(Protocol):
    """Where `look_up` is BY_LIST: the provider names its documents itself, and is asked which it has."""

    async def candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Different | Unclear:
        """Every document there that could be this one, those of `asked.known` among them.

        Each is equal in all that the provider shows: buyer, sums, day, lines, and whatever mark of ours it keeps. The
        fewer documents of ours look alike, the fewer questions come to a person. Different, with both values: one has
        this document's own mark and is not equal, as where the provider has computed another total.
        """


@runtime_checkable
class FindsIssued(Protocol):
    """Where `look_up` is not NONE: the provider can be asked for a document that was issued."""

    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        """The one document that is meant, in its present state: its CANCELLED is what ends a cancellation.

        Absent when there is none, Different when what is there is another document or more than one.
        """


@runtime_checkable
class PollsState(Protocol):
    """For the document types of `poll_until`, which go on after they were made, and for what was withdrawn."""

    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        """The document's legal state now. Absent: it is no longer there, as a draft is that somebody has deleted."""


@runtime_checkable
class Cancels(Protocol):
    """For the document types of `cancels`."""

    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """One attempt to cancel. Done only when the provider says that it is cancelled.

        A refusal is checked by `find_issued`: an earlier cancellation by somebody else may be its reason.
        """


@runtime_checkable
class Withdraws(Protocol):
    """For the document types of `withdraws`: what has no legal effect yet is deleted."""

    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        """One attempt to delete a draft. Done, as CANCELLED, only when the provider shows afterwards that it is gone.

        After any other outcome `find_issued` is asked: CANCELLED, or Absent twice, is what was wanted.
        """


@runtime_checkable
class Signs(Protocol):
    """For the document types of `signs`: a person signs with a code that the provider sends to their telephone.

    Several documents may be signed with one code. What is signed is known by `find_issued` and by polls alone.
    """

    async def start_signing(
        self, documents: Sequence[Issued], seconds: float
    ) -> CodeSent | NotSent | Refused | Unknown:
        """Lets the provider send a code. Signs nothing."""

    async def finish_signing(
        self, documents: Sequence[Issued], reference: str, code: str, seconds: float
    ) -> CodeTaken | NotSent | Refused | Unknown:
        """Gives the person's code, once. `reference`: the signing's, from `start_signing`.

        Refused when the code is wrong: it may be asked for again under the same reference. The code is never written
        into an answer, a log or an exception.
        """


@runtime_checkable
class FindsTaxpayers(Protocol):
    """Where `taxpayer_lookup` is true: the provider answers whether a buyer is a registered taxpayer."""

    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        """Whether this buyer gets an e-Fatura. Asked at issue time; Unclear never decides."""


@runtime_checkable
class GivesFiles(Protocol):
    """For the forms of `downloads`."""

    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        """The provider's file of a document. What does not look like a file of this document is Unclear."""


@runtime_checkable
class GivesLinks(Protocol):
    """For the document types of `links`."""

    async def link(self, issued: Issued, seconds: float) -> DocumentLink | Absent | Unclear:
        """An address that shows the document without a login. What the provider lets end is none."""


@runtime_checkable
class ListsIssued(Protocol):
    """For the document types of `lists`: what the provider itself has, whoever has made it."""

    async def list_issued(self, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
        """Every document that was issued on these days, each once.

        Where a list shows no date of issue, those that the provider counts to these days. Whole or Unclear: a list of
        which a page is missing, or a row cannot be read, is never returned as one.
        """


@runtime_checkable
class ChecksConnection(Protocol):
    """For the subjects of `checks`: login, credits, series, the register of taxpayers."""

    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """Whether this connection works for the business, subject by subject, in the provider's words. Makes nothing.

        All requests end within `seconds`. A subject that is not among the capabilities' `checks` is left out. A
        gateway's answer is UNCLEAR, never WRONG.
        """


@runtime_checkable
class SendsMail(Protocol):
    """For the document types of `mails`: the provider mails a document to an address that we name."""

    async def send_mail(self, issued: Issued, address: str, seconds: float) -> MailTaken | NotSent | Refused | Unknown:
        """Asks for one mail, once. It makes and changes no document; a repeat is a second mail.

        Unknown where it may have been sent. The address is in no answer, log or exception.
        """


def _finds_prepared(what: Capabilities) -> bool:
    others = any(step is not Step.INVOICE for step in what.steps)
    return what.look_up is LookUp.BY_REFERENCE or (what.look_up is LookUp.BY_LIST and others)


# What of the capabilities names each ability.
ABILITIES: Final[Mapping[Any, Callable[[Capabilities], object]]] = MappingProxyType(
    {
        FindsPrepared: _finds_prepared,
        ListsDocuments: lambda what: what.look_up is LookUp.BY_LIST,
        FindsIssued: lambda what: what.look_up is not LookUp.NONE,
        PollsState: lambda what: what.poll_until or (what.withdraws and what.look_up is not LookUp.NONE),
        Cancels: lambda what: what.cancels,
        Withdraws: lambda what: what.withdraws,
        Signs: lambda what: what.signs,
        FindsTaxpayers: lambda what: what.taxpayer_lookup,
        HasSession: lambda what: what.one_session,
        KeepsLogin: lambda what: what.rotating_login,
        GivesFiles: lambda what: what.downloads,
        GivesLinks: lambda what: what.links,
        KeepsLinks: lambda what: what.keeps_links,
        ListsIssued: lambda what: what.lists,
        ChecksConnection: lambda what: what.checks,
        SendsMail: lambda what: what.mails,
    }
)


def missing_abilities(adapter: Adapter) -> tuple[str, ...]:
    """The abilities that its capabilities name and it has not; an adapter with one of them cannot be used."""
    named = (ability for ability, is_named in ABILITIES.items() if is_named(adapter.capabilities))
    return tuple(ability.__name__ for ability in named if not isinstance(adapter, ability))
