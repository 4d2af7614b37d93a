"""A company's contacts and products at the simulated Paraşüt. Nothing of them is unique but their ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from providers.parasut.simulator.words import (
    data_of,
    filters_of,
    not_found,
    own_words,
    page_of,
    resource,
    unprocessable,
)
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import SimulatorRecord


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of record: what it must have, what its list is narrowed by, and the words of its enumerations."""

    name: str
    required: tuple[str, ...]
    filters: tuple[str, ...]
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)


CONTACTS: Final = Kind(
    name="contacts",
    required=("name", "account_type"),
    filters=("name", "email", "tax_number", "tax_office", "city", "account_type"),
    words={"account_type": frozenset({"customer", "supplier"}), "contact_type": frozenset({"person", "company"})},
)
PRODUCTS: Final = Kind(name="products", required=("name",), filters=("name", "code"))


class Directory:
    """The records of one kind, of every company."""

    def __init__(self, kind: Kind, first: int, record: SimulatorRecord, misbehaviour: Misbehaviour) -> None:
        self._kind = kind
        self._first = first
        self._record = record
        self._misbehaviour = misbehaviour
        self._by_company: dict[str, dict[str, dict[str, Any]]] = {}

    def of(self, company: str) -> dict[str, dict[str, Any]]:
        """The attributes of a company's, by id."""
        return self._by_company.setdefault(company, {})

    async def create(self, request: web.Request, company: str) -> web.Response:
        self._record.counts[self._kind.name] += 1
        body = await body_of(request)

        async def handle(_: CallFault) -> web.Response:
            attributes = self._attributes(body)
            name = f"{self._first + sum(map(len, self._by_company.values()))}"
            self.of(company)[name] = attributes
            return web.json_response({"data": resource(self._kind.name, name, attributes)}, status=201)

        return await self._misbehaviour.around(request, handle, own_words(self._misbehaviour))

    async def listed(self, request: web.Request, company: str) -> web.Response:
        wanted = filters_of(request, self._kind.filters)
        rows = [
            resource(self._kind.name, name, attributes)
            for name, attributes in self.of(company).items()
            if all(str(attributes.get(field, "")) == value for field, value in wanted.items())
        ]
        return page_of(request, rows)

    async def one(self, request: web.Request, company: str) -> web.Response:
        name = request.match_info["id"]
        attributes = self.of(company).get(name)
        if attributes is None:
            raise not_found()
        if request.method == "PUT":
            attributes |= self._attributes(await body_of(request))
        return web.json_response({"data": resource(self._kind.name, name, attributes)})

    def _attributes(self, body: dict[str, Any]) -> dict[str, Any]:
        attributes: dict[str, Any] = data_of(body, self._kind.name).get("attributes") or {}
        for name in self._kind.required:
            if not attributes.get(name):
                raise unprocessable(f"{name} doldurulmalı")
        for name, words in self._kind.words.items():
            if name in attributes and attributes[name] not in words:
                raise unprocessable(f"{name} kabul edilen bir kelime değil")
        email = attributes.get("email")
        if email is not None and "@" not in str(email):
            raise unprocessable("email geçersiz")
        return attributes
