"""The mail that our own server sends: who has issued which document, and its file."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from app.domain.documents import DocumentStatus, DocumentType
from app.domain.parties import Seller
from app.domain.time import ISTANBUL
from app.operations.documents import file_name
from providers.base.reads import FileForm

KINDS = {DocumentType.EARSIV: "e-Arşiv fatura", DocumentType.EFATURA: "e-Fatura"}


def message_of(
    document: DocumentStatus, seller: Seller, form: FileForm, content: bytes, *, sender: str, to: str, at: datetime
) -> EmailMessage:
    """One mail to one address, in Turkish, with the provider's file of the document."""
    kind = KINDS.get(document.document_type or DocumentType.SALES_INVOICE, "fatura")
    day = f"{document.issue_date:%d.%m.%Y} tarihli " if document.issue_date else ""
    message = EmailMessage()
    message["Subject"] = f"{document.number} numaralı {kind}"
    message["From"] = Address(seller.name, addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(at.astimezone(ISTANBUL))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(f"{seller.name} tarafından düzenlenen {day}{document.number} numaralı {kind} ektedir.\n")
    main, _, sub = form.media_type.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=file_name(document.number or "", form))
    return message
