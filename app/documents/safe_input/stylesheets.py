"""Whether a template is an XSLT that reads, writes and executes nothing; looked at without running it."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.documents.safe_input.tree import Element

XSL: Final = "{http://www.w3.org/1999/XSL/Transform}"
ROOTS: Final = frozenset({f"{XSL}stylesheet", f"{XSL}transform"})
MICROSOFT: Final = "urn:schemas-microsoft-com:xslt"
_LITERAL: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_READING: Final = re.compile(
    r"(?<![\w.-])(document|doc|doc-available|unparsed-text(-lines|-available)?|unparsed-entity-uri|(uri-)?collection"
    r"|json-doc|evaluate|transform|load-xquery-module)\s*\("
)
_IN_BRACES: Final = re.compile(r"\{[^}]*\}")
_LOADING: Final = frozenset({"import", "include", "import-schema", "use-package", "document", "result-document"})


def dangers(root: Element) -> Iterator[tuple[str, str]]:
    """Code and sentence for everything in a stylesheet that reaches beyond the invoice and its page."""
    extensions = {MICROSOFT, *_extension_namespaces(root)}
    for each in root.iter(etree.Element):
        name = etree.QName(each)
        if each.tag.startswith(XSL) and name.localname in _LOADING:
            yield "TEMPLATE_READS", f"Line {each.sourceline}: a template may not use {name.localname}."
        if name.namespace in extensions:
            yield (
                "TEMPLATE_EXTENSION",
                f"Line {each.sourceline}: {each.tag} is an extension, and a template may have none.",
            )
        for expression in _expressions(each):
            if found := _READING.search(_LITERAL.sub("''", expression)):
                yield "TEMPLATE_READS", f"Line {each.sourceline}: a template may not call {found[1]}()."


def _extension_namespaces(root: Element) -> Iterator[str]:
    for each in root.iter(etree.Element):
        own = each.get("extension-element-prefixes") if each.tag.startswith(XSL) else None
        for prefix in (own or each.get(f"{XSL}extension-element-prefixes") or "").split():
            yield each.nsmap.get(None if prefix == "#default" else prefix) or ""


def _expressions(element: Element) -> Iterator[str]:
    """What may be XPath: an instruction's attributes, and the parts in braces of others."""
    for value in map(str, element.attrib.values()):
        if element.tag.startswith(XSL):
            yield value
        else:
            yield from _IN_BRACES.findall(value)
