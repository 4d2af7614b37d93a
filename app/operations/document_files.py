"""A document's file: its provider's own; else ours, which is never taken for the provider's. And a link to it.

Where a provider gives no file of the form that is asked for, a page is drawn here of the provider's own XML. Where it
gives none at all, the document is made here again from the command that asked for it. What was sent is forgotten when
a document is finished (`issuing.journal`), and with it the time of day: so the provider is asked whether it has a
document like this one, and what it does not confirm is said.
"""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from app.documents.model.defaults import with_defaults
from app.documents.prepared import DocumentErrors, prepare_invoice
from app.documents.rendering import Language
from app.documents.ubl import build
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus, DocumentType
from app.domain.parties import BusinessFacts
from app.domain.policy import EXTERNAL
from app.domain.time import ISTANBUL, legal_date
from app.operations import documents
from app.operations.errors import NotPossibleError, UnavailableError
from app.operations.logins.asking import SECONDS, ask_provider
from app.operations.ubl import PageFormat, render_invoice
from app.settings import settings
from app.store import Store
from providers.base import (
    Absent,
    Adapter,
    Different,
    Done,
    FindsPrepared,
    GivesFiles,
    GivesLinks,
    LookUp,
    Numbering,
    Step,
    StepInput,
    Unclear,
    UnpreparableError,
)
from providers.base.reads import DocumentFile, DocumentLink, FileForm

PAGES: Final = {FileForm.PDF: PageFormat.PDF, FileForm.HTML: PageFormat.HTML}
NOON: Final = time(12)


class FileOrigin(StrEnum):
    """Whose file it is."""

    PROVIDER = "PROVIDER"
    """The provider's, byte for byte."""
    DRAWN = "DRAWN"
    """Our page of the provider's own XML."""
    MADE_AGAIN = "MADE_AGAIN"
    """Ours, from the order: neither the provider's nor signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedDocument:
    """A document's file. `said` is a sentence on what it is; None for the provider's own."""

    document: DocumentStatus
    content: bytes
    origin: FileOrigin
    said: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDocument:
    """A document and an address that shows it to everybody who has the address."""

    document: DocumentStatus
    link: DocumentLink


def download_document(beginning: str, form: FileForm, *, ours: bool = False) -> DownloadedDocument:
    """A document's file in this form: the provider's, else ours. `ours`: made here again in any case.

    Raises NotPossibleError where there is none, UnavailableError where the provider did not give it, RenderingError,
    UnsafeXmlError, StoreError, and as `find_document`, `command_for` and `ask_provider` do.
    """
    return file_of(documents.find_document(beginning).latest, form, ours=ours)


def file_of(latest: DocumentStatus, form: FileForm, *, ours: bool = False) -> DownloadedDocument:
    """The same of a document by its latest status. Raises as `download_document` does."""
    kind = _type_of(latest)
    with Store.open(settings()) as store:
        file = None if ours else _file_of(store, latest, form)
        return file or _made_again(store, latest, kind, form)


def link_document(beginning: str) -> LinkedDocument:
    """An address that shows a document without a login.

    Raises NotPossibleError where the provider gives none that lasts, UnavailableError where it did not answer,
    StoreError, and as `find_document` and `ask_provider` do.
    """
    latest = documents.find_document(beginning).latest
    kind = _type_of(latest)

    async def ask(adapter: Adapter) -> DocumentLink | Absent | Unclear:
        if kind not in adapter.capabilities.links or not isinstance(adapter, GivesLinks):
            raise NotPossibleError(f"{latest.provider} gives no lasting link to a document of type {kind}.")
        return await adapter.link(documents.issued_of(latest, adapter), SECONDS)

    with Store.open(settings()) as store:
        match ask_provider(store, latest.business, latest.connection, ask):
            case DocumentLink() as link:
                return LinkedDocument(document=latest, link=link)
            case Absent():
                raise documents.not_known(latest)
            case Unclear() as unclear:
                raise UnavailableError(f"{latest.provider} did not give the link: {unclear.why}")


def _type_of(latest: DocumentStatus) -> DocumentType:
    """The type of a document with a legal number. Raises NotPossibleError for another one."""
    if latest.provider == EXTERNAL:
        raise NotPossibleError(f"Document {latest.document_id} was issued by the merchant himself, who has its files.")
    if latest.document_type is None or latest.number is None:
        raise NotPossibleError(
            f"Document {latest.document_id} is {latest.state} and has no legal number: there is no file of it."
        )
    return latest.document_type


def _file_of(store: Store, latest: DocumentStatus, form: FileForm) -> DownloadedDocument | None:
    """The provider's own, or a page of its XML; None where it gives neither."""
    gives: set[FileForm] = set()

    async def read(adapter: Adapter) -> DocumentFile | Absent | Unclear | None:
        gives.update(adapter.capabilities.downloads)
        wanted = form if form in gives else FileForm.XML
        if wanted not in gives or not isinstance(adapter, GivesFiles):
            return None
        return await adapter.download(documents.issued_of(latest, adapter), wanted, SECONDS)

    match ask_provider(store, latest.business, latest.connection, read):
        case None:
            return None
        case DocumentFile() as file if form in gives:
            return DownloadedDocument(document=latest, content=file.content, origin=FileOrigin.PROVIDER)
        case DocumentFile() as file:
            said = f"{latest.provider} gives no {form}: this is our page of its XML."
            page = _page_of(file.content, form)
            return DownloadedDocument(document=latest, content=page, origin=FileOrigin.DRAWN, said=said)
        case Absent():
            raise documents.not_known(latest)
        case Unclear() as unclear:
            raise UnavailableError(f"{latest.provider} did not give the file: {unclear.why}")


def _made_again(store: Store, latest: DocumentStatus, kind: DocumentType, form: FileForm) -> DownloadedDocument:
    """Our own, from the order, in the words of today's settings of the business."""
    command, profile = documents.command_for(latest), store.business_facts(latest.business)
    if command is None or profile is None:
        raise NotPossibleError(
            f"Document {latest.document_id} cannot be made again: what it was made from is no longer here."
        )
    facts = BusinessFacts(seller=profile.seller, carriers=profile.carriers)
    at = _moment(command, latest)
    invoice = prepare_invoice(command, facts, kind, at, latest.number)
    if isinstance(invoice, DocumentErrors):
        why = "; ".join(f"{error.path}: {error.message}" for error in invoice.errors)
        raise NotPossibleError(f"Document {latest.document_id} can no longer be made from its order: {why}")
    confirmed = _confirmed(store, latest, command, facts, at)
    xml = build(with_defaults(invoice))
    content = xml if form is FileForm.XML else _page_of(xml, form)
    ours = f"This is our own {form}, made again from the order: it is neither {latest.provider}'s file nor signed."
    said = f"{ours} {confirmed}"
    return DownloadedDocument(document=latest, content=content, origin=FileOrigin.MADE_AGAIN, said=said)


def _confirmed(
    store: Store, latest: DocumentStatus, command: InvoiceCommand, facts: BusinessFacts, at: datetime
) -> str:
    """Whether the provider has a document like this one. Raises NotPossibleError where it has another."""
    kind = latest.document_type or DocumentType.SALES_INVOICE

    async def compare(adapter: Adapter) -> object:
        what = adapter.capabilities
        if what.look_up is not LookUp.BY_REFERENCE or not isinstance(adapter, FindsPrepared):
            return None
        number = latest.number if what.numbering is Numbering.OURS else None
        try:
            prepared = adapter.prepare(command, facts, kind, at, number)
        except UnpreparableError:
            return None
        return await adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)

    match ask_provider(store, latest.business, latest.connection, compare):
        case Done():
            return (
                f"{latest.provider} has a document of the same reference, buyer and sums; its time of day is not known."
            )
        case Different(detail=detail):
            raise NotPossibleError(
                f"The order makes another document today than {latest.provider} has: {detail}. Nothing is written."
            )
        case Absent():
            raise documents.not_known(latest)
        case _:
            return "It cannot be shown to be what was sent."


def _moment(command: InvoiceCommand, latest: DocumentStatus) -> datetime:
    """On the day of issue, as near to the command as is known; the document's own time is forgotten."""
    day = latest.issue_date or legal_date(command.occurred_at)
    return command.occurred_at if legal_date(command.occurred_at) == day else datetime.combine(day, NOON, ISTANBUL)


def _page_of(xml: bytes, form: FileForm) -> bytes:
    return render_invoice(xml, PAGES[form], template=None, language=Language.TURKISH).content
