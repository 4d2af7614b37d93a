"""What every adapter of a REST API with JSON does alike: a subclass has a table, and what is special to its provider.

Its requests all go through `send`, which asks for the permit, keeps the time, and classifies what holds at every
provider: only the provider's own form of answer counts, and what no table recognises is Unknown.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Final, Protocol, TypeVar

from app.documents.prepared import Content, Requirements
from app.domain import exact_json
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from providers.base import (
    Absent,
    ConnectionSettings,
    Issued,
    NotSent,
    Permit,
    Prepared,
    Unclear,
    Unknown,
)
from providers.masking import Mask, keys_in, personal
from providers.preparing import CheckedDocument
from providers.transport.adapter import Api, BaseAdapter
from providers.transport.http import Http, Reply, unclear

OK: Final = 200
Answer = TypeVar("Answer")


class Read(Protocol):
    """How the adapter reads."""

    async def __call__(
        self, path: str, seconds: float, *, query: Mapping[str, str] | None = None
    ) -> Reply | NotSent | Unknown: ...


class Send(Protocol):
    """How the adapter sends: `RestAdapter.send`."""

    async def __call__(
        self,
        method: str,
        path: str,
        seconds: float,
        table: Callable[[Reply], Answer],
        *,
        body: str | None = None,
        kind: str | None = None,
    ) -> Answer | NotSent | Unknown: ...


def bearer(secrets: Mapping[str, str]) -> dict[str, str]:
    """The header of a login that is one API key. Raises KeyError without one."""
    return {"Authorization": f"Bearer {secrets['api_key']}"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `body` is JSON; `kind`: READ for a read by another method than GET.

    `secrets`: those of the login that it is shown with, which are taken out of its answer.
    """

    method: str
    path: str
    body: str | None = field(default=None, repr=False)
    query: Mapping[str, str] | None = None
    kind: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestApi(Api):
    """One provider's API, as a table.

    `probe`: the path of a read that makes nothing. `is_own`: whether the provider itself has written this refusal;
    gateways write others. `is_absence`: whether it says that it has no such object. `requirements`: what its documents
    must have beyond GİB's rules. `request`: the body of the legal step, from the document and the connection's options.
    `buyer` and `buyer_name`: the buyer's personal fields in such a body, and which of them is the name. `login`: the
    headers of every request, from the secrets. `ipv4_only`: its hosts take no requests over IPv6. `tls`: the context
    for servers that the default one refuses, where the connection goes to one of them.
    """

    probe: str
    is_own: Callable[[Reply], bool]
    requirements: Requirements
    request: Callable[[CheckedDocument, Mapping[str, str]], JsonValue]
    buyer: Callable[[Any], Mapping[str, JsonValue]]
    buyer_name: str
    is_absence: Callable[[Reply], bool] = lambda _: False
    login: Callable[[Mapping[str, str]], Mapping[str, str]] = bearer
    account: str = "api_key"
    ipv4_only: bool = False
    tls: Callable[[ConnectionSettings], ssl.SSLContext | None] = lambda _: None


class RestAdapter(BaseAdapter):
    """One connection to a provider with a REST API.

    A provider whose login ends overrides `exchange`, where each request begins, and `close`, which ends it.
    """

    API: ClassVar[RestApi]

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__(settings)
        self.http = Http(
            settings.base_url,
            self.API.login(settings.secrets),
            is_own=self.API.is_own,
            secrets=keys_in(settings.secrets),
            ipv4_only=self.API.ipv4_only,
            tls=self.API.tls(settings),
        )

    def use_permit(self, permit: Permit) -> None:
        self.http.permit = permit

    def requirements_of(self, content: Content) -> Iterable[FieldError]:
        """Those of the table; an adapter whose options change them overrides this."""
        return self.API.requirements(content)

    def body_of(self, document: CheckedDocument) -> str:
        return exact_json.dumps(self.request_of(document))

    def request_of(self, document: CheckedDocument) -> JsonValue:
        """The body of the legal step; an adapter that needs more than the options for it overrides this."""
        return self.API.request(document, self.options)

    def mask_for(self, document: Prepared | Issued | None) -> Mask:
        """The mask of the buyer's fields as they were sent, where the request is known, and of the login's users."""
        buyer = self._buyer_in(document.request) if isinstance(document, Prepared) else {}
        return personal(buyer.values(), names=[buyer.get(self.API.buyer_name)]).without(self.users)

    async def send(
        self,
        method: str,
        path: str,
        seconds: float,
        table: Callable[[Reply], Answer],
        *,
        body: str | None = None,
        query: Mapping[str, str] | None = None,
        kind: str | None = None,
    ) -> Answer | NotSent | Unknown:
        """One request of at most `seconds`; `body` is JSON. `kind`: READ for a read by another method than GET.

        `table`: what the provider's own answer means, of a status that does not mean the same at every provider.
        """
        reply = await self.exchange(Request(method, path, body=body, query=query, kind=kind), seconds)
        if not isinstance(reply, Reply):
            return reply
        return self.http.classify(reply) or table(reply)

    async def exchange(
        self, request: Request, seconds: float, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Reply | NotSent | Unknown:
        """The whole reply to one request, before anything is said of it. `headers`: those of this request alone."""
        return await self.http.send(
            request.method,
            request.path,
            seconds,
            body=request.body,
            query=request.query,
            headers=headers,
            kind=request.kind,
            secrets=request.secrets,
        )

    async def read(
        self, path: str, seconds: float, *, query: Mapping[str, str] | None = None
    ) -> Reply | NotSent | Unknown:
        """The reply to a GET whose status does not mean the same at every provider."""
        return await self.send("GET", path, seconds, _as_it_is, query=query)

    async def read_object(
        self, path: str, seconds: float, *, query: Mapping[str, str] | None = None
    ) -> dict[str, Any] | Absent | Unclear:
        """One object by a GET; Absent only when the provider itself says so."""
        reply = await self.read(path, seconds, query=query)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        if self.API.is_absence(reply):
            return Absent()
        body = reply.json() if reply.status == OK else None
        return body if isinstance(body, dict) else Unclear(why=reply.excerpt())

    async def probe(self, seconds: float) -> bool:
        return await self.http.answers(self.API.probe, seconds)

    async def close(self) -> None:
        await self.http.close()

    def _buyer_in(self, request: str) -> Mapping[str, JsonValue]:
        """Empty for what is no request of this adapter."""
        try:
            return self.API.buyer(exact_json.loads(request))
        except (ValueError, LookupError, TypeError, AttributeError):
            return {}


def _as_it_is(reply: Reply) -> Reply:
    return reply
