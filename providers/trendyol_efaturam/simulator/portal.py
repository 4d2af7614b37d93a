"""What clients ask the simulated Trendyol beside documents of their own: partners, replies, the marketplace's links.

Not there: documents by file, despatch advice, the list of all taxpayers, and answers to incoming documents.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from providers.simulation.reading import body_of
from providers.simulation.routing import Route, name_in
from providers.simulation.taxpayers import Taxpayers, mailbox_of
from providers.trendyol_efaturam.simulator.accounts import PASSWORD, Account, Accounts
from providers.trendyol_efaturam.simulator.documents import Documents, reply_of
from providers.trendyol_efaturam.simulator.switches import Switches
from providers.trendyol_efaturam.simulator.words import Opened, RefusedError

LOW: Final = 10
PLENTY: Final = 1000
LINK_LENGTHS: Final = {10, 13}


class Portal:
    """The routes, and the links of each seller of the marketplace."""

    def __init__(self, accounts: Accounts, documents: Documents, taxpayers: Taxpayers, switches: Switches) -> None:
        self._accounts = accounts
        self._documents = documents
        self._taxpayers = taxpayers
        self._switches = switches
        self._links: dict[tuple[str, int], str] = {}

    def routes(self, opened: Opened) -> Sequence[Route]:
        """`opened` puts the login before a handler."""
        partners, documents = "/api/invoice/partners", "/api/invoice/documents"
        sellers = "/integration/sellers/{seller}/seller-invoice-links"
        return (
            Route("POST", partners + "/customer/signin", opened(self._customer)),
            Route("GET", partners + "/{partner}/credits/remaining/customers/{customer}", opened(self._credits)),
            Route("GET", partners + "/{partner}/application-status/by-tax-id/{tax_number}", opened(self._application)),
            Route("GET", partners + "/corporate/{tax_number}", opened(self._corporate)),
            Route("POST", documents + "/outgoing-einvoice/resend", opened(self._resend)),
            Route("GET", documents + "/received-reply/{company}/{uuid}", opened(self._reply)),
            Route("POST", documents + "/incoming-einvoice/search", opened(self._incoming)),
            Route("POST", sellers, self._link),
            Route("POST", sellers + "/delete", self._unlink),
        )

    async def _customer(self, request: web.Request, _: Account) -> web.Response:
        """A customer's own login, opened with the partner's token."""
        body = await body_of(request)
        if body.get("password") != f"{PASSWORD}{body.get('taxId')}":
            raise RefusedError("Unauthorized", "E-mail or password is wrong")
        account, token = self._accounts.open(str(body["email"]), str(body["taxId"]))
        return web.json_response(
            {
                "userId": account.user_id, "companyId": account.company_id, "partnerCustomerId": account.user_id + 1,
                "accessToken": token,
            }
        )  # fmt: skip

    async def _credits(self, _: web.Request, account: Account) -> web.Response:
        left = PLENTY if self._switches.credits is None else self._switches.credits
        state = "RAN_OUT" if not left else "LOW" if left < LOW else "SUFFICIENT"
        row = {"taxId": account.company, "remainingCredit": left, "remainingCreditStatus": state}
        return web.json_response(row)

    async def _application(self, request: web.Request, _: Account) -> web.Response:
        if not self._switches.application:
            raise RefusedError("ApplicationNotFound", "There is no application")
        return web.json_response({"taxId": name_in(request, "tax_number"), "status": "ACTIVE"})

    async def _corporate(self, request: web.Request, account: Account) -> web.Response:
        tax_number = name_in(request, "tax_number")
        if tax_number != account.company:
            raise RefusedError("CorporateNotFound", "There is no such corporate")
        return web.json_response({"id": account.company_id // 10_000, "taxId": tax_number})

    async def _resend(self, request: web.Request, account: Account) -> web.Response:
        """An e-Fatura goes to another of its buyer's mailboxes."""
        body = await body_of(request)
        booking = self._documents.visible(account, str(body.get("invoiceUuid")).lower(), "EFATURA")
        if booking is None:
            raise RefusedError("InvoiceNotFound", "There is no invoice with this uuid")
        if body.get("newTargetAlias") != mailbox_of(booking.buyer.tax_number):
            raise RefusedError("TargetAliasNotFound", "The receiver has no such alias")
        return web.Response(status=200)

    async def _reply(self, request: web.Request, account: Account) -> web.Response:
        uuid = name_in(request, "uuid").lower()
        booking = self._documents.visible(account, uuid, "EFATURA")
        if booking is None or booking.answer is None:
            raise RefusedError("InvoiceNotFound", "There is no reply")
        return web.json_response({"invoiceUuid": uuid, **reply_of(booking)})

    async def _incoming(self, _: web.Request, __: Account) -> web.Response:
        return web.json_response({"content": []})

    async def _link(self, request: web.Request) -> web.Response:
        """One link for a package, and one package for a link."""
        seller, body = _seller_of(request), await body_of(request)
        package, link, moment = body.get("shipmentPackageId"), body.get("invoiceLink"), body.get("invoiceDateTime")
        if not isinstance(package, int) or not isinstance(link, str):
            return _marketplace_error(400, "invoiceLink and shipmentPackageId are needed")
        if moment is not None and len(str(moment)) not in LINK_LENGTHS:
            return _marketplace_error(400, "invoiceDateTime has 10 or 13 digits")
        if (seller, package) in self._links or link in self._links.values():
            return _marketplace_error(409, "the package has an invoice, or the link is another package's")
        self._links[seller, package] = link
        return web.Response(status=201)

    async def _unlink(self, request: web.Request) -> web.Response:
        seller, body = _seller_of(request), await body_of(request)
        self._links.pop((seller, body.get("serviceSourceId", 0)), None)
        return web.Response(status=202)


def _seller_of(request: web.Request) -> str:
    """The marketplace's own login: a key and a secret, and who the caller is in the User-Agent."""
    seller = name_in(request, "seller")
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind != "Basic" or not _is_key(encoded):
        raise web.HTTPUnauthorized(text='{"message": "key or secret is wrong"}', content_type="application/json")
    if not request.headers.get("User-Agent", "").startswith(f"{seller} - "):
        raise web.HTTPForbidden(text='{"message": "User-Agent is missing"}', content_type="application/json")
    return seller


def _is_key(encoded: str) -> bool:
    try:
        return base64.b64decode(encoded, validate=True).startswith(PASSWORD.encode())
    except binascii.Error:
        return False


def _marketplace_error(status: int, message: str) -> web.Response:
    body: dict[str, Any] = {"errors": [{"key": "invoice.link", "message": message}]}
    return web.json_response(body, status=status)
