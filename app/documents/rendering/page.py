"""The page that a template has made: nothing in it runs, and nothing is fetched for it."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree, html

from app.documents.rendering.errors import RenderingError
from app.documents.safe_input.tree import Element

# What a browser must do even where something has slipped through.
POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
)
# Views that integrators embed bring programs, usually one that draws the QR code. They are taken out, not run.
PROGRAMS: Final = ("script", "noscript", "iframe", "frame", "frameset", "object", "embed", "applet", "base")
# Attributes whose address is fetched as soon as the page is shown.
FETCHED: Final = frozenset({"src", "srcset", "background", "data", "poster", "lowsrc", "dynsrc", "code", "archive"})
LINKS: Final = frozenset({"a", "area"})
FOLLOWED: Final = ("#", "http:", "https:", "mailto:", "tel:")
# Where views that draw the QR code by a program leave room for it.
QR_PLACE: Final = ".//*[@id='qrcode']"
_URL: Final = re.compile(r"url\(\s*['\"]?\s*(?!['\"]?\s*(?:data:|#))([^)'\"]+)", re.IGNORECASE)
_IMPORT: Final = re.compile(r"@import\s+([^;]+)", re.IGNORECASE)
_CSS_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)


def finished(made: bytes, qr: str | None) -> bytes:
    """The page as one HTML file in UTF-8 that shows the same wherever it is opened.

    Raises RenderingError for a page that is empty, or that would fetch something.
    """
    root = _read(made)
    for address in _addresses(root):
        message = f"The template wants {address[:100]!r} to be fetched: a page has everything in it (data: addresses)."
        raise RenderingError("TEMPLATE_READS", message)
    _disarm(root)
    _place(root, qr)
    _head(root)
    return etree.tostring(root, method="html", encoding="UTF-8", doctype="<!DOCTYPE html>")


def _read(made: bytes) -> Element:
    try:
        root = html.document_fromstring(made, parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise _empty() from error
    body = root.find("body")
    if body is None or not (len(body) or (body.text or "").strip()):
        raise _empty()
    return root


def _empty() -> RenderingError:
    return RenderingError("TEMPLATE_EMPTY", "The template makes no page of this invoice: it shows something else.")


def _addresses(root: Element) -> Iterator[str]:
    for each in root.iter(etree.Element):
        if each.tag in {"style", "{http://www.w3.org/2000/svg}style"}:
            yield from _addresses_of_css(each.text or "")
        if each.tag == "script":
            continue
        for name, value in each.attrib.items():
            local = str(name).rsplit("}", maxsplit=1)[-1].rsplit(":", maxsplit=1)[-1].lower()
            fetched = local in FETCHED or (local == "href" and each.tag not in LINKS)
            if fetched and str(value).strip() and not str(value).strip().lower().startswith(("data:", "#")):
                yield str(value)
            if "url" in str(value).lower():
                yield from _addresses_of_css(str(value))


def _addresses_of_css(css: str) -> Iterator[str]:
    plain = _CSS_COMMENT.sub("", css)
    for found in (*_URL.finditer(plain), *_IMPORT.finditer(plain)):
        yield found[1].strip()


def _disarm(root: Element) -> None:
    for each in list(root.iter(*PROGRAMS)):
        each.drop_tree()  # type: ignore[attr-defined]  # lxml.html's elements have it
    for meta in list(root.iter("meta")):
        if meta.get("http-equiv") or meta.get("charset"):
            meta.drop_tree()  # type: ignore[attr-defined]
    for each in root.iter(etree.Element):
        for name in list(each.attrib):
            if str(name).lower().startswith("on") or _leads_astray(str(name), str(each.get(name))):
                del each.attrib[name]


def _leads_astray(name: str, value: str) -> bool:
    """A link that is no address, `javascript:` above all."""
    if name.lower() not in {"href", "xlink:href", "action", "formaction", "to", "values"}:
        return False
    return not "".join(value.split()).lower().startswith((*FOLLOWED, "data:image/"))


def _place(root: Element, qr: str | None) -> None:
    room = root.find(QR_PLACE)
    if qr and room is not None and not len(room):
        room.append(html.Element("img", src=qr, alt="QR", style="width: 32mm; height: 32mm"))


def _head(root: Element) -> None:
    head = root.find("head")
    if head is None:
        head = html.Element("head")
        root.insert(0, head)
    policy = html.Element("meta", content=POLICY)
    policy.set("http-equiv", "Content-Security-Policy")
    head.insert(0, policy)
    head.insert(0, html.Element("meta", charset="UTF-8"))
