"""The report's facts, in whichever dialect they stand."""

from dataclasses import dataclass, field
from typing import Final

from app.documents.checking.reading import Element, aggregates, content, leaf
from app.documents.payment import PAYMENT_MEANS
from app.documents.ubl.reading.elements import code, one, raw, unreadable
from app.documents.ubl.reading.parties import tax_number_of
from app.documents.ubl.report import (
    COMPANY,
    METHOD,
    METHOD_NAME,
    PAID_ON,
    PERSON,
    SALE,
    SENDING,
    SENT_ON,
    WEB_SITE,
    sale_of,
)
from app.documents.ubl.writing.report import (
    ARCHIVE_TYPE,
    FACT_NOTE,
    IS_ONLINE,
    METHOD_CODE,
    PAYMENT_DATE,
    PAYMENT_METHOD,
    SALE_ID,
    SALE_NOTE,
    SENDING_CODE,
    SENDING_TYPE,
    STORE_URL,
)
from app.domain.invoice_info.enums import Platform, Sending
from app.domain.invoice_info.model import InternetSale
from app.domain.parties import TCKN_LENGTH
from app.domain.payment import PaymentMethod

_SENDINGS: Final = frozenset({SENDING_TYPE, SENDING_CODE})
_EXTENSIONS: Final = {STORE_URL: WEB_SITE, PAYMENT_METHOD: METHOD, PAYMENT_DATE: PAID_ON}
_PATHS: Final = (WEB_SITE, METHOD, METHOD_NAME, PAID_ON, SENT_ON, *COMPANY, *PERSON)
_SHORT_NAMES: Final = {path.rpartition("/")[2]: path for path in _PATHS}
_METHODS: Final = {means: method.value for method, means in PAYMENT_MEANS.items()}


@dataclass(slots=True)
class Report:
    """What was found so far; `payment_is_means` when the last PaymentMeans is the sale's."""

    sending: Sending | None = None
    facts: dict[str, str] = field(default_factory=dict)
    online: bool = False
    payment_is_means: bool = False

    def takes_note(self, note: str) -> bool:
        """Whether the note is one of the report's, which is then kept as a fact."""
        if note == SALE_NOTE:
            self.online = True
            return True
        name, separator, value = note.removeprefix(FACT_NOTE).partition("#")
        if not note.startswith(FACT_NOTE) or not separator or name not in _SHORT_NAMES:
            return False
        self.facts[_SHORT_NAMES[name]] = value
        self.online = True
        return True

    def takes_reference(self, reference: Element) -> bool:
        """Whether the document reference is one of the report's, which is then kept as a fact."""
        of, value = raw(reference, "ID") or "", raw(reference, "DocumentType")
        kind = code(reference, "DocumentTypeCode")
        if of == SENDING or kind in _SENDINGS:
            return self._sending(reference, value)
        if of.startswith(SALE) and value is not None:
            self.facts[of.removeprefix(SALE)] = value
        elif kind == ARCHIVE_TYPE and value == Platform.INTERNET.name:
            self.payment_is_means = True
        elif of == SALE_ID and kind == METHOD_CODE:
            self.facts[METHOD] = value or ""
            self.facts[WEB_SITE] = raw(reference, "IssuerParty/WebsiteURI") or ""
        elif kind in _EXTENSIONS and value is not None:
            self.facts[_EXTENSIONS[kind]] = value
        elif kind != IS_ONLINE:
            return False
        self.online = True
        return True

    def _sending(self, reference: Element, value: str | None) -> bool:
        if value is None or value not in Sending.__members__:
            raise unreadable(reference, "SENDING_UNKNOWN", "says neither KAGIT nor ELEKTRONIK")
        self.sending = Sending[value]
        return True

    def sale(self, root: Element) -> InternetSale | None:
        """The internet sale, from the facts and from the places that UBL has for a carrier, a shop and a payment."""
        if not self.online:
            return None
        for delivery in aggregates(root, "Delivery")[:1]:
            self._carriage(delivery)
        if self.payment_is_means:
            self._means(root)
        try:
            return sale_of(self.facts)
        except ValueError:
            message = "tells an internet sale with a method or a day that is none"
            raise unreadable(root, "SALE_UNREADABLE", message) from None

    def _carriage(self, delivery: Element) -> None:
        party = one(delivery, "CarrierParty")
        number = tax_number_of(party) if party is not None else None
        places = PERSON if len(number or "") == TCKN_LENGTH else COMPANY
        told = {
            SENT_ON: code(delivery, "ActualDeliveryDate"),
            places[0]: number,
            places[1]: raw(party, "PartyName/Name") if party is not None else None,
        }
        self.facts.update({path: value for path, value in told.items() if value is not None})

    def _means(self, root: Element) -> None:
        means = aggregates(root, "PaymentMeans")
        website = raw(root, "AccountingSupplierParty/Party/WebsiteURI")
        if not means or website is None:
            return
        written = content(leaf(means[-1], "PaymentMeansCode"))
        self.facts[WEB_SITE] = website
        self.facts[METHOD] = _METHODS.get(written, PaymentMethod.OTHER.value)
        if paid_on := code(means[-1], "PaymentDueDate"):
            self.facts[PAID_ON] = paid_on
