"""Trendyol's side of the wire, on loopback: the documented calls, checks, problems and status codes.

It knows nothing of our adapter. What Trendyol knows of the world is given by rules that need no set-up:

* Logins: `accounts`. The register of e-Fatura taxpayers: `providers.simulation.taxpayers`. Other circumstances (no
  credits, no right, several mailboxes, an old token, a firewall): `switches`.
* Series: each of three characters exists, except `YOK`; `WEB` belongs to the source of this name. A document without
  one gets `TRY` from the source PORTAL, and no other source has a default.
* A status begins at 10 and ends at 205, at 50 for a TICARIFATURA without a reply, at 405 if it fails; 305 is cancelled.
* What a 401, a 403, a 429 and the 404 of an unknown document are called is not published: the names are ours.

What clients ask beside documents of their own is in `portal`. Paths are taken in any case.

Run it with `python -m providers.trendyol_efaturam.simulator.service`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import Booking, BookingState, Fate, Noted, SimulatorRecord
from providers.simulation.routing import Route, add_routes, name_in
from providers.simulation.server import Handler, run, simulator_application
from providers.simulation.taxpayers import SWITCH, Taxpayers
from providers.trendyol_efaturam.simulator.accounts import Account, Accounts
from providers.trendyol_efaturam.simulator.checks import Sent, sent_of
from providers.trendyol_efaturam.simulator.documents import Documents, Kept
from providers.trendyol_efaturam.simulator.portal import Portal
from providers.trendyol_efaturam.simulator.register import Register
from providers.trendyol_efaturam.simulator.switches import Switches
from providers.trendyol_efaturam.simulator.words import RefusedError, answer_to, firewall, problem

# Short for a test, and long enough that a caller who asks at once finds the document waiting.
STATUS_SECONDS: Final = 0.3
MISSING_SERIES: Final = "YOK"
SERIES_OF_WEB: Final = "WEB"
DEFAULT_SERIES: Final = {"PORTAL": "TRY", "WEB": SERIES_OF_WEB}
TYPES: Final = {"earchive": "EARSIV", "outgoing-einvoice": "EFATURA"}
TURKEY: Final = timezone(timedelta(hours=3))
CHUNKED: Final = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "Failed to read request"}
CYRILLIC: Final = range(0x400, 0x530)


class Trendyol:
    """The service. `status_seconds` is how long a document is being processed."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = STATUS_SECONDS) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._record = SimulatorRecord("trendyol-efaturam")
        self._switches = Switches()
        self._accounts = Accounts(self._record, self._switches)
        self._taxpayers = Taxpayers()
        self._register = Register(self._record, self._taxpayers, self._switches)
        self._documents = Documents(self._record, self._switches)
        self._portal = Portal(self._accounts, self._documents, self._taxpayers, self._switches)
        self._counters: dict[tuple[str, str, str], int] = {}

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        documents, opened = "/api/invoice/documents", self._opened
        kinds = documents + "/{kind:earchive|outgoing-einvoice}"
        routes = [
            self._switches.route(),
            Route("PUT", SWITCH, self._taxpayers.name),
            Route("POST", "/api/auth/signin", self._accounts.sign_in),
            Route("POST", kinds, opened(partial(self._create, v2=False))),
            Route("POST", "/api/invoice/v2/documents/{kind:earchive}", opened(partial(self._create, v2=True))),
            Route("GET", kinds + "/status/{uuid}", opened(self._status)),
            Route("POST", kinds + "/search", opened(self._documents.search)),
            Route("POST", documents + "/earchive/cancel", opened(self._cancel)),
            Route("POST", documents + "/download{kind:|/permanent-url}", opened(self._documents.url)),
            Route("GET", "/files/{name}", self._documents.file),
            Route("GET", "/api/invoice/taxpayers/{tax_number}", opened(self._register.one)),
        ]
        add_routes(application, [*self._portal.routes(opened), *routes])
        return application

    def _opened(self, handler: Any) -> Handler:
        """The handler of a call that wants a login, behind the firewall, with refusals as answers."""

        async def handle(request: web.Request) -> web.StreamResponse:
            text = await request.text()
            if not self._switches.listed or _is_blocked(text, self._switches.blocked):
                return firewall()
            if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
                body = {
                    "type": "about:blank",
                    "title": "Bad Request",
                    "status": 400,
                    "detail": "Failed to read request",
                }
                return web.json_response(body, status=400)
            try:
                answer: web.StreamResponse = await handler(request, self._accounts.account_of(request))
            except RefusedError as error:
                return answer_to(error)
            return answer

        return handle

    async def _create(self, request: web.Request, account: Account, *, v2: bool) -> web.Response:
        self._record.counts["create"] += 1
        body, kind = await body_of(request), name_in(request, "kind").lower()
        reference = _uuid_in(body)
        self._record.note(account.company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            try:
                booking = self._taken(account, kind, body, fault, v2=v2)
            except RefusedError as error:
                return answer_to(error)
            return web.json_response(self._documents.answer(booking))

        note = partial(self._record.note, account.company, reference, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, self._busy(), note)

    def _taken(self, account: Account, kind: str, body: Mapping[str, Any], fault: CallFault, *, v2: bool) -> Booking:
        """Books what was sent. Raises RefusedError."""
        if not v2 and body.get("companyId") != account.company_id:
            raise RefusedError("Forbidden", "The company is not one of the user's")
        sent = sent_of(body, v2=v2)
        if (kind == "earchive") != (sent.profile == "EARSIVFATURA"):
            raise RefusedError("ScenarioNotValid", f"{sent.profile} does not go to {kind}")
        self._refuse_account(account, sent)
        self._register.refuse_buyer(sent)
        self._refuse_repeat(account, sent)
        return self._book(account, kind, sent, fault)

    def _refuse_account(self, account: Account, sent: Sent) -> None:
        if not self._switches.application:
            detail = f"Application detail status not suitable for invoice operation for tax id {account.company}"
            raise RefusedError("ApplicationMismatch", detail)
        if (sent.buyer_email or "").casefold() == account.email.casefold():
            raise RefusedError("ReceiverAndSenderEmailsAreSame", "The receiver's e-mail is the sender's")
        if self._switches.credits == 0:
            raise RefusedError("InsufficientCredit", "There are no credits left")
        if sent.body.get("xsltCode") == MISSING_SERIES:
            raise RefusedError("StylesheetWithCodeNotFound", "There is no such stylesheet")

    def _refuse_repeat(self, account: Account, sent: Sent) -> None:
        if sent.uuid and self._record.under(account.company, sent.uuid):
            raise RefusedError("InvoiceUuidCantBeUsed", f"Invoice uuid {sent.uuid} can not be used")
        if sent.number and any(each.number == sent.number for each in self._record.of(account.company)):
            raise RefusedError("InvoiceIdAlreadyExists", f"Invoice id {sent.number} already exists")
        if sent.prefix == MISSING_SERIES:
            raise RefusedError("CorporatePrefixNotFound", "There is no such prefix")
        if (sent.prefix == SERIES_OF_WEB) and sent.source != "WEB":
            raise RefusedError("CorporatePrefixIsUnusable", "The prefix belongs to another source")
        if not sent.prefix and not sent.number and sent.source not in DEFAULT_SERIES:
            raise RefusedError("CorporateDefaultPrefixNotFound", "The source has no default prefix")

    def _book(self, account: Account, kind: str, sent: Sent, fault: CallFault) -> Booking:
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds)
        issued_at = datetime.fromisoformat(sent.issued_at) if sent.issued_at else datetime.now(UTC)
        day = issued_at.astimezone(TURKEY).date().isoformat()
        uuid = sent.uuid or self._documents.new_uuid()
        booking = Booking(
            id=uuid,
            reference=uuid,
            number=sent.number or self._number(account, sent, day[:4]),
            company=account.company,
            document_type=TYPES[kind],
            order_reference=sent.order_reference,
            issue_date=day,
            buyer=sent.buyer,
            payable=sent.payable,
            currency=sent.currency,
            lines=sent.lines,
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=fate.fails,
            ettn=uuid,
            shows_answer=sent.profile == "TICARIFATURA",
            content=json.dumps(sent.body, ensure_ascii=False, default=str),
        )
        self._record.book(booking)
        if sent.buyer_email:
            self._record.mail(booking, sent.buyer_email)
        self._documents.keep(booking, Kept(sent=sent, user_id=account.user_id))
        if self._switches.credits is not None:
            self._switches.credits -= 1
        return booking

    def _number(self, account: Account, sent: Sent, year: str) -> str:
        """Series, year and nine digits without a gap."""
        key = (account.company, sent.prefix or DEFAULT_SERIES[sent.source], year)
        self._counters[key] = self._counters.get(key, 0) + 1
        return f"{key[1]}{year}{self._counters[key]:09}"

    async def _status(self, request: web.Request, account: Account) -> web.Response:
        self._record.counts["status"] += 1
        reference = name_in(request, "uuid").lower()
        booking = self._documents.visible(account, reference, TYPES[name_in(request, "kind").lower()])
        self._record.note(account.company, reference, Noted.FOUND if booking else Noted.ABSENT)
        if booking is None:
            raise RefusedError("InvoiceNotFound", "There is no invoice with this uuid")
        return web.json_response(self._documents.status(booking, self._misbehaviour.worded))

    async def _cancel(self, request: web.Request, account: Account) -> web.Response:
        """Of an e-Arşiv that is done; an e-Fatura has no such call. The status says so later."""
        self._record.counts["cancel"] += 1
        body = await body_of(request)
        booking = self._documents.visible(account, str(body.get("invoiceUuid")).lower(), "EARSIV")

        async def handle(_: CallFault) -> web.Response:
            if body.get("companyId") != account.company_id:
                return answer_to(RefusedError("Forbidden", "The company is not one of the user's"))
            if booking is None:
                return answer_to(RefusedError("InvoiceNotFound", "There is no invoice with this uuid"))
            if booking.state() is not BookingState.SUCCEEDED or self._documents.is_being_cancelled(booking):
                detail = f"The invoice is {booking.state().lower()} and can not be cancelled"
                return answer_to(RefusedError("InvoiceOperationRestricted", detail))
            self._documents.cancel(booking)
            return web.Response(status=200)

        return await self._misbehaviour.around(request, handle, self._busy())

    def _busy(self) -> dict[str, Any]:
        return problem("TooManyRequests", self._misbehaviour.worded("Please try again later"))


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return Trendyol(Misbehaviour(seed=seed)).application()


def _uuid_in(body: Mapping[str, Any]) -> str:
    """Our caller's reference; empty where the body has none."""
    identity = body.get("invoiceInfo") or body.get("invoiceIdentification")
    return str(identity.get("invoiceUuid", "")).lower() if isinstance(identity, dict) else ""


def _is_blocked(text: str, words: list[str]) -> bool:
    """Names in Cyrillic letters were seen to be blocked, and an innocent note."""
    return any(ord(letter) in CYRILLIC for letter in text) or any(word in text for word in words)


if __name__ == "__main__":
    run(application, "Trendyol E-Faturam's sandbox on loopback")
