"""What the e-Arşiv report needs of an EARSIVFATURA: how it is sent, and all of an internet sale (e-Arşiv guide).

An invoice that says nothing of them may be right: some providers take both beside the document.
"""

from collections.abc import Iterator
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule, Severity
from app.documents.checking.identifiers import tax_number_faults
from app.documents.checking.report_facts import FactsFound, facts_found
from app.documents.model.archive_report import (
    COMPANY,
    METHOD,
    METHOD_NAME,
    PAID_ON,
    PERSON,
    SENDING,
    SENT_ON,
    WEB_SITE,
)
from app.documents.safe_input.tree import date_of, local_name
from app.domain.payment import PaymentMethod
from app.domain.text import are_web_sites

SENDINGS: Final = ("ELEKTRONIK", "KAGIT")
ELECTRONIC: Final = "ELEKTRONIK"
# The report wants a name of these, and of these no day: cash on delivery is paid later, and "other" may have none.
NAMED: Final = frozenset({PaymentMethod.INTERMEDIARY.value, PaymentMethod.OTHER.value})
UNDATED: Final = frozenset({PaymentMethod.CASH_ON_DELIVERY.value, PaymentMethod.OTHER.value})


def archive_report(document: Document) -> Iterator[Fault]:
    """The facts of the report, where the invoice has any."""
    if document.profile != "EARSIVFATURA":
        return
    found = facts_found(document.root)
    yield from _sending(document, found)
    if found.sale_told:
        for part in (_site, _payment, _payment_name, _payment_day, _carrier):
            yield from part(document, found)


def _sending(document: Document, found: FactsFound) -> Iterator[Fault]:
    """On paper or electronically; an internet sale never on paper."""
    if found.sending is None:
        return
    element, written = found.places.get(SENDING, document.root), found.sending.strip()
    if written not in SENDINGS:
        yield Fault(element, "SENDING_UNKNOWN", f"{written!r} is no way to send: {' or '.join(SENDINGS)}.")
    elif found.online and written != ELECTRONIC:
        yield Fault(element, "INTERNET_SENDING", f"The invoice of an internet sale is sent {ELECTRONIC}.")


def _site(document: Document, found: FactsFound) -> Iterator[Fault]:
    """Where it was sold."""
    written = found.facts.get(WEB_SITE, "").strip()
    if not are_web_sites(written):
        element = found.places.get(WEB_SITE, document.root)
        message = f"An internet sale says its web address, not {written!r}."
        yield Fault(element, "INTERNET_SITE", message)


def _payment(document: Document, found: FactsFound) -> Iterator[Fault]:
    """How it was paid, in one of the report's five words."""
    written = found.facts.get(METHOD, "").strip()
    if written not in set(PaymentMethod):
        element = found.places.get(METHOD, document.root)
        message = f"{written!r} is no payment of an internet sale: {', '.join(PaymentMethod)}."
        yield Fault(element, "INTERNET_PAYMENT", message)


def _payment_name(document: Document, found: FactsFound) -> Iterator[Fault]:
    """Through whom, where the dialect has a place for it; a warning, for GİB's own text was not seen."""
    written = found.facts.get(METHOD, "").strip()
    if found.named and written in NAMED and not found.facts.get(METHOD_NAME, "").strip():
        element = found.places.get(METHOD, document.root)
        message = f"{written} needs the name of the intermediary or of the method."
        yield Fault(element, "INTERNET_PAYMENT_NAME", message, Severity.WARNING)


def _payment_day(document: Document, found: FactsFound) -> Iterator[Fault]:
    """When it was paid; not for cash on delivery and "other"."""
    written = found.facts.get(PAID_ON)
    element = found.places.get(PAID_ON, document.root)
    if written is not None and date_of(written.strip()) is None:
        yield Fault(element, "INTERNET_PAYMENT_DATE", f"{written!r} is no day; write it like 2026-01-31.")
    elif written is None and found.dated and found.facts.get(METHOD, "").strip() not in UNDATED:
        yield Fault(element, "INTERNET_PAYMENT_DATE", "An internet sale says the day of its payment.")


def _carrier(document: Document, found: FactsFound) -> Iterator[Fault]:
    """The carrier has a tax number and a day of dispatch; services have no carrier at all."""
    scheme, path, name = ("TCKN", *PERSON) if PERSON[0] in found.facts else ("VKN", *COMPANY)
    number, sent_on = found.facts.get(path, "").strip(), found.facts.get(SENT_ON)
    places = (found.places.get(each) for each in (path, name, SENT_ON))
    element = next((each for each in places if each is not None), document.root)
    # UBL's own place has its own rules, and a delivery has its day without a carrier too.
    in_place = local_name(element) == "Delivery"
    if number and not in_place:
        yield from tax_number_faults(document, element, number, scheme)
    if not number and (name in found.facts or (sent_on is not None and not in_place)):
        yield Fault(element, "INTERNET_CARRIER", "The carrier of an internet sale has a VKN or a TCKN.")
    if number and (sent_on is None or date_of(sent_on.strip()) is None):
        message = "The carrier of an internet sale has the day of dispatch, like 2026-01-31."
        yield Fault(element, "INTERNET_CARRIER", message)


RULES: Final[tuple[Rule, ...]] = (archive_report,)
