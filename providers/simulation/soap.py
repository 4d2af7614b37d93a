"""SOAP 1.1 as services answer it: calls of any client that follows the description, answers and faults.

Any prefixes and white space are taken, and a SOAPAction with quotes, without, empty, or with an address before the
name. What is no call (no XML, an entity, no envelope, no body) gets a fault of the client's.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from lxml import etree

from providers.formats.elements import Element, Field, local_name, namespace_of, written
from providers.simulation.misbehaviour import REFUSAL, OwnWords

# Where a page has it, the address of its service is put.
ADDRESS: Final = "ADDRESS-OF-THE-SERVICE"
ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
ACTION: Final = "SOAPAction"
CUT_AT: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapCall:
    """`operation` is what the SOAPAction names, or else the name of the body's element. `header` is the envelope's."""

    operation: str
    name: str
    namespace: str
    body: Element
    header: Element | None


class NotSoapError(Exception):
    """The request is no call; the text says why."""


Operation = Callable[[web.Request, SoapCall], Awaitable[web.Response]]


async def call_in(request: web.Request) -> SoapCall:
    """The call in a request. Raises NotSoapError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(await request.read(), parser)
    except etree.XMLSyntaxError as error:
        raise NotSoapError(f"the request is no XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{ENVELOPE}}}Envelope":
        raise NotSoapError("the request is no SOAP 1.1 envelope")
    body = root.find(f"{{{ENVELOPE}}}Body")
    said = [each for each in body if isinstance(each.tag, str)] if body is not None else []
    if len(said) != 1:
        raise NotSoapError("the envelope's body holds no call")
    action = request.headers.get(ACTION, "").strip().strip('"').rstrip("/").rpartition("/")[2]
    return SoapCall(
        operation=action or local_name(said[0]),
        name=local_name(said[0]),
        namespace=namespace_of(said[0]),
        body=said[0],
        header=root.find(f"{{{ENVELOPE}}}Header"),
    )


def add_service(application: web.Application, path: str, operations: Mapping[str, Operation], page: str) -> None:
    """Serves the operations at one path; a GET of it gets `page` (XML or HTML), with the service's `ADDRESS`."""
    content_type = "text/html" if page.startswith("<html") else "text/xml"

    async def call(request: web.Request) -> web.Response:
        return await dispatch(request, operations)

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=page.replace(ADDRESS, f"{request.url.origin()}{path}"), content_type=content_type)

    application.router.add_post(path, call)
    application.router.add_get(path, show)


async def dispatch(request: web.Request, operations: Mapping[str, Operation]) -> web.Response:
    """The answer of the operation that the request names, by its SOAPAction or by its body; else a fault."""
    try:
        call = await call_in(request)
    except NotSoapError as error:
        return fault(str(error), code="Client")
    operation = operations.get(call.operation) or operations.get(call.name)
    if operation is None:
        return fault(f"there is no operation {call.operation}", code="Client")
    return await operation(request, call)


def answer(namespace: str, name: str, fields: Mapping[str, Field], *, qualified: bool) -> web.Response:
    """An answer with 200; `fields` as in `providers.formats.elements.written`."""
    return _response(written(namespace, name, fields, qualified=qualified), 200)


def fault(
    text: str,
    *,
    code: str = "Server",
    detail: Element | None = None,
    status: int = 500,
    retry_after: float | None = None,
    is_refusal: bool = True,
) -> web.Response:
    """A fault. `is_refusal`: whether it says that nothing was made; "there is one already" does not."""
    element = etree.Element(f"{{{ENVELOPE}}}Fault", nsmap={"soap": ENVELOPE})
    etree.SubElement(element, "faultcode").text = f"soap:{code}"
    etree.SubElement(element, "faultstring").text = text
    if detail is not None:
        etree.SubElement(element, "detail").append(detail)
    response = _response(element, status)
    response[REFUSAL] = is_refusal
    if retry_after is not None:
        response.headers["Retry-After"] = f"{retry_after:.0f}"
    return response


def own_words(too_many: Callable[[], web.Response], in_200: Callable[[], web.Response]) -> OwnWords:
    """A SOAP service's own form of the faults that need one."""
    return OwnWords(too_many=too_many, in_200=in_200, unreadable=lambda: _cut(in_200()))


def _cut(response: web.Response) -> web.Response:
    text = response.text or ""
    return web.Response(text=text[: len(text) - CUT_AT], content_type="text/xml")


def _response(body: Element, status: int) -> web.Response:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(body)
    text = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8").decode()
    return web.Response(text=text, status=status, content_type="text/xml")
