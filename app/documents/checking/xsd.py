"""GİB's schema: a cut-down and re-ordered variant of OASIS UBL 2.1, so OASIS' own would judge wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from app.documents.safe_input.tree import Element, Paths


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
    paths, prefixes = Paths(), _prefixes(draft)
    for entry in errors:
        yield Complaint(
            _path(draft, entry.path, prefixes, paths), entry.type_name.removeprefix("SCHEMAV_"), entry.message
        )


def _prefixes(draft: Element) -> dict[str, str]:
    return {prefix: name for each in draft.iter() for prefix, name in each.nsmap.items() if prefix}


def _path(draft: Element, location: str | None, prefixes: dict[str, str], paths: Paths) -> str:
    """libxml2's location, in the document's own prefixes, as our findings have it; empty when it leads nowhere."""
    try:
        found: Any = draft.xpath(location, namespaces=prefixes) if location else []
    except etree.XPathError:
        return ""
    return paths.of(found[0]) if found else ""
