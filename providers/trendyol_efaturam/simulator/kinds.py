"""What the simulated Trendyol checks where a document is more than a plain sale, in the fields that v1 has for it.

v2 is not known to have any of them, and none of its documents has. How withheld VAT is rounded, and whether it is
taken off what is payable, is not published: both are as in UBL.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from providers.simulation.reading import number
from providers.trendyol_efaturam.simulator.amounts import HUNDRED, KURUS, Amount, invalid, object_in, rounded
from providers.trendyol_efaturam.simulator.words import RefusedError

Object = Mapping[str, Any]
ZERO: Final = Decimal(0)
VAT: Final = "KDV"
# Special consumption taxes and the share of radio and television are in the base of VAT.
IN_VAT_BASE: Final = frozenset({"OTV_1", "OTV_2", "OTV_3", "OTV_3A", "OTV_3B", "OTV_3C", "OTV_4", "TRT_SHARE"})
TAX_TYPES: Final = IN_VAT_BASE | {
    VAT, "KONAKLAMA", "OIV", "STAMP_TAX", "PASTURE_FUND", "STOCK_REGISTRATION_FEE",
}  # fmt: skip
EXPENSES: Final = frozenset({
    "HKSKOMISYON", "HKSKOMISYONKDV", "HKSNAVLUN", "HKSNAVLUNKDV", "HKSHAMMALIYE", "HKSHAMMALIYEKDV", "HKSNAKLIYE",
    "HKSNAKLIYEKDV", "HKSGVTEVKIFAT", "HKSBAGKURTEVKIFAT", "HKSRUSUM", "HKSRUSUMKDV", "HKSTICBORSASI",
    "HKSTICBORSASIKDV", "HKSMILLISAVUNMAFON", "HKSMSFONKDV", "HKSDIGERMASRAFLAR", "HKSDIGERKDV",
})  # fmt: skip
TAG: Final = re.compile(r".{19}")
LICENCE_LINE: Final = re.compile(r".{11}")
CUSTOMS_ID: Final = re.compile(r".{12}")
DIGITS: Final = re.compile(r"[0-9]{12}")
TERMS: Final = re.compile(r".{3}")
INWARD_PROCESSING: Final = 702
EXPORT_REGISTERED: Final = range(701, 705)


def check(body: Object, type_code: str, amount: Amount) -> None:
    """Raises RefusedError for what its type lacks, or what does not add up."""
    lines, terms = body["invoiceLines"], body.get("deliveryTypeCode")
    if terms is not None and not TERMS.fullmatch(str(terms)):
        raise invalid("deliveryTypeCode", "has three characters")
    for index, line in enumerate(lines):
        _check_line(line, f"invoiceLines[{index}]", amount)
    _check_withheld(body, amount)
    if not NEEDS.get(type_code, _needs_nothing)(body):
        raise RefusedError("UBLValidationFailed", f"{type_code} lacks what makes it one")
    if type_code != "TEVKIFAT" and body.get("totalWithholdingTax") is not None:
        raise RefusedError("UBLValidationFailed", f"{type_code} has no withheld VAT")


def in_vat_base(line: Object, amount: Amount) -> Decimal:
    """The line's taxes that VAT is taken of, too."""
    taxes = (each for each in _taxes(line) if each.get("taxType") in IN_VAT_BASE)
    return sum((amount(each.get("taxAmount"), "taxAmount") for each in taxes), ZERO)


def beside_vat(body: Object, amount: Amount) -> Decimal:
    """What the lines' taxes beside VAT come to."""
    taxes = (each for line in body["invoiceLines"] for each in _further(line))
    return sum((amount(each.get("taxAmount"), "taxAmount") for each in taxes), ZERO)


def withheld(body: Object, amount: Amount) -> Decimal:
    """The VAT that the buyer does not pay to the seller."""
    parts = (line["withholdingTax"] for line in body["invoiceLines"] if line.get("withholdingTax"))
    return sum((amount(part.get("taxAmount"), "withholdingTax.taxAmount") for part in parts), ZERO)


def _check_line(line: Object, place: str, amount: Amount) -> None:
    for tax in _taxes(line):
        if tax.get("taxType", VAT) not in TAX_TYPES:
            raise invalid(f"{place}.totalTax.subTotalTaxes.taxType", "is not one of the types")
    for tax in _further(line):
        _check_tax(line, tax, place, amount)
    if line.get("withholdingTax") is not None:
        _check_withholding(line, object_in(line, "withholdingTax"), place, amount)
    _check_form(
        line, "exportRegisteredAdditionalInfo", {"lineId": LICENCE_LINE, "requiredCustomsId": CUSTOMS_ID}, place
    )
    _check_form(line, "marketplaceSaleTypeInvoiceInfo", {"tagNo": TAG}, place)
    customs_id = line.get("microExportRequiredCustomsId")
    if customs_id is not None and not DIGITS.fullmatch(str(customs_id)):
        raise invalid(f"{place}.microExportRequiredCustomsId", "has twelve digits")


def _check_tax(line: Object, tax: Object, place: str, amount: Amount) -> None:
    """By its rate of its base, or by its price of the line's quantity."""
    by_piece = tax.get("taxUnitPrice")
    base = amount(tax.get("taxableAmount"), f"{place}.totalTax.taxableAmount")
    if by_piece is None:
        due = base * number(tax.get("percent")) / HUNDRED
    else:
        due = amount(by_piece, f"{place}.totalTax.taxUnitPrice") * number(line.get("quantity"))
    if abs(amount(tax.get("taxAmount"), f"{place}.totalTax.taxAmount") - rounded(due)) > KURUS:
        raise RefusedError("UBLValidationFailed", f"{place}: {tax['taxType']} does not follow from its base")


def _check_withholding(line: Object, part: Object, place: str, amount: Amount) -> None:
    for name in ("percent", "taxTypeCode", "name"):
        if not part.get(name):
            raise invalid(f"{place}.withholdingTax.{name}", "is missing")
    if not isinstance(part["percent"], int):
        raise invalid(f"{place}.withholdingTax.percent", "is no whole number")
    vat = amount(line.get("taxAmount"), f"{place}.taxAmount")
    due = rounded(vat * part["percent"] / HUNDRED)
    if abs(amount(part.get("taxAmount"), f"{place}.withholdingTax.taxAmount") - due) > KURUS:
        raise RefusedError("UBLValidationFailed", f"{place}: what is withheld does not follow from the VAT")


def _check_withheld(body: Object, amount: Amount) -> None:
    total = body.get("totalWithholdingTax") or {"totalTaxAmount": 0, "subWithholdingTaxes": []}
    said = amount(total.get("totalTaxAmount"), "totalWithholdingTax.totalTaxAmount")
    parts = (amount(each.get("taxAmount"), "totalWithholdingTax") for each in total.get("subWithholdingTaxes") or [])
    if not said == sum(parts, ZERO) == withheld(body, amount):
        raise RefusedError("UBLValidationFailed", "totalWithholdingTax does not follow from the lines")


def _check_form(line: Object, name: str, forms: Mapping[str, re.Pattern[str]], place: str) -> None:
    if line.get(name) is None:
        return
    said = object_in(line, name)
    for field, form in forms.items():
        if not form.fullmatch(str(said.get(field))):
            raise invalid(f"{place}.{name}.{field}", "has another length")


def _is_export_registered(body: Object) -> bool:
    """A reason of its list; a line of 702 names the licence."""
    codes = [(line, each.get("taxExemptionReasonCode")) for line in body["invoiceLines"] for each in _taxes(line)]
    with_licence = all(line.get("exportRegisteredAdditionalInfo") for line, code in codes if code == INWARD_PROCESSING)
    return with_licence and any(code in EXPORT_REGISTERED for _, code in codes)


def _is_marked(body: Object) -> bool:
    return all(line.get("marketplaceSaleTypeInvoiceInfo") for line in body["invoiceLines"])


def _has_expenses(body: Object) -> bool:
    said = body.get("marketplaceExpenses")
    return isinstance(said, list) and bool(said) and all(each.get("type") in EXPENSES for each in said)


def _needs_nothing(_: Object) -> bool:
    return True


NEEDS: Final[Mapping[str, Callable[[Object], bool]]] = {
    "TEVKIFAT": lambda body: body.get("totalWithholdingTax") is not None,
    "IHRACKAYITLI": _is_export_registered,
    "HKSSATIS": _is_marked,
    "HKSKOMISYONCU": lambda body: _is_marked(body) and _has_expenses(body),
    "KONAKLAMAVERGISI": lambda body: any(
        each.get("taxType") == "KONAKLAMA" for line in body["invoiceLines"] for each in _taxes(line)
    ),
}


def _taxes(line: Object) -> list[Object]:
    found: list[Object] = (line.get("totalTax") or {}).get("subTotalTaxes") or []
    return found


def _further(line: Object) -> Iterator[Object]:
    return (each for each in _taxes(line) if each.get("taxType", VAT) != VAT)
