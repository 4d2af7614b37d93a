"""What merchants' clients read at Nilvera beside what they send: lists, files, drafts, series, company, credits.

Routes, pages and fields are those of Nilvera's public OpenAPI files. A list takes `Page`, `PageSize` and `Search` (of
number, receiver, UUID), and that of documents `StartDate` and `EndDate` with `DateFilterType` (`IssueDate`, else the
day of creation); other filters are taken and change nothing. A draft is kept as it came and gets its number when
it is sent. `PUT /_simulator/nilvera {"credits": 0}`: how many every company has left, for ever.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.nilvera.simulator.answers import CODES, ENVELOPES, MISSING_SERIES, NOT_THERE, TYPES, company_of, refusal
from providers.nilvera.simulator.documents import MEDIA_TYPES, SentDocument, content_of
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of, list_of, number
from providers.simulation.record import Booking, BookingState, Noted, SimulatorRecord
from providers.simulation.routing import Route, name_in

# An error in an answer of 200.
BUSY: Final = {"Errors": [{"Code": 1, "Description": "The drafts are busy"}]}
Send = Callable[[str, str, Mapping[str, Any]], Awaitable[web.Response]]
# Those of the examples and the demonstration; any other series of three characters exists as well, but `YOK`.
LISTED_SERIES: Final = ("DNA", "DNF", "EAR", "EFA", "ORE", "ORN")
CREDITS: Final = 1000
SWITCH: Final = "/_simulator/nilvera"
DEFAULT_PAGE: Final = 10
MOST_ON_A_PAGE: Final = 100


@dataclass(slots=True, kw_only=True)
class Account:
    """What one company has at Nilvera beside its documents."""

    models: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    drafts: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    series: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(LISTED_SERIES, True))


class Portal:
    """The reads, and the drafts. `send` is how a draft that is confirmed is sent: company, API, body."""

    def __init__(self, record: SimulatorRecord, send: Send, misbehaviour: Misbehaviour) -> None:
        self._record = record
        self._send = send
        self._misbehaviour = misbehaviour
        self._accounts: dict[str, Account] = {}
        self._credits_left = CREDITS

    def account(self, company: str) -> Account:
        """Made when it is first asked for: every company has one."""
        return self._accounts.setdefault(company, Account())

    def routes(self) -> Sequence[Route]:
        """Below those that send and ask for a document's status."""
        files = "{part:pdf|xml|html}"
        return (
            Route("GET", "/{api:earchive}/Invoices", self._list),
            Route("GET", "/{api:einvoice}/Sale", self._list),
            Route("GET", "/{api:earchive}/Invoices/{uuid}/" + files, self._file),
            Route("GET", "/{api:einvoice}/Sale/{uuid}/" + files, self._file),
            Route("POST", "/{api:earchive|einvoice}/Draft/Create", self._draft),
            Route("POST", "/{api:earchive|einvoice}/Draft/ConfirmAndSend", self._confirm),
            Route("GET", "/{api:earchive|einvoice}/Draft", self._drafts),
            Route("DELETE", "/{api:earchive|einvoice}/Draft", self._forget),
            Route("GET", "/{api:earchive|einvoice}/Draft/{uuid}/{part:model|pdf|xml|html}", self._draft_file),
            Route("GET", "/{api:earchive|einvoice}/Series", self._series),
            Route("POST", "/{api:earchive|einvoice}/Series", self._add_series),
            Route("GET", "/general/Company", self._company),
            Route("GET", "/general/Credits", self._credits),
            Route("PUT", SWITCH, self._switch),
        )

    async def _list(self, request: web.Request) -> web.Response:
        company, kind = company_of(request), TYPES[name_in(request, "api").lower()]
        found = [b for b in self._record.of(company) if b.document_type == kind and b.is_visible()]
        return _page(request, (_row(booking) for booking in reversed(found) if _is_of_days(request, booking)))

    async def _file(self, request: web.Request) -> web.Response:
        company, uuid = company_of(request), name_in(request, "uuid").lower()
        kind = TYPES[name_in(request, "api").lower()]
        found = [b for b in self._record.under(company, uuid) if b.document_type == kind and b.is_visible()]
        model = self.account(company).models.get(uuid)
        if not found or model is None:
            return refusal(NOT_THERE)
        return _content(SentDocument(model=model, number=found[0].number), name_in(request, "part").lower())

    async def _draft(self, request: web.Request) -> web.Response:
        company, api = company_of(request), name_in(request, "api").lower()
        body = await body_of(request)
        model = body.get(ENVELOPES[api])
        info = model.get("InvoiceInfo") if isinstance(model, dict) else None
        if not isinstance(info, dict) or not isinstance(info.get("UUID"), str):
            return web.json_response({"Errors": [{"Code": 2004, "Description": "There is no model"}]}, status=400)
        uuid = info["UUID"].lower()

        async def handle(_: CallFault) -> web.Response:
            self.account(company).drafts[api, uuid] = body
            return web.json_response({"UUID": uuid, "InvoiceNumber": ""})

        return await self._misbehaviour.around(request, handle, BUSY)

    async def _drafts(self, request: web.Request) -> web.Response:
        company, api = company_of(request), name_in(request, "api").lower()
        drafts = [body[ENVELOPES[api]] for key, body in self.account(company).drafts.items() if key[0] == api]
        return _page(request, map(_draft_row, drafts))

    async def _forget(self, request: web.Request) -> web.Response:
        company, api = company_of(request), name_in(request, "api").lower()
        drafts, named = self.account(company).drafts, await list_of(request)

        async def handle(_: CallFault) -> web.Response:
            gone = [drafts.pop((api, str(uuid).lower()), None) for uuid in named]
            return web.json_response(bool(gone) and all(each is not None for each in gone))

        return await self._misbehaviour.around(request, handle, BUSY)

    async def _confirm(self, request: web.Request) -> web.Response:
        """Sends them one by one, and stops at the first that is refused."""
        company, api = company_of(request), name_in(request, "api").lower()
        named = await list_of(request)

        def note(said: Noted) -> None:
            for each in named:
                self._record.note(company, _reference(each), said)

        async def handle(_: CallFault) -> web.Response:
            return await self._sent(company, api, named)

        note(Noted.CREATE)
        return await self._misbehaviour.around(request, handle, BUSY, partial(note, Noted.REFUSED))

    async def _sent(self, company: str, api: str, named: Sequence[Any]) -> web.Response:
        drafts = self.account(company).drafts
        for each in named:
            key = (api, _reference(each))
            if key not in drafts:
                return refusal(NOT_THERE)
            alias = {"CustomerAlias": each["Alias"]} if isinstance(each, dict) and "Alias" in each else {}
            sent = await self._send(company, api, {**drafts[key], **alias})
            if sent.status != web.HTTPOk.status_code:
                return sent
            del drafts[key]
        return web.json_response("OK")

    async def _draft_file(self, request: web.Request) -> web.Response:
        company, api = company_of(request), name_in(request, "api").lower()
        uuid = name_in(request, "uuid").lower()
        body = self.account(company).drafts.get((api, uuid))
        if body is None:
            return refusal(NOT_THERE)
        self._record.note(company, uuid, Noted.ABSENT)  # while it is a draft there is no document
        model, part = body[ENVELOPES[api]], name_in(request, "part").lower()
        if part == "model":
            return web.json_response(body, dumps=partial(json.dumps, default=float))
        number_ = str(model["InvoiceInfo"].get("InvoiceSerieOrNumber", ""))
        return _content(SentDocument(model=model, number=number_), part)

    async def _series(self, request: web.Request) -> web.Response:
        company = company_of(request)
        used = {booking.number[:3] for booking in self._record.of(company)}
        known = {**dict.fromkeys(used, True), **self.account(company).series}
        rows = [{"ID": i, "Name": name, "IsActive": known[name]} for i, name in enumerate(sorted(known), start=1)]
        return _page(request, ({**row, "IsDefault": row["ID"] == 1, "Details": []} for row in rows))

    async def _add_series(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        name = body.get("Name")
        if not isinstance(name, str) or len(name) != len(MISSING_SERIES) or name == MISSING_SERIES:
            error = {"Code": 2015, "Description": "A series has three characters"}
            return web.json_response({"Errors": [error]}, status=422)
        self.account(company_of(request)).series[name] = body.get("IsActive") is not False
        return web.json_response(True)  # noqa: FBT003 - it is the whole answer

    async def _company(self, request: web.Request) -> web.Response:
        company = company_of(request)
        return web.json_response({"TaxNumber": company, "Name": f"Deneme {company}", "IsActive": True, "Aliases": []})

    async def _credits(self, request: web.Request) -> web.Response:
        company = company_of(request)
        used = len(self._record.of(company))
        row = {
            "Name": "e-Fatura & e-Arşiv",
            "TaxNumber": company,
            "TotalCredit": self._credits_left + used,
            "UsedCredit": used,
            "RemainingCredit": self._credits_left,
            "DurationType": "Indefinite",
        }
        return web.json_response([row])

    async def _switch(self, request: web.Request) -> web.Response:
        self._credits_left = int((await body_of(request))["credits"])
        return web.json_response({})


def _page(request: web.Request, rows: Iterable[Mapping[str, Any]]) -> web.Response:
    wanted = request.query.get("Search", "").casefold()
    found = [row for row in rows if wanted in " ".join(map(str, row.values())).casefold()]
    size = min(_whole(request, "PageSize", DEFAULT_PAGE), MOST_ON_A_PAGE)
    page = _whole(request, "Page", 1)
    shown = found[(page - 1) * size : page * size]
    pages = -(-len(found) // size)
    return web.json_response(
        {"Page": page, "PageSize": size, "TotalCount": len(found), "TotalPages": pages, "Content": shown}
    )


def _is_of_days(request: web.Request, booking: Booking) -> bool:
    by_issue = request.query.get("DateFilterType", "").casefold() == "issuedate"
    moment = f"{booking.issue_date}T00:00:00" if by_issue else booking.booked_at.isoformat()
    first, last = request.query.get("StartDate"), request.query.get("EndDate")
    return (not first or moment >= first) and (not last or moment <= last)


def _whole(request: web.Request, name: str, default: int) -> int:
    value = request.query.get(name, "")
    return max(int(value), 1) if value.isdecimal() else default


def _row(booking: Booking) -> dict[str, Any]:
    return {
        "UUID": booking.reference,
        "InvoiceNumber": booking.number,
        "IssueDate": booking.issue_date,
        "PayableAmount": float(booking.payable),
        "CurrencyCode": booking.currency,
        "ReceiverTaxNumber": booking.buyer.tax_number,
        "ReceiverName": booking.buyer.name,
        "CreatedDate": booking.booked_at.isoformat(),
        "StatusCode": CODES[booking.state()],
        "IsCancel": booking.state() is BookingState.CANCELLED,
        "IsReport": False,
    }


def _reference(named: Any) -> str:
    """The UUID under which a draft is named, alone or beside its receiver's alias."""
    return str(named.get("UUID") if isinstance(named, dict) else named).lower()


def _draft_row(model: Mapping[str, Any]) -> dict[str, Any]:
    info, buyer = model["InvoiceInfo"], model.get("CustomerInfo") or {}
    return {
        "UUID": info["UUID"].lower(),
        "InvoiceNumber": info.get("InvoiceSerieOrNumber"),
        "IssueDate": info.get("IssueDate"),
        "CreatedDate": datetime.now(UTC).isoformat(),
        "CurrencyCode": info.get("CurrencyCode"),
        "PayableAmount": float(number(info.get("PayableAmount"))),
        "ReceiverName": buyer.get("Name"),
        "ReceiverTaxNumber": buyer.get("TaxNumber"),
    }


def _content(document: SentDocument, form: str) -> web.Response:
    return web.Response(text=content_of(document, form), content_type=MEDIA_TYPES[form])
