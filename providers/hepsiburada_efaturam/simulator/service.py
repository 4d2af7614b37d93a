"""Hepsiburada E-Faturam's side of the wire, on loopback: one address, an action and a login in every body.

It knows nothing of our adapter. What the service knows of the world is given by rules that need no set-up:

* Users: any `Username` with the `Password` `sandbox-<company>`, where the company is a tax number; any other login
  fails, with 200 as every failure does. A dot and what follows it make it another user of the same company.
* Series: every one of three characters exists but YOK, which is replaced by a default one without a word.
* Taxpayers: see `providers.simulation.taxpayers`; `PUT /_simulator/mailboxes {"2000000002": ["urn:mail:…", …]}` gives a
  registered one several mailboxes.
* What is not published is one way or the other: `PUT /_simulator/variants`, see `outbox.Variants`.
* `PUT /_simulator/answers {"<uuid>": "Approved"}` (Declined, Return) is the buyer's answer to a commercial invoice.

Names of a request are taken in any case, of paths too. Sentences of failures are ours: the real ones are not known.

Run it with `python -m providers.hepsiburada_efaturam.simulator.service`; misbehaviour and record:
`providers.simulation`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from providers.hepsiburada_efaturam.simulator.invoices import Sent, UnreadableError, lowered, sent_in
from providers.hepsiburada_efaturam.simulator.operations import READS, WRITES
from providers.hepsiburada_efaturam.simulator.outbox import FailureError, Outbox
from providers.simulation.misbehaviour import REFUSAL, CallFault, Misbehaviour, OwnWords
from providers.simulation.reading import body_of
from providers.simulation.record import Noted, SimulatorRecord
from providers.simulation.routing import Route, add_routes
from providers.simulation.server import run, simulator_application
from providers.simulation.taxpayers import SWITCH, Taxpayers

PATH: Final = "/api/BasicIntegrationApi"
OF_A_COMPANY: Final = "sandbox-"
NO_LOGIN: Final = "Kullanıcı adı veya şifre hatalı."
BUSY: Final = "Beklenmeyen bir hata oluştu, lütfen daha sonra tekrar deneyiniz."
CREATES: Final = frozenset({"SendInvoice", "SaveAsDraft"})
# Short for a test, and long enough that a caller who asks at once finds the document in the queue.
STATUS_SECONDS: Final = 0.3


class HepsiburadaEFaturam:
    """The service. `status_seconds` is how long a document is on its way."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = STATUS_SECONDS) -> None:
        self._misbehaviour = misbehaviour
        self._record = SimulatorRecord("hepsiburada-efaturam")
        self._taxpayers = Taxpayers()
        self.outbox = Outbox(
            record=self._record,
            misbehaviour=misbehaviour,
            status_seconds=status_seconds,
            taxpayers=self._taxpayers,
        )

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        routes = [
            Route("POST", PATH, self._json),
            Route("GET", PATH, _only_post),
            Route("PUT", SWITCH, self._taxpayers.name),
            Route("PUT", "/_simulator/mailboxes", self._change_mailboxes),
            Route("PUT", "/_simulator/variants", self._change_variants),
            Route("PUT", "/_simulator/answers", self._answer),
        ]
        add_routes(application, routes)
        return application

    async def _json(self, request: web.Request) -> web.Response:
        body = lowered(await body_of(request))
        action, parameters = body.get("action"), body.get("parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        try:
            company = company_in(parameters.get("userinfo"))
        except FailureError as error:
            return self._failed(error)
        if action in READS:
            page = self._misbehaviour.in_its_stead()
            return page or self._answered(lambda: READS[action](self.outbox, company, parameters))
        if action not in WRITES:
            return self._failed(FailureError(f"Geçersiz işlem: {action}"))
        return await self._write(request, company, str(action), parameters)

    async def _write(
        self, request: web.Request, company: str, action: str, parameters: Mapping[str, Any]
    ) -> web.Response:
        self._record.counts["create" if action in CREATES else "cancel"] += 1
        original = await body_of(request)
        references = _references_in(parameters) if action in CREATES else []
        for reference in references:
            self._record.note(company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            return self._answered(lambda: self._written(action, company, parameters, original, fault))

        def refused() -> None:
            for reference in references:
                self._record.note(company, reference, Noted.REFUSED)

        return await self._misbehaviour.around(request, handle, self._own_words(), refused)

    def _written(
        self, action: str, company: str, parameters: Mapping[str, Any], original: Mapping[str, Any], fault: CallFault
    ) -> Any:
        known = {**parameters, "invoices": _sent(original)} if action in CREATES else parameters
        return WRITES[action](self.outbox, company, known, fault)

    def _answered(self, work: Any) -> web.Response:
        try:
            value = work()
        except FailureError as error:
            return self._failed(error)
        except UnreadableError as error:
            return self._failed(FailureError(str(error)))
        return web.json_response({"IsSucceded": True, "Message": None, "Value": value})

    def _failed(self, error: FailureError) -> web.Response:
        body = {"IsSucceded": False, "Message": self._misbehaviour.worded(error.message), "Value": None}
        response = web.json_response(body, status=int(self.outbox.variants.failures))
        response[REFUSAL] = error.is_refusal
        return response

    def _own_words(self) -> OwnWords:
        busy = {"IsSucceded": False, "Message": self._misbehaviour.worded(BUSY), "Value": None}
        headers = {"Retry-After": f"{self._misbehaviour.delays.retry_after:.0f}"}
        return OwnWords(
            too_many=lambda: web.json_response(busy, status=429, headers=headers),
            in_200=lambda: web.json_response(busy),
            unreadable=lambda: web.Response(text='{"IsSucce', content_type="application/json"),
        )

    async def _change_mailboxes(self, request: web.Request) -> web.Response:
        self.outbox.mailboxes |= await body_of(request)
        return web.json_response({})

    async def _change_variants(self, request: web.Request) -> web.Response:
        try:
            self.outbox.variants = replace(self.outbox.variants, **await body_of(request))
        except TypeError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})

    async def _answer(self, request: web.Request) -> web.Response:
        answers = await body_of(request)
        for document in self.outbox.every():
            document.answer = answers.get(document.booking.reference, document.answer)
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


async def _only_post(_: web.Request) -> web.Response:
    text = json.dumps({"Message": "The requested resource does not support http method 'GET'."})
    return web.Response(text=text, status=405, content_type="application/json")


def _sent(body: Mapping[str, Any]) -> list[Sent]:
    """The invoices of a request, as they were spelt. Raises UnreadableError."""
    parameters: Any = next((value for name, value in body.items() if name.lower() == "parameters"), {})
    invoices: Any = next((value for name, value in parameters.items() if name.lower() == "invoices"), None)
    if not isinstance(invoices, list) or not invoices:
        raise UnreadableError("invoices alanı zorunludur.")
    return [sent_in(each) for each in invoices]


def _references_in(parameters: Mapping[str, Any]) -> list[str]:
    """The callers' references; empty ones where a document has none."""
    invoices = parameters.get("invoices")
    found = [each.get("invoice", {}).get("uuid") for each in invoices] if isinstance(invoices, list) else []
    return [str(each.get("value", "")).lower() if isinstance(each, dict) else "" for each in found]


if __name__ == "__main__":
    run(application, "Hepsiburada E-Faturam's sandbox on loopback")
