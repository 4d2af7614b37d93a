"""From a checked document to the UBL that QNB takes: how the e-Arşiv is sent, and the series of a number of QNB's.

The order's own fields are all in the UBL; a field without a place there is refused in `requirements`.
"""

from typing import Final

from app.domain.documents import DocumentType
from app.domain.invoice_info.model import AdditionalDocument
from app.domain.time import legal_date
from providers.base import ConnectionSettings
from providers.formats.ubl import dialect_of, xml_of
from providers.options import mails_buyer
from providers.preparing import CheckedDocument, without_email
from providers.qnb_esolutions.connection import ENVIRONMENTS, LIVE, LIVE_TOO
from providers.transport.two_services import mode_of

# Without this note QNB refuses an e-Arşiv (AE00003); by it QNB sends the buyer an e-mail or does not.
SENDING_NOTE: Final = "Gönderim Şekli: {}"
SENDING: Final = "SendingType"
# Of a number that QNB gives the series and the year are right, and the rest is none.
NO_COUNT: Final = "0" * 9
SERIES_LENGTH: Final = 3


def request_of(document: CheckedDocument, settings: ConnectionSettings) -> str:
    """The document's XML. Raises UnpreparableError with everything that is wrong."""
    sending = _sending_of(document)
    if sending and not mails_buyer(settings.options, default=True):
        document = without_email(document)
    return xml_of(
        document,
        mode=mode_of(settings, ENVIRONMENTS, (LIVE, LIVE_TOO)),
        dialect=dialect_of(settings.options),
        unnumbered=_unnumbered(document),
        references=(AdditionalDocument(id=sending, document_type_code=SENDING),) if sending else (),
        notes=(SENDING_NOTE.format(sending),) if sending else (),
    )


def series_in(number: str) -> str:
    """The series of a placeholder."""
    return number[:SERIES_LENGTH]


def _sending_of(document: CheckedDocument) -> str | None:
    """ELEKTRONIK or KAGIT, of an e-Arşiv."""
    sending = document.invoice.info.send_type
    return sending.name if sending is not None and document.document_type is DocumentType.EARSIV else None


def _unnumbered(document: CheckedDocument) -> str:
    series = document.invoice.info.invoice_serie_or_number or ""
    return f"{series}{legal_date(document.issued_at).year}{NO_COUNT}"
