"""The e-Arşiv report's facts as an invoice has them: typed, or refused."""

from app.documents.checking.report_facts import FactsFound
from app.documents.model.archive_report import SENDING
from app.documents.safe_input.tree import Element
from app.documents.ubl.reading.elements import unreadable
from app.documents.ubl.report import sale_of
from app.domain.invoice_info.enums import Sending
from app.domain.invoice_info.model import InternetSale


def sending_of(found: FactsFound) -> Sending | None:
    """How the invoice is sent, where it says so. Raises UnreadableError for a word that is none."""
    if found.sending is None:
        return None
    if found.sending not in Sending.__members__:
        raise unreadable(found.places[SENDING], "SENDING_UNKNOWN", "says neither KAGIT nor ELEKTRONIK")
    return Sending[found.sending]


def internet_sale_of(found: FactsFound, root: Element) -> InternetSale | None:
    """The internet sale, where there is one and it says enough. Raises UnreadableError for a method or day of none."""
    if not found.online:
        return None
    found.takes_places(root)
    try:
        return sale_of(found.facts)
    except ValueError:
        message = "reports an internet sale with a method or a day that is none"
        raise unreadable(root, "SALE_UNREADABLE", message) from None
