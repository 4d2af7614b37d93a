"""Documents by their status events: listed, shown, and fetched from their provider."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from app.documents.from_order.pricing import price_lines
from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import Attention, DocumentState, DocumentStatus, Intent
from app.domain.identity import connection_key
from app.domain.parties import Person, hidden_email, usable_email
from app.domain.policy import EXTERNAL
from app.operations import read_model
from app.operations.context import bootstrap, codec, topics
from app.operations.errors import NotFoundError, NotPossibleError, UnavailableError
from app.operations.logins.asking import SECONDS
from app.operations.mail_history import Mailing, mailing_of
from app.operations.read_model import MOST_COUNTED
from app.stream.clients.reader import read_topic
from app.tracking.documents import TrackedDocument, track
from app.tracking.read_model.filters import DocumentFilter
from providers.base import Absent, Adapter, GivesFiles, Issued, Unclear, reference_of
from providers.base.reads import DocumentFile, FileForm
from providers.registry import PROVIDERS, provider

# Enough to say that several have a name.
MOST_ALIKE: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentList:
    """The latest of `total` documents that fit, the oldest change first; where the total is MOST_COUNTED, or more."""

    latest: Sequence[DocumentStatus]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContent:
    """What a document is about. `exchange_rate`: lira for one unit, None in lira itself.

    `buyer` is None for the final consumer, `buyer_email` masked, and None without one.
    """

    amount: Decimal
    currency: str
    buyer: str | None
    buyer_tax_number: str | None
    buyer_email: str | None = None
    exchange_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDetails:
    """A document with its whole history; `content` is None where the topic no longer has the command that asked.

    `mailing` is a sentence where the store cannot be read.
    """

    document: TrackedDocument
    content: DocumentContent | None
    mailing: Mailing | str


def hint_of(latest: DocumentStatus) -> str | None:
    """What a person has to do at the provider; None where nothing waits for that."""
    portal = f"in {latest.provider}'s portal"
    if latest.attention is Attention.DELETE_AT_PROVIDER:
        return f"delete it {portal}" + (
            "" if shows_itself(latest) else ", and record that by `faturaflow documents mark-deleted`"
        )
    if latest.attention is Attention.AWAITING_APPROVAL:
        return "see it by `faturaflow documents preview`; `faturaflow documents approve` it, or cancel it"
    if latest.state is DocumentState.DRAFT:
        return f"send it off, or delete it, {portal}"
    return _signature_hint(latest, portal) if latest.state is DocumentState.AWAITING_SIGNATURE else None


def shows_itself(latest: DocumentStatus) -> bool:
    """Whether its provider says when it is legal, and when it is gone."""
    if latest.provider not in PROVIDERS:
        return True
    return latest.document_type in provider(latest.provider).capabilities().poll_until


def _signature_hint(latest: DocumentStatus, portal: str) -> str:
    if latest.provider not in PROVIDERS:
        return f"sign it {portal}"
    capabilities = provider(latest.provider).capabilities()
    if not shows_itself(latest):
        return f"make it legal {portal}, and record its number by `faturaflow documents mark-issued`"
    return f"sign it {portal}" + (
        ", or by `faturaflow documents sign`" if latest.document_type in capabilities.signs else ""
    )


def all_documents() -> dict[str, TrackedDocument]:
    """Every document of the status topic, by its id. Raises UnavailableError, TopicUnreadableError and CodecError."""
    read = codec()
    records = read_topic(bootstrap(), topics().document_status)
    return track(read.read(DocumentStatus, record.value) for record in records if record.value is not None)


def find_document(beginning: str) -> TrackedDocument:
    """The one document whose id begins like this.

    Raises NotFoundError for none and for several, StoreUnavailableError, and as `all_documents` does.
    """
    found = list(_beginning_with(beginning))
    if len(found) != 1:
        raise NotFoundError(f"{len(found) or 'No'} documents have an id that begins with {beginning!r}.")
    return found[0]


def _beginning_with(beginning: str) -> Iterator[TrackedDocument]:
    """By the read model where it is up to date, for what is found is acted on; else by the whole topic."""
    if (asked := read_model.current(datetime.now(UTC))) is None:
        known = all_documents().items()
        yield from (document for document_id, document in known if document_id.startswith(beginning))
        return
    found = (asked.document(document_id) for document_id in asked.document_ids(beginning, most=MOST_ALIKE))
    yield from (details.document for details in found if details is not None)


def list_documents(
    *,
    business: str | None = None,
    order: str | None = None,
    state: DocumentState | None = None,
    intent: Intent | None = None,
    attention: bool = False,
    limit: int,
) -> DocumentList:
    """The latest `limit` documents that fit; None lets everything through, `attention` only what waits for a person.

    By the read model where there is one. Raises StoreUnavailableError, and as `all_documents` does.
    """
    if (asked := read_model.shown()) is not None:
        waits = True if attention else None
        wanted = DocumentFilter(business=business, order_reference=order, state=state, intent=intent, waits=waits)
        rows = read_model.all_pages(lambda page: asked.documents(wanted, page), limit)
        total = asked.count_documents(wanted, most=MOST_COUNTED)
        return DocumentList(latest=[row.latest for row in reversed(rows)], total=total)
    found = [
        document.latest
        for document in all_documents().values()
        if document.matches(business=business, order=order, state=state, intent=intent, attention=attention)
    ]
    return DocumentList(latest=sorted(found, key=lambda status: status.occurred_at)[-limit:], total=len(found))


def show_document(beginning: str) -> DocumentDetails:
    """One document with its history and what it is about. Raises as `find_document` does."""
    document = find_document(beginning)
    return DocumentDetails(document=document, content=_content_of(document.latest), mailing=mailing_of(document.latest))


def command_for(latest: DocumentStatus) -> InvoiceCommand | None:
    """The last command that asked for the document with its content.

    None when the topic has lost it, and where the merchant issued it himself. Raises as `all_documents` does.
    """
    if latest.provider == EXTERNAL:
        return None
    read, topic = codec(), topics().commands(latest.provider)
    found = None
    for record in read_topic(bootstrap(), topic):
        if record.value is None or record.key != connection_key(latest.business, latest.connection).encode():
            continue
        command = read.read(InvoiceCommand, record.value)
        if command.document_id == latest.document_id and command.order is not None:
            found = command
    return found


def _content_of(latest: DocumentStatus) -> DocumentContent | None:
    command = command_for(latest)
    return _content(command.order, command.person) if command is not None and command.order is not None else None


def _content(order: DocumentOrder, person: Person | None) -> DocumentContent:
    lines = price_lines(order.lines, prices_include_vat=order.prices_include_vat)
    buyer = person.buyer if person else None
    return DocumentContent(
        amount=sum((line.base + sum(tax.amount for tax in line.taxes) for line in lines), Decimal(0)),
        currency=order.currency,
        exchange_rate=order.exchange_rate,
        buyer=" ".join(filter(None, (buyer.name, buyer.family_name))) if buyer else None,
        buyer_tax_number=(buyer.tax_number or None) if buyer else None,
        buyer_email=hidden_email(email) if buyer and (email := usable_email(buyer.email)) else None,
    )


def issued_of(latest: DocumentStatus, adapter: Adapter) -> Issued:
    """The document as its provider knows it."""
    assert latest.document_type is not None
    return Issued(
        reference=reference_of(latest.document_id, latest.ettn, adapter.capabilities),
        document_type=latest.document_type,
        ettn=latest.ettn,
        number=latest.number,
        issue_date=latest.issue_date,
    )


async def read_file(adapter: Adapter, document: DocumentStatus, form: FileForm) -> bytes:
    """The provider's file of a document with a legal number.

    Raises NotPossibleError where it gives none of this form, NotFoundError where it does not know the document,
    UnavailableError where it did not give it.
    """
    if form not in adapter.capabilities.downloads or not isinstance(adapter, GivesFiles):
        forms = ", ".join(sorted(adapter.capabilities.downloads)) or "no files"
        raise NotPossibleError(f"{document.provider} does not give documents as {form}; it gives {forms}.")
    match await adapter.download(issued_of(document, adapter), form, SECONDS):
        case DocumentFile() as file:
            return file.content
        case Absent():
            raise not_known(document)
        case Unclear() as unclear:
            raise UnavailableError(f"{document.provider} did not give the file: {unclear.why}")


def not_known(document: DocumentStatus) -> NotFoundError:
    """Its provider has no such document."""
    return NotFoundError(f"{document.provider} does not know document {document.document_id}.")


def file_name(number: str, form: FileForm) -> str:
    """The name of a document's file. Its number is the provider's: a path in it would lead to another folder."""
    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in number)
    return f"{name}.{form}"
