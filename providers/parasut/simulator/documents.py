"""The e-documents of the simulated Paraşüt, and the jobs that make them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from providers.parasut.simulator.invoices import Sale
from providers.parasut.simulator.words import data_of, relation_of, resource, unprocessable
from providers.simulation.misbehaviour import CallFault
from providers.simulation.record import REASON, Booking, BookingState, BuyerAnswer
from providers.simulation.taxpayers import Taxpayers, mailbox_of

# The name of the sales invoice's relation in each.
RELATIONS: Final[Mapping[str, str]] = {"e_archives": "sales_invoice", "e_invoices": "invoice"}
DOCUMENT_TYPES: Final[Mapping[str, str]] = {"e_archives": "EARSIV", "e_invoices": "EFATURA"}
PAYMENTS: Final = frozenset({"KREDIKARTI/BANKAKARTI", "EFT/HAVALE", "KAPIDAODEME", "ODEMEARACISI"})
SCENARIOS: Final = frozenset({"basic", "commercial"})
RESPONSES: Final[Mapping[BuyerAnswer, str]] = {
    BuyerAnswer.ACCEPTED: "accepted",
    BuyerAnswer.AUTOMATIC: "accepted",
    BuyerAnswer.REFUSED: "rejected",
    BuyerAnswer.RETURNED: "refunded",
}


@dataclass(kw_only=True)
class Job:
    """One piece of work. It ends at `ends_at`, with an `error` or the e-document."""

    id: str
    company: str
    sale: str
    ends_at: datetime
    error: str | None = None
    made_at: float = field(default_factory=time.monotonic)
    shows_error_later: bool = False

    def shown(self, *, at_once: bool = False) -> dict[str, Any]:
        """The resource. What goes wrong is not known when it is asked for."""
        ended = datetime.now(UTC) >= self.ends_at and not (at_once and self.error)
        status = ("error" if self.error else "done") if ended else "pending"
        errors = [self.error] if ended and self.error else []
        return resource("trackable_jobs", self.id, {"status": status, "errors": errors})


@dataclass(kw_only=True)
class EDocument:
    """One legal document. It is shown with its sales invoice from `shown_at` on."""

    id: str
    kind: str
    sale: Sale
    booking: Booking
    to: str | None
    shown_at: datetime

    @property
    def name(self) -> tuple[str, str]:
        return self.kind, self.id

    def is_shown(self) -> bool:
        return datetime.now(UTC) >= max(self.shown_at, self.booking.decided_at)

    def resource(self) -> dict[str, Any]:
        booking = self.booking
        if self.kind == "e_archives":
            attributes: dict[str, Any] = {
                "uuid": booking.ettn,
                "invoice_number": booking.number,
                "vkn": booking.buyer.tax_number,
                "status": "legalized",
                "is_signed": True,
            }
            return resource(self.kind, self.id, attributes)
        failed = booking.state() is BookingState.FAILED
        answer = RESPONSES[booking.answer] if booking.answer and booking.shows_answer else None
        attributes = {
            "uuid": booking.ettn,
            "external_id": booking.number,
            "to_address": self.to,
            "to_vkn": booking.buyer.tax_number,
            "direction": "outbound",
            "status": "failed" if failed else "successful",
            "response_type": answer,
            "response_note": REASON if answer == "rejected" else None,
            "net_total": f"{booking.payable:f}",
        }
        return resource(self.kind, self.id, attributes)


def asked_in(body: Mapping[str, Any], kind: str) -> tuple[dict[str, Any], str]:
    """The attributes of a request for an e-document, and the sales invoice's id. Raises RefusedError."""
    data = data_of(dict(body), kind)
    attributes = dict(data.get("attributes") or {})
    sale = attributes.get("internet_sale")
    if isinstance(sale, dict) and sale.get("payment_type") not in PAYMENTS:
        raise unprocessable("internet_sale: payment_type kabul edilen bir kelime değil")
    if kind == "e_invoices" and attributes.get("scenario", "basic") not in SCENARIOS:
        raise unprocessable("scenario kabul edilen bir kelime değil")
    return attributes, relation_of(data, RELATIONS[kind], "sales_invoices")


def job_error(kind: str, sale: Sale, attributes: Mapping[str, Any], buyer: str, taxpayers: Taxpayers) -> str | None:
    """What is found out while the e-document is made."""
    registered = taxpayers.is_registered(buyer)
    if kind == "e_archives" and registered:
        return "Alıcının e-Fatura posta kutusu var: e-Arşiv düzenlenemez"
    if kind == "e_invoices" and (not registered or attributes.get("to") not in {None, mailbox_of(buyer)}):
        return "Alıcının e-Fatura posta kutusu bulunamadı"
    if bool(sale.attributes.get("order_no")) != bool(sale.attributes.get("order_date")):
        return "Sipariş numarası ve sipariş tarihi birlikte girilmeli"
    if any(line.attributes.get("vat_rate") == 0 for line in sale.lines) and not attributes.get(
        "vat_exemption_reason_code"
    ):
        return "KDV muafiyet sebebi girilmeli"
    known = {line.id for line in sale.lines if line.withheld}
    given = {str(each.get("detail_id")) for each in attributes.get("vat_withholding_params") or ()}
    return "Tevkifat kodu girilmeli" if known != given else None


def issue(booking: Booking, kind: str, number: int, *, decided_in: float, fault: CallFault) -> None:
    """A draft becomes a document."""
    booking.is_draft = False
    booking.document_type = DOCUMENT_TYPES[kind]
    booking.number = f"{'PRA' if kind == 'e_archives' else 'PRE'}2026{number:09}"
    booking.ettn = str(uuid5(NAMESPACE_URL, f"{kind}/{booking.company}/{number}"))
    booking.decided_at = datetime.now(UTC) + timedelta(seconds=decided_in)
    booking.fails = fault is CallFault.STATUS_ERROR
