"""What every adapter of a REST API with JSON does alike: a subclass has a table, and what is special to its provider.

Its requests all go through `send`, which asks for the permit, keeps the time, and classifies what holds at every
provider: only the provider's own form of answer counts, and what no table recognises is Unknown.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol, TypeVar

from app.documents.prepared import Content, Requirements
from app.domain import exact_json
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from app.domain.parties import BusinessFacts
from providers.base import (
    Absent,
    Capabilities,
    ConnectionSettings,
    Issued,
    NotSent,
    Permit,
    Prepared,
    Unclear,
    Unknown,
)
from providers.masking import Mask, keys_in, personal, users_in
from providers.options import TUNABLE, refuse_unknown, tuned
from providers.preparing import CheckedDocument, prepare_request
from providers.transport.http import Http, Reply, unclear

OK: Final = 200
Answer = TypeVar("Answer")


class Read(Protocol):
    """How the adapter reads."""

    async def __call__(
        self, path: str, seconds: float, *, query: Mapping[str, str] | None = None
    ) -> Reply | NotSent | Unknown: ...


def bearer(secrets: Mapping[str, str]) -> dict[str, str]:
    """The header of a login that is one API key. Raises KeyError without one."""
    return {"Authorization": f"Bearer {secrets['api_key']}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestApi:
    """One provider's API, as a table.

    `probe`: the path of a read that makes nothing. `options`: those of its connections beside `providers.options`.
    `is_own`: whether the provider itself has written this refusal; gateways write others. `is_absence`: whether it says
    that it has no such object. `requirements`: what its documents must have beyond GİB's rules. `request`: the body of
    the legal step, from the document and the connection's options. `buyer` and `buyer_name`: the buyer's personal
    fields in such a body, and which of them is the name. `login`: the headers of every request, from the secrets.
    `account`: the secret that names the account. `ipv4_only`: its hosts take no requests over IPv6.
    `tls`: the context for servers that the default one refuses, where the connection goes to one of them.
    """

    probe: str
    is_own: Callable[[Reply], bool]
    requirements: Requirements
    request: Callable[[CheckedDocument, Mapping[str, str]], JsonValue]
    buyer: Callable[[Any], Mapping[str, JsonValue]]
    buyer_name: str
    is_absence: Callable[[Reply], bool] = lambda _: False
    options: frozenset[str] = frozenset()
    login: Callable[[Mapping[str, str]], Mapping[str, str]] = bearer
    account: str = "api_key"
    ipv4_only: bool = False
    tls: Callable[[ConnectionSettings], ssl.SSLContext | None] = lambda _: None


class RestAdapter:
    """One connection to a provider with a REST API.

    A provider whose login is a session overrides `send`, where each request begins, and `close`, which ends it.
    """

    CAPABILITIES: ClassVar[Capabilities]
    API: ClassVar[RestApi]

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        refuse_unknown(settings.options, TUNABLE | self.API.options)
        self.capabilities = tuned(self.CAPABILITIES, settings.options)
        self.account = settings.secrets[self.API.account]
        self.options = settings.options
        self._users = users_in(settings.secrets)
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

    def prepare(
        self,
        command: InvoiceCommand,
        facts: BusinessFacts,
        document_type: DocumentType,
        issued_at: datetime,
        number: str | None = None,
    ) -> Prepared:
        return prepare_request(
            command,
            facts,
            document_type,
            issued_at,
            number,
            capabilities=self.capabilities,
            requirements=self.requirements_of,
            request=lambda document: exact_json.dumps(self.request_of(document)),
        )

    def requirements_of(self, content: Content) -> Iterable[FieldError]:
        """The provider's own requirements; those of a connection, where its options change them."""
        return self.API.requirements(content)

    def request_of(self, document: CheckedDocument) -> JsonValue:
        """The body of the legal step; an adapter that needs more than the options for it overrides this."""
        return self.API.request(document, self.options)

    def mask_for(self, document: Prepared | Issued | None) -> Mask:
        """The mask of the buyer's fields as they were sent, where the request is known, and of the login's users."""
        buyer = self._buyer_in(document.request) if isinstance(document, Prepared) else {}
        return personal(buyer.values(), names=[buyer.get(self.API.buyer_name)]).without(self._users)

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
        reply = await self.http.send(method, path, seconds, body=body, query=query, kind=kind)
        if not isinstance(reply, Reply):
            return reply
        return self.http.classify(reply) or table(reply)

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
