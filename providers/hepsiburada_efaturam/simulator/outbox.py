"""The simulated service's outgoing documents: what takes them in, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from providers.hepsiburada_efaturam.simulator.checks import problem_in
from providers.hepsiburada_efaturam.simulator.invoices import Sent, amount, json_of, tax_number_of, text, title_of
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import (
    BookedBuyer,
    BookedLine,
    Booking,
    BookingState,
    BuyerAnswer,
    Fate,
    SimulatorRecord,
)
from providers.simulation.taxpayers import Taxpayers, mailbox_of

FULL_NUMBER: Final = 16
# An unknown series is replaced by one of these without a word.
UNKNOWN_SERIES: Final = "YOK"
EARSIV: Final = "EARSIV"
EFATURA: Final = "EFATURA"
SCENARIOS: Final = {EARSIV: "eArchive", EFATURA: "eInvoice"}
# As numbers, of the request's `Scenario`.
CHOSEN: Final = {"0": None, "1": EFATURA, "2": EARSIV, "3": EARSIV}
CHOSEN_NAMES: Final = {"automated": None, "einvoice": EFATURA, "earchive": EARSIV, "mustearchive": EARSIV}
FORCED: Final = frozenset({"3", "mustearchive"})
COMMERCIAL: Final = "TICARIFATURA"
ANSWERED: Final = {
    None: 1100,
    BuyerAnswer.ACCEPTED: 1000,
    BuyerAnswer.AUTOMATIC: 1000,
    BuyerAnswer.REFUSED: 1200,
    BuyerAnswer.RETURNED: 1300,
}
CODES: Final = {
    0: "Draft", 10: "Canceled", 100: "Queued", 200: "Processing", 300: "SentToGib", 1000: "Approved",
    1100: "WaitingForAprovement", 1200: "Declined", 1300: "Return", 1400: "EArchivedCanceled", 2000: "Error",
}  # fmt: skip
ON_THE_WAY: Final = (100, 200, 300)
NOT_THERE: Final = "Fatura bulunamadı."


class FailureError(Exception):
    """An answer with `IsSucceded` false. `is_refusal`: whether it says that nothing was made."""

    def __init__(self, message: str, *, is_refusal: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.is_refusal = is_refusal


@dataclass(slots=True, kw_only=True)
class Variants:
    """What is not published, and so is one way or the other: `PUT /_simulator/variants` with any of these.

    `repeat`: a UUID that is there is "refused", refused as "unclear", or answered like the "same". `local_ids`: are
    "free" or "unique". `absent`: an unknown UUID is an "empty" list or a "message". `enums`: states as "names" or
    "numbers". `failures`: with "200" or "400".
    """

    repeat: str = "refused"
    local_ids: str = "free"
    absent: str = "empty"
    enums: str = "names"
    failures: str = "200"


@dataclass(slots=True, kw_only=True)
class Document:
    """One document as it came."""

    sent: Sent
    booking: Booking

    @property
    def profile(self) -> str:
        """That of an e-Arşiv is overwritten."""
        return "EARSIVFATURA" if self.booking.document_type == EARSIV else self.sent.text("ProfileID")

    def code(self) -> int:
        """The service's code of its state now."""
        match self.booking.state():
            case BookingState.DRAFT:
                return 0
            case BookingState.CANCELLED:
                return 10 if self.booking.is_draft else 1400
            case BookingState.FAILED:
                return 2000
            case BookingState.WAITING:
                return self._on_the_way()
            case _:
                return ANSWERED[self.booking.answer] if self.booking.shows_answer else 1000

    def info(self) -> dict[str, Any]:
        """The `InvoiceInfo` as it comes back: the document with its number, and what was beside it in small letters."""
        document = json_of(self.sent.document)
        number, profile = {"value": self.booking.number}, {"value": self.profile}
        return {**self.sent.beside, "Invoice": {**document, "Id": number, "ProfileId": profile}}

    def _on_the_way(self) -> int:
        booking = self.booking
        whole = (booking.decided_at - booking.booked_at).total_seconds()
        part = (datetime.now(UTC) - booking.booked_at).total_seconds() / whole
        return ON_THE_WAY[min(int(part * len(ON_THE_WAY)), len(ON_THE_WAY) - 1)]


@dataclass(slots=True, kw_only=True)
class Outbox:
    """Every company's documents. `status_seconds` is how long one waits before it is approved."""

    record: SimulatorRecord
    misbehaviour: Misbehaviour
    status_seconds: float
    taxpayers: Taxpayers
    variants: Variants = field(default_factory=Variants)
    mailboxes: dict[str, list[str]] = field(default_factory=dict)
    _documents: dict[str, list[Document]] = field(default_factory=dict)
    _counters: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def of(self, company: str) -> list[Document]:
        """What look-ups of this company see."""
        return [each for each in self._documents.get(company, []) if each.booking.is_visible()]

    def every(self) -> list[Document]:
        """Of all companies, seen or not."""
        return [each for documents in self._documents.values() for each in documents]

    def one(self, company: str, uuid: object) -> Document:
        """Raises FailureError for one that is not seen."""
        found = [each for each in self.of(company) if each.booking.reference == str(uuid).lower()]
        if not found:
            raise FailureError(NOT_THERE)
        return found[0]

    def mail(self, document: Document, mailing: list[dict[str, Any]]) -> None:
        """Mails a document to each address that is named and switched on."""
        for each in mailing:
            if str(each.get("enablenotification")).lower() == "true" and each.get("to"):
                self.record.mail(document.booking, str(each["to"]))

    def boxes_of(self, tax_number: str) -> list[str]:
        """A registered buyer's mailboxes."""
        return self.mailboxes.get(tax_number, [mailbox_of(tax_number)])

    def take(self, company: str, sent: Sent, fault: CallFault = CallFault.NONE, *, is_draft: bool = False) -> Document:
        """Books what was sent. Raises FailureError."""
        there = [each for each in self._documents.get(company, []) if sent.uuid and each.sent.uuid == sent.uuid]
        if there:
            return self._repeated(there[0])
        self._check_local_id(company, sent)
        problem = problem_in(sent, company)
        if problem is not None:
            raise FailureError(problem)
        document = self._booked(company, sent, self._type_of(sent), fault, is_draft=is_draft)
        self.record.book(document.booking)
        self.mail(document, (sent.beside.get("notification") or {}).get("mailing") or [])
        self._documents.setdefault(company, []).append(document)
        return document

    def _repeated(self, document: Document) -> Document:
        match self.variants.repeat:
            case "same":
                return document
            case "unclear":
                raise FailureError("Fatura işlenemedi.", is_refusal=False)
            case _:
                raise FailureError("Bu ETTN ile daha önce fatura gönderilmiştir.", is_refusal=False)

    def _check_local_id(self, company: str, sent: Sent) -> None:
        """Where support has switched it on: until the earlier attempt ended in an error."""
        ours = sent.beside.get("localdocumentid")
        alive = [each for each in self._documents.get(company, []) if each.booking.state() is not BookingState.FAILED]
        if self.variants.local_ids == "unique" and ours in [each.sent.beside.get("localdocumentid") for each in alive]:
            raise FailureError("Bu LocalDocumentId ile daha önce fatura gönderilmiştir.", is_refusal=False)

    def _type_of(self, sent: Sent) -> str:
        """By the register, unless it is forced; another scenario than that is an error."""
        buyer = tax_number_of(sent.party("AccountingCustomerParty"))
        asked = str(sent.beside.get("scenario", "0")).lower()
        fits = EFATURA if self.taxpayers.is_registered(buyer) else EARSIV
        wanted = CHOSEN_NAMES.get(asked, CHOSEN.get(asked))
        if asked in FORCED:
            return EARSIV
        if wanted not in {None, fits}:
            raise FailureError(f"Seçilen senaryo alıcı için uygun değil: {SCENARIOS[fits]} olmalıdır.")
        if fits == EARSIV and not sent.beside.get("earchiveinvoiceinfo"):
            raise FailureError("e-Arşiv fatura için EArchiveInvoiceInfo zorunludur.")
        self._check_mailbox(sent, buyer, fits)
        return fits

    def _check_mailbox(self, sent: Sent, buyer: str, kind: str) -> None:
        boxes = self.boxes_of(buyer)
        alias = (sent.beside.get("targetcustomer") or {}).get("alias")
        if kind == EFATURA and alias not in boxes and (alias or len(boxes) > 1):
            raise FailureError("Alıcının birden fazla posta kutusu var: TargetCustomer.Alias zorunludur.")

    def _booked(self, company: str, sent: Sent, kind: str, fault: CallFault, *, is_draft: bool) -> Document:
        fate = Fate.of(fault, self.misbehaviour.delays, self.status_seconds)
        buyer = sent.party("AccountingCustomerParty")
        number = self._number(company, sent, kind)
        booking = Booking(
            id=sent.uuid or f"{len(self._documents):08}-0000-4000-8000-{sum(self._counters.values()):012}",
            reference=sent.uuid,
            number=number,
            company=company,
            document_type=kind,
            order_reference=sent.text("OrderReference", "ID") or None,
            issue_date=sent.text("IssueDate"),
            buyer=BookedBuyer(name=title_of(buyer), tax_number=tax_number_of(buyer), address=_address(buyer)),
            payable=sent.amount("LegalMonetaryTotal", "PayableAmount"),
            currency=sent.text("DocumentCurrencyCode"),
            lines=tuple(map(_line, sent.lines())),
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=fate.fails,
            ettn=sent.uuid,
            is_draft=is_draft,
            shows_answer=kind == EFATURA and sent.text("ProfileID") == COMMERCIAL,
            content=sent.content(),
        )
        return Document(sent=sent, booking=booking)

    def _number(self, company: str, sent: Sent, kind: str) -> str:
        """A full number as it is, else the next one of the series."""
        given, year = sent.text("ID"), sent.text("IssueDate")[:4]
        if len(given) == FULL_NUMBER:
            if any(each.booking.number == given for each in self._documents.get(company, [])):
                raise FailureError("Bu fatura numarası daha önce kullanılmıştır.", is_refusal=False)
            return given
        series = given if given not in {"", UNKNOWN_SERIES} else _default_series(sent.beside, kind)
        key = (company, series, year)
        self._counters[key] = self._counters.get(key, 0) + 1
        return f"{series}{year}{self._counters[key]:09}"


def _default_series(beside: Mapping[str, Any], kind: str) -> str:
    if kind == EFATURA:
        return "HEF"
    sale = (beside.get("earchiveinvoiceinfo") or {}).get("internetsalesinfo") or {}
    return "HEI" if sale.get("webaddress") else "HEA"


def _address(party: Any) -> str:
    return ", ".join(text(party, "PostalAddress", name) for name in ("StreetName", "CitySubdivisionName", "CityName"))


def _line(line: Any) -> BookedLine:
    return BookedLine(
        name=text(line, "Item", "Name"),
        quantity=amount(line, "InvoicedQuantity"),
        amount=amount(line, "LineExtensionAmount"),
        vat=amount(line, "TaxTotal", "TaxAmount"),
    )
