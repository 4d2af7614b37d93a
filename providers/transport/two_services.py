"""One account with an e-Arşiv and an e-Fatura service: each call goes to the service of its document."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol
from urllib.parse import urlsplit

from app.documents.checking import Mode
from app.domain.documents import DocumentType
from providers import taxpayers
from providers.base import (
    Absent,
    ConnectionSettings,
    Different,
    Done,
    Finding,
    Issued,
    NotSent,
    Outcome,
    Prepared,
    Registration,
    StepInput,
    Unclear,
)
from providers.base.reads import Checked, CheckState, Days, DocumentFile, FileForm, ListedDocument, Subject, of_failure
from providers.formats.ubl import summary_of
from providers.masking import discreet
from providers.options import address_of
from providers.transport.pages import Page, whole_list
from providers.transport.soap import SoapAdapter


class Service(Protocol):
    """What both services can do."""

    async def create(self, prepared: Prepared, seconds: float) -> Outcome: ...
    async def find_prepared(self, prepared: Prepared, seconds: float) -> Finding: ...
    async def state(self, document: Prepared | Issued, seconds: float) -> Done | Absent | Unclear: ...
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear: ...


class ArchiveService(Service, Protocol):
    """e-Arşiv: it can be cancelled, and its account opened by a question that makes nothing."""

    async def cancel(self, issued: Issued, seconds: float) -> Outcome: ...
    async def open_account(self, tax_number: str, seconds: float) -> Unclear | None: ...


class InvoiceService(Service, Protocol):
    """e-Fatura: it has the register of taxpayers."""

    async def mailboxes(self, tax_number: str, seconds: float) -> list[str] | Unclear: ...


# The options of a connection that give a service a whole address of its own.
ADDRESS_OPTIONS: Final[Mapping[DocumentType, str]] = {
    DocumentType.EARSIV: "earsiv_url",
    DocumentType.EFATURA: "efatura_url",
}
# The whole addresses of both services in one environment.
Addresses = Mapping[DocumentType, str]
ListPage = Callable[[Days, int, float], Awaitable[Page | Unclear]]


def environment_of(base_url: str, environments: Sequence[Addresses]) -> Addresses | None:
    """The environment one of whose services has the host of this address."""
    hosts = {urlsplit(address).hostname: each for each in environments for address in each.values()}
    return hosts.get(urlsplit(base_url).hostname)


def service_address(settings: ConnectionSettings, kind: DocumentType, environments: Sequence[Addresses]) -> str:
    """The service's own address; else the one in the environment of the base address; else below the base address.

    There it is at its path in the first of the environments. Raises ValueError for an address that is none.
    """
    environment = environment_of(settings.base_url, environments)
    below = settings.base_url.rstrip("/") + urlsplit(environments[0][kind]).path
    return address_of(settings.options, ADDRESS_OPTIONS[kind]) or (environment[kind] if environment else below)


class TwoServicesAdapter(SoapAdapter):
    """One connection to both. A subclass makes them, and says whose account it is.

    `list_pages`: how each type of `lists` is listed: the days, the page, counted from 0, and the seconds.
    """

    earsiv: ArchiveService
    efatura: InvoiceService
    tax_number: str
    list_pages: Mapping[DocumentType, ListPage]

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        prepared, account = asked.prepared, self.tax_number
        seller = summary_of(prepared.request).seller
        if seller != account:
            why = f"the connection's option tax_number is {account}, and the document is of {seller}"
            return NotSent(why=why, needs_owner=True)
        return await self._service(prepared).create(prepared, seconds)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        return await self._service(asked.prepared).find_prepared(asked.prepared, seconds)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        found = await self._service(issued).state(issued, seconds)
        if isinstance(found, Done) and issued.number and found.number not in {None, issued.number}:
            return Different(detail=f"number is {found.number}, not {issued.number}")
        return found

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        found = await self._service(prepared).state(prepared, seconds)
        if isinstance(found, Absent):
            return Unclear(why="the document is no longer found")
        return found if isinstance(found, Unclear) or found.number else replace(found, number=done.number)

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        return await self.earsiv.cancel(issued, seconds)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        return await self._service(issued).download(issued, form, seconds)

    @discreet
    async def list_issued(self, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
        async def page(kind: DocumentType, index: int, left: float) -> Page | Unclear:
            return await self.list_pages[kind](days, index, left)

        return await whole_list(sorted(self.capabilities.lists), page, days, seconds)

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        return await taxpayers.registration(tax_number, seconds, self.efatura.mailboxes)

    async def check_login(self, tax_number: str, seconds: float) -> Checked:
        """The e-Arşiv user, by a question that makes nothing."""
        failure = await self.earsiv.open_account(tax_number, seconds)
        if failure is None:
            return Checked(subject=Subject.LOGIN, state=CheckState.FINE, said=f"e-Arşiv opens for {tax_number}")
        return of_failure(Subject.LOGIN, failure)

    def _service(self, document: Prepared | Issued) -> Service:
        return self.earsiv if document.document_type is DocumentType.EARSIV else self.efatura


def mode_of(settings: ConnectionSettings, environments: Sequence[Addresses], live: Sequence[Addresses]) -> Mode:
    """Test identities are refused where the documents of any of its services are real."""
    hosts = {urlsplit(service_address(settings, kind, environments)).hostname for kind in live[0]}
    real = {urlsplit(address).hostname for each in live for address in each.values()}
    return Mode.PRODUCTION if hosts & real else Mode.TEST
