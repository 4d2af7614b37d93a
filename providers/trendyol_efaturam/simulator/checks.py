"""What the simulated Trendyol checks in a body by itself: fields, lengths, sums. Everything is in lira afterwards."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from providers.simulation.reading import number
from providers.simulation.record import BookedBuyer, BookedLine
from providers.trendyol_efaturam.simulator import kinds
from providers.trendyol_efaturam.simulator.amounts import (
    HUNDRED,
    KURUS,
    Amount,
    decimal,
    invalid,
    kurus,
    object_in,
    rounded,
)
from providers.trendyol_efaturam.simulator.words import RefusedError

UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PREFIX: Final = re.compile(r"[A-Z0-9]{3}")
NUMBER: Final = re.compile(r"[A-Z0-9]{3}20[0-9]{2}[0-9]{9}")
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
CARRIER: Final = re.compile(r"\d{10,11}")
SOURCES: Final = frozenset({"PORTAL", "WEB", "MOBILE", "PARTNER"})
EFATURA_TYPES: Final = frozenset(
    {"TEMELFATURA", "TICARIFATURA", "HKS", "IHRACAT", "KAMU", "ENERJI", "ILAC_TIBBICIHAZ", "YOLCUBERABERFATURA"}
)
CODES: Final = frozenset(
    {
        *("SATIS", "IADE", "TEVKIFAT", "ISTISNA", "OZELMATRAH", "IHRACKAYITLI", "TEVKIFATIADE", "SEVK", "MATBUDAN"),
        *("KONAKLAMAVERGISI", "SARJ", "SARJANLIK", "TEKNOLOJIDESTEK", "KOMISYONCU", "HKSSATIS", "HKSKOMISYONCU"),
    }
)
MEANS: Final = frozenset({"CREDIT_CARD", "EFT", "ON_DELIVERY", "MEDIATOR", "OTHER"})
# How long texts may be: the least and the most.
LENGTHS: Final = {
    "taxId": (10, 11), "city": (2, 255), "address": (2, 255), "postalCode": (5, 5), "name": (2, 127),
    "surname": (2, 255), "taxOffice": (2, 255),
}  # fmt: skip
INT32: Final = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A sound body, whichever call it came by. Amounts are in the currency's own unit."""

    uuid: str
    profile: str
    type_code: str
    number: str | None
    prefix: str | None
    source: str
    local_reference: str | None
    order_reference: str | None
    issued_at: str
    buyer: BookedBuyer
    buyer_email: str | None
    target_alias: str | None
    currency: str
    payable: Decimal
    lines: tuple[BookedLine, ...]
    in_kurus: bool
    body: Mapping[str, Any]


def sent_of(body: Mapping[str, Any], *, v2: bool) -> Sent:
    """Raises RefusedError with what is wrong first."""
    identity = object_in(body, "invoiceIdentification" if v2 else "invoiceInfo")
    buyer = object_in(body, "receiverInfo" if v2 else "recipientInfo")
    amount = decimal if v2 else kurus
    _check_identity(body, identity if v2 else body, identity)
    _check_buyer(buyer, "receiverInfo" if v2 else "recipientInfo", v2=v2)
    _check_blocks(body)
    lines = _lines(body, amount, v2=v2)
    kinds.check(body, identity["invoiceTypeCode"], amount)
    _check_totals(body, lines, amount, v2=v2)
    _check_exemptions(object_in(body, "totalTax"), amount)
    order = ((body.get("references") or {}) if v2 else body).get("orderInfo") or {}
    return Sent(
        uuid=str(identity.get("invoiceUuid") or "").lower(),
        profile=identity["invoiceType"],
        type_code=identity["invoiceTypeCode"],
        number=None if (identity if v2 else body).get("autoInvoiceId", True) else identity["invoiceId"],
        prefix=body.get("prefix"),
        source=body["source"],
        local_reference=body.get("localReferenceId"),
        order_reference=order.get("orderId"),
        issued_at=str((identity if v2 else body).get("issuedAt") or ""),
        buyer=_buyer(buyer),
        buyer_email=buyer.get("email"),
        target_alias=body.get("targetAlias"),
        currency=(body.get("currencyInfo") or {}).get("currency", "TRY"),
        payable=amount(object_in(body, "invoiceTotal").get("payableAmount"), "invoiceTotal.payableAmount"),
        lines=lines,
        in_kurus=not v2,
        body=body,
    )


def _check_identity(body: Mapping[str, Any], numbering: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
    if body.get("source") not in SOURCES:
        raise invalid("source", "is not one of the sources")
    if identity.get("invoiceType") not in EFATURA_TYPES | {"EARSIVFATURA"}:
        raise invalid("invoiceInfo.invoiceType", "is not one of the types")
    if identity.get("invoiceTypeCode") not in CODES:
        raise invalid("invoiceInfo.invoiceTypeCode", "is not one of the codes")
    uuid = identity.get("invoiceUuid")
    if uuid is not None and not UUID.fullmatch(str(uuid)):
        raise invalid("invoiceInfo.invoiceUuid", "is no UUID")
    if not numbering.get("autoInvoiceId", True) and not NUMBER.fullmatch(str(identity.get("invoiceId"))):
        raise RefusedError("InvoiceIdNotSet", "autoInvoiceId is false and there is no invoiceId")
    if body.get("prefix") is not None and not PREFIX.fullmatch(str(body["prefix"])):
        raise invalid("prefix", "has three capital letters or digits")
    if len(str(body.get("localReferenceId") or "")) > 127:  # noqa: PLR2004 - the documentation's
        raise invalid("localReferenceId", "has at most 127 characters")
    issued_at = numbering.get("issuedAt")
    if issued_at is not None and not MOMENT.fullmatch(str(issued_at)):
        raise invalid("issuedAt", "is no moment")


def _check_buyer(buyer: Mapping[str, Any], place: str, *, v2: bool) -> None:
    required = ("taxId", "city", "name", *(("district",) if v2 else ()))
    for name in required:
        if not buyer.get(name):
            raise invalid(f"{place}.{name}", "is missing")
    for name, (least, most) in LENGTHS.items():
        value = buyer.get(name)
        if value is not None and not (isinstance(value, str) and least <= len(value) <= most):
            raise invalid(f"{place}.{name}", f"has {least} to {most} characters")
    if buyer.get("phone") is not None and not PHONE.fullmatch(str(buyer["phone"])):
        raise invalid(f"{place}.phone", "is no telephone number")


def _check_blocks(body: Mapping[str, Any]) -> None:
    delivery, payment = body.get("deliveryInfo"), body.get("paymentInfo")
    if delivery is not None:
        if not CARRIER.fullmatch(str(delivery.get("carrierTaxId"))) or not delivery.get("carrierName"):
            raise invalid("deliveryInfo", "names a carrier with its tax number")
        if not DAY.fullmatch(str(delivery.get("sentAt"))):
            raise invalid("deliveryInfo.sentAt", "is no day")
    if payment is not None and payment.get("paymentMeans") not in MEANS | {None}:
        raise invalid("paymentInfo.paymentMeans", "is not one of the means")
    references = body.get("billingReferences") or [body.get("billingReference") or {}]
    for each in references:
        if each and not NUMBER.fullmatch(str(each.get("invoiceId"))):
            raise invalid("billingReference.invoiceId", "has sixteen characters")


def _lines(body: Mapping[str, Any], amount: Amount, *, v2: bool) -> tuple[BookedLine, ...]:
    lines = body.get("invoiceLines")
    if not isinstance(lines, list) or not lines:
        raise invalid("invoiceLines", "there are none")
    return tuple(_line(line, f"invoiceLines[{index}]", amount, v2=v2) for index, line in enumerate(lines))


def _line(line: Mapping[str, Any], place: str, amount: Amount, *, v2: bool) -> BookedLine:
    if not line.get("itemName"):
        raise invalid(f"{place}.itemName", "is missing")
    quantity, discount = number(line.get("quantity")), amount(line.get("totalDiscountAmount"), f"{place}.totalDiscount")
    total = amount(line.get("totalAmount"), f"{place}.totalAmount")
    if v2:
        taxes = object_in(line, "totalTax")
        base, vat = total, amount(taxes.get("totalTaxAmount"), f"{place}.totalTax")
        rate = number(taxes["subTotalTaxes"][0].get("percent"))
        gross = amount(line.get("subtotal"), f"{place}.subtotal")
        totals = {gross - discount}
    else:
        base = amount(line.get("taxableAmount"), f"{place}.taxableAmount")
        vat, rate = amount(line.get("taxAmount"), f"{place}.taxAmount"), number(line.get("taxPercent"))
        gross = base + discount
        # Sources disagree about what the total of a line is.
        totals = {gross, base + vat}
    priced = rounded(quantity * number(line.get("unitPriceAmount")) / (1 if v2 else HUNDRED))
    if (base if v2 else total) not in totals or abs(priced - gross) > KURUS:
        raise RefusedError("UBLValidationFailed", f"{place}: price, quantity, discount and total do not go together")
    taxed = base if v2 else base + kinds.in_vat_base(line, amount)
    if abs(vat - rounded(taxed * rate / HUNDRED)) > KURUS:
        raise RefusedError("UBLValidationFailed", f"{place}: the tax does not follow from its base")
    return BookedLine(name=line["itemName"], quantity=quantity, amount=base, vat=vat)


def _check_totals(body: Mapping[str, Any], lines: tuple[BookedLine, ...], amount: Amount, *, v2: bool) -> None:
    total = object_in(body, "invoiceTotal")
    base = sum((line.amount for line in lines), Decimal(0))
    taxes = sum((line.vat for line in lines), Decimal(0)) + kinds.beside_vat(body, amount)
    with_tax = "totalAmount" if v2 else "taxInclusiveAmount"
    expected = {("totalSubtotal" if v2 else "taxExclusiveAmount"): base, with_tax: base + taxes}
    for name, value in {**expected, "payableAmount": base + taxes - kinds.withheld(body, amount)}.items():
        if amount(total.get(name), f"invoiceTotal.{name}") != value:
            raise RefusedError("UBLValidationFailed", f"invoiceTotal.{name} does not follow from the lines")
        if not v2 and value * HUNDRED >= INT32:
            raise invalid(f"invoiceTotal.{name}", "is larger than 32 bits")
    if amount(object_in(body, "totalTax").get("totalTaxAmount"), "totalTax") != taxes:
        raise RefusedError("UBLValidationFailed", "totalTax does not follow from the lines")


def _check_exemptions(taxes: Mapping[str, Any], amount: Amount) -> None:
    for each in taxes.get("subTotalTaxes") or []:
        if not amount(each.get("taxAmount"), "totalTax") and not isinstance(each.get("taxExemptionReasonCode"), int):
            raise RefusedError("UBLValidationFailed", "VAT that comes to zero needs an exemption code")


def _buyer(buyer: Mapping[str, Any]) -> BookedBuyer:
    name = " ".join(part for part in (buyer["name"], buyer.get("surname")) if part)
    address = ", ".join(str(buyer.get(part) or "") for part in ("address", "district", "city"))
    return BookedBuyer(name=name, tax_number=buyer["taxId"], address=address)
