"""How BizimHesap's requests are read and answered: two envelopes, two logins, and a firewall before both."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import REFUSAL, Misbehaviour, OwnWords

KEY_PREFIX: Final = "sandbox-"
BROWSER: Final = "Mozilla/"
FIREWALL: Final = (
    "<html><head><title>Access denied | bizimhesap.example used Cloudflare to restrict access</title></head>"
    "<body>Error 1010: the owner of this website refuses your browser's signature.</body></html>"
)
FIRM_UNKNOWN: Final = "FirmId geçersiz."


def company_of_firm(firm_id: object) -> str | None:
    """The tax number of the company with this firm id; None for another one."""
    text = firm_id if isinstance(firm_id, str) else ""
    return text.removeprefix(KEY_PREFIX) if text.startswith(KEY_PREFIX) else None


def company_of_token(request: web.Request) -> str:
    """The tax number of the company whose token a read has. Raises HTTPUnauthorized without token or key."""
    company = company_of_firm(request.headers.get("Token"))
    if company is None or not request.headers.get("Key"):
        raise web.HTTPUnauthorized(text=json.dumps({"Message": "Token is invalid."}), content_type="application/json")
    return company


def is_browser(request: web.Request) -> bool:
    """Whether the firewall takes the caller for one."""
    return request.headers.get("User-Agent", "").startswith(BROWSER)


def folded(value: Any) -> Any:
    """A body with its names in small letters: the documentation's table and its sample differ in them."""
    if isinstance(value, dict):
        return {name.lower(): folded(each) for name, each in value.items()}
    return [folded(each) for each in value] if isinstance(value, list) else value


def amount(value: object) -> Decimal:
    """A number, or a text with a dot and perhaps commas of thousands. Raises ValueError for anything else."""
    text = str(value).replace(",", "") if isinstance(value, str | int | Decimal) else ""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{value!r} is no amount") from None


def turkish(value: Decimal) -> str:
    """A balance as reads have it: `100.000,00`."""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def made(guid: str, url: str, number: str) -> web.Response:
    """The answer to what was taken."""
    return web.json_response({"error": "", "guid": guid, "url": url, "eInvoiceNo": number})


def refused(sentence: str) -> web.Response:
    """The answer to what was not; its status says nothing of it."""
    response = web.json_response({"error": sentence, "guid": "", "url": ""})
    response[REFUSAL] = True
    return response


def data(content: Mapping[str, object]) -> web.Response:
    """The answer to a read."""
    return web.json_response({"resultCode": 1, "errorText": "", "data": content})


def own_words(misbehaviour: Misbehaviour) -> OwnWords:
    """What the service says of too many calls is not published; its answers without a guid are known."""
    headers = {"Retry-After": f"{misbehaviour.delays.retry_after:.0f}"}
    busy = {"Message": misbehaviour.worded("Çok fazla istek.")}
    return OwnWords(
        too_many=lambda: web.json_response(busy, status=429, headers=headers),
        in_200=lambda: web.json_response({"error": "", "guid": "", "url": ""}),
        unreadable=lambda: web.Response(text='{"error":"","gu', content_type="application/json"),
    )
