"""Whose books a request opens: a Channel, a key, and a token of a day; each company has associates and products."""

import itertools
import time
from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web

from providers.kolaybi.simulator import words
from providers.kolaybi.simulator.bodies import amount, fields_of

CHANNEL: Final = "sandbox"
KEY_PREFIX: Final = "sandbox-"
TOKEN_SECONDS: Final = 24 * 3600.0
# The product that every company has from the beginning.
GENERAL: Final = {"id": 1, "name": "Genel ürün", "code": "GENEL", "product_type": "good", "vat_rate": "20"}
SHORTEST: Final = 2


class Accounts:
    """Every company's."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[str, float]] = {}
        self._ids = itertools.count(501)
        self._associates: dict[str, list[dict[str, Any]]] = {}
        self._products: dict[str, list[dict[str, Any]]] = {}

    async def sign_in(self, request: web.Request) -> web.Response:
        """`data` is the token itself."""
        check_channel(request)
        key = str((await fields_of(request)).get("api_key", ""))
        if not key.startswith(KEY_PREFIX):
            return words.failure(words.UNAUTHORISED, "API anahtarı geçersiz.")
        token = f"{len(self._tokens) + 1}|kolaybi-{key.removeprefix(KEY_PREFIX)}"
        self._tokens[token] = (key.removeprefix(KEY_PREFIX), time.monotonic() + TOKEN_SECONDS)
        return words.success(token)

    def company_of(self, request: web.Request) -> str:
        """The tax number of the company whose token it is. Raises HTTPNotFound and HTTPUnauthorized."""
        check_channel(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        company, until = self._tokens.get(token, ("", 0.0))
        if time.monotonic() >= until:
            raise words.refused(words.UNAUTHORISED, "Oturum süresi dolmuş.")
        return company

    def end_tokens(self) -> None:
        """None of those that are out is taken any longer."""
        self._tokens = dict.fromkeys(self._tokens, ("", 0.0))

    def associates(self, company: str) -> list[dict[str, Any]]:
        return self._associates.setdefault(company, [])

    def products(self, company: str) -> list[dict[str, Any]]:
        return self._products.setdefault(company, [dict(GENERAL)])

    def add_associate(self, company: str, body: dict[str, Any]) -> dict[str, Any]:
        """A repeated identity number makes another one."""
        addresses = body.get("addresses") or []
        made = {name: value for name, value in body.items() if name != "addresses"}
        made |= {"id": next(self._ids), "address": [self._address(each) for each in addresses]}
        self.associates(company).append(made)
        return made

    def add_address(self, associate: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """One more of an associate."""
        address = self._address(body)
        associate["address"].append(address)
        return address

    def add_product(self, company: str, body: dict[str, Any]) -> dict[str, Any]:
        """A repeated code makes another one."""
        made = {**body, "id": next(self._ids)}
        self.products(company).append(made)
        return made

    def _address(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "id": next(self._ids)}


def check_channel(request: web.Request) -> None:
    """An unknown one looks as if there were nothing at the address."""
    if request.headers.get("Channel") != CHANNEL:
        raise words.refused(words.NOT_FOUND, "Kayıt bulunamadı.")


def associate_errors(body: dict[str, Any]) -> Iterable[str]:
    """What an associate must have; a company a surname, too."""
    for name in ("name", "surname"):
        if len(str(body.get(name, ""))) < SHORTEST:
            yield f"{name} alanı en az 2 karakter olmalıdır."
    number = str(body.get("identity_no", ""))
    if not number.isdecimal() or len(number) not in {10, 11}:
        yield "identity_no alanı 10 veya 11 haneli olmalıdır."
    for address in body.get("addresses") or []:
        yield from address_errors(address)


def address_errors(body: dict[str, Any]) -> Iterable[str]:
    """What an address must have."""
    for name in ("city", "district", "country"):
        if not body.get(name):
            yield f"{name} alanı zorunludur."


def product_errors(body: dict[str, Any]) -> Iterable[str]:
    """What a product must have."""
    if not body.get("name"):
        yield "name alanı zorunludur."
    try:
        amount(body.get("vat_rate"))
    except ValueError:
        yield "vat_rate alanı sayı olmalıdır."
