"""Hepsiburada E-Faturam's side of the wire, on loopback: an action and a login in every body, in JSON and over SOAP.

It knows nothing of our adapter. What the service knows of the world is given by rules that need no set-up:

* Users: any `Username` with the `Password` `sandbox-<company>`, where the company is a tax number; any other login
  fails, with 200 as every failure does. A dot and what follows it make it another user of the same company.
* Series: every one of three characters exists but YOK, which is replaced by a default one without a word.
* Taxpayers: see `providers.simulation.taxpayers`; `PUT /_simulator/mailboxes {"2000000002": ["urn:mail:…", …]}` gives a
  registered one several mailboxes.
* What is not published is one way or the other: `PUT /_simulator/variants`, see `outbox.Variants`.

Names of a request are taken in any case, of paths too. Sentences of failures are ours: the real ones are not known.

Run it with `python -m providers.hepsiburada_efaturam.simulator.service`; misbehaviour and record:
`providers.simulation`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.hepsiburada_efaturam.simulator import json_face, soap_face
from providers.hepsiburada_efaturam.simulator.faces import Asked, Face
from providers.hepsiburada_efaturam.simulator.invoices import UnreadableError
from providers.hepsiburada_efaturam.simulator.merchant import MerchantOrders
from providers.hepsiburada_efaturam.simulator.operations import READS, WRITES
from providers.hepsiburada_efaturam.simulator.outbox import FailureError, Outbox
from providers.simulation.misbehaviour import REFUSAL, CallFault, Misbehaviour, OwnWords
from providers.simulation.reading import body_of
from providers.simulation.record import Noted, SimulatorRecord
from providers.simulation.routing import Route, add_routes
from providers.simulation.server import run, simulator_application
from providers.simulation.soap import SoapCall, dispatch
from providers.simulation.taxpayers import SWITCH, Taxpayers

OF_A_COMPANY: Final = "sandbox-"
NO_LOGIN: Final = "Kullanıcı adı veya şifre hatalı."
BUSY: Final = "Beklenmeyen bir hata oluştu, lütfen daha sonra tekrar deneyiniz."
CREATES: Final = frozenset({"SendInvoice", "SaveAsDraft"})
OF_INVOICES: Final = CREATES | {"ValidateInvoice"}
# Short for a test, and long enough that a caller who asks at once finds the document in the queue.
STATUS_SECONDS: Final = 0.3


class HepsiburadaEFaturam:
    """The service. `status_seconds` is how long a document is on its way."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = STATUS_SECONDS) -> None:
        self._misbehaviour = misbehaviour
        self._record = SimulatorRecord("hepsiburada-efaturam")
        self._taxpayers = Taxpayers()
        self._merchant = MerchantOrders()
        self.outbox = Outbox(
            record=self._record,
            misbehaviour=misbehaviour,
            status_seconds=status_seconds,
            taxpayers=self._taxpayers,
        )

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        routes = [
            Route("POST", json_face.PATH, self._json),
            Route("GET", json_face.PATH, _only_post),
            *(Route("POST", path, self._soap) for path in soap_face.PATHS),
            Route("PUT", SWITCH, self._taxpayers.name),
            Route("PUT", "/_simulator/mailboxes", self._change_mailboxes),
            Route("PUT", "/_simulator/variants", self._change_variants),
            *self._merchant.routes(),
        ]
        add_routes(application, routes)
        return application

    async def _json(self, request: web.Request) -> web.Response:
        return await self._called(request, await json_face.asked_in(request), json_face.JsonFace())

    async def _soap(self, request: web.Request) -> web.Response:
        async def called(request: web.Request, call: SoapCall) -> web.Response:
            return await self._called(request, soap_face.asked_in(call), soap_face.SoapFace(call.operation))

        return await dispatch(request, dict.fromkeys((*READS, *WRITES), called))

    async def _called(self, request: web.Request, asked: Asked, face: Face) -> web.Response:
        try:
            company = company_in(asked.parameters.get("userinfo"))
        except FailureError as error:
            return self._failed(face, error)
        if asked.action in READS:
            page = self._misbehaviour.in_its_stead()
            work = partial(READS[asked.action], self.outbox, company)
            return page or self._answered(face, lambda: work(_with_invoices(asked)))
        if asked.action not in WRITES:
            return self._failed(face, FailureError(f"Geçersiz işlem: {asked.action}"))
        return await self._write(request, asked, face, company)

    async def _write(self, request: web.Request, asked: Asked, face: Face, company: str) -> web.Response:
        references = asked.references if asked.action in CREATES else []
        self._record.counts["create" if asked.action in CREATES else "cancel"] += 1
        self._note(company, references, Noted.CREATE)
        work = partial(WRITES[asked.action], self.outbox, company)

        async def handle(fault: CallFault) -> web.Response:
            return self._answered(face, lambda: work(_with_invoices(asked), fault))

        refused = partial(self._note, company, references, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, self._own_words(face), refused)

    def _note(self, company: str, references: list[str], said: Noted) -> None:
        for reference in references:
            self._record.note(company, reference, said)

    def _answered(self, face: Face, work: Callable[[], Any]) -> web.Response:
        try:
            return face.succeeded(work())
        except FailureError as error:
            return self._failed(face, error)
        except UnreadableError as error:
            return self._failed(face, FailureError(str(error)))

    def _failed(self, face: Face, error: FailureError) -> web.Response:
        response = face.failed(self._misbehaviour.worded(error.message), int(self.outbox.variants.failures))
        response[REFUSAL] = error.is_refusal
        return response

    def _own_words(self, face: Face) -> OwnWords:
        return OwnWords(
            too_many=lambda: self._busy(face),
            in_200=lambda: face.failed(self._misbehaviour.worded(BUSY)),
            unreadable=face.cut,
        )

    def _busy(self, face: Face) -> web.Response:
        response = face.failed(self._misbehaviour.worded(BUSY), 429)
        response.headers["Retry-After"] = f"{self._misbehaviour.delays.retry_after:.0f}"
        return response

    async def _change_mailboxes(self, request: web.Request) -> web.Response:
        self.outbox.mailboxes |= await body_of(request)
        return web.json_response({})

    async def _change_variants(self, request: web.Request) -> web.Response:
        try:
            self.outbox.variants = replace(self.outbox.variants, **await body_of(request))
        except TypeError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return HepsiburadaEFaturam(Misbehaviour(seed=seed)).application()


def company_in(user: object) -> str:
    """The company of a login. Raises FailureError for one that is not known."""
    password = user.get("password") if isinstance(user, dict) and user.get("username") else None
    if not isinstance(password, str) or not password.startswith(OF_A_COMPANY):
        raise FailureError(NO_LOGIN)
    return password.removeprefix(OF_A_COMPANY).partition(".")[0]


def _with_invoices(asked: Asked) -> dict[str, Any]:
    """The parameters, and the documents among them as they are read. Raises UnreadableError."""
    return {**asked.parameters, **({"invoices": asked.invoices()} if asked.action in OF_INVOICES else {})}


async def _only_post(_: web.Request) -> web.Response:
    text = json.dumps({"Message": "The requested resource does not support http method 'GET'."})
    return web.Response(text=text, status=405, content_type="application/json")


if __name__ == "__main__":
    run(application, "Hepsiburada E-Faturam's sandbox on loopback")
