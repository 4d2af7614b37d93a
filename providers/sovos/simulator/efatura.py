"""The simulated e-Fatura service: a sent document is in a queue, and its envelope goes its way."""

import uuid as uuids
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from aiohttp import web

from providers.formats.elements import Element, Field, child, children, text
from providers.simulation.misbehaviour import CallFault
from providers.simulation.record import REASON, Booking, BookingState, BuyerAnswer, Noted
from providers.simulation.soap import Operation, SoapCall, fault
from providers.simulation.taxpayers import Taxpayers
from providers.simulation.ubl import BadUblError, SentInvoice
from providers.sovos.simulator.accounts import (
    DUPLICATE_ID,
    DUPLICATE_UUID,
    company_of,
    efatura_fault,
    unauthorized,
)
from providers.sovos.simulator.face import Face
from providers.sovos.simulator.payloads import BadMessageError, invoice_in, packed_in, refuse_without, zipped
from providers.sovos.simulator.shapes import EFATURA

KIND: Final = "EFATURA"
SCHEMA: Final = 1010
SENDER_UNKNOWN: Final = 1100
RECEIVER_UNKNOWN: Final = 1101
ID_IS_AUTOMATIC: Final = 3013
CUSTOMERS_ID_NEEDED: Final = 3014
UUID_NOT_FOUND: Final = 3410
NOT_OF_THIS_SENDER: Final = 3430
VIEW_UNSUPPORTED: Final = 3440
MOST_UUIDS: Final = 20
TURKEY: Final = timezone(timedelta(hours=3))
STATES: Final = {BookingState.SUCCEEDED: 100, BookingState.FAILED: 50}
ANSWERED: Final = {
    None: 100,
    BuyerAnswer.ACCEPTED: 120,
    BuyerAnswer.AUTOMATIC: 120,
    BuyerAnswer.REFUSED: 130,
    BuyerAnswer.RETURNED: 140,
}
ENVELOPES: Final = {BookingState.SUCCEEDED: 1300, BookingState.FAILED: 1150}
ON_THE_WAY: Final = (20, 1000)
AT_GIB: Final = (40, 1200)


class EFaturaService(Face):
    """The service."""

    FAULT = efatura_fault
    SHAPES = EFATURA

    def __init__(self, *shared: Any) -> None:
        *rest, taxpayers = shared
        super().__init__(*rest)
        self._taxpayers: Taxpayers = taxpayers

    def operations(self) -> Mapping[str, Operation]:
        """By the name in the SOAPAction, and by the root of the message for clients that send none."""
        by_name: dict[str, Operation] = {
            "sendUBL": self._send,
            "getInvoiceStatus": self.reading("getInvoiceStatus", "look_up", self._status),
            "getUBLList": self.reading("getUBLList", "look_up", self._list),
            "getUBL": self.reading("getUBL", "download", self._ubl),
            "getEnvelopeStatus": self.reading("getEnvelopeStatus", "status", self._envelope),
            "getInvoiceView": self.reading("getInvoiceView", "download", self._view),
            "getUserList": self.reading("getUserList", "registration", self._users),
        }
        return by_name | {self.SHAPES[name].request: operation for name, operation in by_name.items()}

    async def _send(self, request: web.Request, call: SoapCall) -> web.Response:
        self.record.counts["create"] += 1
        company = company_of(request)
        reference = _reference_in(call.body)
        self.record.note(company, reference, Noted.CREATE)

        async def handle(fault_: CallFault) -> web.Response:
            refusal = self.refusal("sendUBL", call)
            return refusal or await self.guarded(lambda who, what: self._take(who, what, fault_), company, call)

        return await self.making("sendUBL", request, company, handle, reference)

    async def _take(self, company: str, call: SoapCall, fault_: CallFault) -> web.Response:
        body = call.body
        refuse_without(body, "VKN_TCKN", "DocType", "DocData")
        if text(body, "VKN_TCKN") != company:
            return unauthorized()
        if text(body, "SenderIdentifier") not in {"", mailbox_of(company, "gb")}:
            return efatura_fault(SENDER_UNKNOWN, "the sender is not registered under this alias")
        try:
            invoice = invoice_in(packed_in(text(body, "DocData")), None)
        except BadUblError as error:
            return efatura_fault(SCHEMA, self.misbehaviour.worded(str(error)))
        wrong = self._not_deliverable(company, invoice, body) or self._not_numbered(company, invoice)
        return wrong or self._taken(self.book(company, KIND, invoice, fault_))

    def _not_deliverable(self, company: str, invoice: SentInvoice, body: Element) -> web.Response | None:
        buyer, alias = invoice.buyer.tax_number, text(body, "ReceiverIdentifier")
        if invoice.profile == "EARSIVFATURA" or invoice.seller != company:
            return efatura_fault(SCHEMA, "the document is no e-Fatura of this sender")
        if not self._taxpayers.is_registered(buyer) or alias not in {"", mailbox_of(buyer, "pk")}:
            return efatura_fault(RECEIVER_UNKNOWN, "the receiver is not registered under this alias")
        return None

    def _not_numbered(self, company: str, invoice: SentInvoice) -> web.Response | None:
        if invoice.number and self.behaviour.numbering == "automatic":
            return efatura_fault(ID_IS_AUTOMATIC, "the ID is automatic: do not send one")
        if not invoice.number and ("CUST_INV_ID" not in invoice.references or self.behaviour.numbering == "own"):
            return efatura_fault(CUSTOMERS_ID_NEEDED, "the ID is automatic: CUST_INV_ID is needed")
        if self.record.under(company, invoice.uuid):
            return efatura_fault(DUPLICATE_UUID, "the invoice's UUID exists")
        if (company, invoice.number) in self.archive.numbers:
            return efatura_fault(DUPLICATE_ID, "the invoice's ID exists")
        return None

    def _taken(self, booking: Booking) -> web.Response:
        row = {
            "EnvUUID": envelope_of(booking),
            "UUID": booking.reference,
            "ID": booking.number,
            "CustInvID": self.archive.reference_of(booking),
        }
        return self.SHAPES["sendUBL"].answer({"Response": row})

    async def _status(self, company: str, call: SoapCall) -> web.Response:
        if self.behaviour.wsdl == "2.0":
            return fault("the message cannot be processed: there is no such operation", code="Client")
        rows = []
        for asked in children(call.body, "InvoiceStatusRequest"):
            refuse_without(asked, "Identifier", "VKN_TCKN", "Type")
            booking = self._asked(company, asked)
            self.record.note(company, text(asked, "UUID").lower(), Noted.FOUND if booking else Noted.ABSENT)
            if booking is None:
                return efatura_fault(UUID_NOT_FOUND, "the UUID was not found")
            if text(asked, "VKN_TCKN") != company or text(asked, "Identifier") != mailbox_of(company, "gb"):
                return efatura_fault(NOT_OF_THIS_SENDER, "the invoice is not of this VKN and alias")
            rows.append(self._state_row(booking))
        if not 0 < len(rows) <= MOST_UUIDS:
            return self.fault(1000, f"one to {MOST_UUIDS} documents can be asked for")
        return self.SHAPES["getInvoiceStatus"].answer({"InvoiceStatusResponse": rows})

    def _state_row(self, booking: Booking) -> Mapping[str, Field]:
        return {
            "UUID": booking.reference,
            "CustInvID": self.archive.reference_of(booking),
            "StatusCode": str(_codes(booking)[0]),
            "StatusDescription": self._description(booking),
            "StatusDate": booking.booked_at.isoformat(timespec="seconds"),
            "InsertDateTime": booking.booked_at.isoformat(timespec="seconds"),
            "ID": booking.number,
            "EnvUUID": envelope_of(booking),
        }

    def _description(self, booking: Booking) -> str:
        if booking.state() is BookingState.FAILED:
            return self.misbehaviour.worded("GİB refused the envelope")
        return REASON if booking.answer is BuyerAnswer.REFUSED else "OK"

    async def _list(self, company: str, call: SoapCall) -> web.Response:
        body = call.body
        refuse_without(body, "Identifier", "VKN_TCKN", "DocType", "Type")
        wanted = [(each.text or "").strip().lower() for each in children(body, "UUID")]
        if len(wanted) > MOST_UUIDS:
            return self.fault(1000, f"at most {MOST_UUIDS} UUIDs can be asked for")
        first, last = text(body, "FromDate"), text(body, "ToDate")
        if not wanted and not _is_of_one_day(first, last):
            return self.fault(1000, "a list reaches over one day")
        mine = text(body, "VKN_TCKN") == company and text(body, "Type") == "OUTBOUND"
        found = [each for each in self.record.of(company) if mine and each.document_type == KIND and each.is_visible()]
        shown = [
            each for each in found if each.reference in wanted or (not wanted and first <= _taken_at(each) <= last)
        ]
        for uuid in wanted:
            is_there = uuid in {each.reference for each in shown}
            self.record.note(company, uuid, Noted.FOUND if is_there else Noted.ABSENT)
        return self.SHAPES["getUBLList"].answer({"UBLList": [self._row(each) for each in shown]})

    def _row(self, booking: Booking) -> Mapping[str, Field]:
        return {
            "UUID": booking.reference,
            "Identifier": mailbox_of(booking.company, "gb"),
            "VKN_TCKN": booking.company,
            "EnvUUID": envelope_of(booking),
            "ID": booking.number,
            "CustInvID": self.archive.reference_of(booking),
            "InsertDateTime": booking.booked_at.isoformat(timespec="seconds"),
        }

    async def _envelope(self, company: str, call: SoapCall) -> web.Response:
        refuse_without(call.body, "Identifier", "VKN_TCKN", "UUID")
        by_envelope = {envelope_of(each): each for each in self.record.of(company) if each.document_type == KIND}
        rows = []
        for asked in children(call.body, "UUID"):
            booking = by_envelope.get((asked.text or "").strip())
            if booking is None:
                return efatura_fault(3910, "the envelope was not found")
            code = str(_codes(booking)[1])
            day = booking.booked_at.date().isoformat()
            rows.append({"UUID": asked.text, "IssueDate": day, "ResponseCode": code, "Description": f"code {code}"})
        return self.SHAPES["getEnvelopeStatus"].answer({"Response": rows})

    async def _ubl(self, company: str, call: SoapCall) -> web.Response:
        refuse_without(call.body, "Identifier", "VKN_TCKN", "UUID", "DocType", "Type")
        booking = self._asked(company, call.body)
        if booking is None:
            return efatura_fault(UUID_NOT_FOUND, "the UUID was not found")
        content = self.archive.sent[company, booking.reference].xml(booking.number)
        return self.SHAPES["getUBL"].answer({"DocData": zipped(f"{booking.reference}.xml", content)})

    async def _view(self, company: str, call: SoapCall) -> web.Response:
        refuse_without(call.body, "Identifier", "VKN_TCKN", "Type", "DocType")
        booking, view = self._asked(company, call.body), text(call.body, "DocType")
        if booking is None:
            return efatura_fault(UUID_NOT_FOUND, "the UUID was not found")
        if view not in {"HTML", "PDF", "HTML_DEFAULT", "PDF_DEFAULT"}:
            return efatura_fault(VIEW_UNSUPPORTED, f"the view {view} is not supported")
        invoice, form = self.archive.sent[company, booking.reference], view.partition("_")[0].lower()
        pdf = invoice.pdf(booking.number) if self.behaviour.pdf_works else b"%broken"
        content = pdf if form == "pdf" else invoice.html(booking.number)
        return self.SHAPES["getInvoiceView"].answer({"DocData": zipped(f"{booking.reference}.{form}", content)})

    async def _users(self, company: str, call: SoapCall) -> web.Response:
        """One mailbox for each; without a filter the real one lists everybody, and here is nobody to list."""
        refuse_without(call.body, "Identifier", "VKN_TCKN", "Role")
        if text(call.body, "VKN_TCKN") != company:
            return unauthorized()
        wanted, role = text(call.body, "Filter_VKN_TCKN"), text(call.body, "Role")
        is_listed = self._taxpayers.is_registered(wanted) or (role == "GB" and wanted == company)
        return self.SHAPES["getUserList"].answer({"User": [_user(wanted, role)] if is_listed else []})

    def _asked(self, company: str, asked: Element) -> Booking | None:
        uuid = text(asked, "UUID")
        if uuid:
            return self.visible(company, uuid, KIND)
        wanted = text(asked, "CustInvID")
        mine = (each for each in self.record.of(company) if each.document_type == KIND and each.is_visible())
        return next((each for each in mine if wanted and self.archive.reference_of(each) == wanted), None)


def mailbox_of(tax_number: str, role: str) -> str:
    """The alias of a sender (gb) or a receiver (pk)."""
    return f"urn:mail:default{role}@{tax_number}.example"


def envelope_of(booking: Booking) -> str:
    """The UUID of the envelope in which the document is."""
    return str(uuids.uuid5(uuids.UUID(booking.reference), "envelope"))


def _user(tax_number: str, role: str) -> Mapping[str, Field]:
    return {
        "Identifier": tax_number,
        "Alias": mailbox_of(tax_number, role.lower()),
        "Title": f"Deneme {tax_number}",
        "Type": "Ozel",
        "RegisterTime": "2020-01-01T00:00:00",
        "FirstCreationTime": "2020-01-01T00:00:00",
    }


def _codes(booking: Booking) -> tuple[int, int]:
    """Sovos's own code and GİB's of the envelope; on its way a document is at GİB in the second half of its time."""
    state = booking.state()
    if state is BookingState.SUCCEEDED and booking.shows_answer:
        return ANSWERED[booking.answer], ENVELOPES[state]
    if state is not BookingState.WAITING:
        return STATES[state], ENVELOPES[state]
    half = booking.booked_at + (booking.decided_at - booking.booked_at) / 2
    return AT_GIB if datetime.now(UTC) >= half else ON_THE_WAY


def _reference_in(body: Element) -> str:
    """The caller's reference, for the record; empty for what cannot be read."""
    field = child(body, "DocData")
    try:
        return invoice_in(packed_in((field.text or "") if field is not None else ""), None).uuid
    except (BadMessageError, BadUblError):  # the refusal follows, with its reason
        return ""


def _taken_at(booking: Booking) -> str:
    """In Turkish time, without a zone."""
    return booking.booked_at.astimezone(TURKEY).replace(tzinfo=None).isoformat(timespec="seconds")


def _is_of_one_day(first: str, last: str) -> bool:
    try:
        return datetime.fromisoformat(last) - datetime.fromisoformat(first) <= timedelta(days=1)
    except ValueError:
        return False
