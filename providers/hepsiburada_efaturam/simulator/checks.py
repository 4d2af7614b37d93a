"""What the simulated service checks in an invoice; its sentences are ours, for the real ones are not published."""

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from providers.formats.elements import Element
from providers.hepsiburada_efaturam.simulator.invoices import (
    Sent,
    UnreadableError,
    amount,
    children,
    descend,
    tax_number_of,
    text,
    title_of,
)

NUMBER: Final = re.compile(r"[A-Z0-9]{3}20[0-9]{2}[0-9]{9}")
SERIES: Final = re.compile(r"[A-Z0-9]{3}")
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAY: Final = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
TAX_NUMBER: Final = re.compile(r"[0-9]{10,11}")
# Of these the totals follow from lines and taxes; others (special bases, deferred VAT) are not calculated here.
PLAIN_TYPES: Final = frozenset({"SATIS", "IADE", "ISTISNA", "TEVKIFAT"})
TYPES: Final = PLAIN_TYPES | {
    "OZELMATRAH", "IHRACKAYITLI", "SGK", "TEVKIFATIADE", "KOMISYONCU", "HKSSATIS", "HKSKOMISYONCU", "KONAKLAMAVERGISI",
}  # fmt: skip
PROFILES: Final = frozenset(
    {"TEMELFATURA", "TICARIFATURA", "EARSIVFATURA", "IHRACAT", "YOLCUBERABERFATURA", "KAMU", "HKS"}
)
DELIVERIES: Final = frozenset({"electronic", "paper"})
PAYMENT: Final = re.compile(r"KREDIKARTI/BANKAKARTI|EFT/HAVALE|KAPIDAODEME|ODEMEARACISI|DIGER( - .+)?")
VAT: Final = "0015"
KURUS: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
TCKN_LENGTH: Final = 11


def problem_in(sent: Sent, company: str) -> str | None:
    """The first thing that is wrong in the invoice by itself, or None. `company`: the user's tax number."""
    try:
        return next((problem for check in CHECKS for problem in check(sent, company)), None)
    except UnreadableError as error:
        return str(error)


def _header(sent: Sent, _: str) -> Iterator[str]:
    if sent.text("UBLVersionID") not in {"2.1", ""} or sent.text("CustomizationID") not in {"TR1.2", "TR1.2.1"}:
        yield "UblVersionId veya CustomizationId geçersiz."
    if sent.text("ProfileID") not in PROFILES or sent.text("InvoiceTypeCode") not in TYPES:
        yield "ProfileId veya InvoiceTypeCode geçersiz."
    if sent.uuid and not UUID.fullmatch(sent.uuid):
        yield "Uuid geçersiz."
    if not DAY.fullmatch(sent.text("IssueDate")):
        yield "IssueDate geçersiz."
    number = sent.text("ID")
    if number and not NUMBER.fullmatch(number) and not SERIES.fullmatch(number):
        yield "Id boş, 3 karakter önek veya 16 karakter numara olmalıdır."
    if NUMBER.fullmatch(number) and number[3:7] != sent.text("IssueDate")[:4]:
        yield "Numaranın yılı fatura tarihinin yılı olmalıdır."


def _parties(sent: Sent, company: str) -> Iterator[str]:
    supplier, customer = sent.party("AccountingSupplierParty"), sent.party("AccountingCustomerParty")
    if tax_number_of(supplier) != company:
        yield "Göndericinin VKN/TCKN bilgisi hesabınıza ait değildir."
    for party in (supplier, customer):
        if not TAX_NUMBER.fullmatch(tax_number_of(party)) or not title_of(party):
            yield "Tarafların VKN/TCKN ve unvan bilgileri zorunludur."
        if len(tax_number_of(party)) == TCKN_LENGTH and not text(party, "Person", "FamilyName"):
            yield "TCKN için Person alanı zorunludur."
        where = ("CitySubdivisionName",), ("CityName",), ("Country", "Name")
        if not all(text(party, "PostalAddress", *path) for path in where):
            yield "Tarafların adres bilgileri (ilçe, il, ülke) zorunludur."


def _kind(sent: Sent, _: str) -> Iterator[str]:
    if sent.text("DocumentCurrencyCode") != "TRY" and not sent.amount("PricingExchangeRate", "CalculationRate"):
        yield "Dövizli faturada kur bilgisi zorunludur."
    taken = list(descend(sent.document, "BillingReference", "InvoiceDocumentReference", "ID"))
    if sent.text("InvoiceTypeCode") == "IADE" and not taken:
        yield "İade faturasında iade edilen fatura belirtilmelidir."


def _lines(sent: Sent, _: str) -> Iterator[str]:
    if not sent.lines():
        yield "Fatura satırı bulunmuyor."
    if sent.text("LineCountNumeric") != str(len(sent.lines())):
        yield "LineCountNumeric satır sayısına eşit değil."
    for line in sent.lines():
        if not text(line, "Item", "Name") or not amount(line, "InvoicedQuantity"):
            yield "Satırda ürün adı ve miktar zorunludur."
        price, quantity = amount(line, "Price", "PriceAmount"), amount(line, "InvoicedQuantity")
        if _rounded(price * quantity) - _allowances(line) != amount(line, "LineExtensionAmount"):
            yield "Satır tutarı birim fiyat, miktar ve iskontoya uymuyor."
        if sent.text("InvoiceTypeCode") in PLAIN_TYPES:
            yield from _subtotals(next(children(line, "TaxTotal"), None))


def _subtotals(total: Element | None) -> Iterator[str]:
    for each in children(total, "TaxSubtotal") if total is not None else ():
        if text(each, "TaxCategory", "TaxScheme", "TaxTypeCode") != VAT:
            continue
        tax, base = amount(each, "TaxAmount"), amount(each, "TaxableAmount")
        if abs(_rounded(base * amount(each, "Percent") / HUNDRED) - tax) > KURUS:
            yield "KDV tutarı matrah ve orana uymuyor."
        if not tax and not text(each, "TaxCategory", "TaxExemptionReasonCode"):
            yield "KDV tutarı sıfır olan faturada muafiyet kodu zorunludur."


def _totals(sent: Sent, _: str) -> Iterator[str]:
    lines = sum((amount(line, "LineExtensionAmount") for line in sent.lines()), Decimal(0))
    tax = sent.amount("TaxTotal", "TaxAmount")
    withheld = sent.amount("WithholdingTaxTotal", "TaxAmount")
    exclusive = sent.amount("LegalMonetaryTotal", "TaxExclusiveAmount")
    if sent.amount("LegalMonetaryTotal", "LineExtensionAmount") != lines:
        yield "Satır toplamı fatura toplamına uymuyor."
    if sent.text("InvoiceTypeCode") not in PLAIN_TYPES:
        return
    # TaxTotal is what the seller gets, or all of the taxes; both are usual.
    inclusive = sent.amount("LegalMonetaryTotal", "TaxInclusiveAmount")
    if inclusive not in {exclusive + tax, exclusive + tax + withheld}:
        yield "Vergiler dahil tutar hatalı."
    rounding = sent.amount("LegalMonetaryTotal", "PayableRoundingAmount")
    if sent.amount("LegalMonetaryTotal", "PayableAmount") != inclusive - withheld + rounding:
        yield "Ödenecek tutar hatalı."


def _archive(sent: Sent, _: str) -> Iterator[str]:
    info = sent.beside.get("earchiveinvoiceinfo")
    if info is None:
        return
    if not isinstance(info, dict) or str(info.get("deliverytype", "")).lower() not in DELIVERIES:
        yield "EArchiveInvoiceInfo.DeliveryType zorunludur."
        return
    sale = info.get("internetsalesinfo") or {}
    if sale.get("webaddress") and not PAYMENT.fullmatch(str(sale.get("paymenttype", ""))):
        yield "İnternet satışında ödeme şekli zorunludur."
    if str(sale.get("paymenttype")) == "ODEMEARACISI" and not sale.get("paymentmidiername"):
        yield "Ödeme aracısının adı zorunludur."


CHECKS: Final[tuple[Callable[[Sent, str], Iterator[str]], ...]] = (
    _header,
    _parties,
    _kind,
    _lines,
    _totals,
    _archive,
)


def _allowances(element: Element) -> Decimal:
    """What is taken off a line, less what is added."""
    return sum(
        (
            amount(each, "Amount") * (-1 if text(each, "ChargeIndicator") == "true" else 1)
            for each in children(element, "AllowanceCharge")
        ),
        Decimal(0),
    )


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(KURUS, ROUND_HALF_UP)
