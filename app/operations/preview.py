"""A document as its page would be, before it is legal: made here from the order, and said on the page to be none."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from app.documents.model.defaults import with_defaults
from app.documents.model.invoice import Invoice
from app.documents.prepared import DocumentErrors, prepare_invoice
from app.documents.rendering import Language
from app.documents.ubl import build
from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import INVOICING, Attention, DocumentStatus, DocumentType
from app.domain.identity import derived, order_key
from app.domain.numbers import NUMBER
from app.domain.orders import DocumentApproved, LoggedEvent
from app.domain.parties import BusinessFacts
from app.domain.policy import RULES_VERSION, DocumentTypeChoice
from app.operations import documents
from app.operations.context import bootstrap, codec, topics
from app.operations.errors import NotPossibleError
from app.operations.ubl import PageFormat, render_invoice
from app.operations.what_if.replay import Replay, decoded
from app.settings import settings
from app.store import Store
from app.stream.clients.reader import read_topic
from app.stream.records import InRecord

NO_SERIES: Final = "XXX"
# On the page, in both languages that its readers have.
MARK: Final = "ÖN İZLEME: yasal bir belge değildir. PREVIEW: this is no legal document."


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A page and the totals in it, in the document's currency. `document_type`: the form that it was drawn as."""

    document: DocumentStatus
    content: bytes
    document_type: DocumentType
    payable: Decimal
    vat: Decimal
    currency: str


def preview_document(beginning: str, form: PageFormat) -> Preview:
    """The page of a document that is not legal yet, as of now. Nothing is asked of its provider.

    One that waits for its approval before it is sent is drawn as an approval of now would have it. Its number, and of
    a buyer who is not known yet whether it is an e-Fatura, are its provider's to say. Raises NotPossibleError where the
    document is legal already, where it would not be sent, and where it cannot be made from its order, RenderingError,
    StoreError, and as `find_document` and `command_for` do.
    """
    latest = documents.find_document(beginning).latest
    if latest.state in INVOICING:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: download it instead.")
    command = documents.command_for(latest) or command_if_approved(latest, datetime.now(UTC))
    with Store.open(settings()) as store:
        profile = store.business_facts(latest.business)
    if command is None or profile is None:
        raise NotPossibleError(f"What document {latest.document_id} is made from is not on its provider's topic.")
    return drawn(latest, command, BusinessFacts(seller=profile.seller, carriers=profile.carriers), form)


def command_if_approved(latest: DocumentStatus, now: datetime) -> InvoiceCommand | None:
    """What the planner would command if the document were approved now: its order's log folded again, and an approval.

    None where it would command nothing. Raises UnavailableError, TopicUnreadableError and CodecError.
    """
    if latest.attention is not Attention.AWAITING_APPROVAL:
        return None
    key, read, replay = order_key(latest.business, latest.order_reference).encode(), codec(), Replay()
    for record in read_topic(bootstrap(), topics().order_log):
        if record.key == key:
            replay.take(record, decoded(read, record))
    approval = LoggedEvent(
        event_id=derived("preview", latest.document_id),
        received_at=now,
        rules_version=RULES_VERSION,
        business=latest.business,
        order_reference=latest.order_reference,
        body=DocumentApproved(document_id=latest.document_id),
        policy=replay.state.placed.policy if replay.state and replay.state.placed else None,
    )
    replay.take(_record_of(key), approval)
    return replay.commands.get((latest.document_id, Action.ISSUE, 0))


def _record_of(key: bytes) -> InRecord:
    """Stands for the record that the approval would come in."""
    topic = topics().order_log
    return InRecord(topic=topic, partition=0, offset=0, timestamp_ms=0, key=key, value=b"", headers=())


def drawn(latest: DocumentStatus, command: InvoiceCommand, facts: BusinessFacts, form: PageFormat) -> Preview:
    """What the command would make, as of now. Raises NotPossibleError where it would make nothing, and RenderingError.

    `facts`: of its business.
    """
    kind = latest.document_type or _type_of(command)
    # What its provider calls a draft may be no number of GİB's form.
    number = latest.number if NUMBER.fullmatch(latest.number or "") else None
    invoice = prepare_invoice(command, facts, kind, max(datetime.now(UTC), command.occurred_at), number)
    if isinstance(invoice, DocumentErrors):
        why = "; ".join(f"{error.path}: {error.message}" for error in invoice.errors)
        raise NotPossibleError(f"Document {latest.document_id} cannot be made from its order: {why}")
    xml = build(with_defaults(_marked(invoice)))
    return Preview(
        document=latest,
        content=render_invoice(xml, form, template=None, language=Language.TURKISH).content,
        document_type=kind,
        payable=invoice.payable,
        vat=invoice.vat,
        currency=invoice.currency,
    )


def _marked(invoice: Invoice) -> Invoice:
    """With the mark; a number that is not given yet has its series, the year and zeros."""
    given, issued = invoice.info.invoice_serie_or_number or NO_SERIES, invoice.info.issue_date or datetime.now(UTC)
    number = given if NUMBER.fullmatch(given) else f"{given[:3]}{issued.year}{0:09}"
    return replace(invoice, notes=(MARK, *invoice.notes), info=replace(invoice.info, invoice_serie_or_number=number))


def _type_of(command: InvoiceCommand) -> DocumentType:
    """The form that its business has chosen; an e-Arşiv where its provider is to find out."""
    chosen = command.order.document_type if command.order else DocumentTypeChoice.AUTO
    return DocumentType.EFATURA if chosen is DocumentTypeChoice.EFATURA else DocumentType.EARSIV
