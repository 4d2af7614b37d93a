"""The facts of the e-Arşiv report in an invoice, in whichever dialect they are, as they are written."""

from dataclasses import dataclass, field
from typing import Final

from app.documents.model.archive_report import (
    ARCHIVE_TYPE,
    COMPANY,
    EXTENSIONS,
    FACT_NOTE,
    INTERNET,
    IS_INTERNET,
    IS_ONLINE,
    METHOD,
    METHOD_CODE,
    NAMED_IN_THE_TYPE,
    PAID_ON,
    PERSON,
    SALE,
    SALE_ID,
    SALE_NOTE,
    SEND_TYPE,
    SENDING,
    SENDING_CODE,
    SENDING_TYPE,
    SENT_ON,
    SHORT_NAMES,
    WEB_SITE,
)
from app.documents.model.payment import PAYMENT_MEANS
from app.documents.safe_input.tree import Element, aggregates, content, leaf, leaves, text
from app.domain.parties import TCKN_LENGTH
from app.domain.payment import PaymentMethod

_SENDINGS: Final = frozenset({SENDING_TYPE, SENDING_CODE})
_METHODS: Final = {means: method.value for method, means in PAYMENT_MEANS.items()}
_TAX_SCHEMES: Final = frozenset({"VKN", "TCKN"})


@dataclass(slots=True)
class FactsFound:
    """What was found so far. `facts` are values by the report's paths, `places` the elements of them and of SENDING.

    `online` when it is an internet sale, `sale_told` when more says so than the sentence for people.
    `payment_is_means` when the last PaymentMeans is the sale's. `dated` when the dialect has a place for days, `named`
    when it has one for names.
    """

    sending: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
    places: dict[str, Element] = field(default_factory=dict)
    online: bool = False
    sale_told: bool = False
    payment_is_means: bool = False
    dated: bool = True
    named: bool = False

    def takes_note(self, element: Element) -> bool:
        """Whether the note is one of the report's, which is then kept as a fact."""
        note = element.text or ""
        if note == SALE_NOTE:
            self.online = True
            return True
        name, separator, value = note.removeprefix(FACT_NOTE).partition("#")
        if not note.startswith(FACT_NOTE) or not separator or name not in SHORT_NAMES:
            return False
        self._keep(SHORT_NAMES[name], value, element)
        self.online = self.sale_told = self.named = True
        return True

    def takes_reference(self, reference: Element) -> bool:
        """Whether the document reference is one of the report's, which is then kept as a fact."""
        of, value, kind = _raw(reference, "ID"), _raw(reference, "DocumentType"), text(reference, "DocumentTypeCode")
        if of == SENDING or kind in _SENDINGS:
            self._sent(value, reference)
            return True
        if SEND_TYPE in {kind, value}:
            self._sent(of, reference)
            return True
        if not self._of_sale(reference, of or "", value, kind):
            return False
        self.online = self.sale_told = True
        return True

    def _of_sale(self, reference: Element, of: str, value: str | None, kind: str) -> bool:
        named = NAMED_IN_THE_TYPE.get(kind) or NAMED_IN_THE_TYPE.get(value or "")
        if of.startswith(SALE) and value is not None:
            self.named = True
            self._keep(of.removeprefix(SALE), value, reference)
        elif kind == ARCHIVE_TYPE and value == INTERNET:
            self.payment_is_means = True
        elif of == SALE_ID and kind == METHOD_CODE:
            self.dated = False
            self._keep(METHOD, value or "", reference)
            self._keep(WEB_SITE, _raw(reference, "IssuerParty/WebsiteURI") or "", reference)
        elif kind in EXTENSIONS and value is not None:
            self._keep(EXTENSIONS[kind], value, reference)
        elif named is not None:
            self._keep(named, of, reference)
        else:
            return kind == IS_ONLINE or IS_INTERNET in {kind, value}
        return True

    def takes_places(self, root: Element) -> None:
        """Of an internet sale: the places that UBL has for a carrier, a shop and a payment."""
        if not self.online:
            return
        for delivery in aggregates(root, "Delivery")[:1]:
            self._carriage(delivery)
        if self.payment_is_means:
            self._means(root)

    def _keep(self, path: str, value: str, element: Element) -> None:
        self.facts[path] = value
        self.places[path] = element

    def _sent(self, value: str | None, reference: Element) -> None:
        self.sending = value or ""
        self.places[SENDING] = reference

    def _carriage(self, delivery: Element) -> None:
        party = next(iter(aggregates(delivery, "CarrierParty")), None)
        number = _tax_number(party) if party is not None else None
        places = PERSON if len(number or "") == TCKN_LENGTH else COMPANY
        facts = {
            SENT_ON: text(delivery, "ActualDeliveryDate") or None,
            places[0]: number,
            places[1]: _raw(party, "PartyName/Name") if party is not None else None,
        }
        for path, value in facts.items():
            if value is not None:
                self._keep(path, value, delivery)

    def _means(self, root: Element) -> None:
        means = aggregates(root, "PaymentMeans")
        website = _raw(root, "AccountingSupplierParty/Party/WebsiteURI")
        if website is not None:
            self._keep(WEB_SITE, website, root)
        if not means:
            return
        written = text(means[-1], "PaymentMeansCode")
        self._keep(METHOD, _METHODS.get(written, PaymentMethod.OTHER.value), means[-1])
        if paid_on := text(means[-1], "PaymentDueDate"):
            self._keep(PAID_ON, paid_on, means[-1])


def facts_found(root: Element) -> FactsFound:
    """All of an invoice's."""
    found = FactsFound()
    for note in leaves(root, "Note"):
        found.takes_note(note)
    for reference in aggregates(root, "AdditionalDocumentReference"):
        found.takes_reference(reference)
    found.takes_places(root)
    return found


def _raw(element: Element, path: str) -> str | None:
    """As it is written, white space and all; None when it is absent or empty."""
    found = leaf(element, path)
    return (found.text or None) if found is not None else None


def _tax_number(party: Element) -> str | None:
    ids = leaves(party, "PartyIdentification/ID")
    return next((content(each) for each in ids if each.get("schemeID") in _TAX_SCHEMES), None)
