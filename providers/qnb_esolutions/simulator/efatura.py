"""The simulated connectorService: a sent document is in a queue, and is processed long before it is delivered."""

import base64
import binascii
import hashlib
import io
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

from aiohttp import web

from providers.formats.elements import Element, Field, child, children, namespace_of, text
from providers.qnb_esolutions.simulator.accounts import Archive, Behaviour, RefusedCallError, Users
from providers.simulation import soap
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import REASON, Booking, BookingState, BuyerAnswer, Noted, SimulatorRecord
from providers.simulation.soap import Operation, SoapCall, own_words
from providers.simulation.taxpayers import Taxpayers, mailbox_of
from providers.simulation.ubl import BadUblError, SentInvoice, sent_invoice

NAMESPACE: Final = "http://service.connector.uut.cs.com.tr/"
KIND: Final = "EFATURA"
NEEDED: Final = ("vergiTcKimlikNo", "belgeTuru", "belgeNo", "veri", "belgeHash", "mimeType", "belgeVersiyon")
MIME_TYPES: Final = frozenset({"application/xml", "application_xml"})
TOO_MANY: Final = 429
NO_ANSWER_NEEDED: Final = "-1"
WAITS_FOR_ANSWER: Final = "0"
# Of a returned document it has no word.
ANSWERED: Final = {BuyerAnswer.ACCEPTED: "2", BuyerAnswer.AUTOMATIC: "2", BuyerAnswer.REFUSED: "1"}
Book = Callable[[str, str, SentInvoice, str, CallFault], Booking]
Work = Callable[[str, SoapCall], Awaitable[web.Response]]


class EFaturaService:
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
        self._local: dict[tuple[str, str], Booking] = {}

    def operations(self) -> Mapping[str, Operation]:
        """By the name of the body's element; the SOAPAction is empty."""
        return {
            "belgeGonderExt": self._send,
            "gidenBelgeDurumSorgulaExt": self._reading("look_up", self._status),
            "gidenBelgeleriIndirEttn": self._reading("download", self._file),
            "gidenBelgeleriListele": self._reading("list", self._list),
            "kontorBilgisiGetir": self._reading("credits", self._credits),
            "efaturaKullaniciBilgisi": self._reading("registration", self._mailboxes),
            "efaturaKullanicisi": self._reading("registration", self._registered),
        }

    def _reading(self, count: str, work: Work) -> Operation:
        """An operation that makes nothing; something before the service may answer in its stead."""

        async def operation(_: web.Request, call: SoapCall) -> web.Response:
            self._record.counts[count] += 1
            return self._misbehaviour.in_its_stead() or await self._answer(call, work)

        return operation

    async def _answer(self, call: SoapCall, work: Work) -> web.Response:
        """The work's answer, or the fault with which the call is refused."""
        try:
            company = self._users.company_of(call, self._behaviour)
            _refuse_form(call)
            return await work(company, call)
        except RefusedCallError as error:
            return error.response

    async def _send(self, request: web.Request, call: SoapCall) -> web.Response:
        self._record.counts["create"] += 1
        company = text(call.body, "parametreler", "vergiTcKimlikNo")
        reference = text(call.body, "parametreler", "belgeNo")
        self._record.note(company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            return await self._answer(call, partial(self._take, fault))

        words = own_words(
            too_many=lambda: soap.fault(
                self._misbehaviour.worded("çok fazla istek"),
                status=TOO_MANY,
                retry_after=self._misbehaviour.delays.retry_after,
            ),
            in_200=lambda: _answered(call.name, {}),
        )
        refused = partial(self._record.note, company, reference, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, words, refused)

    async def _take(self, fault: CallFault, company: str, call: SoapCall) -> web.Response:
        sent = child(call.body, "parametreler")
        if sent is None:
            raise RefusedCallError("parametreler zorunludur")
        self._refuse_fields(company, sent)
        invoice = _invoice_in(sent)
        self._refuse_document(company, invoice, text(sent, "alanEtiket"))
        local = (company, text(sent, "belgeNo"))
        is_repeat = local in self._local or (company, invoice.number) in self._archive.numbers
        if is_repeat and self._behaviour.efatura_repeat == "refused":
            return soap.fault("belgeNo daha önce kullanılmış", is_refusal=False)
        booking = self._book(company, KIND, invoice, invoice.number, CallFault.STATUS_ERROR if is_repeat else fault)
        self._local.setdefault(local, booking)
        return _answered(call.name, {"belgeOid": f"oid-{booking.reference}"})

    def _refuse_fields(self, company: str, sent: Element) -> None:
        missing = [name for name in NEEDED if not text(sent, name)]
        if missing:
            raise RefusedCallError(f"{', '.join(missing)} zorunludur")
        if text(sent, "vergiTcKimlikNo") != company:
            raise RefusedCallError("Bu VKN için yetkiniz yok")
        if text(sent, "belgeTuru") != "FATURA_UBL" or text(sent, "mimeType") not in MIME_TYPES:
            raise RefusedCallError("belge türü desteklenmiyor")
        # How the real one says so is not known.
        if text(sent, "erpKodu") not in self._behaviour.erp_codes:
            raise RefusedCallError("ERP kodu kayıtlı listede yok")

    def _refuse_document(self, company: str, invoice: SentInvoice, mailbox: str) -> None:
        buyer = invoice.buyer.tax_number
        if invoice.profile == "EARSIVFATURA" or invoice.seller != company:
            raise RefusedCallError("schematronControl failed: belge bu gönderenin e-Faturası değil")
        if not self._taxpayers.is_registered(buyer) or mailbox not in {"", mailbox_of(buyer)}:
            raise RefusedCallError("schematronControl failed: alıcı etiketi bulunamadı")

    async def _status(self, company: str, call: SoapCall) -> web.Response:
        number, kind = (text(call.body, "parametreler", name) for name in ("belgeNo", "belgeNoTipi"))
        booking = self._asked(company, number, kind)
        if kind == "YEREL":
            self._record.note(company, number, Noted.FOUND if booking else Noted.ABSENT)
        if booking is None or text(call.body, "vergiTcKimlikNo") != company:
            raise RefusedCallError("belge bulunamadı")
        return _answered(call.name, {"return": self._row(booking)})

    def _asked(self, company: str, number: str, kind: str) -> Booking | None:
        """By its local number, its OID, or once it is processed by its ETTN."""
        if kind == "YEREL":
            found = self._local.get((company, number))
            return found if found is not None and found.is_visible() else None
        mine = [each for each in self._record.of(company) if each.document_type == KIND and each.is_visible()]
        wanted = number.removeprefix("oid-").lower()
        is_there = (each for each in mine if each.reference == wanted and (kind == "OID" or _is_processed(each)))
        return next(is_there, None)

    def _row(self, booking: Booking) -> Mapping[str, Field]:
        state = booking.state()
        failed = state is BookingState.FAILED
        durum = "2" if failed else "3" if _is_processed(booking) else "1"
        sending = {BookingState.SUCCEEDED: "3", BookingState.FAILED: "0"}.get(state, "-1" if durum == "1" else "2")
        return {
            "durum": durum,
            "gonderimDurumu": sending,
            "gonderimCevabiKodu": "1150" if failed else "0",
            "gonderimCevabiDetayi": self._misbehaviour.worded("zarf hatalı") if failed else "",
            "yanitDurumu": _answer_of(booking),
            "yanitDetayi": REASON if booking.answer is BuyerAnswer.REFUSED else "",
            "ettn": booking.reference,
            "belgeNo": booking.number,
            "ulastiMi": str(state is BookingState.SUCCEEDED).lower(),
            "yenidenGonderilebilirMi": str(failed).lower(),
        }

    async def _file(self, company: str, call: SoapCall) -> web.Response:
        form = text(call.body, "belgeFormati")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in children(call.body, "belgeEttnListesi"):
                booking = self._asked(company, (each.text or "").strip(), "ETTN")
                if booking is None:
                    raise RefusedCallError("belge bulunamadı")
                invoice = self._archive.sent[company, booking.reference]
                content = {"UBL": invoice.xml, "HTML": invoice.html, "PDF": invoice.pdf}.get(form)
                if content is None:
                    raise RefusedCallError(f"belge formatı {form} desteklenmiyor")
                archive.writestr(f"{booking.reference}.{form.lower()}", content(booking.number))
        return _answered(call.name, {"return": base64.b64encode(out.getvalue()).decode()})

    async def _list(self, company: str, call: SoapCall) -> web.Response:
        """By the documents' own date; what is sent by other dates is not looked at."""
        asked = child(call.body, "parametreler")
        if asked is None or text(asked, "vkn") != company:
            raise RefusedCallError("Bu VKN için yetkiniz yok")
        first, last = text(asked, "baslangicBelgeTarihi"), text(asked, "bitisBelgeTarihi")
        local = {id(booking): number for (_, number), booking in self._local.items()}
        rows = [
            {
                "belgeOid": f"oid-{each.reference}",
                "belgeTarihi": _day(each),
                "belgeTuru": "FATURA",
                "ettn": each.reference,
                "yerelBelgeNo": local.get(id(each), ""),
            }
            for each in self._record.of(company)
            if each.document_type == KIND and each.is_visible() and first <= _day(each) <= last
        ]
        return _answered(call.name, {"return": rows})

    async def _credits(self, company: str, call: SoapCall) -> web.Response:
        if text(call.body, "vknTckn") != company or text(call.body, "kontorTipi") not in {"FATURA", "ARSIV"}:
            raise RefusedCallError("kontör bilgisi bulunamadı")
        row = {"bitisTarihi": "20301231", "kalan": str(self._behaviour.credits), "kontorBirimi": "ADET"}
        return _answered(call.name, {"return": {**row, "toplamAlinan": "1000"}})

    async def _mailboxes(self, _: str, call: SoapCall) -> web.Response:
        wanted = text(call.body, "vergiTcKimlikNo")
        row = {
            "etiket": mailbox_of(wanted),
            "kamuKurulusu": "false",
            "kayitZamani": "20200101000000",
            "unvan": f"Deneme {wanted}",
            "vergiTcKimlikNo": wanted,
        }
        return _answered(call.name, {"return": row} if self._taxpayers.is_registered(wanted) else {})

    async def _registered(self, _: str, call: SoapCall) -> web.Response:
        is_registered = self._taxpayers.is_registered(text(call.body, "vergiTcKimlikNo"))
        return _answered(call.name, {"return": str(is_registered).lower()})


def _answer_of(booking: Booking) -> str:
    """The buyer's, of a commercial invoice that has reached it."""
    if not booking.shows_answer or booking.state() is not BookingState.SUCCEEDED:
        return NO_ANSWER_NEEDED
    return ANSWERED.get(booking.answer, WAITS_FOR_ANSWER) if booking.answer else WAITS_FOR_ANSWER


def _day(booking: Booking) -> str:
    return (booking.issue_date or "").replace("-", "")


def _is_processed(booking: Booking) -> bool:
    """Packed and signed in the second half of its time on the way."""
    if booking.state() is not BookingState.WAITING:
        return True
    return datetime.now(UTC) >= booking.booked_at + (booking.decided_at - booking.booked_at) / 2


def _invoice_in(sent: Element) -> SentInvoice:
    """The document, if the checksum in capitals is that of its bytes: what is packed twice has another one."""
    try:
        content = base64.b64decode(text(sent, "veri"), validate=True)
    except binascii.Error as error:
        raise RefusedCallError("Hash hatası") from error
    if text(sent, "belgeHash") != hashlib.md5(content, usedforsecurity=False).hexdigest().upper():
        raise RefusedCallError("Hash hatası")
    try:
        return sent_invoice(content)
    except BadUblError as error:
        raise RefusedCallError(f"schematronControl failed: {error}") from error


def _refuse_form(call: SoapCall) -> None:
    prefixed = [each for each in call.body.iterchildren("*") if namespace_of(each)]
    if namespace_of(call.body) != NAMESPACE or prefixed:
        raise RefusedCallError(f"unexpected element {call.name}: its namespace, or that of its fields")


def _answered(operation: str, fields: Mapping[str, Field]) -> web.Response:
    return soap.answer(NAMESPACE, f"{operation}Response", fields, qualified=False)
