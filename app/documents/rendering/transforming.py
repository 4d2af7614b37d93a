"""XSLT 1.0 by libxslt, with everything but transforming taken away."""

from typing import Any, Final

from lxml import etree

from app.documents.rendering.errors import RenderingError
from app.documents.safe_input.xml import parse, parse_xml

NOTHING: Final = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # missing in its stubs
# What libxslt writes into its log when a template has tried to read or write.
DENIED: Final = "rights"
# What it says, and no more, when its depth or the memory ends.
NAMELESS: Final = "unknown error"


def compiled(template: bytes) -> etree.XSLT:
    """A template that has passed `refuse_unless_safe`, ready to run. Raises RenderingError."""
    try:
        return etree.XSLT(parse_xml(template), access_control=NOTHING)
    except etree.XSLTParseError as error:
        raise RenderingError("TEMPLATE_FAULTY", f"The template is no XSLT 1.0 that can be run: {error}.") from error


def transformed(invoice: bytes, template: bytes, parameters: dict[str, str]) -> bytes:
    """What the template makes of the invoice, as HTML that is not cleaned yet. Raises RenderingError."""
    run = compiled(template)
    known: dict[str, Any] = {name: etree.XSLT.strparam(value) for name, value in parameters.items()}
    try:
        result = run(parse(invoice), **known)
    except etree.XSLTApplyError as error:
        raise _failed([*_messages(run), str(error)]) from error
    if any(DENIED in message for message in _messages(run)):
        raise _failed(_messages(run))
    if result.getroot() is None:
        return str(result).encode()
    return etree.tostring(result, method="html", encoding="UTF-8")


def _messages(run: etree.XSLT) -> list[str]:
    return [entry.message for entry in run.error_log]  # type: ignore[attr-defined]  # missing in its stubs


def _failed(messages: list[str]) -> RenderingError:
    if denied := next((message for message in messages if DENIED in message), None):
        return RenderingError("TEMPLATE_READS", f"The template tried to read or write something: {denied}.")
    why = "it calls itself too deeply, or takes too much memory" if messages[0] == NAMELESS else messages[0].rstrip(".")
    return RenderingError("TEMPLATE_FAULTY", f"The template stopped: {why}.")
