"""A sent invoice as the simulated service has it: one tree of UBL, whichever face it came through.

JSON is read as .NET reads it: names in any case, values as texts or numbers. What is a list in the schema must be a
list, and what is not must be none. Elements keep the sequence in which they were sent.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from providers.formats.elements import Element

UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE: Final = f"{{{UBL}Invoice-2}}Invoice"
CAC: Final = f"{UBL}CommonAggregateComponents-2"
CBC: Final = f"{UBL}CommonBasicComponents-2"
# lxml calls the default namespace None, and its stubs know only names.
NAMESPACES: Final[Any] = {None: f"{UBL}Invoice-2", "cac": CAC, "cbc": CBC}
VALUE: Final = "value"
# What is a list in the service's schema, anywhere and in these aggregates; and what is none.
LISTS: Final = frozenset(
    {"billingreference", "despatchdocumentreference", "invoiceline", "partyidentification", "paymentmeans",
     "taxsubtotal", "withholdingtaxtotal"}
)  # fmt: skip
LISTS_BELOW: Final = {
    "invoice": frozenset({"additionaldocumentreference", "delivery", "note", "taxtotal"}),
    "invoiceline": frozenset({"delivery", "note"}),
}
NO_LISTS: Final = frozenset(
    {"accountingsupplierparty", "accountingcustomerparty", "legalmonetarytotal", "orderreference", "item", "price",
     "party", "postaladdress", "taxcategory", "taxscheme", "taxtotal"}
)  # fmt: skip
NAMED: Final = {"uuid": "UUID", "ublversionid": "UBLVersionID", "websiteuri": "WebsiteURI", "uri": "URI"}


class UnreadableError(ValueError):
    """What was sent is no invoice in the schema's form; the text is the service's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One `InvoiceInfo`: the document, and the fields beside it by their names in small letters."""

    document: Element
    beside: Mapping[str, Any] = field(default_factory=dict)

    def text(self, *path: str) -> str:
        """The text at a path of element names in any case; empty where there is none."""
        return text(self.document, *path)

    def amount(self, *path: str) -> Decimal:
        """Raises UnreadableError for what is no number; absent is zero."""
        return amount(self.document, *path)

    def content(self) -> str:
        """The document as XML, and behind it the fields beside it as JSON."""
        beside = json.dumps(self.beside, ensure_ascii=False, default=str)
        return f"{etree.tostring(self.document, encoding='unicode')}\n{beside}"

    def lines(self) -> list[Element]:
        return list(children(self.document, "InvoiceLine"))

    @property
    def uuid(self) -> str:
        return self.text("UUID").lower()

    def party(self, role: str) -> Element:
        """Raises UnreadableError without one."""
        found = next(descend(self.document, role, "Party"), None)
        if found is None:
            raise UnreadableError(f"{role} alanı zorunludur.")
        return found


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of this local name, in any case."""
    return (each for each in element if isinstance(each.tag, str) and _local(each).lower() == name.lower())


def descend(element: Element, *path: str) -> Iterator[Element]:
    """The elements at a path of local names, in any case."""
    if not path:
        yield element
    else:
        for each in children(element, path[0]):
            yield from descend(each, *path[1:])


def text(element: Element, *path: str) -> str:
    """The first text at a path; empty where there is none."""
    found = next(descend(element, *path), None)
    return "" if found is None else (found.text or "").strip()


def amount(element: Element, *path: str) -> Decimal:
    """The number at a path, zero where there is none. Raises UnreadableError for what is no number."""
    written = text(element, *path)
    try:
        return Decimal(written or 0)
    except InvalidOperation:
        raise UnreadableError(f"{path[-1]} alanı sayı olmalıdır: {written}") from None


def tax_number_of(party: Element) -> str:
    """The VKN or TCKN among a party's numbers."""
    ids = descend(party, "PartyIdentification", "ID")
    return next((each.text or "" for each in ids if each.get("schemeID") in {"VKN", "TCKN"}), "")


def title_of(party: Element) -> str:
    """A company's title, or a person's names."""
    person = " ".join(text(party, "Person", name) for name in ("FirstName", "FamilyName")).strip()
    return text(party, "PartyName", "Name") or person


def sent_in(info: object) -> Sent:
    """One `InvoiceInfo` of a JSON request. Raises UnreadableError."""
    fields: dict[str, Any] = (
        {str(name).lower(): value for name, value in info.items()} if isinstance(info, dict) else {}
    )
    given = fields.pop("invoice", None)
    if not isinstance(given, dict):
        raise UnreadableError("Invoice alanı zorunludur.")
    root = etree.Element(INVOICE, nsmap=NAMESPACES)
    _fill(root, given)
    return Sent(document=root, beside=lowered(fields))


def json_of(element: Element) -> dict[str, Any]:
    """An aggregate as the service writes it: names as in its samples, lists where its schema has them."""
    written: dict[str, Any] = {}
    for each in element:
        name, local = _sample(_local(each)), _local(each).lower()
        of_leaf = {_sample(str(key)): str(value) for key, value in each.attrib.items()}
        value = json_of(each) if len(each) else {**of_leaf, VALUE: each.text or ""}
        if local in LISTS | LISTS_BELOW.get(_local(element).lower(), frozenset()):
            written.setdefault(name, []).append(value)
        else:
            written[name] = value
    return written


def _sample(name: str) -> str:
    """`UUID` is `Uuid` there, and `schemeID` `schemeId`."""
    ended = {"UUID": "Uuid", "UBLVersionID": "UblVersionId"}.get(name, name)
    return f"{ended[:-2]}Id" if ended.endswith("ID") else ended


def lowered(value: Any) -> Any:
    """The same JSON with its names in small letters."""
    if isinstance(value, dict):
        return {str(name).lower(): lowered(item) for name, item in value.items()}
    return [lowered(item) for item in value] if isinstance(value, list) else value


def _fill(parent: Element, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if value is None:
            continue
        _check_shape(parent, name, value)
        for each in value if isinstance(value, list) else [value]:
            _one(parent, name, each)


def _check_shape(parent: Element, name: str, value: object) -> None:
    key, is_list = name.lower(), isinstance(value, list)
    must = key in LISTS | LISTS_BELOW.get(_local(parent).lower(), frozenset())
    if (must and not is_list) or (is_list and not must and key in NO_LISTS):
        raise UnreadableError(f"{name} alanı okunamadı: beklenen tür {'liste' if must else 'nesne'}.")


def _one(parent: Element, name: str, value: object) -> None:
    if not isinstance(value, dict):
        raise UnreadableError(f"{name} alanı okunamadı: beklenen tür nesne.")
    names = {key.lower(): key for key in value}
    if VALUE not in names:
        _fill(etree.SubElement(parent, f"{{{CAC}}}{_ubl(name)}"), value)
        return
    element = etree.SubElement(parent, f"{{{CBC}}}{_ubl(name)}")
    element.text = _written(value[names[VALUE]], name)
    for key, attribute in value.items():
        if key.lower() != VALUE and attribute is not None:
            element.set(_ubl(key, is_attribute=True), str(attribute))


def _written(value: object, name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise UnreadableError(f"{name} alanı okunamadı: beklenen tür değer.")
    written = "" if value is None else str(value)
    return written[:8] if name.lower().endswith("time") else written


def _ubl(name: str, *, is_attribute: bool = False) -> str:
    """UBL's own spelling of a name: `CustomizationId` and `schemeid` end in ID there."""
    known = NAMED.get(name.lower())
    if known:
        return known
    ended = f"{name[:-2]}ID" if name.lower().endswith("id") else name
    return ended if is_attribute else ended[:1].upper() + ended[1:]


def _local(element: Element) -> str:
    return etree.QName(element).localname
