"""The portal's side of the wire, on loopback: login, commands and files, as its own web pages use them.

    POST /earsiv-services/assos-login   assoscmd = anologin, login or logout
    POST /earsiv-services/dispatch      cmd, callid, pageName, token, jp
    GET  /earsiv-services/download      token, ettn, belgeTip, onayDurumu, cmd
    PUT  /_simulator/portal             {"deaths": ["envelope", "page", "list", "right"], "closed": true}

`deaths`: how the next sessions end. `closed`: the seller is an e-Fatura user. A document is a draft for
`status_seconds`, then somebody has signed it; without a number it stays one. Run it with `python -m
providers.gib_earsiv.simulator.service`; misbehaviour and record: `providers.simulation`.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.gib_earsiv.simulator import documents, forms, words
from providers.gib_earsiv.simulator.sessions import Session, Sessions
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import Booking, Fate, Noted, SimulatorRecord
from providers.simulation.server import run, simulator_application

# After this an abandoned session is forgotten; until then its user is kept out.
IDLE_SECONDS: Final = 2 * 3600.0
DRAFTS: Final = frozenset({"RG_BASITTASLAKLAR", "RG_TASLAKLAR"})
ANY_PAGE: Final[dict[str, frozenset[str]]] = {
    "getUserMenu": frozenset({"MAINTREEMENU"}),
    "EARSIV_PORTAL_FATURA_OLUSTUR": frozenset({"RG_BASITFATURA"}),
    "EARSIV_PORTAL_FATURA_GETIR": frozenset({"RG_BASITFATURA", "RG_TASLAKLAR"}),
    "EARSIV_PORTAL_FATURA_GOSTER": DRAFTS,
    "EARSIV_PORTAL_TASLAKLARI_GETIR": DRAFTS,
    "EARSIV_PORTAL_KULLANICI_BILGILERI_GETIR": frozenset({"RG_KULLANICI"}),
}
DOWNLOADS: Final = frozenset({"EARSIV_PORTAL_BELGE_INDIR", "downloadResource"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A document and the form that it was made from."""

    booking: Booking
    form: dict[str, Any]


class GibPortal:
    """The service."""

    def __init__(
        self, misbehaviour: Misbehaviour, *, status_seconds: float | None = None, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._record = SimulatorRecord("gib-earsiv")
        self._sessions = Sessions(idle_seconds)
        self._drafts: dict[str, Draft] = {}
        self._is_closed = False
        self._commands: dict[str, Callable[[Session, dict[str, Any]], web.Response]] = {
            "getUserMenu": lambda _, __: words.data([]),
            "EARSIV_PORTAL_FATURA_GETIR": self._form,
            "EARSIV_PORTAL_FATURA_GOSTER": self._page,
            "EARSIV_PORTAL_TASLAKLARI_GETIR": self._list,
            "EARSIV_PORTAL_KULLANICI_BILGILERI_GETIR": self._profile,
        }

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        application.add_routes(
            [
                web.post("/earsiv-services/assos-login", self._assos),
                web.post("/earsiv-services/dispatch", self._dispatch),
                web.get("/earsiv-services/download", self._download),
                web.put("/_simulator/portal", self._switch),
                web.get("/", self._alive),
            ]
        )
        return application

    @property
    def drafts(self) -> list[Draft]:
        """What was made, in its sequence."""
        return list(self._drafts.values())

    async def _assos(self, request: web.Request) -> web.Response:
        form = await _form_of(request)
        if form.get("assoscmd") == "logout":
            return self._sessions.log_out(form.get("token", ""))
        return self._sessions.log_in(form, request.remote)

    async def _dispatch(self, request: web.Request) -> web.Response:
        form = await _form_of(request)
        session = self._sessions.of(form.get("token", ""), request.remote)
        if isinstance(session, web.Response):
            return session
        command = form.get("cmd", "")
        if command not in ANY_PAGE:
            return words.refused(words.NO_SERVICE)
        if form.get("pageName") not in ANY_PAGE[command]:
            return words.refused(words.NO_RIGHT, "7")
        payload = _payload_in(form.get("jp", ""))
        if command == "EARSIV_PORTAL_FATURA_OLUSTUR":
            return await self._create(request, session, payload)
        self._record.counts["look_up"] += 1
        return self._commands[command](session, payload)

    async def _create(self, request: web.Request, session: Session, form: dict[str, Any]) -> web.Response:
        self._record.counts["create"] += 1
        reference = forms.reference_of(form)
        self._record.note(session.company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            if "faturaTarihi" not in form or form.get("faturaUuid") not in (None, ""):
                return words.data(words.NO_ETTN)
            if self._is_closed:
                return words.refused(_closed(session.company))
            if not forms.is_sound(form):
                return words.refused(words.BAD_FORM)
            self._book(session.company, reference, form, fault)
            return words.data(words.CREATED)

        error = words.failure(self._misbehaviour.worded(words.FAULT))
        refused = partial(self._record.note, session.company, reference, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, error, refused)

    def _book(self, company: str, reference: str, form: dict[str, Any], fault: CallFault) -> None:
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds or 0.0)
        ettn, day = str(uuid.uuid4()), datetime.strptime(form["faturaTarihi"], "%d/%m/%Y").date()  # noqa: DTZ007
        booking = Booking(
            id=ettn,
            reference=reference,
            number=f"GIB{day.year}{len(self._record.of(company)) + 1:09}",
            company=company,
            document_type="EARSIV",
            order_reference=form.get("siparisNumarasi") or None,
            issue_date=day.isoformat(),
            buyer=forms.buyer_of(form),
            payable=Decimal(form["odenecekTutar"]),
            currency=form["paraBirimi"],
            lines=forms.lines_of(form),
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=False,  # the portal itself decides nothing later
            ettn=ettn,
            is_draft=self._status_seconds is None,
            content=json.dumps(form, ensure_ascii=False),
        )
        self._drafts[ettn] = Draft(booking, form)
        self._record.book(booking)

    def _list(self, session: Session, payload: dict[str, Any]) -> web.Response:
        first, last = (_iso(payload.get(name, "")) for name in ("baslangic", "bitis"))
        seen = [each for each in self._record.of(session.company) if each.is_visible()]
        rows = [documents.row_of(each) for each in seen if first <= (each.issue_date or "") <= last]
        return words.data(rows or None)

    def _form(self, session: Session, payload: dict[str, Any]) -> web.Response:
        draft = self._of(session, payload.get("ettn", ""))
        if draft is None or documents.approval_of(draft.booking) != documents.UNSIGNED:
            return words.data({"hata": words.NO_DRAFT})
        numbered = {"faturaUuid": draft.booking.ettn, "belgeNumarasi": draft.booking.number}
        return words.data({**_jsonable(draft.form), **numbered, "hata": ""})

    def _page(self, session: Session, payload: dict[str, Any]) -> web.Response:
        draft = self._of(session, payload.get("ettn", ""))
        if draft is None or documents.approval_of(draft.booking) != payload.get("onayDurumu"):
            return words.refused("String index out of range: 4")
        return words.data(documents.page_of(draft.booking, draft.form))

    def _profile(self, session: Session, _: dict[str, Any]) -> web.Response:
        return words.data({"vknTckn": session.company, "unvan": "Deneme Ticaret A.Ş.", "ad": "", "soyad": ""})

    async def _download(self, request: web.Request) -> web.Response:
        """A ZIP that calls itself JSON; nothing, with 200, where one of the names is wrong."""
        query = request.query
        session = self._sessions.of(query.get("token", ""), request.remote)
        if isinstance(session, web.Response):
            return session
        draft = self._of(session, query.get("ettn", ""))
        fits = query.get("belgeTip") == "FATURA" and query.get("cmd") in DOWNLOADS
        if draft is None or not fits or documents.approval_of(draft.booking) != query.get("onayDurumu"):
            return web.Response(content_type="application/json")
        return web.Response(body=documents.zip_of(draft.booking, draft.form), content_type="application/json")

    async def _switch(self, request: web.Request) -> web.Response:
        change = await request.json()
        self._sessions.deaths.extend(change.get("deaths", []))
        self._is_closed = change.get("closed", self._is_closed)
        return web.json_response({})

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(text="<html><head><title>e-Arşiv Portal</title></head></html>", content_type="text/html")

    def _of(self, session: Session, ettn: str) -> Draft | None:
        draft = self._drafts.get(ettn)
        return draft if draft is not None and draft.booking.company == session.company else None


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it: drafts are signed by nobody but its caller's person."""
    return GibPortal(Misbehaviour(seed=seed)).application()


async def _form_of(request: web.Request) -> dict[str, str]:
    """Without a browser's name the portal answers nothing of use."""
    if "Mozilla" not in request.headers.get("User-Agent", ""):
        raise web.HTTPBadRequest
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _payload_in(text: str) -> dict[str, Any]:
    """Raw letters beyond ASCII are read as if nothing were there."""
    try:
        found = json.loads(text, parse_float=Decimal) if text.isascii() else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _closed(company: str) -> str:
    return f"Bu mükellef (VKN/TCKN: {company}) e-Arşiv Portal Fatura'nın ekranından fatura kesemez"


def _iso(day: str) -> str:
    """`dd/MM/yyyy` as it sorts."""
    return "-".join(reversed(day.split("/")))


def _jsonable(form: dict[str, Any]) -> dict[str, Any]:
    """The form as it is kept: texts and numbers."""
    found: dict[str, Any] = json.loads(json.dumps(form, default=str))
    return found


if __name__ == "__main__":
    run(application, "GİB's e-Arşiv portal")
