"""What every adapter of SOAP 1.1 services does alike: envelopes, faults, logins, permits, and documents in UBL.

An answer is the provider's own when it is a SOAP envelope: the answer of the operation with 200, or a fault with any
status. What a fault means is the adapter's table; a page, JSON, or half an envelope means nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from lxml import etree

from app.documents.prepared import Content, Requirements
from app.documents.safe_input.xml import UnsafeXmlError, parse_xml
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from providers.base import ConnectionSettings, Issued, NotSent, Permit, Prepared, Unknown
from providers.formats.elements import Element, child, text
from providers.formats.ubl import mask_of
from providers.masking import Mask, keys_in
from providers.preparing import CheckedDocument
from providers.transport.adapter import Api, BaseAdapter
from providers.transport.http import READ, Http, Reply

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
CONTENT_TYPE: Final = "text/xml; charset=utf-8"
OK: Final = 200
UNAUTHORISED: Final = 401
Operation = str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapFault:
    """The provider's own refusal. `code` and `text` are SOAP's; `detail` is what is in the fault's detail, if any."""

    code: str
    text: str
    detail: Element | None = None
    status: int = 500
    retry_after: float | None = None


Answer = Element | SoapFault | NotSent | Unknown


class SoapService:
    """One endpoint: every operation is a POST to one address."""

    def __init__(
        self,
        address: str,
        *,
        login: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] = MappingProxyType({}),
        header: Callable[[], Element] | None = None,
        action: Callable[[Operation], str] = str,
    ) -> None:
        """Raises ValueError for an address that would send secrets in the clear.

        `login`: HTTP headers of every request. `secrets`: all of the connection's. `header`: what is in each envelope's
        header, as WS-Security has it. `action`: the SOAPAction of an operation, its name unless the service wants
        another.
        """
        headers = {"Accept": "text/xml", **(login or {})}
        self.http = Http(address, headers, is_own=_is_basic_challenge, secrets=keys_in(secrets))
        self._header = header
        self._action = action

    async def call(self, operation: Operation, body: Element, seconds: float, *, is_read: bool) -> Answer:
        """One operation: the first element of the answer's body, the provider's fault, or why there is neither."""
        headers = {"Content-Type": CONTENT_TYPE, "SOAPAction": self._action(operation)}
        sent = enveloped(body, self._header() if self._header else None)
        kind = READ if is_read else None
        reply = await self.http.send("POST", "", seconds, body=sent, headers=headers, kind=kind)
        if not isinstance(reply, Reply):
            return reply
        own = answer_in(reply)
        if own is not None:  # an element without children is false
            return own
        return self.http.classify(reply) or Unknown(why=reply.excerpt())


def enveloped(body: Element, header: Element | None = None) -> str:
    """A SOAP 1.1 envelope around a body, and around a header where there is one."""
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Header").extend([] if header is None else [header])
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(body)
    return etree.tostring(envelope, encoding="unicode")


def answer_in(reply: Reply) -> Element | SoapFault | None:
    """What the provider itself has answered; None for what is no SOAP envelope, and for one that says nothing.

    Read from the text that is rid of secrets. Entities, document types and what is too large are refused.
    """
    try:
        root = parse_xml(reply.text.encode())
    except UnsafeXmlError:
        return None
    body = root.find(f"{{{ENVELOPE}}}Body") if root.tag == f"{{{ENVELOPE}}}Envelope" else None
    said = list(body) if body is not None else []
    if len(said) != 1:
        return None
    if said[0].tag == f"{{{ENVELOPE}}}Fault":
        return _fault(said[0], reply)
    return said[0] if reply.status == OK else None


def _fault(element: Element, reply: Reply) -> SoapFault:
    detail = child(element, "detail")
    return SoapFault(
        code=text(element, "faultcode").rpartition(":")[2],
        text=text(element, "faultstring"),
        detail=next(iter(detail), None) if detail is not None else None,
        status=reply.status,
        retry_after=reply.retry_after,
    )


def _is_basic_challenge(reply: Reply) -> bool:
    """A login by Basic is refused in HTTP's own form: with the challenge, which a gateway's page has not."""
    return reply.status == UNAUTHORISED and (reply.challenge or "").lower().startswith("basic")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapApi(Api):
    """One provider's services, as a table.

    `services`: one for each document type, from the settings; the same twice where there is one. `requirements`: what
    its documents must have beyond GİB's rules, with these options. `request`: the XML of the document.
    """

    services: Callable[[ConnectionSettings], Mapping[DocumentType, SoapService]]
    requirements: Callable[[Mapping[str, str]], Requirements]
    request: Callable[[CheckedDocument, ConnectionSettings], str]


class SoapAdapter(BaseAdapter):
    """One connection to a provider whose documents are UBL over SOAP. A request is the document's XML."""

    API: ClassVar[SoapApi]

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__(settings)
        self.settings = settings
        self.services = self.API.services(settings)

    def use_permit(self, permit: Permit) -> None:
        for service in self.services.values():
            service.http.permit = permit

    def requirements_of(self, content: Content) -> Iterable[FieldError]:
        return self.API.requirements(self.options)(content)

    def body_of(self, document: CheckedDocument) -> str:
        return self.API.request(document, self.settings)

    def mask_for(self, document: Prepared | Issued | None) -> Mask:
        """The mask of the buyer's fields as they were sent, where the request is known, and of the login's users."""
        sent = document.request if isinstance(document, Prepared) else None
        return mask_of(sent).without(self.users)

    async def probe(self, seconds: float) -> bool:
        """Whether one of the services answers: a product that the account has not is no outage."""
        service = next(iter(self.services.values()))
        return await service.http.answers("", seconds)

    async def close(self) -> None:
        for service in self.services.values():
            await service.http.close()
