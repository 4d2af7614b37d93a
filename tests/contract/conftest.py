"""The contract's cases: every provider with its simulator on loopback, behind one small set of switches."""

import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import takewhile
from typing import Any, Protocol, cast

import aiohttp
import pytest
from aiohttp import web

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.parties import Person
from providers.base import (
    Absent,
    Adapter,
    Cancels,
    Capabilities,
    ChecksConnection,
    ConnectionSettings,
    Different,
    Done,
    Finding,
    FindsIssued,
    FindsPrepared,
    FindsTaxpayers,
    GivesFiles,
    ListsDocuments,
    LookUp,
    Outcome,
    PollsState,
    Prepared,
    Several,
    Step,
    StepInput,
    Unclear,
)
from providers.registry import provider
from providers.simulation.misbehaviour import Delays, Misbehaviour
from providers.simulation.server import running
from tests.providers.examples import CONSUMER, FACTS, ISSUED_AT, NEEDED_OPTIONS, SELLER_VKN, TAXPAYER, command

SECONDS = 5.0
"""What a test gives a call that is answered at once, well or badly: never waited out, also on a busy machine."""
PATIENCE = 0.8
"""What it gives one that is not answered in time; ample for what such a call asks before."""
# What is booked late is booked when a test says so.
DELAYS = Delays(slow=0.05, booked_late=600, hidden=0.5, late_status=30, retry_after=7)


# Where nothing answers, and nothing is asked.
NOWHERE = "http://127.0.0.1:1"
# What opens the seller's account at every simulator.
KEY = f"sandbox-{SELLER_VKN}"


def user(key: str) -> dict[str, str]:
    """The secrets of a login that is a user's name and password."""
    return {"username": "sandbox", "password": key}


def api_key(key: str) -> dict[str, str]:
    """The secrets of a login that is one key."""
    return {"api_key": key}


def email_and_password(key: str) -> dict[str, str]:
    """The same, where the name is an e-mail address."""
    return {"email": "api@example.test", "password": key}


class AbleAdapter(Adapter, Cancels, ChecksConnection, FindsIssued, FindsTaxpayers, GivesFiles, PollsState, Protocol):
    """An adapter of which a test asks what its capabilities name, and nothing else."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One provider and one of its document types.

    `simulator`: its class, as `module:name`. `login`: its secrets, from the one of them that opens the account.
    `makes`: what only a request that makes a document has, in its method, path or body. `doubles`: whether the
    simulator makes another document of a repeat; as the capabilities have it, where it is None.
    `sign_in`: the path of the call that gives a token, where a login is a session, and `sign_in_headers` what it needs
    beside its body. `order`: what its orders must have.
    `signed_by_a_person`: the provider itself decides nothing about what it has taken. `simulated`: what its simulator
    is made with. `signs_in_with`: how such a call is sent. `stays_a_draft`: what fails afterwards is the draft again
    that it was made of.
    """

    name: str
    document_type: DocumentType
    person: Person
    simulator: str
    options: dict[str, str] = field(default_factory=dict)
    we_number: bool = False
    login: Callable[[str], dict[str, str]] = api_key
    makes: str = "POST"
    doubles: bool | None = None
    sign_in: str | None = None
    sign_in_headers: dict[str, str] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)
    signed_by_a_person: bool = False
    simulated: dict[str, Any] = field(default_factory=dict)
    signs_in_with: Callable[[dict[str, str]], dict[str, Any]] = lambda secrets: {"json": secrets}
    stays_a_draft: bool = False

    def __str__(self) -> str:
        needed = NEEDED_OPTIONS.get(self.name, {})
        options = "".join(f"-{name} {value}" for name, value in self.options.items() if name not in needed)
        return f"{self.name}-{self.document_type}{options}"

    def application(self, misbehaviour: Misbehaviour) -> web.Application:
        """The simulator; what it takes is issued at once."""
        module, _, name = self.simulator.partition(":")
        made = getattr(import_module(module), name)(misbehaviour, **{"status_seconds": 0.0, **self.simulated})
        found: web.Application = made.application()
        return found

    def settings(self, url: str, key: str = KEY, **options: str) -> ConnectionSettings:
        """A connection of the seller's; `options` are beside the case's own."""
        return ConnectionSettings(base_url=url, secrets=self.login(key), options={**self.options, **options})

    def connect(self, url: str, key: str = KEY, **options: str) -> AbleAdapter:
        """An adapter of such a connection."""
        return self.connect_with(self.settings(url, key, **options))

    def connect_with(self, settings: ConnectionSettings) -> AbleAdapter:
        """An adapter of this connection."""
        return cast("AbleAdapter", provider(self.name).connect(settings))

    @property
    def capabilities(self) -> Capabilities:
        """What its adapter says that it can, which is all that the engine knows."""
        return self.connect(NOWHERE).capabilities

    def number(self, name: str) -> str | None:
        """Another one for each document."""
        return f"ORN2026{zlib.crc32(name.encode()) % 10**9:09}" if self.we_number else None


def key_and_channel(key: str) -> dict[str, str]:
    """The same, with the integration that it is used by."""
    return {"api_key": key, "channel": "sandbox"}


def oauth(key: str) -> dict[str, str]:
    """The secrets of a login by OAuth2 with a password."""
    return {"client_id": "client-4711", "client_secret": "client-secret-4711", **email_user(key)}


def email_user(key: str) -> dict[str, str]:
    """A user's name, which is an e-mail address, and password."""
    return {"username": "api@example.test", "password": key}


def as_form(secrets: dict[str, str]) -> dict[str, Any]:
    """A sign-in by OAuth2."""
    return {"data": {"grant_type": "password", **secrets}}


def in_dia(secrets: dict[str, str]) -> dict[str, Any]:
    """A login at DİA."""
    return {"json": {"login": {**secrets, "disconnect_same_user": "True", "lang": "tr", "params": {}}}}


HEPSIBURADA = "providers.hepsiburada_efaturam.simulator.service:HepsiburadaEFaturam"
NILVERA = "providers.nilvera.simulator.service:Nilvera"
QNB = "providers.qnb_esolutions.simulator.service:QnbESolutions"
SOVOS = "providers.sovos.simulator.service:Sovos"
TRENDYOL = "providers.trendyol_efaturam.simulator.service:Trendyol"
TESTBOOK = "providers.testbook.simulator.service:Testbook"
CASES = [
    Case(
        name="hepsiburada-efaturam",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator=HEPSIBURADA,
        login=user,
        makes="SendInvoice",
        doubles=False,
    ),
    Case(
        name="hepsiburada-efaturam",
        document_type=DocumentType.EFATURA,
        person=TAXPAYER,
        simulator=HEPSIBURADA,
        login=user,
        options={"repeats": "refused"},
        makes="SendInvoice",
    ),
    Case(name="nilvera", document_type=DocumentType.EARSIV, person=CONSUMER, simulator=NILVERA),
    Case(name="nilvera", document_type=DocumentType.EFATURA, person=TAXPAYER, simulator=NILVERA),
    *(
        Case(
            name="trendyol-efaturam",
            document_type=document_type,
            person=person,
            simulator=TRENDYOL,
            login=email_and_password,
            sign_in="/api/auth/signin",
        )
        for document_type, person in ((DocumentType.EARSIV, CONSUMER), (DocumentType.EFATURA, TAXPAYER))
    ),
    Case(name="testbook", document_type=DocumentType.SALES_INVOICE, person=CONSUMER, simulator=TESTBOOK),
]
# The providers that take our numbers: all of the contract holds for them with these, too.
CASES += [
    replace(case, options={"numbers": "ours"}, we_number=True)
    for case in CASES
    if case.document_type is not DocumentType.EFATURA
]
# One that names its documents itself, and takes no reference of ours.
CASES.append(
    Case(
        name="testbook",
        document_type=DocumentType.SALES_INVOICE,
        person=CONSUMER,
        simulator=TESTBOOK,
        options={"look_up": "list"},
    )
)
# Requests to cancel are accepted there, and the connection believes that.
CASES.append(
    Case(
        name="gib-earsiv",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator="providers.gib_earsiv.simulator.service:GibPortal",
        login=user,
        options={"accepted_requests": "cancelled"},
        makes="EARSIV_PORTAL_FATURA_OLUSTUR",
        signed_by_a_person=True,
        simulated={"requests": "accepted"},
    )
)
# What is not published, as this simulator has it.
SOVOS_OPTIONS = {"internet_sale": "paths", "rejected_statuses": "30 40 50 60"}
# Where the numbers are ours unless the option is set.
CASES += [
    Case(
        name="sovos",
        document_type=kind,
        person=person,
        simulator=SOVOS,
        options={**NEEDED_OPTIONS["sovos"], **SOVOS_OPTIONS, "numbers": numbers},
        we_number=numbers == "ours",
        login=user,
        makes=makes,
        doubles=False,
    )
    for kind, person, makes in (
        (DocumentType.EARSIV, CONSUMER, "sendInvoiceRequestType"),
        (DocumentType.EFATURA, TAXPAYER, "sendUBLRequest"),
    )
    for numbers in ("ours", "provider")
]
# Its code of a failed document is not sure to end it, so a connection must say so.
CASES += [
    Case(
        name="qnb-esolutions",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator=QNB,
        options={
            **NEEDED_OPTIONS["qnb-esolutions"],
            "internet_sale": "paths",
            "rejected_codes": "AE00043",
            "numbers": numbers,
        },
        we_number=numbers == "ours",
        login=user,
        makes="faturaOlusturExt",
    )
    for numbers in ("ours", "provider")
]
# Its second version has no place for a series.
CASES.append(
    Case(
        name="trendyol-efaturam",
        document_type=DocumentType.EARSIV,
        person=CONSUMER,
        simulator=TRENDYOL,
        options={"earsiv_api": "v2"},
        login=email_and_password,
        sign_in="/api/auth/signin",
        order={"earsiv_series": None},
    )
)


# How it says that there is no such e-Fatura is not published, so a connection must say so, too.
CASES.append(
    Case(
        name="qnb-esolutions",
        document_type=DocumentType.EFATURA,
        person=TAXPAYER,
        simulator=QNB,
        options={
            **NEEDED_OPTIONS["qnb-esolutions"],
            "sender_alias": "urn:mail:defaultgb@example.test",
            "internet_sale": "paths",
            "absent_words": "bulunamadı",
        },
        we_number=True,
        login=user,
        makes="belgeGonderExt",
        doubles=False,
    )
)

# In books of three steps a contact, an invoice and its document are made one after the other.
KOLAYBI = [
    Case(
        name="kolaybi",
        document_type=document_type,
        person=person,
        simulator="providers.kolaybi.simulator.service:KolayBi",
        options={"products": "general", "product": "1"},
        login=key_and_channel,
        makes="e-document/create",
        doubles=False,
        sign_in="/access_token",
        sign_in_headers={"Channel": "sandbox"},
    )
    for document_type, person in ((DocumentType.EARSIV, CONSUMER), (DocumentType.EFATURA, TAXPAYER))
]
CASES += KOLAYBI
# Its legal step is the third; how long a job takes, and what a second one does, is not published.
CASES += [
    Case(
        name="parasut",
        document_type=kind,
        person=person,
        simulator="providers.parasut.simulator.service:Parasut",
        options={**NEEDED_OPTIONS["parasut"]},
        login=oauth,
        sign_in="/oauth/token",
        signs_in_with=as_form,
        makes=makes,
        doubles=False,
        stays_a_draft=kind is DocumentType.EARSIV,
    )
    for kind, person, makes in (
        (DocumentType.EARSIV, CONSUMER, "/e_archives"),
        (DocumentType.EFATURA, TAXPAYER, "/e_invoices"),
    )
]


# Nothing answers what it has, and a person makes each record legal there.
CASES.append(
    Case(
        name="bizimhesap",
        document_type=DocumentType.SALES_INVOICE,
        person=CONSUMER,
        simulator="providers.bizimhesap.simulator.service:BizimHesap",
        options={"key": "sandbox"},
        makes="addinvoice",
        signed_by_a_person=True,
    )
)
# What a person makes legal there is read from words and columns that each account has of its own.
CASES.append(
    Case(
        name="dia",
        document_type=DocumentType.SALES_INVOICE,
        person=CONSUMER,
        simulator="providers.dia.simulator.service:Dia",
        options={
            **NEEDED_OPTIONS["dia"],
            "disconnect_same_user": "True",
            "states": "Gönderildi=ISSUED; Hata=REJECTED",
            "number_column": "ebelgeno",
            "ettn_column": "ettn",
        },
        login=user,
        sign_in="/sis/json",
        signs_in_with=in_dia,
        makes="scf_fatura_ekle",
        signed_by_a_person=True,
    )
)


# One case of each provider, and of each of its document types. What is slow, and the same for all cases of a provider,
# is done with the others in a sweep.
FIRST = list({case.name: case for case in reversed(CASES)}.values())
OF_EACH_TYPE = list({(case.name, case.document_type): case for case in reversed(CASES)}.values())
ASKED = [case for case in CASES if case.capabilities.look_up is not LookUp.NONE]


def first_of(cases: list[Case]) -> pytest.MarkDecorator:
    """These cases, of which all but one of a provider are in the sweeps."""
    marked = [case if case in FIRST else pytest.param(case, marks=pytest.mark.sweep) for case in cases]
    return pytest.mark.parametrize("bench", marked, ids=str, indirect=True)


with_the_first = first_of(CASES)
with_the_first_asked = first_of(ASKED)
# What needs a look-up is tested where there is one.
where_asked = pytest.mark.parametrize("bench", ASKED, ids=str, indirect=True)
where_never_asked = pytest.mark.parametrize(
    "bench", [case for case in CASES if case not in ASKED], ids=str, indirect=True
)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """An adapter, connected to its simulator.

    `made`: by reference, what was made before the legal step. `waiting`: the faults of the next legal steps.
    """

    case: Case
    url: str
    adapter: AbleAdapter
    http: aiohttp.ClientSession
    made: dict[str, dict[Step, Done]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def command(self, name: str = "first", **changes: Any) -> InvoiceCommand:
        return command(name, person=self.case.person, **{**self.case.order, **changes})

    def prepared(self, name: str = "first", **changes: Any) -> Prepared:
        made, case = self.command(name, **changes), self.case
        return self.adapter.prepare(made, FACTS, case.document_type, ISSUED_AT, case.number(name))

    async def create(self, prepared: Prepared, seconds: float = SECONDS) -> Outcome:
        """One attempt at its legal step."""
        asked = await self.asked(prepared)
        if self.waiting:
            await self.change(next=list(self.waiting))
            self.waiting.clear()
        return await self.adapter.create(asked, seconds)

    async def asked(self, prepared: Prepared) -> StepInput:
        """Its legal step, which is its last one; what is before that is made once, and nothing goes wrong with it."""
        *earlier, last = self.adapter.capabilities.steps
        made = await self.up_to(last, prepared)
        return StepInput(last, prepared, made, frozenset() if earlier else await self.known(prepared))

    async def up_to(self, step: Step, prepared: Prepared) -> dict[Step, Done]:
        """What the steps before this one have made: now, or for an earlier question about this document."""
        made = self.made.setdefault(prepared.reference, {})
        earlier = list(takewhile(lambda each: each is not step, self.adapter.capabilities.steps))
        for each in (each for each in earlier if each not in made):
            outcome = await self.adapter.create(StepInput(each, prepared, dict(made)), SECONDS)
            assert isinstance(outcome, Done), outcome
            made[each] = outcome
        return {each: made[each] for each in earlier}

    @property
    def can_be_asked(self) -> bool:
        """Whether anything answers what is there; then the answer to a create has a number, too."""
        return self.adapter.capabilities.look_up is not LookUp.NONE

    async def find(self, prepared: Prepared, seconds: float, adapter: Adapter | None = None) -> Finding:
        """What the provider has of this document, by this adapter or the bench's own."""
        return await find(adapter or self.adapter, await self.asked(prepared), seconds)

    async def known(self, prepared: Prepared) -> frozenset[str]:
        """What looks like it before it is made, where the provider is asked by list: as the engine does."""
        if self.adapter.capabilities.look_up is not LookUp.BY_LIST:
            return frozenset()
        assert isinstance(self.adapter, ListsDocuments)
        asked = StepInput(Step.INVOICE, prepared, await self.up_to(Step.INVOICE, prepared))
        listed = await self.adapter.candidates(asked, PATIENCE)
        return frozenset(each.reference for each in listed) if isinstance(listed, tuple) else frozenset()

    async def next_faults(self, *faults: str, now: bool = False) -> None:
        """Of the next legal steps; with `now` of whatever is made or cancelled next."""
        if now or len(self.adapter.capabilities.steps) == 1:
            await self.change(next=list(faults))
        else:
            self.waiting.extend(faults)

    async def answer(self, prepared: Prepared, answer: str) -> None:
        """What the buyer of a document answers: a word of the simulators."""
        async with self.http.put(f"{self.url}/_simulator/answers", json={prepared.reference: answer}) as response:
            assert response.status == 200, await response.text()

    async def book_now(self) -> None:
        """What is booked late."""
        await self.change(seconds={"booked_late": 0})

    async def change(self, **misbehaviour: object) -> None:
        async with self.http.put(f"{self.url}/_simulator/misbehaviour", json=misbehaviour) as response:
            assert response.status == 200, await response.text()

    async def record(self) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/_simulator/record") as response:
            record: dict[str, Any] = await response.json()
            return record

    async def contents(self) -> dict[str, str]:
        """Each document as it was sent, by its reference."""
        async with self.http.get(f"{self.url}/_simulator/contents") as response:
            contents: dict[str, str] = (await response.json())["contents"]
            return contents

    async def numbers(self) -> dict[str, str]:
        async with self.http.get(f"{self.url}/_simulator/numbers") as response:
            numbers: dict[str, str] = (await response.json())["numbers"]
            return numbers

    async def arrivals(self) -> int:
        """How many requests have come, whatever they asked."""
        async with self.http.get(f"{self.url}/_simulator/arrivals") as response:
            return len((await response.json())["seconds"])

    async def calls(self) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.url}/_simulator/calls") as response:
            calls: list[dict[str, Any]] = (await response.json())["calls"]
            return calls


async def find(adapter: Adapter, asked: StepInput, seconds: float) -> Finding:
    """What the provider has of this step, asked as the engine asks where nothing like it was there before."""
    if asked.step is not Step.INVOICE or adapter.capabilities.look_up is LookUp.BY_REFERENCE:
        assert isinstance(adapter, FindsPrepared)
        return await adapter.find_prepared(asked, seconds)
    assert isinstance(adapter, ListsDocuments)
    listed = await adapter.candidates(asked, seconds)
    if isinstance(listed, Different | Unclear):
        return listed
    return Several(candidates=listed) if len(listed) > 1 else next(iter(listed), Absent())


@asynccontextmanager
async def bench_of(case: Case) -> AsyncIterator[Bench]:
    """The case's adapter, connected to its simulator while the block runs."""
    async with running(case.application(Misbehaviour(delays=DELAYS))) as url, aiohttp.ClientSession() as http:
        adapter = case.connect(url)
        yield Bench(case=case, url=url, adapter=adapter, http=http)
        await adapter.close()


@pytest.fixture(params=CASES, ids=str)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench
