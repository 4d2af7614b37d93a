"""XML of named fields, as SOAP services have it: written from a mapping, read by local names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

# A text, nothing, more fields, or several of one name.
Field = Any
Element = etree._Element  # noqa: SLF001  the type has no other name


def written(namespace: str, name: str, fields: Mapping[str, Field], *, qualified: bool) -> Element:
    """An element with these fields in their sequence; a field that is None is left out, an empty one is written.

    `qualified`: whether the fields have the namespace of their root, or none (`elementFormDefault` of the schema). A
    field is a text, a mapping, a list of either, or a whole element.
    """
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={"ns": namespace})
    _fill(root, fields, f"{{{namespace}}}" if qualified else "")
    return root


def _fill(parent: Element, fields: Mapping[str, Field], prefix: str) -> None:
    for name, field in fields.items():
        for value in field if isinstance(field, Sequence) and not isinstance(field, str) else [field]:
            if value is not None:
                _one(etree.SubElement(parent, prefix + name), value, prefix)


def _one(element: Element, value: Field, prefix: str) -> None:
    if isinstance(value, Mapping):
        _fill(element, value, prefix)
    elif isinstance(value, str):
        element.text = value
    else:
        element.append(value)


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of this local name, whatever their namespace."""
    return element.iterchildren(f"{{*}}{name}")


def child(element: Element, *path: str) -> Element | None:
    """The first element at this path of local names."""
    found: Element | None = element
    for name in path:
        found = next(children(found, name), None) if found is not None else None
    return found


def text(element: Element, *path: str) -> str:
    """The text at this path, without white space around it; empty where there is none, and where there are children."""
    found = child(element, *path)
    return "" if found is None or len(found) else (found.text or "").strip()


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return etree.QName(element).localname


def namespace_of(element: Element) -> str:
    """The namespace, empty where there is none."""
    return etree.QName(element).namespace or ""
