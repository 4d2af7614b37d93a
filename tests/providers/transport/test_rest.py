"""What adapters of REST APIs do alike, shown at one that has nothing else."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from app.domain.documents import DocumentType
from providers.base import (
    Absent,
    Capabilities,
    ConnectionSettings,
    LookUp,
    NotSent,
    Numbering,
    Quota,
    Step,
    Unclear,
    Unknown,
    UnpreparableError,
)
from providers.options import NUMBERS
from providers.preparing import CheckedDocument
from providers.simulation.server import running
from providers.transport.http import Reply
from providers.transport.rest import RestAdapter, RestApi
from tests.providers.examples import FACTS, ISSUED_AT, command

SECONDS = 5.0
OWN = {"error": "OWN"}


def is_own(reply: Reply) -> bool:
    return reply.json() == OWN


def request_of(document: CheckedDocument, options: Mapping[str, str]) -> Any:
    return {
        "id": document.reference,
        "number": document.number,
        "colour": options.get("colour"),
        "to": {"title": "Ayşe"},
    }


class Plain(RestAdapter):
    CAPABILITIES = Capabilities(
        provider="plain",
        steps=(Step.INVOICE,),
        document_types=frozenset({DocumentType.EARSIV}),
        unique_reference=True,
        look_up=LookUp.NONE,
        visibility_seconds=1.0,
        max_call_seconds=10.0,
        quota=Quota(requests=5, seconds=1.0),
        concurrency=1,
        taxpayer_lookup=False,
    )
    API = RestApi(
        probe="/",
        options=frozenset({"colour", NUMBERS}),
        is_own=is_own,
        is_absence=lambda reply: reply.status == 404 and is_own(reply),
        requirements=lambda _: (),
        request=request_of,
        buyer=lambda body: body["to"],
        buyer_name="title",
    )


def plain(url: str = "https://plain.example", **options: str) -> Plain:
    return Plain(ConnectionSettings(base_url=url, secrets={"api_key": "a-secret-key"}, options=options))


@dataclass
class Answers:
    """A service that gives one answer to everything, and keeps what it was asked."""

    url: str = ""
    status: int = 200
    body: object = field(default_factory=dict)
    keys: list[str | None] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization"))
        return web.json_response(self.body, status=self.status)


@pytest.fixture
async def service() -> AsyncIterator[Answers]:
    service = Answers()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", service.handle)
    async with running(application) as service.url:
        yield service


@pytest.fixture
async def adapter(service: Answers) -> AsyncIterator[Plain]:
    adapter = plain(service.url)
    yield adapter
    await adapter.close()


async def test_an_object_is_read_as_it_is(service: Answers, adapter: Plain) -> None:
    service.body = {"id": "17"}
    assert await adapter.read_object("/documents/17", SECONDS) == {"id": "17"}


async def test_an_object_is_absent_only_by_the_providers_own_answer(service: Answers, adapter: Plain) -> None:
    service.status, service.body = 404, OWN
    assert await adapter.read_object("/documents/17", SECONDS) == Absent()
    service.body = {"message": "no route matched"}
    assert isinstance(await adapter.read_object("/documents/17", SECONDS), Unclear)


@pytest.mark.parametrize("body", [[], "text", None, 7])
async def test_what_is_no_object_is_unclear(service: Answers, adapter: Plain, body: object) -> None:
    service.body = body
    assert isinstance(await adapter.read_object("/documents/17", SECONDS), Unclear)


async def test_a_table_gets_what_does_not_mean_the_same_everywhere_and_nothing_else(
    service: Answers, adapter: Plain
) -> None:
    service.status, service.body = 409, OWN
    assert await adapter.send("POST", "/documents", SECONDS, lambda reply: reply.status, body="{}") == 409
    service.status = 401
    refused = await adapter.send("POST", "/documents", SECONDS, lambda _: "asked", body="{}")
    assert isinstance(refused, NotSent) and refused.needs_owner
    service.status, service.body = 401, {"message": "Unauthorized"}
    assert isinstance(await adapter.send("POST", "/documents", SECONDS, lambda _: "asked", body="{}"), Unknown)


async def test_a_login_that_changes_goes_with_the_next_request_and_is_hidden_as_the_first(
    service: Answers, adapter: Plain
) -> None:
    await adapter.probe(SECONDS)
    adapter.http.use_login({"Authorization": "Bearer another-token"})
    service.status, service.body = 500, {"message": "a-secret-key, then another-token"}
    answer = await adapter.read("/documents/17", SECONDS)
    assert service.keys == ["Bearer a-secret-key", "Bearer another-token"]
    assert isinstance(answer, Unknown)
    assert "***, then ***" in answer.why


def test_a_request_has_what_the_table_makes_of_document_and_options() -> None:
    made = command()
    prepared = plain(colour="red").prepare(made, FACTS, DocumentType.EARSIV, ISSUED_AT, "ABC2026000000001")
    assert prepared.request == (
        f'{{"id":"{made.document_id}","number":"ABC2026000000001","colour":"red","to":{{"title":"Ayşe"}}}}'
    )
    assert (prepared.reference, prepared.number) == (made.document_id, "ABC2026000000001")


def test_a_document_type_that_the_capabilities_do_not_name_is_refused() -> None:
    with pytest.raises(UnpreparableError) as refusal:
        plain().prepare(command(), FACTS, DocumentType.SALES_INVOICE, ISSUED_AT)
    assert [error.code for error in refusal.value.errors] == ["DOCUMENT_TYPE_UNSUPPORTED"]


def test_the_buyer_of_a_request_is_masked_and_of_another_text_there_is_none() -> None:
    prepared = plain().prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
    assert plain().mask_for(prepared)("no customer Ayşe") == "no customer ***"
    assert plain().mask_for(None)("no customer Ayşe") == "no customer Ayşe"


def test_who_numbers_is_the_providers_unless_an_option_says_otherwise() -> None:
    assert plain().capabilities.numbering is Numbering.PROVIDER
    assert plain(numbers="ours").capabilities.numbering is Numbering.OURS
    with pytest.raises(ValueError, match="numbers"):
        plain(numbers="theirs")


def test_options_that_are_not_in_the_table_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        plain(shape="round")


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(KeyError, match="api_key"):
        Plain(ConnectionSettings(base_url="https://plain.example", secrets={}))
