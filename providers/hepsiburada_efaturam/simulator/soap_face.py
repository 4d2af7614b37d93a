"""The face over SOAP 1.1: the same actions as operations, the invoice as UBL, logins and most answers in attributes.

Which fields of an answer are elements and which attributes is in the service's public description (WSDL).
"""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from lxml import etree

from providers.formats.elements import Element, child, children, local_name, namespace_of
from providers.hepsiburada_efaturam.simulator.faces import Asked
from providers.hepsiburada_efaturam.simulator.invoices import INVOICE, NAMESPACES, Sent, UnreadableError
from providers.simulation.soap import ENVELOPE, SoapCall

PATHS: Final = ("/Services/BasicIntegration", "/Services/Integration")
NAMESPACE: Final = "http://tempuri.org/"
OF_UBL: Final = "urn:oasis:names:specification:ubl:"
# Fields with one value that are elements all the same; and all of a list's rows and of a log are.
ELEMENTS: Final = frozenset({"Data", "Html", "IsUsingDefaultXslt"})
ROWS_OF_ELEMENTS: Final = frozenset({"Items", "Logs"})


class SoapFace:
    """The answers to one operation."""

    def __init__(self, operation: str) -> None:
        self._operation = operation

    def succeeded(self, value: Any) -> web.Response:
        result = self._result(is_succeeded=True)
        _fill(result, {"Value": value})
        return _response(result)

    def failed(self, message: str, status: int = 200) -> web.Response:
        result = self._result(is_succeeded=False)
        result.set("Message", message)
        return _response(result, status)

    def cut(self) -> web.Response:
        text = self.succeeded(None).text or ""
        return web.Response(text=text[: len(text) // 2], content_type="text/xml")

    def _result(self, *, is_succeeded: bool) -> Element:
        names: Any = {None: NAMESPACE}
        response = etree.Element(f"{{{NAMESPACE}}}{self._operation}Response", nsmap=names)
        result = etree.SubElement(response, f"{{{NAMESPACE}}}{self._operation}Result")
        result.set("IsSucceded", "true" if is_succeeded else "false")
        return result


def asked_in(call: SoapCall) -> Asked:
    """The call in an envelope's body; elements and attributes are the same to it."""
    infos = [each for parent in children(call.body, "invoices") for each in children(parent, "InvoiceInfo")]
    alone = child(call.body, "invoice")
    return Asked(
        action=call.operation,
        parameters={local_name(each).lower(): _value(each) for each in call.body if isinstance(each.tag, str)},
        references=[_uuid(each) for each in infos],
        invoices=lambda: [_sent(each) for each in infos] if alone is None else [Sent(document=_ubl(alone))],
    )


def _uuid(info: Element) -> str:
    found = child(info, "Invoice", "UUID")
    return (found.text or "").strip().lower() if found is not None else ""


def _sent(info: Element) -> Sent:
    document = child(info, "Invoice")
    if document is None:
        raise UnreadableError("Invoice alanı zorunludur.")
    beside = _value(info)
    return Sent(document=_ubl(document), beside=beside if isinstance(beside, dict) else {})


def _ubl(document: Element) -> Element:
    root = etree.Element(INVOICE, nsmap=NAMESPACES)
    root.extend([each for each in document if isinstance(each.tag, str)])
    return root


def _value(element: Element) -> Any:
    """A text, a list of texts, or the fields of an element; those of a UBL document are no fields of a call."""
    inside = [each for each in element if isinstance(each.tag, str) and not namespace_of(each).startswith(OF_UBL)]
    if inside and all(local_name(each) == "string" for each in inside):
        return [(each.text or "").strip() for each in inside]
    if not inside and not element.attrib:
        return (element.text or "").strip()
    fields: dict[str, Any] = {str(name).lower(): str(value) for name, value in element.attrib.items()}
    for each in inside:
        name, value = local_name(each).lower(), _value(each)
        known = fields.get(name)
        fields[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return fields


def _fill(parent: Element, fields: Mapping[str, Any], *, all_elements: bool = False) -> None:
    for name, value in fields.items():
        is_leaf = not isinstance(value, dict | list)
        if value is None:
            continue
        if is_leaf and not all_elements and name not in ELEMENTS:
            parent.set(name, _text(value))
            continue
        for each in value if isinstance(value, list) else [value]:
            element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
            if isinstance(each, dict):
                _fill(element, each, all_elements=all_elements or name in ROWS_OF_ELEMENTS)
            else:
                element.text = _text(each)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _response(result: Element, status: int = 200) -> web.Response:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"s": ENVELOPE})
    answer = result.getparent()
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").extend([] if answer is None else [answer])
    text = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8").decode()
    return web.Response(text=text, status=status, content_type="text/xml")
