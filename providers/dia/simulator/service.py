"""DİA's side of the wire, on loopback, at `/api/v3/{module}/json` and without `/api/v3`.

The password of a company, named by its tax number, is `sandbox-<company>`, with any user and no API key, or one that
begins so, too. Its firm is 34, its periods are 1 (2026) to 20 (2045), branch 101, depot 202, and it has the stock card
GENEL. A record is legal when a person has sent it (`/_simulator/signatures`), for no service that does that is known.

    PUT /_simulator/dia
    {"codes": "number", "needs": ["fisno"], "credits": 1, "total": "0.01", "rounding": "rate",
     "timeout": true, "end_sessions": true,
     "delete": ["KEY"], "belgeno": {"KEY": "DIA2026000000001"}}

`end_sessions`: those that are open are taken no longer. `delete`: records that a person deletes. `belgeno`: what a
person, or DİA, writes there instead. These are done once; the others (`words.Switches`) stay until they are set anew.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.dia.simulator import accounts, records, words
from providers.dia.simulator.accounts import Accounts
from providers.dia.simulator.words import RefusedError, Switches
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import Booking, BookingState, Fate, Noted, SimulatorRecord
from providers.simulation.server import run, simulator_application

PREFIX: Final = "/api/v3"
CONTROL: Final = "/_simulator/dia"
# What is left is answered also where nothing is.
BALANCE: Final = "sis_kontor_sorgula"
Asked = dict[str, Any]


class Dia:
    """The service. `status_seconds`: None is one where a person has to send each record.

    `efa`: made-up names of the services that send and cancel; without them there are none, as far as is known.
    """

    def __init__(
        self, misbehaviour: Misbehaviour, *, status_seconds: float | None = None, efa: tuple[str, str] | None = None
    ) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._record = SimulatorRecord("dia")
        self._switches = Switches()
        self._accounts = Accounts(self._switches)
        self._by_key: dict[str, Booking] = {}
        # What is answered at once, and what makes or changes something.
        self._reads: dict[str, Callable[[str, Asked], Any]] = {
            "sis_yetkili_firma_donem_sube_depo": lambda company, _: accounts.rights(company),
            BALANCE: lambda _, __: {"kontor": str(self._switches.credits)},
            "scf_carikart_listele": lambda company, asked: accounts.listed(self._accounts.cards(company), asked),
            "scf_carikart_getir": lambda company, asked: accounts.one(self._accounts.cards(company), asked.get("key")),
            "scf_stokkart_listele": lambda company, asked: accounts.listed(self._accounts.stock(company), asked),
            "scf_stokkart_getir": lambda company, asked: accounts.one(self._accounts.stock(company), asked.get("key")),
            "scf_fatura_listele": self._list,
            "scf_fatura_getir": lambda company, asked: accounts.one(self._rows(company, asked), asked.get("key")),
        }
        self._writes: dict[str, Callable[[str, Asked, CallFault], str]] = {
            "scf_carikart_ekle": lambda company, asked, _: self._accounts.add_card(company, asked["kart"]),
            "scf_carikart_guncelle": lambda company, asked, _: self._accounts.change_card(company, asked["kart"]),
            "scf_stokkart_ekle": lambda company, asked, _: self._accounts.add_stock(company, asked["kart"]),
            "scf_fatura_ekle": self._book,
            "scf_fatura_sil": self._delete,
        }
        self._sends = efa[0] if efa else None
        if efa:
            self._switches.words = (*self._switches.words[:2], "Kuyrukta")
            self._writes |= dict(zip(efa, (self._send, self._cancel), strict=True))

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        for prefix in (PREFIX, ""):
            application.router.add_post(prefix + "/{module}/json", self._called)
        application.router.add_put(CONTROL, self._switch)
        return application

    async def _called(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if len(body) != 1 or not isinstance(next(iter(body.values())), dict):
            return words.failure(self._switches, words.INVALID, "Gövdede tek bir servis olmalıdır.")
        ((service, asked),) = body.items()
        try:
            return await self._answered(request, service, asked)
        except RefusedError as no:
            return words.failure(self._switches, no.code, self._misbehaviour.worded(no.msg))

    async def _answered(self, request: web.Request, service: str, asked: Asked) -> web.Response:
        module = request.match_info["module"]
        if module == "sis" and service in {"login", "logout"}:
            return self._session(service, asked)
        company = self._accounts.company_of(asked.get("session_id"))
        if service.partition("_")[0] != module or service not in {*self._reads, *self._writes}:
            raise RefusedError(words.NO_SERVICE, f"{service} servisi bulunamadı.")
        if module != "sis":
            accounts.check_period(asked)
        if service in self._writes:
            return await self._written(request, service, company, asked)
        result = self._reads[service](company, asked)
        if service != BALANCE:
            self._accounts.pay()
        return words.success(self._switches, result=result)

    def _session(self, service: str, asked: Asked) -> web.Response:
        if service == "logout":
            self._accounts.log_out(asked.get("session_id"))
            return words.success(self._switches)
        response = {"code": "200", "msg": self._accounts.log_in(asked), "warnings": []}
        return web.json_response(response)

    async def _written(self, request: web.Request, service: str, company: str, asked: Asked) -> web.Response:
        reference = self._legal(service, company, asked)
        self._record.counts["create" if reference is not None else service] += 1
        if reference is not None:
            self._record.note(company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            try:
                self._accounts.pay()
                key = self._writes[service](company, asked, fault)
            except RefusedError as no:
                return words.failure(self._switches, no.code, self._misbehaviour.worded(no.msg))
            return words.success(self._switches, key=key)

        refused = partial(self._record.note, company, reference, Noted.REFUSED) if reference is not None else None
        own = words.own_words(self._misbehaviour, self._switches)
        return await self._misbehaviour.around(request, handle, own, refused)

    def _legal(self, service: str, company: str, asked: Asked) -> str | None:
        """Our reference of a record, where this call is the last one that it takes."""
        if service == self._sends:
            return self._own(company, asked).reference
        is_last = service == "scf_fatura_ekle" and self._sends is None
        return str((asked.get("kart") or {}).get("belgeno", "")) if is_last else None

    def _list(self, company: str, asked: Asked) -> list[dict[str, Any]]:
        self._record.counts["look_up"] += 1
        found = accounts.listed(self._rows(company, asked), asked)
        for each in asked.get("filters") or []:
            if each.get("field") == "belgeno" and self._sends is None:
                self._record.note(company, str(each.get("value")), Noted.FOUND if found else Noted.ABSENT)
        return found

    def _rows(self, company: str, asked: Asked) -> list[dict[str, Any]]:
        """Those of the period. A record that was sent stays in sight; only its word may not be."""
        period = asked.get("donem_kodu")
        own = [each for each in self._record.of(company) if not each.is_deleted and records.is_of(each, period)]
        seen = [booking for booking in own if booking.is_visible() or (self._sends and not booking.is_draft)]
        return [records.row_of(booking, self._switches) for booking in seen]

    def _book(self, company: str, asked: Asked, fault: CallFault) -> str:
        """Another record each time, whatever its `belgeno`."""
        kart, cards = asked["kart"], self._accounts.cards(company)
        errors = records.errors_of(kart, asked.get("donem_kodu"), cards, self._accounts.stock(company), self._switches)
        if found := list(errors):
            raise RefusedError(words.FAILURE, " ".join(found))
        card = records.card_of(kart, cards)
        assert card is not None
        lines, fate = records.lines_of(kart), Fate.of(fault, self._misbehaviour.delays, self._status_seconds or 0.0)
        key, year = self._accounts.key(), str(kart["tarih"])[:4]
        booking = Booking(
            id=key,
            reference=str(kart.get("belgeno") or key),
            number=f"DIA{year}{len(self._record.of(company)) + 1:09}",
            company=company,
            document_type="SALES_INVOICE",
            order_reference=records.order_in(kart),
            issue_date=kart["tarih"],
            buyer=records.buyer_of(kart, card),
            payable=records.total_of(kart, self._switches),
            currency=records.CURRENCIES[kart["_key_sis_doviz"]["adi"]],
            lines=lines,
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=False,  # DİA itself decides nothing later
            is_draft=self._status_seconds is None or self._sends is not None,
            content=json.dumps(kart, ensure_ascii=False, default=str),
        )
        self._by_key[key] = booking
        self._record.book(booking)
        if not booking.is_draft:
            self._sent(booking)
        return key

    def _delete(self, company: str, asked: Asked, _: CallFault) -> str:
        booking = self._own(company, asked)
        if records.row_of(booking, self._switches)["efatura_durum_txt"]:
            raise RefusedError(words.FAILURE, "Gönderilmiş fatura silinemez.")
        booking.is_deleted = True
        return booking.id

    def _send(self, company: str, asked: Asked, fault: CallFault) -> str:
        """From now on its row has a word, when it has come into sight."""
        booking = self._own(company, asked)
        if not booking.is_draft:
            raise RefusedError(words.FAILURE, "Faturanın e-belgesi zaten oluşturulmuş.")
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds or 0.0)
        booking.visible_at, booking.decided_at = fate.visible_at, fate.decided_at
        booking.fails, booking.is_draft = fate.fails, False
        self._sent(booking)
        return booking.id

    def _cancel(self, company: str, asked: Asked, _: CallFault) -> str:
        booking = self._own(company, asked)
        if booking.state() is not BookingState.SUCCEEDED:
            raise RefusedError(words.FAILURE, "Fatura iptal edilemez.")
        booking.is_cancelled = True
        return booking.id

    def _own(self, company: str, asked: Asked) -> Booking:
        booking = self._by_key.get(str(asked.get("key")))
        is_own = booking is not None and booking.company == company and records.is_of(booking, asked.get("donem_kodu"))
        if booking is None or not is_own or booking.is_deleted:
            raise RefusedError(words.FAILURE, "Kayıt bulunamadı.")
        return booking

    def _sent(self, booking: Booking) -> None:
        """Its buyer gets it by mail."""
        self._record.mail(booking, str(json.loads(booking.content).get("earsivgonderimeposta", "")))

    async def _switch(self, request: web.Request) -> web.Response:
        to = await body_of(request)
        if to.pop("end_sessions", False):
            self._accounts.end_sessions()
        for key in to.pop("delete", []):
            self._by_key[key].is_deleted = True
        for key, written in to.pop("belgeno", {}).items():
            booking = self._by_key[key]
            booking.content = json.dumps({**json.loads(booking.content), "belgeno": written}, ensure_ascii=False)
        return self._switches.take(to)


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return Dia(Misbehaviour(seed=seed)).application()


if __name__ == "__main__":
    run(application, "A simulator of DİA's web services v3")
