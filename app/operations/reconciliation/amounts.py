"""What the buyer has to pay of our documents: made again from the commands that asked for them."""

from collections.abc import Collection

from app.documents.prepared import DocumentErrors, prepare_invoice
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.identity import connection_key
from app.domain.parties import BusinessFacts
from app.operations.context import bootstrap, codec, topics
from app.operations.reconciliation.comparing import Amount
from app.stream.clients.reader import read_topic


def amounts_of(documents: Collection[DocumentStatus], facts: BusinessFacts | None) -> dict[str, Amount]:
    """By document id; without those whose command the topic no longer has. All are of one connection.

    Raises UnavailableError, TopicUnreadableError and CodecError.
    """
    wanted = {each.document_id: each for each in documents}
    if not wanted or facts is None:
        return {}
    first = next(iter(wanted.values()))
    read, key = codec(), connection_key(first.business, first.connection).encode()
    found: dict[str, Amount] = {}
    for record in read_topic(bootstrap(), topics().commands(first.provider)):
        if record.value is None or record.key != key:
            continue
        command = read.read(InvoiceCommand, record.value)
        if command.order is not None and (document := wanted.get(command.document_id)) is not None:
            amount = amount_of(command, facts, document)
            found |= {command.document_id: amount} if amount is not None else {}
    return found


def amount_of(command: InvoiceCommand, facts: BusinessFacts, document: DocumentStatus) -> Amount | None:
    """As the issuer has computed it; None where the rules of today would not make it."""
    if document.document_type is None:
        return None
    invoice = prepare_invoice(command, facts, document.document_type, command.occurred_at, document.number)
    return None if isinstance(invoice, DocumentErrors) else Amount(invoice.payable, invoice.currency)
