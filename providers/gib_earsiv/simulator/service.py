"""The portal's side of the wire, on loopback: login, commands and files, as its own web pages use them.

    POST /earsiv-services/assos-login   assoscmd = anologin, login or logout
    POST /earsiv-services/dispatch      cmd, callid, pageName, token, jp
    GET  /earsiv-services/download      token, ettn, belgeTip, onayDurumu, cmd
    POST /earsiv-services/esign         assoscmd = kullaniciOner: a user for trying out
    PUT  /_simulator/portal             see `switches`

A document is a draft for `status_seconds`, then somebody has signed it; without a number it stays one. Run it with
`python -m providers.gib_earsiv.simulator.service`; misbehaviour and record: `providers.simulation`.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.gib_earsiv.simulator import documents, forms, words
from providers.gib_earsiv.simulator.drafts import Draft, Drafts
from providers.gib_earsiv.simulator.persons import Persons, forbidden
from providers.gib_earsiv.simulator.sessions import OFFERED_USER, Session, Sessions
from providers.gib_earsiv.simulator.switches import Switches
from providers.simulation.misbehaviour import CallFault, Handler, Misbehaviour, Note
from providers.simulation.record import Noted, SimulatorRecord
from providers.simulation.server import run, simulator_application

# After this an abandoned session is forgotten; until then its user is kept out.
IDLE_SECONDS: Final = 2 * 3600.0
DRAFTS: Final = frozenset({"RG_BASITTASLAKLAR", "RG_TASLAKLAR"})
CREATE: Final = "EARSIV_PORTAL_FATURA_OLUSTUR"
CREATES: Final = frozenset({"RG_BASITFATURA"})
# What changes or sends something: what can go wrong with a call can go wrong with these.
MAKES: Final = frozenset({"EARSIV_PORTAL_FATURA_SIL", "EARSIV_PORTAL_IPTAL_TALEBI_OLUSTUR", "0lhozfib5410mp"})
DOWNLOADS: Final = frozenset({"EARSIV_PORTAL_BELGE_INDIR", "downloadResource"})
# What libraries write by themselves, such as `python-requests/2.32`, or nothing.
LIBRARY: Final = re.compile(r"(?!Mozilla/)[\w.-]+/\d|$")
Answer = Callable[[Session, dict[str, Any]], web.Response]


class GibPortal:
    """The service."""

    def __init__(
        self,
        misbehaviour: Misbehaviour,
        *,
        status_seconds: float | None = None,
        idle_seconds: float = IDLE_SECONDS,
        requests: str = "created",
    ) -> None:
        self._misbehaviour = misbehaviour
        self._record = SimulatorRecord("gib-earsiv")
        self.switches = Switches(requests=requests)
        self.listed = 0
        self._sessions = Sessions(idle_seconds, self.switches)
        self._drafts = Drafts(self._record, self.switches, misbehaviour, status_seconds)
        persons = Persons(self.switches, self._drafts.booking)
        both = DRAFTS | {"RG_SMSONAY"}
        # Each command with the pages that it is known to be sent from.
        self._commands: dict[str, tuple[frozenset[str], Answer]] = {
            "getUserMenu": (frozenset({"MAINTREEMENU"}), lambda _, __: words.data([])),
            "EARSIV_PORTAL_FATURA_GETIR": (frozenset({"RG_BASITFATURA", "RG_TASLAKLAR"}), self._form),
            "EARSIV_PORTAL_FATURA_GOSTER": (DRAFTS, self._page),
            "EARSIV_PORTAL_TASLAKLARI_GETIR": (DRAFTS, self._list),
            "EARSIV_PORTAL_FATURA_SIL": (DRAFTS, persons.delete),
            "EARSIV_PORTAL_TELEFONNO_SORGULA": (both, persons.telephone),
            "EARSIV_PORTAL_SMSSIFRE_GONDER": (frozenset({"RG_SMSONAY"}), persons.send_code),
            "0lhozfib5410mp": (frozenset({"RG_SMSONAY"}), persons.sign),
            "EARSIV_PORTAL_FATURA_HSM_CIHAZI_ILE_IMZALA": (DRAFTS, forbidden),
            "EARSIV_PORTAL_IPTAL_TALEBI_OLUSTUR": (DRAFTS, persons.request),
            "EARSIV_PORTAL_GELEN_IPTAL_ITIRAZ_TALEPLERINI_GETIR": (
                frozenset({"RG_IPTALITIRAZTASLAKLAR"}),
                persons.requests,
            ),
            "EARSIV_PORTAL_ADIMA_KESILEN_BELGELERI_GETIR": (
                frozenset({"RG_ALICI_TASLAKLAR"}),
                lambda _, __: words.data(None),
            ),
            "EARSIV_PORTAL_KULLANICI_BILGILERI_GETIR": (frozenset({"RG_KULLANICI"}), _profile),
            "SICIL_VEYA_MERNISTEN_BILGILERI_GETIR": (frozenset({"RG_BASITFATURA"}), _name),
        }

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        application.add_routes(
            [
                web.post("/earsiv-services/assos-login", self._assos),
                web.post("/earsiv-services/dispatch", self._dispatch),
                web.get("/earsiv-services/download", self._download),
                web.post("/earsiv-services/esign", self._esign),
                web.put("/_simulator/portal", self._switch),
                web.get("/", self._alive),
            ]
        )
        return application

    @property
    def drafts(self) -> list[Draft]:
        """What was made, in its sequence."""
        return self._drafts.all()

    async def _assos(self, request: web.Request) -> web.Response:
        form = await _form_of(request)
        if form.get("assoscmd") == "logout":
            return self._sessions.log_out(form.get("token", ""))
        return self._sessions.log_in(form, request.remote)

    async def _esign(self, request: web.Request) -> web.Response:
        """A user for trying out; none while all are in use."""
        await _form_of(request)
        return web.json_response({"userid": "" if self.switches.users == "busy" else OFFERED_USER})

    async def _dispatch(self, request: web.Request) -> web.Response:
        form = await _form_of(request)
        command, payload = form.get("cmd", ""), _payload_in(form.get("jp", ""))
        session = self._sessions.of(form.get("token", ""), request.remote, command)
        if isinstance(session, web.Response):
            return session
        known = self._commands.get(command)
        if known is None and command != CREATE:
            return words.refused(words.NO_SERVICE)
        pages, answer = known or (CREATES, None)
        if form.get("pageName") not in pages or command in self.switches.forbidden:
            return words.refused(words.NO_RIGHT, "7")
        if answer is None:
            return await self._create(request, session, payload)
        if command in MAKES:
            return await self._made(request, partial(answer, session, payload))
        self._record.counts["look_up"] += 1
        return answer(session, payload)

    async def _made(self, request: web.Request, answer: Callable[[], web.Response]) -> web.Response:
        async def handle(_: CallFault) -> web.Response:
            return answer()

        return await self._around(request, handle)

    async def _create(self, request: web.Request, session: Session, form: dict[str, Any]) -> web.Response:
        self._record.counts["create"] += 1
        reference, fault_there = forms.reference_of(form), self.switches.next_fault()
        self._record.note(session.company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            if "faturaTarihi" not in form or form.get("faturaUuid") not in (None, ""):
                return words.data(words.NO_ETTN)
            if self.switches.closed:
                return words.refused(_closed(session.company))
            if self.switches.profile != "complete":
                return words.refused(words.NO_PROFILE)
            if not forms.is_sound(form):
                return words.refused(words.BAD_FORM)
            if fault_there != "before":
                self._drafts.make(session.company, reference, form, fault)
            return words.refused(words.FAULT) if fault_there else words.data(words.CREATED)

        return await self._around(
            request, handle, partial(self._record.note, session.company, reference, Noted.REFUSED)
        )

    async def _around(self, request: web.Request, handle: Handler, refused: Note | None = None) -> web.Response:
        error = words.failure(self._misbehaviour.worded(words.FAULT))
        return await self._misbehaviour.around(request, handle, error, refused)

    def _list(self, session: Session, payload: dict[str, Any]) -> web.Response:
        self.listed += 1
        first, last = (_iso(payload.get(name, "")) for name in ("baslangic", "bitis"))
        seen = [each for each in self._record.of(session.company) if each.is_visible()]
        rows = [documents.row_of(each) for each in seen if first <= (each.issue_date or "") <= last]
        return words.data(rows or None)

    def _form(self, session: Session, payload: dict[str, Any]) -> web.Response:
        draft = self._drafts.of(session, payload.get("ettn", ""))
        if draft is None or documents.approval_of(draft.booking) != documents.UNSIGNED:
            return words.data({"hata": words.NO_DRAFT})
        numbered = {"faturaUuid": draft.booking.ettn, "belgeNumarasi": draft.booking.number}
        return words.data({**_jsonable(draft.form), **numbered, "hata": ""})

    def _page(self, session: Session, payload: dict[str, Any]) -> web.Response:
        draft = self._drafts.of(session, payload.get("ettn", ""))
        if draft is None or documents.approval_of(draft.booking) != payload.get("onayDurumu"):
            return words.refused("String index out of range: 4")
        return words.data(documents.page_of(draft.booking, draft.form))

    async def _download(self, request: web.Request) -> web.Response:
        """A ZIP that calls itself JSON; nothing, with 200, where one of the names is wrong."""
        query = request.query
        session = self._sessions.of(query.get("token", ""), request.remote)
        if isinstance(session, web.Response):
            return session
        draft = self._drafts.of(session, query.get("ettn", ""))
        fits = query.get("belgeTip") == "FATURA" and query.get("cmd") in DOWNLOADS
        if draft is None or not fits or documents.approval_of(draft.booking) != query.get("onayDurumu"):
            return web.Response(content_type="application/json")
        return web.Response(body=documents.zip_of(draft.booking, draft.form), content_type="application/json")

    async def _switch(self, request: web.Request) -> web.Response:
        change = await request.json()
        self.switches.change(change)
        self._drafts.act(change)
        return web.json_response({})

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(text="<html><head><title>e-Arşiv Portal</title></head></html>", content_type="text/html")


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it: drafts are signed by nobody but its caller's person."""
    return GibPortal(Misbehaviour(seed=seed)).application()


async def _form_of(request: web.Request) -> dict[str, str]:
    """Callers that give the name of their library, or none, get nothing of use; clients with names of their own do."""
    if LIBRARY.match(request.headers.get("User-Agent", "")):
        raise web.HTTPBadRequest(text="the portal hangs here: send a User-Agent like a browser's")
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _payload_in(text: str) -> dict[str, Any]:
    """Raw letters beyond ASCII are read as if nothing were there."""
    try:
        found = json.loads(text, parse_float=Decimal) if text.isascii() else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _profile(session: Session, _: dict[str, Any]) -> web.Response:
    return words.data({"vknTckn": session.company, "unvan": "Deneme Ticaret A.Ş.", "ad": "", "soyad": ""})


def _name(_: Session, payload: dict[str, Any]) -> web.Response:
    """A name for a tax number, whose field is misspelt; nothing of e-Fatura."""
    is_known = bool(payload.get("vknTcknn"))
    return words.data({"unvan": "Deneme" if is_known else "", "adi": "", "soyadi": "", "vergiDairesi": ""})


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
