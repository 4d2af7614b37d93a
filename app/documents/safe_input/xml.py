"""From bytes to a tree in which nothing is fetched, expanded or executed."""

import re
from typing import Final

from lxml import etree

INVOICE: Final = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
# An invoice with its view embedded stays below 1 MiB; this leaves room for attachments.
MAX_BYTES: Final = 16 * 1024 * 1024
# Where the prologue ends; comments may hold such a thing too, and then the tree is asked.
_ROOT: Final = re.compile(rb"<[A-Za-z_]")


class UnsafeXmlError(ValueError):
    """The bytes are no invoice that may be read: `code` names why, the text says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse(content: bytes) -> "etree._Element":
    """The root of a UBL invoice. Nothing is fetched, expanded or executed.

    Raises UnsafeXmlError for a document type declaration (and so for every entity: bombs, external files), for bytes
    that are not in the encoding they declare, for what is not well-formed, too large, too deep, or not an invoice.
    """
    root = parse_xml(content)
    if root.tag != INVOICE:
        raise UnsafeXmlError("NOT_AN_INVOICE", f"The root is {root.tag}, not {INVOICE}: give a UBL-TR invoice.")
    return root


def parse_xml(content: bytes) -> "etree._Element":
    """The root of any XML, read as carefully as an invoice. Raises UnsafeXmlError."""
    if len(content) > MAX_BYTES:
        raise UnsafeXmlError(
            "TOO_LARGE", f"The file has more than {MAX_BYTES} bytes; no invoice has. Give a single invoice."
        )
    if _declares_a_document_type(content):
        raise UnsafeXmlError(
            "DOCUMENT_TYPE", "The file has a <!DOCTYPE>: UBL needs none, and entities are refused. Take it out."
        )
    return _tree(content)


def _declares_a_document_type(content: bytes) -> bool:
    """Asked of the bytes before the root, so that no parser has seen them; UTF-16 hides its letters between zeros.

    What slips through in a rarer encoding is refused after parsing, where no entity was expanded either.
    """
    prologue = _ROOT.split(content.replace(b"\0", b""), maxsplit=1)[0]
    return b"<!DOCTYPE" in prologue


def _tree(content: bytes) -> "etree._Element":
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,  # a comment in the middle of a number must not hide its end
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _unreadable(error) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnsafeXmlError("DOCUMENT_TYPE", "The file declares a document type: take it out.")
    return root


def _unreadable(error: Exception) -> UnsafeXmlError:
    text = str(error)
    if any(word in text.lower() for word in ("encod", "invalid bytes", "utf-8")):
        return UnsafeXmlError(
            "WRONG_ENCODING", f"The bytes are not in the encoding that the file declares: {text}. Save it as UTF-8."
        )
    return UnsafeXmlError("NOT_WELL_FORMED", f"The file is not well-formed XML: {text}. Write it anew from its source.")
