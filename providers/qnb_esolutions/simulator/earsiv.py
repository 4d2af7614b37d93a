"""The simulated e-Arşiv service: arguments as JSON in a text, a result code in each answer, numbers at once."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.formats.elements import Field, text
from providers.qnb_esolutions.simulator.accounts import Archive, Behaviour, RefusedCallError, Users
from providers.simulation import soap
from providers.simulation.misbehaviour import REFUSAL, CallFault, Misbehaviour
from providers.simulation.record import Booking, BookingState, Noted, SimulatorRecord
from providers.simulation.soap import Operation, SoapCall, own_words
from providers.simulation.taxpayers import Taxpayers
from providers.simulation.ubl import BadUblError, SentInvoice, sent_invoice

NAMESPACE: Final = "http://service.earsiv.uut.cs.com.tr/"
KIND: Final = "EARSIV"
# With this one it mails the document to the address in it.
MAILED: Final = "Gönderim Şekli: ELEKTRONIK"
NOTES: Final = frozenset({MAILED, "Gönderim Şekli: KAGIT"})
NOBODY: Final = "Nihai Tüketici"
NO_FILE: Final = "9"
FORMATS: Final = {"0": "UBL", "2": "HTML", "3": "PDF"}
PLACE: Final = ("vkn", "sube", "kasa", "erpKodu")
TOO_MANY: Final = 429
Book = Callable[[str, str, SentInvoice, str, CallFault], Booking]
Work = Callable[[str, str, dict[str, Any]], Awaitable[web.Response]]


class RefusalError(Exception):
    """A result code other than AE00000, with its sentence."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = f"AE{code:05}"


class EArsivService:
    """The service."""

    def __init__(
        self, *, record: SimulatorRecord, archive: Archive, behaviour: Behaviour, misbehaviour: Misbehaviour,
        taxpayers: Taxpayers, book: Book,
    ) -> None:  # fmt: skip
        self._record = record
        self._archive = archive
        self._behaviour = behaviour
        self._misbehaviour = misbehaviour
        self._taxpayers = taxpayers
        self._book = book
        self._users = Users()

    def operations(self) -> Mapping[str, Operation]:
        """By the name of the body's element; the SOAPAction is empty."""
        return {
            "faturaOlusturExt": self._create,
            "faturaOlustur": self._create,
            "faturaIptalEt": self._cancel,
            "ePostaGonder": self._mail,
            "faturaSorgulaExt": self._reading("look_up", self._one),
            "faturaSorgula": self._reading("look_up", self._one),
            "faturaNoUret": self._reading("number", self._number),
            "efaturaKullanicisi": self._reading("registration", self._registered),
        }

    def _reading(self, count: str, work: Work) -> Operation:
        """An operation that makes nothing; something before the service may answer in its stead."""

        async def operation(request: web.Request, call: SoapCall) -> web.Response:
            self._record.counts[count] += 1
            return self._misbehaviour.in_its_stead() or await self._answer(request, call, work)

        return operation

    async def _answer(self, request: web.Request, call: SoapCall, work: Work) -> web.Response:
        """The work's answer, or why the call or what it asks is refused."""
        try:
            company = self._users.company_of(call, self._behaviour)
            await _refuse_form(request, call)
            asked = _asked(call)
            _refuse_other(company, asked)
            return await work(company, call.name, asked)
        except RefusedCallError as error:
            return error.response
        except RefusalError as error:
            return self._result(call.name, error.code, self._misbehaviour.worded(str(error)))

    async def _create(self, request: web.Request, call: SoapCall) -> web.Response:
        self._record.counts["create"] += 1

        async def handle(fault: CallFault) -> web.Response:
            return await self._answer(request, call, partial(self._take, call, fault))

        return await self._making(request, call, handle)

    async def _making(
        self, request: web.Request, call: SoapCall, handle: Callable[[CallFault], Awaitable[web.Response]]
    ) -> web.Response:
        """A call that makes or cancels something, with its fault."""
        words = own_words(
            too_many=lambda: soap.fault(
                self._misbehaviour.worded("çok fazla istek"),
                status=TOO_MANY,
                retry_after=self._misbehaviour.delays.retry_after,
            ),
            in_200=lambda: self._result(call.name, "AE00001", "Sistem hatası"),
        )
        refused = None
        if call.name.startswith("faturaOlustur"):
            asked = _loose(call)
            company, reference = str(asked.get("vkn", "")), str(asked.get("islemId", "")).lower()
            self._record.note(company, reference, Noted.CREATE)
            refused = partial(self._record.note, company, reference, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, words, refused)

    async def _take(
        self, call: SoapCall, fault: CallFault, company: str, operation: str, asked: dict[str, Any]
    ) -> web.Response:
        self._refuse_place(asked)
        if not asked.get("islemId"):
            raise RefusalError(3, "islemId zorunludur")
        if str(asked.get("donenBelgeFormati")) not in {*FORMATS, NO_FILE}:
            raise RefusalError(85, "donenBelgeFormati hatalı")
        invoice = self._invoice_in(call)
        self._refuse_document(company, invoice, asked)
        there = [
            each for each in self._record.of(company) if invoice.uuid == each.reference or each.id == asked["islemId"]
        ]
        if there and self._behaviour.earsiv_repeat == "same":
            return self._taken(operation, there[0])
        if there:
            return self._result(operation, self._behaviour.repeat_code, "daha önce kullanılmış", is_refusal=False)
        return self._taken(
            operation, self._book(company, KIND, invoice, self._number_for(company, invoice, asked), fault)
        )

    def _refuse_place(self, asked: Mapping[str, Any]) -> None:
        missing = [name for name in PLACE if not asked.get(name)]
        if missing:
            raise RefusalError(3, f"{', '.join(missing)} zorunludur")
        if asked["sube"] not in self._behaviour.branches:
            raise RefusalError(8, "VKN, şube ve kasa için konfigürasyon bulunamadı")
        # How the real one says so is not known.
        if asked["erpKodu"] not in self._behaviour.erp_codes:
            raise RefusalError(1, "ERP kodu kayıtlı listede yok")

    def _invoice_in(self, call: SoapCall) -> SentInvoice:
        if text(call.body, "fatura", "belgeFormati") != "UBL":
            raise RefusalError(13, "belge formatı desteklenmiyor")
        try:
            return sent_invoice(base64.b64decode(text(call.body, "fatura", "belgeIcerigi"), validate=True))
        except binascii.Error as error:
            raise RefusalError(4, f"belge okunamadı: {error}") from error
        except BadUblError as error:
            raise RefusalError(3, str(error)) from error

    def _refuse_document(self, company: str, invoice: SentInvoice, asked: Mapping[str, Any]) -> None:
        if invoice.profile != "EARSIVFATURA" or invoice.seller != company:
            raise RefusalError(3, "belge bu VKN'nin e-Arşiv faturası değil")
        if not NOTES.intersection(invoice.notes):
            raise RefusalError(3, "Gönderim Şekli notu zorunludur")
        if invoice.buyer.name == NOBODY:
            raise RefusalError(313, "alıcı adı Nihai Tüketici olamaz")
        if self._taxpayers.is_registered(invoice.buyer.tax_number):
            raise RefusalError(84, "alıcı e-Fatura kullanıcısı")
        if str(asked.get("numaraVerilsinMi", "0")) == "0" and len(invoice.number) != len("ABC2026000000001"):
            raise RefusalError(17, "fatura numarası okunamadı")

    def _number_for(self, company: str, invoice: SentInvoice, asked: Mapping[str, Any]) -> str:
        if str(asked.get("numaraVerilsinMi", "0")) == "1":
            series = str(asked.get("faturaSeri", ""))
            if len(series) != len("ABC"):
                raise RefusalError(3, "faturaSeri üç karakter olmalıdır")
            return self._archive.next(company, f"{series}{invoice.issue_date[:4]}")
        if (company, invoice.number) in self._archive.numbers:
            raise RefusalError(9, "fatura numarası daha önce kullanılmış")
        return invoice.number

    def _taken(self, operation: str, booking: Booking) -> web.Response:
        """What is not signed at once has no number in the answer yet."""
        is_signed = booking.state() in {BookingState.SUCCEEDED, BookingState.CANCELLED}
        extra = {"islemID": booking.id, "uuid": booking.reference}
        return self._result(operation, "AE00000", "OK", {**extra, **(_shown(booking) if is_signed else {})})

    async def _one(self, company: str, operation: str, asked: dict[str, Any]) -> web.Response:
        uuid, number = str(asked.get("faturaUuid", "")).lower(), asked.get("faturaNo")
        mine = [each for each in self._record.of(company) if each.document_type == KIND and each.is_visible()]
        found = [each for each in mine if (uuid and each.reference == uuid) or (not uuid and each.number == number)]
        if uuid:
            self._record.note(company, uuid, Noted.FOUND if found else Noted.ABSENT)
        if not found:
            raise RefusalError(2, "Belirtilmemiş hata")
        return self._shown(operation, found[0], str(asked.get("donenBelgeFormati", NO_FILE)))

    def _shown(self, operation: str, booking: Booking, form: str) -> web.Response:
        match booking.state():
            case BookingState.WAITING:
                raise RefusalError(44, "belge işleniyor")
            case BookingState.FAILED:
                raise RefusalError(43, "belge hatalı durumda")
        invoice = self._archive.sent[booking.company, booking.reference]
        contents: dict[str, Callable[[str], bytes]] = {"0": invoice.xml, "2": invoice.html, "3": invoice.pdf}
        output: Field = None
        if form in contents:
            file = base64.b64encode(contents[form](booking.number)).decode()
            output = {"belgeFormati": FORMATS[form], "belgeIcerigi": file}
        return self._result(operation, "AE00000", "OK", {"uuid": booking.reference, **_shown(booking)}, output)

    async def _cancel(self, request: web.Request, call: SoapCall) -> web.Response:
        self._record.counts["cancel"] += 1

        async def handle(_: CallFault) -> web.Response:
            return await self._answer(request, call, self._cancelled)

        return await self._making(request, call, handle)

    async def _cancelled(self, company: str, operation: str, asked: dict[str, Any]) -> web.Response:
        uuid = str(asked.get("faturaUuid", "")).lower()
        found = [each for each in self._record.under(company, uuid) if each.document_type == KIND]
        if not found:
            raise RefusalError(2, "Belirtilmemiş hata")
        booking = found[0]
        if booking.state() is BookingState.CANCELLED:
            raise RefusalError(91, "fatura daha önce iptal edilmiş")
        if booking.state() is not BookingState.SUCCEEDED:
            raise RefusalError(50, "imzalanmamış fatura iptal edilemez")
        booking.is_cancelled = True
        return self._result(operation, "AE00000", "OK", {"uuid": booking.reference, **_shown(booking)})

    async def _mail(self, request: web.Request, call: SoapCall) -> web.Response:
        self._record.counts["mail"] += 1

        async def handle(_: CallFault) -> web.Response:
            return await self._answer(request, call, self._mailed)

        return await self._making(request, call, handle)

    async def _mailed(self, company: str, operation: str, asked: dict[str, Any]) -> web.Response:
        uuid, to = str(asked.get("faturaUuid", "")).lower(), str(asked.get("ilaveEposta", ""))
        found = [each for each in self._record.under(company, uuid) if each.document_type == KIND and each.is_visible()]
        if not found:
            raise RefusalError(2, "Belirtilmemiş hata")
        if "@" not in to:
            raise RefusalError(3, "ilaveEposta hatalı")
        self._record.mail(found[0], to)
        return self._result(operation, "AE00000", "OK", {"uuid": found[0].reference})

    async def _number(self, company: str, operation: str, asked: dict[str, Any]) -> web.Response:
        number = self._archive.next(company, f"{asked.get('faturaSeri', '')}2026")
        return soap.answer(
            NAMESPACE, f"{operation}Response", {"output": number, "return": {"resultCode": "AE00000"}}, qualified=False
        )

    async def _registered(self, _: str, operation: str, asked: dict[str, Any]) -> web.Response:
        said = self._taxpayers.is_registered(str(asked.get("vkn", "")))
        return self._result(operation, "AE00000", "OK", {"efaturaKullanicisi": str(said).lower()})

    def _result(
        self,
        operation: str,
        code: str,
        said: str,
        extra: Mapping[str, str] | None = None,
        output: Field = None,
        *,
        is_refusal: bool = True,
    ) -> web.Response:
        entries = [{"key": key, "value": value} for key, value in (extra or {}).items()]
        told = {"resultCode": code, "resultText": said, "resultExtra": {"entry": entries}}
        fields = {"output": output, "return": told}
        response = soap.answer(NAMESPACE, f"{operation}Response", fields, qualified=False)
        response[REFUSAL] = is_refusal and code not in {"AE00000", "AE00001"}
        return response


def _refuse_other(company: str, asked: Mapping[str, Any]) -> None:
    if asked.get("vkn") != company:
        raise RefusalError(52, "Bu VKN için yetkiniz yok")


def _shown(booking: Booking) -> dict[str, str]:
    url = f"https://earsiv.example/{booking.reference}"
    cancelled = {"iptalTarihi": "20260502"} if booking.is_cancelled else {}
    return {"faturaNo": booking.number, "faturaURL": url, **cancelled}


def _loose(call: SoapCall) -> dict[str, Any]:
    """The arguments, or nothing where they cannot be read: the refusal follows, with its reason."""
    try:
        return _asked(call)
    except RefusalError:
        return {}


def _asked(call: SoapCall) -> dict[str, Any]:
    try:
        asked = json.loads(text(call.body, "input"))
    except ValueError as error:
        raise RefusalError(6, f"JSON okunamadı: {error}") from error
    if not isinstance(asked, dict):
        raise RefusalError(6, "JSON bir nesne değil")
    return asked


async def _refuse_form(request: web.Request, call: SoapCall) -> None:
    """Another namespace, fields with one, and a CDATA section, of which the real one sees nothing."""
    prefixed = [each for each in call.body.iterchildren("*") if "}" in str(each.tag)]
    if f"{{{NAMESPACE}}}" not in str(call.body.tag) or prefixed:
        raise RefusedCallError(f"unexpected element {call.name}: its namespace, or that of its fields")
    if b"<![CDATA[" in await request.read():
        raise RefusedCallError("No content to map to Object due to end of input")
