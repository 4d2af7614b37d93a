"""The documents at the simulated Trendyol: their rows, statuses, files, and how they are cancelled."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from aiohttp import web

from providers.simulation.files import html_page, pdf_page, rows_of, xml_of
from providers.simulation.reading import body_of
from providers.simulation.record import REASON, Booking, BookingState, BuyerAnswer, SimulatorRecord
from providers.simulation.routing import name_in
from providers.trendyol_efaturam.simulator.accounts import Account
from providers.trendyol_efaturam.simulator.amounts import HUNDRED, invalid
from providers.trendyol_efaturam.simulator.checks import Sent
from providers.trendyol_efaturam.simulator.switches import Switches
from providers.trendyol_efaturam.simulator.words import RefusedError

TURKEY: Final = timezone(timedelta(hours=3))
# While a document is processed it goes through these; in the second its files are being made.
PROGRESS: Final = (10, 20, 30, 40)
FILES_BEING_MADE: Final = frozenset({10, 20})
CODES: Final = {BookingState.SUCCEEDED: 205, BookingState.FAILED: 405, BookingState.CANCELLED: 305}
# What a returned document has for a code is not published.
ANSWERED: Final = {
    None: 50,
    BuyerAnswer.ACCEPTED: 205,
    BuyerAnswer.AUTOMATIC: 205,
    BuyerAnswer.REFUSED: 105,
    BuyerAnswer.RETURNED: 105,
}
REPLIES: Final = {
    BuyerAnswer.ACCEPTED: "APPROVED",
    BuyerAnswer.AUTOMATIC: "AUTO_APPROVED",
    BuyerAnswer.REFUSED: "DENIED",
    BuyerAnswer.RETURNED: "RETURNED",
}
SEARCHES: Final = {"earchive": "EARSIV", "outgoing-einvoice": "EFATURA"}
KINDS: Final = {"EARCHIVE": "EARSIV", "EINVOICE": "EFATURA"}
MEDIA_TYPES: Final = {"pdf": "application/pdf", "xml": "application/xml", "html": "text/html"}


@dataclass(slots=True, kw_only=True)
class Kept:
    """What is known of a document beside its booking."""

    sent: Sent
    user_id: int
    cancelled_at: datetime | None = None


class Documents:
    """What is asked about documents."""

    def __init__(self, record: SimulatorRecord, switches: Switches) -> None:
        self._record = record
        self._switches = switches
        self._kept: dict[str, Kept] = {}
        self._files: dict[str, tuple[Booking, str, bool]] = {}

    def new_uuid(self) -> str:
        """For a document that was sent without one."""
        return str(uuid.uuid4())

    def keep(self, booking: Booking, kept: Kept) -> None:
        self._kept[booking.id] = kept

    def visible(self, account: Account, reference: str, document_type: str) -> Booking | None:
        """The document, if look-ups see it."""
        found = self._record.under(account.company, reference)
        return next((each for each in found if each.document_type == document_type and each.is_visible()), None)

    def is_being_cancelled(self, booking: Booking) -> bool:
        return self._kept[booking.id].cancelled_at is not None

    def cancel(self, booking: Booking) -> None:
        """From some time on it is cancelled."""
        delay = timedelta(seconds=self._switches.cancel_seconds)
        self._kept[booking.id].cancelled_at = datetime.now(UTC) + delay
        booking.is_cancelled = not delay

    def status(self, booking: Booking, worded: Callable[[str], str]) -> dict[str, Any]:
        """The answer to a question for its status."""
        code = self._code(booking)
        said: dict[str, Any] = {"invoiceUuid": booking.reference, "status": str(code) if self._text else code}
        if booking.state() is BookingState.FAILED:
            said["errorMessage"] = worded("The schematron refused the document")
        if booking.document_type == "EFATURA":
            return {**said, "gibStatusCode": 1200}
        return {**said, "gibStatus": "READY_TO_BE_REPORTED", "invoiceId": booking.number}

    def answer(self, booking: Booking) -> dict[str, Any]:
        """The answer to a create call: that of the second version is short."""
        if self._kept[booking.id].sent.in_kurus:
            return self.row(booking)
        code = str(self._code(booking))
        said = {"invoiceId": booking.number, "invoiceUuid": booking.reference, "status": code}
        return {**said, "issuedAt": self._local(booking), "gibStatus": None}

    def row(self, booking: Booking) -> dict[str, Any]:
        """The answer to the first version's create call, and a row of a search, in the unit of its call."""
        kept = self._kept[booking.id]
        sent, code = kept.sent, self._code(booking)
        return {
            "id": 1, "autoInvoiceId": sent.number is None, "currency": booking.currency,
            "localReferenceId": sent.local_reference, "gibStatusCode": None, "invoiceUuid": booking.reference,
            "invoiceId": booking.number, "prefix": booking.number[:3], "year": int(booking.number[3:7]),
            "rank": int(booking.number[7:]), "userId": kept.user_id, "source": sent.source,
            "status": str(code) if self._text else code, "gibStatus": None, "discountAmount": 0,
            "receiverTitle": booking.buyer.name, "receiverTaxId": booking.buyer.tax_number, "scenario": sent.profile,
            "invoiceTypeCode": sent.type_code, "externalCancellationType": None, "issuedAt": self._local(booking),
            "targetAlias": sent.target_alias, **self._sums(booking), **reply_of(booking),
        }  # fmt: skip

    async def search(self, request: web.Request, account: Account) -> web.Response:
        """A page of the type's documents, the newest first; the filter by reference is loose, that by days exact."""
        self._record.counts["look_up"] += 1
        body, kind = await body_of(request), SEARCHES[name_in(request, "kind").lower()]
        wanted = str(body.get("localReferenceId") or "")[:4]
        first, last = (_day_in(body.get(name)) for name in ("startDate", "endDate"))
        rows = [
            self.row(each)
            for each in self._record.of(account.company)
            if each.is_visible()
            and each.document_type == kind
            and (first or "") <= (each.issue_date or "") <= (last or "9")
            and (self._kept[each.id].sent.local_reference or "").startswith(wanted)
        ]
        page, size = (body[n] if isinstance(body.get(n), int) else d for n, d in (("page", 0), ("size", 20)))
        shown = rows[::-1][page * size : (page + 1) * size]
        return web.json_response({"content": shown if self._switches.searchable else []})

    async def url(self, request: web.Request, account: Account) -> web.Response:
        """The address of a file as text; the two calls name the document differently."""
        self._record.counts["download"] += 1
        body = await body_of(request)
        field = "documentUuid" if name_in(request, "kind") else "invoiceUuid"
        if body.get("documentType") not in KINDS or body.get("fileExtension") not in MEDIA_TYPES or field not in body:
            raise invalid(field, "documentType, fileExtension and the document are needed")
        booking = self.visible(account, str(body[field]).lower(), KINDS[body["documentType"]])
        if booking is None:
            raise RefusedError("InvoiceNotFound", "There is no invoice with this uuid")
        if self._code(booking) in FILES_BEING_MADE:
            raise RefusedError("InvoiceOperationRestricted", "The document is being prepared")
        name = f"{uuid.uuid4().hex}.{body['fileExtension']}"
        self._files[name] = (booking, body["fileExtension"], bool(name_in(request, "kind")))
        return web.Response(text=f"{request.scheme}://{request.host}/files/{name}")

    async def file(self, request: web.Request) -> web.Response:
        """Without a login: whoever has the address has the file."""
        booking, form, is_permanent = self._files.get(name_in(request, "name"), (None, "", True))
        if (
            booking is None
            or not (is_permanent or self._switches.temporary_opens)
            or (form == "xml" and not self._switches.xml)
        ):
            raise web.HTTPNotFound
        content: dict[str, Callable[[], str | bytes]] = {
            "pdf": lambda: pdf_page(rows_of(booking)),
            "xml": lambda: xml_of(booking),
            "html": lambda: html_page(booking.number, rows_of(booking)),
        }
        made = content[form]()
        body = made.encode() if isinstance(made, str) else made
        return web.Response(body=body, content_type=MEDIA_TYPES[form])

    @property
    def _text(self) -> bool:
        return self._switches.status_as_text

    def _code(self, booking: Booking) -> int:
        cancelled_at = self._kept[booking.id].cancelled_at
        booking.is_cancelled = cancelled_at is not None and datetime.now(UTC) >= cancelled_at
        state = booking.state()
        if state is BookingState.WAITING:
            whole = booking.decided_at - booking.booked_at
            return PROGRESS[
                min(int((datetime.now(UTC) - booking.booked_at) / whole * len(PROGRESS)), len(PROGRESS) - 1)
            ]
        if state is BookingState.SUCCEEDED and booking.shows_answer:
            return ANSWERED[booking.answer]
        return CODES[state]

    def _sums(self, booking: Booking) -> dict[str, Any]:
        base, vat = (sum((getattr(line, name) for line in booking.lines), Decimal(0)) for name in ("amount", "vat"))
        amounts = {"taxExcludedPrice": base, "taxAmount": vat, "payableAmount": booking.payable}
        in_kurus = self._kept[booking.id].sent.in_kurus
        return {name: int(value * HUNDRED) if in_kurus else float(value) for name, value in amounts.items()}

    def _local(self, booking: Booking) -> str:
        """The document's own moment without a zone, which means Istanbul."""
        said = self._kept[booking.id].sent.issued_at
        moment = datetime.fromisoformat(said) if said else booking.booked_at
        return moment.astimezone(TURKEY).replace(tzinfo=None).isoformat(timespec="milliseconds")


def reply_of(booking: Booking) -> dict[str, str | None]:
    """The buyer's, which only rows have."""
    note = REASON if booking.answer is BuyerAnswer.REFUSED else None
    return {"replyType": REPLIES[booking.answer] if booking.answer else None, "replyNote": note}


def _day_in(moment: object) -> str | None:
    """The day in Turkey of a moment in a request."""
    if not isinstance(moment, str):
        return None
    return datetime.fromisoformat(moment).astimezone(TURKEY).date().isoformat()
