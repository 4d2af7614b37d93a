"""An internet sale as facts of the e-Arşiv report, by their names there; both ways."""

from collections.abc import Iterator, Mapping
from datetime import date

from app.documents.model.archive_report import COMPANY, METHOD, METHOD_NAME, PAID_ON, PERSON, SENT_ON, WEB_SITE
from app.domain.invoice_info.model import InternetSale
from app.domain.parties import TCKN_LENGTH
from app.domain.payment import PaymentMethod
from app.domain.record import record


@record
class Reference:
    """A document reference that holds one fact; `website` is in its issuer."""

    id: str
    type_code: str | None = None
    type: str | None = None
    website: str | None = None


@record
class Carriage:
    """Who carries, and since when; each may be unknown."""

    name: str | None
    number: str | None
    sent_on: date | None


def facts_of(sale: InternetSale) -> Iterator[tuple[str, str]]:
    """The sale as the report's paths below `internetSatisBilgi`."""
    number, name = PERSON if len(sale.transporter_register_number or "") == TCKN_LENGTH else COMPANY
    fields: tuple[tuple[str, str | None], ...] = (
        (WEB_SITE, sale.web_site),
        (METHOD, sale.payment_method.value),
        (METHOD_NAME, sale.payment_method_name),
        (PAID_ON, sale.payment_date.isoformat() if sale.payment_date else None),
        (SENT_ON, sale.transport_date.isoformat() if sale.transport_date else None),
        (number, sale.transporter_register_number),
        (name, sale.transporter_name),
    )
    return ((path, value) for path, value in fields if value is not None)


def sale_of(facts: Mapping[str, str]) -> InternetSale | None:
    """The sale of these facts; None where site or method are missing. Raises ValueError for a method or day."""
    if WEB_SITE not in facts or METHOD not in facts:
        return None
    paid, sent = facts.get(PAID_ON), facts.get(SENT_ON)
    return InternetSale(
        web_site=facts[WEB_SITE],
        payment_method=PaymentMethod(facts[METHOD]),
        payment_method_name=facts.get(METHOD_NAME),
        payment_date=date.fromisoformat(paid) if paid else None,
        transporter_name=facts.get(COMPANY[1], facts.get(PERSON[1])),
        transporter_register_number=facts.get(COMPANY[0], facts.get(PERSON[0])),
        transport_date=date.fromisoformat(sent) if sent else None,
    )


def carriage_of(sale: InternetSale) -> Carriage | None:
    """For the dialects that have the carrier in UBL's own place; None where nothing is known."""
    found = Carriage(name=sale.transporter_name, number=sale.transporter_register_number, sent_on=sale.transport_date)
    return None if found == Carriage(name=None, number=None, sent_on=None) else found
