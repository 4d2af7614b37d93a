"""An adapter of one connection, with its simulator on loopback."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import aiohttp

from app.domain.documents import DocumentType
from app.domain.parties import Person
from app.domain.time import legal_date
from providers.base import ConnectionSettings, Done, Issued, Outcome, Prepared, Step, StepInput
from providers.dia.adapter import DiaAdapter
from providers.dia.simulator.service import Dia
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import CONSUMER, FACTS, ISSUED_AT, NEEDED_OPTIONS, SELLER_VKN, command

SECONDS = 5.0
KEY = f"sandbox-{SELLER_VKN}"
WORDS = {"states": "Gönderildi=ISSUED; Hata=REJECTED", "number_column": "ebelgeno", "ettn_column": "ettn"}


@dataclass(frozen=True, kw_only=True)
class Desk:
    adapter: DiaAdapter
    url: str
    http: aiohttp.ClientSession
    contacts: dict[str, Done] = field(default_factory=dict)

    def prepared(self, name: str = "first", person: Person | None = CONSUMER, **changes: Any) -> Prepared:
        made = command(name, person=person, **changes)
        return self.adapter.prepare(made, FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)

    async def contact(self, prepared: Prepared) -> Done:
        made = await self.adapter.create(StepInput(Step.CONTACT, prepared), SECONDS)
        assert isinstance(made, Done), made
        return made

    async def asked(self, prepared: Prepared) -> StepInput:
        """The step that makes the record; its contact is made once."""
        if prepared.reference not in self.contacts:
            self.contacts[prepared.reference] = await self.contact(prepared)
        return StepInput(Step.INVOICE, prepared, {Step.CONTACT: self.contacts[prepared.reference]})

    async def create(self, prepared: Prepared) -> Outcome:
        return await self.adapter.create(await self.asked(prepared), SECONDS)

    async def made(self, name: str = "first", **changes: Any) -> tuple[Prepared, Done]:
        prepared = self.prepared(name, **changes)
        done = await self.create(prepared)
        assert isinstance(done, Done), done
        return prepared, done

    async def switch(self, **to: object) -> None:
        async with self.http.put(f"{self.url}/_simulator/dia", json=to) as response:
            assert response.status == 200, await response.text()

    async def misbehave(self, *faults: str) -> None:
        async with self.http.put(f"{self.url}/_simulator/misbehaviour", json={"next": list(faults)}) as response:
            assert response.status == 200

    async def send_off(self, prepared: Prepared) -> None:
        """What a person does in DİA."""
        async with self.http.put(f"{self.url}/_simulator/signatures", json=[prepared.reference]) as response:
            assert response.status == 200

    async def record(self) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/_simulator/record") as response:
            record: dict[str, Any] = await response.json()
            return record

    async def arrivals(self) -> int:
        async with self.http.get(f"{self.url}/_simulator/arrivals") as response:
            return len((await response.json())["seconds"])

    async def call(self, service: str, *, module: str | None = None, **asked: Any) -> Any:
        """A call by another client; HTTP always answers 200."""
        path = f"/api/v3/{module or service.partition('_')[0]}/json"
        async with self.http.post(f"{self.url}{path}", json={service: asked}) as response:
            assert response.status == 200
            return await response.json()

    async def session(self, **login: Any) -> str:
        """Another login of this user."""
        said = await self.call("login", module="sis", **{"username": "sandbox", "password": KEY, **login})
        token: str = said["msg"]
        return token

    async def cards(self, service: str = "scf_carikart_listele") -> list[dict[str, Any]]:
        token = await self.session(disconnect_same_user="True")
        rows: list[dict[str, Any]] = (await self.call(service, session_id=token, firma_kodu=34, donem_kodu=1))["result"]
        return rows


def issued(prepared: Prepared, done: Done) -> Issued:
    return Issued(
        reference=prepared.reference,
        document_type=prepared.document_type,
        provider_reference=done.reference,
        number=done.number,
        issue_date=legal_date(prepared.issued_at),
    )


def invoice_in(prepared: Prepared) -> Any:
    return json.loads(prepared.request)["invoice"]


def settings_of(url: str, key: str = KEY, **options: str) -> ConnectionSettings:
    secrets = {"username": "sandbox", "password": key, "api_key": KEY}
    return ConnectionSettings(base_url=url, secrets=secrets, options={**NEEDED_OPTIONS["dia"], **options})


@asynccontextmanager
async def opened(
    key: str = KEY, simulated: Mapping[str, Any] = MappingProxyType({}), **options: str
) -> AsyncIterator[Desk]:
    """A connection whose login may end another one of the same user."""
    application = Dia(Misbehaviour(), **simulated).application()
    async with running(application) as url, aiohttp.ClientSession() as http:
        given = {"disconnect_same_user": "True", **options}
        adapter = DiaAdapter(settings_of(f"{url}/api/v3", key, **given))
        yield Desk(adapter=adapter, url=url, http=http)
        await adapter.close()
