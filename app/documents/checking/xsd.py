"""GİB's schema: a cut-down and re-ordered variant of OASIS UBL 2.1, so OASIS' own would judge wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from app.documents.checking.reading import Element, path_of


@dataclass(frozen=True, slots=True)
class Complaint:
    """What GİB's rules say of a place: the id of the rule, and its own sentence."""

    path: str
    code: str
    message: str


@cache
def _schema(path: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.XMLSchema(etree.parse(str(path), parser))


def complaints(draft: Element, schema: Path) -> Iterator[Complaint]:
    """What the schema at `schema` says of a document that has its placeholders."""
    judge = _schema(schema)
    if judge.validate(draft):
        return
    errors: Any = judge.error_log  # its stub has no members
    for entry in errors:
        yield Complaint(_path(draft, entry.path), entry.type_name.removeprefix("SCHEMAV_"), entry.message)


def _path(draft: Element, location: str | None) -> str:
    """libxml2's location, in the document's own prefixes, as our findings have it; empty when it leads nowhere."""
    prefixes = {prefix: name for each in draft.iter() for prefix, name in each.nsmap.items() if prefix}
    try:
        found: Any = draft.xpath(location, namespaces=prefixes) if location else []
    except etree.XPathError:
        return ""
    return path_of(found[0]) if found else ""
