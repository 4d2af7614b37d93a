"""From a checked document to the UBL that Sovos takes: our reference, and what its platform does with the document.

The order's own fields are all in the UBL; a field without a place there is refused in `requirements`.
"""

from collections.abc import Iterator
from typing import Final

from app.domain.documents import DocumentType
from app.domain.invoice_info.model import AdditionalDocument
from app.domain.parties import usable_email
from providers.base import ConnectionSettings
from providers.formats.ubl import dialect_of, xml_of
from providers.preparing import CheckedDocument
from providers.sovos.connection import ENVIRONMENTS, LIVE, SovosOptions, options_of
from providers.transport.two_services import mode_of

# Sovos numbers a document whose number is empty.
AUTOMATIC: Final = ""
# Sovos's samples have both where its platform is to mail a signed e-Arşiv to the address in it.
BY_MAIL: Final = "0100"
TO_THE_BUYER: Final = "99"


def request_of(document: CheckedDocument, settings: ConnectionSettings) -> str:
    """The document's XML. Raises UnpreparableError with everything that is wrong."""
    options = options_of(settings.options)
    return xml_of(
        document,
        mode=mode_of(settings, ENVIRONMENTS, (LIVE,)),
        dialect=dialect_of(settings.options),
        unnumbered=AUTOMATIC,
        references=tuple(_references(document, options)),
    )


def _references(document: CheckedDocument, options: SovosOptions) -> Iterator[AdditionalDocument]:
    """Our reference first: by it a document is found, and Sovos refuses to number one that has none."""
    yield AdditionalDocument(id=document.reference, document_type_code="CUST_INV_ID")
    if document.document_type is not DocumentType.EARSIV:
        return
    sending = document.invoice.info.send_type
    if sending is not None:
        yield AdditionalDocument(id=sending.name, document_type_code="EREPSENDT")
    if options.mails_buyer and usable_email(document.invoice.customer.email):
        yield AdditionalDocument(id=BY_MAIL, document_type_code="OUTPUT_TYPE")
        yield AdditionalDocument(id=TO_THE_BUYER, document_type_code="TRANSPORT_TYPE")
