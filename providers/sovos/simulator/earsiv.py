"""The simulated e-Arşiv service: the pre-check is in the answer, and signing takes its time."""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from aiohttp import web

from providers.formats.elements import Element, Field, child, text
from providers.simulation.misbehaviour import REFUSAL, CallFault
from providers.simulation.record import Booking, BookingState, Noted
from providers.simulation.soap import Operation, SoapCall
from providers.simulation.ubl import BadUblError, SentInvoice
from providers.sovos.simulator.accounts import company_of, earsiv_fault, unauthorized
from providers.sovos.simulator.face import Face
from providers.sovos.simulator.payloads import (
    BadMessageError,
    invoice_in,
    packed_in,
    refuse_without,
    refuse_wrong_hash,
    zipped,
)
from providers.sovos.simulator.shapes import EARSIV

KIND: Final = "EARSIV"
IMAGE: Final = 105
STATES: Final = {BookingState.SUCCEEDED: 130, BookingState.FAILED: 40, BookingState.CANCELLED: 140}
PROCESSING: Final = 20
# The real codes are not published: these are none of them.
BAD_DOCUMENT: Final = 9001
REPEATED: Final = 9002
NOT_THERE: Final = 9003
NO_BRANCH: Final = 9004
UNSUPPORTED_OUTPUT: Final = 20
CANCEL_REFUSED: Final = "0"


class EArsivService(Face):
    """The service."""

    FAULT = earsiv_fault
    SHAPES = EARSIV

    def operations(self) -> Mapping[str, Operation]:
        """By the name in the SOAPAction, and by the root of the message for clients that send none."""
        by_name: dict[str, Operation] = {
            "sendInvoice": self._send,
            "cancelInvoice": self._cancel,
            "getStatus": self.reading("getStatus", "look_up", self._status),
            "getSignedInvoice": self.reading("getSignedInvoice", "download", self._signed),
            "getInvoiceDocument": self.reading("getInvoiceDocument", "download", self._image),
            "detailedInvoiceQuery": self.reading("detailedInvoiceQuery", "list", self._list),
            "generateInvID": self.reading("generateInvID", "number", self._number),
            "getUserList": self.reading("getUserList", "registration", self._users),
        }
        return by_name | {self.SHAPES[name].request: operation for name, operation in by_name.items()}

    async def _send(self, request: web.Request, call: SoapCall) -> web.Response:
        self.record.counts["create"] += 1
        company, reference = company_of(request), text(call.body, "fileName").lower()
        self.record.note(company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            refusal = self.refusal("sendInvoice", call)
            return refusal or await self.guarded(lambda who, what: self._take(who, what, fault), company, call)

        return await self.making("sendInvoice", request, company, handle, reference)

    async def _take(self, company: str, call: SoapCall, fault: CallFault) -> web.Response:
        body = call.body
        refuse_without(body, "senderID", "receiverID", "docType", "fileName", "hash", "binaryData")
        branch = next((text(each, "paramValue") for each in body.iterchildren("customizationParams")), "default")
        if text(body, "senderID") != company:
            return unauthorized()
        if branch not in self.behaviour.branches:
            return earsiv_fault(NO_BRANCH, f"{branch} does not exist")
        if text(body, "responsiveOutput", "outputType") not in {"", "NONE"}:
            return earsiv_fault(UNSUPPORTED_OUTPUT, "Unsupported operation OUTPUTTYPE")
        packed = packed_in(text(body, "binaryData"))
        refuse_wrong_hash(packed, text(body, "hash"))
        name = text(body, "fileName")
        try:
            invoice = invoice_in(packed, name)
            self._refuse_document(invoice, company)
        except BadUblError as error:
            return self._pre_check(name, BAD_DOCUMENT, str(error))
        return self._booked(company, invoice, fault)

    def _refuse_document(self, invoice: SentInvoice, company: str) -> None:
        if invoice.profile != "EARSIVFATURA":
            raise BadUblError(f"{invoice.profile} is not EARSIVFATURA")
        if invoice.seller != company:
            raise BadUblError("the document is another seller's")
        if "EREPSENDT" not in invoice.references:
            raise BadUblError("EREPSENDT is missing")
        if not invoice.number and "CUST_INV_ID" not in invoice.references:
            raise BadUblError("a document without a number needs CUST_INV_ID")

    def _booked(self, company: str, invoice: SentInvoice, fault: CallFault) -> web.Response:
        there = self.record.under(company, invoice.uuid)
        if there and self.behaviour.earsiv_repeat == "same":
            return self._taken(there[0])
        if there or (company, invoice.number) in self.archive.numbers:
            return self._pre_check(invoice.uuid, REPEATED, "Fatura sistemde mevcut", is_refusal=False)
        return self._taken(self.book(company, KIND, invoice, fault))

    def _taken(self, booking: Booking) -> web.Response:
        row = {
            "UUID": booking.reference,
            "Vkn": booking.company,
            "InvoiceNumber": booking.number,
            "SuccessCode": "100",
            "SuccessDesc": "OK",
            "Filename": f"{booking.reference}.zip",
        }
        fields = {"Result": {"Result": "SUCCESS"}, "preCheckSuccessResults": {"preCheckSuccess": row}}
        return self.SHAPES["sendInvoice"].answer(fields)

    def _pre_check(self, name: str, code: int, sentence: str, *, is_refusal: bool = True) -> web.Response:
        row = {"UUID": name, "ErrorCode": str(code), "ErrorDesc": self.misbehaviour.worded(sentence), "Filename": name}
        fields = {"Result": {"Result": "FAIL"}, "preCheckErrorResults": {"preCheckError": row}}
        response = self.SHAPES["sendInvoice"].answer(fields)
        response[REFUSAL] = is_refusal
        return response

    async def _status(self, company: str, call: SoapCall) -> web.Response:
        booking = self._asked(company, call.body)
        self.record.note(company, text(call.body, "UUID").lower(), Noted.FOUND if booking else Noted.ABSENT)
        if booking is None:
            return earsiv_fault(NOT_THERE, "Fatura bulunamadi")
        fields = {
            "UUID": booking.reference,
            "vkn": booking.company,
            "invoiceNumber": booking.number,
            "statusCode": str(_code(booking)),
            "Detail": self.misbehaviour.worded("The schematron refused it") if _failed(booking) else "OK",
        }
        return self.SHAPES["getStatus"].answer(fields)

    async def _signed(self, company: str, call: SoapCall) -> web.Response:
        return self._file("getSignedInvoice", company, call.body, STATES[BookingState.SUCCEEDED], _packed)

    async def _image(self, company: str, call: SoapCall) -> web.Response:
        output = text(call.body, "outputType")
        if output not in {"PDF", "HTML"}:
            return earsiv_fault(UNSUPPORTED_OUTPUT, f"Unsupported operation OUTPUTTYPE {output}")

        def content(invoice: SentInvoice, number: str) -> str:
            page = invoice.pdf(number) if output == "PDF" else invoice.html(number)
            return base64.b64encode(page).decode()

        return self._file("getInvoiceDocument", company, call.body, IMAGE, content)

    def _file(
        self, name: str, company: str, body: Element, ready: int, content: Callable[[SentInvoice, str], str]
    ) -> web.Response:
        booking = self._asked(company, body)
        if booking is None:
            return earsiv_fault(NOT_THERE, "Fatura bulunamadi")
        code = _code(booking)
        fields: dict[str, Field] = {"UUID": booking.reference, "vkn": company, "statusCode": str(code), "Detail": "OK"}
        if code >= ready:
            fields["binaryData"] = content(self.archive.sent[company, booking.reference], booking.number)
        return self.SHAPES[name].answer(fields)

    async def _list(self, company: str, call: SoapCall) -> web.Response:
        body = call.body
        if text(body, "senderId") != company:
            return unauthorized()
        first, last = text(body, "queryStartDate"), text(body, "queryEndDate")
        found = [
            booking
            for booking in self.record.of(company)
            if booking.document_type == KIND
            and booking.is_visible()
            and (first or "0") <= (booking.issue_date or "") <= (last or "9")
            and text(body, "UUID").lower() in {"", booking.reference}
            and text(body, "custinvID") in {"", self.archive.reference_of(booking)}
        ]
        return self.SHAPES["detailedInvoiceQuery"].answer({"invoice": [self._row(each) for each in found]})

    def _row(self, booking: Booking) -> Mapping[str, Field]:
        return {
            "invoiceID": booking.number,
            "invoiceUUID": booking.reference,
            "customerInvoiceID": self.archive.reference_of(booking),
            "invoiceDate": booking.issue_date,
            "invoiceAmount": str(booking.payable),
        }

    async def _number(self, company: str, call: SoapCall) -> web.Response:
        """Reserves a number; the UUID that the real service makes for it is left out."""
        refuse_without(call.body, "Identifier", "Branch", "Cust_inv_id", "Issue_date")
        if text(call.body, "Identifier") != company:
            return self.SHAPES["generateInvID"].answer(
                {"Result": {"StatusCode": "60", "StatusDescription": "yetkisiz"}}
            )
        number = self.archive.next(company, f"SV0{text(call.body, 'Issue_date')[:4]}")
        result = {"StatusCode": "10", "StatusDescription": "OK"}
        fields = {"Result": result, "Invoice_ID": number, "Cust_inv_id": text(call.body, "Cust_inv_id")}
        return self.SHAPES["generateInvID"].answer(fields)

    async def _users(self, company: str, call: SoapCall) -> web.Response:
        """A ZIP. What is in the real one is not described: here it is a list of no taxpayers."""
        refuse_without(call.body, "vknTckn")
        if text(call.body, "vknTckn") != company:
            return unauthorized()
        return self.SHAPES["getUserList"].answer({"binaryData": zipped("users.xml", b"<UserList/>")})

    async def _cancel(self, request: web.Request, call: SoapCall) -> web.Response:
        self.record.counts["cancel"] += 1
        company = company_of(request)

        async def handle(_: CallFault) -> web.Response:
            refusal = self.refusal("cancelInvoice", call)
            return refusal or await self.guarded(self._cancelled, company, call)

        return await self.making("cancelInvoice", request, company, handle)

    async def _cancelled(self, company: str, call: SoapCall) -> web.Response:
        info = child(call.body, "invoiceCancelInfoTypeList")
        if info is None:
            raise BadMessageError("invoiceCancelInfoTypeList is missing")
        refuse_without(info, "invoiceId", "vkn", "totalAmount", "cancelDate")
        if text(info, "vkn") != company:
            return unauthorized()
        if (text(info, "branch") or "default") not in self.behaviour.branches:
            return earsiv_fault(NO_BRANCH, f"{text(info, 'branch')} does not exist")
        found = [each for each in self.record.of(company) if each.number == text(info, "invoiceId")]
        wrong = self._not_cancellable(found[0] if found else None, info)
        if wrong is None:
            found[0].is_cancelled = True
        told = {"message": wrong or "OK", "code": CANCEL_REFUSED if wrong else "1"}
        return self.SHAPES["cancelInvoice"].answer(
            {"Result": "FAIL" if wrong else "SUCCESS", "invoiceCancellation": told}
        )

    def _not_cancellable(self, booking: Booking | None, info: Element) -> str | None:
        if booking is None or booking.document_type != KIND:
            return "Fatura bulunamadi"
        if booking.state() is not BookingState.SUCCEEDED:
            return f"the document is {booking.state().lower()} and cannot be cancelled"
        total = self.archive.sent[booking.company, booking.reference].tax_exclusive
        if _decimal(text(info, "totalAmount")) != total:
            return "totalAmount is not the total without VAT"
        if text(info, "cancelDate") < (booking.issue_date or ""):
            return "cancelDate is before the issue date"
        return None

    def _asked(self, company: str, body: Element) -> Booking | None:
        """By UUID, or by number."""
        uuid, number = text(body, "UUID"), text(body, "invoiceNumber")
        if uuid:
            return self.visible(company, uuid, KIND)
        numbered = (each for each in self.record.of(company) if number and each.number == number and each.is_visible())
        return next(numbered, None)


def _code(booking: Booking) -> int:
    """On its way a document has an image in the second half of its time, and is signed at its end."""
    state = booking.state()
    if state is not BookingState.WAITING:
        return STATES[state]
    half = booking.booked_at + (booking.decided_at - booking.booked_at) / 2
    return IMAGE if datetime.now(UTC) >= half else PROCESSING


def _failed(booking: Booking) -> bool:
    return booking.state() is BookingState.FAILED


def _packed(invoice: SentInvoice, number: str) -> str:
    return zipped(f"{invoice.uuid}.xml", invoice.xml(number))


def _decimal(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except InvalidOperation:
        return None
