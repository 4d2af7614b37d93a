"""A UBL document as JSON: every leaf is an object with `value` and its attributes, what may repeat is a list.

Which elements are lists is in the service's own schema (UBL-TR's), and depends on where they are: a document has
several `TaxTotal`, a line has one.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.documents.safe_input.tree import CBC, EXT, Element, local_name
from app.domain.exact_json import JsonValue

Object = dict[str, JsonValue]

# Elements that the signer writes, and that are placeholders until then.
OF_THE_SIGNER: Final = frozenset({EXT + "UBLExtensions", "Signature"})
LISTS: Final = frozenset(
    {
        "AdditionalItemIdentification", "AllowanceCharge", "BillingReference", "CommodityClassification",
        "ContractDocumentReference", "CustomsDeclaration", "DeliveryTerms", "DespatchDocumentReference",
        "DocumentDescription", "GoodsItem", "InvoiceLine", "ItemInstance", "OrderLineReference", "PartyIdentification",
        "PartyLegalEntity", "PaymentMeans", "ShipmentStage", "TaxSubtotal", "TransportHandlingUnit",
        "WithholdingTaxTotal",
    }
)  # fmt: skip
# Those that are lists in these aggregates only.
LISTS_BELOW: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "Invoice": frozenset({"Note", "AdditionalDocumentReference", "Delivery", "TaxTotal"}),
        "InvoiceLine": frozenset({"Note", "Delivery"}),
    }
)
NUMBERS: Final = ("Amount", "Measure", "Numeric", "Percent", "Quantity", "Rate")
# .NET's form of a time; UBL-TR's times are Turkey's.
TIME_END: Final = ".0000000+03:00"


class Spelling(StrEnum):
    """How the property names end: the samples' `Uuid` and `schemeId`, or UBL's own `UUID` and `schemeID`."""

    SAMPLES = "Uuid"
    UBL = "UUID"


def json_of(root: Element, spelling: Spelling = Spelling.SAMPLES) -> Object:
    """The whole document but for what the signer writes. Raises ValueError for a repeated element that is no list."""
    return _aggregate(root, spelling)


def _aggregate(element: Element, spelling: Spelling) -> Object:
    lists = LISTS | LISTS_BELOW.get(local_name(element), frozenset())
    written: Object = {}
    for child in element.iterchildren("*"):
        name = local_name(child)
        if OF_THE_SIGNER & {name, str(child.tag)}:
            continue
        value = _leaf(child, spelling) if str(child.tag).startswith(CBC) else _aggregate(child, spelling)
        key = _named(name, spelling)
        if name in lists:
            listed = written.setdefault(key, [])
            assert isinstance(listed, list)
            listed.append(value)
        elif key in written:
            raise ValueError(f"{name} is there twice, and {local_name(element)} has one")
        else:
            written[key] = value
    return written


def _leaf(element: Element, spelling: Spelling) -> Object:
    attributes: Object = {_named(str(name), spelling): str(value) for name, value in element.attrib.items()}
    return {**attributes, "value": _value(local_name(element), element.text or "")}


def _value(name: str, text: str) -> JsonValue:
    if name.endswith(NUMBERS):
        return Decimal(text)
    if name.endswith("Indicator"):
        return text == "true"
    return text + TIME_END if name.endswith("Time") else text


def _named(name: str, spelling: Spelling) -> str:
    if spelling is Spelling.UBL:
        return name
    if name.endswith(("ID", "UUID")):
        name = f"{name[:-2]}Id" if name != "UUID" else "Uuid"
    return "Ubl" + name[3:] if name.startswith("UBL") else name
