"""What the simulated Nilvera checks in a document by itself, with the codes of the real one where they are known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from providers.simulation.reading import number

SERIES_OR_NUMBER: Final = re.compile(r"[A-Z0-9]{3}(20[0-9]{2}[0-9]{9})?")
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
KURUS: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
# GİB lets a line's VAT differ from base x rate by one kuruş.
TOLERANCE: Final = KURUS

# Enums are taken by name and by number.
INTERNET: Final = frozenset({"INTERNET", 1})
ELECTRONIC: Final = frozenset({"ELEKTRONIK", 2})
TYPES: Final = frozenset(
    {
        *("SATIS", 0, "IADE", 1, "ISTISNA", 2, "TEVKIFAT", 3),
        *("IHRACKAYITLI", 4, "SGK", 7, "KOMISYONCU", 9),
        *("HKSSATIS", 10, "HKSKOMISYONCU", 11, "KONAKLAMAVERGISI", 12),
    }
)
WITHHOLDING: Final = frozenset({"TEVKIFAT", 3})
OF_MARKET_HALLS: Final = frozenset({"HKSSATIS", 10, "HKSKOMISYONCU", 11})
# A market hall's mark (künye) has so many characters.
MARK_LENGTH: Final = 19
WITHHELD_VAT: Final = "9015"
ACCOMMODATION: Final = frozenset({"KONAKLAMAVERGISI", 12})
ACCOMMODATION_TAX: Final = "0059"
# Special consumption taxes, which are in the base of VAT.
IN_VAT_BASE: Final = ("0071", "0073", "0074", "0075", "0076", "0077", "9077")
RETURNS: Final = frozenset({"IADE", 1})
EXEMPTION_TYPES: Final = frozenset({"ISTISNA", 2, "IHRACKAYITLI", 4})
METHODS: Final = frozenset({"KREDIKARTI/BANKAKARTI", "EFT/HAVALE", "KAPIDAODEME", "ODEMEARACISI", "DIGER"})
NAMED_METHODS: Final = frozenset({"ODEMEARACISI", "DIGER"})
FILES: Final = frozenset({"doc", "docx", "ppt", "pptx", "pdf", "jpg", "jpeg", "png"})
TRANSPORT: Final = ("TransporterName", "TransporterRegisterNumber", "TransportDate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One refusal: HTTP status, Nilvera's code, and a sentence."""

    status: int
    code: int
    description: str


def problem_in(model: Mapping[str, Any], company: str) -> Problem | None:
    """The first thing wrong with the document, or None. `company` is the tax number the key belongs to."""
    try:
        return (
            _header_problem(model["InvoiceInfo"])
            or _kind_problem(model["InvoiceInfo"])
            or _company_problem(model["CompanyInfo"], company)
            or _party_problem(model["CustomerInfo"])
            or _exemption_problem(model["InvoiceInfo"], model["InvoiceLines"])
            or _internet_problem(model["InvoiceInfo"])
            or _tax_problem(model["InvoiceInfo"], model["InvoiceLines"])
            or _mark_problem(model["InvoiceInfo"], model["InvoiceLines"])
            or _amount_problem(model["InvoiceInfo"], model["InvoiceLines"])
        )
    except (KeyError, TypeError, ValueError) as error:
        return Problem(status=400, code=2004, description=f"The document could not be read: {error!r}")


def _header_problem(info: Mapping[str, Any]) -> Problem | None:
    name = info.get("InvoiceSerieOrNumber")
    if not name:
        return _unprocessable(2065, "The series is empty")
    if not SERIES_OR_NUMBER.fullmatch(name):
        return _unprocessable(2015, "The series has three characters, a number sixteen")
    if name[3:7] not in {"", info["IssueDate"][:4]}:
        return _unprocessable(2100, "The year of the number is not that of the document")
    if not UUID.fullmatch(info["UUID"]):
        return _unprocessable(2015, "The UUID is none")
    return None


def _kind_problem(info: Mapping[str, Any]) -> Problem | None:
    if info["InvoiceType"] not in TYPES:
        return _unprocessable(2015, "The invoice type is not known here")
    if info["CurrencyCode"] != "TRY" and not number(info.get("ExchangeRate")):
        return _unprocessable(2015, "A foreign currency needs its exchange rate")
    if info["InvoiceType"] in RETURNS and not info.get("ReturnInvoiceInfo"):
        return _unprocessable(2015, "A return names what it takes back")
    return _file_problem(info.get("AdditionalDocumentReferences") or [])


def _file_problem(documents: list[Mapping[str, Any]]) -> Problem | None:
    for document in documents:
        name = (document.get("Attachment") or {}).get("FileName")
        if name is not None and name.rpartition(".")[2].lower() not in FILES:
            return _unprocessable(2015, "The file is of a type that is not taken")
    return None


def _company_problem(party: Mapping[str, Any], company: str) -> Problem | None:
    if party["TaxNumber"] != company:
        return Problem(status=409, code=1000, description="The tax number is not that of the company")
    return _party_problem(party)


def _party_problem(party: Mapping[str, Any]) -> Problem | None:
    missing = [name for name in ("TaxNumber", "Name", "District", "City", "Country") if not party.get(name)]
    return _unprocessable(2015, f"A party lacks {', '.join(missing)}") if missing else None


def _exemption_problem(info: Mapping[str, Any], lines: list[Mapping[str, Any]]) -> Problem | None:
    code = (info.get("TaxExemptionReasonInfo") or {}).get("KDVExemptionReasonCode")
    vat: dict[Decimal, Decimal] = {}
    for line in lines:
        rate = number(line["KDVPercent"])
        vat[rate] = vat.get(rate, Decimal(0)) + number(line["KDVTotal"])
    # GİB looks at the document's subtotal of each rate: 20 % of a few kuruş is zero as well.
    if code is None and (not all(vat.values()) or info["InvoiceType"] in EXEMPTION_TYPES):
        return _unprocessable(2015, "VAT that comes to zero at its rate needs an exemption code")
    return None


def _tax_problem(info: Mapping[str, Any], lines: list[Mapping[str, Any]]) -> Problem | None:
    codes = {tax["TaxCode"] for line in lines for tax in taxes_of(line)}
    if (info["InvoiceType"] in WITHHOLDING) != (WITHHELD_VAT in codes):
        return _unprocessable(2015, "TEVKIFAT is for lines whose VAT is withheld, and these are TEVKIFAT")
    if info["InvoiceType"] in ACCOMMODATION and ACCOMMODATION_TAX not in codes:
        return _unprocessable(2015, "KONAKLAMAVERGISI needs accommodation tax")
    for line in lines:
        for tax in taxes_of(line):
            wanted = _rounded(number(line["KDVTotal"]) * number(tax.get("Percent")) / HUNDRED)
            if tax["TaxCode"] == WITHHELD_VAT and (not tax.get("ReasonCode") or number(tax["Total"]) != wanted):
                return _unprocessable(2015, f"The withheld VAT of line {line.get('Index')} is not {wanted}")
    return None


def _mark_problem(info: Mapping[str, Any], lines: list[Mapping[str, Any]]) -> Problem | None:
    if info["InvoiceType"] not in OF_MARKET_HALLS:
        return None
    tags = [str((line.get("AdditionalItemIdentification") or {}).get("TagNumber") or "") for line in lines]
    if all(len(tag) == MARK_LENGTH for tag in tags):
        return None
    return _unprocessable(2015, "Each line of a market hall has its mark")


def taxes_of(line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The taxes of a line beside VAT."""
    return list(line.get("Taxes") or [])


def payable_of(line: Mapping[str, Any]) -> Decimal:
    """Base, VAT and further taxes, less what the buyer withholds."""
    signs = ((number(tax["Total"]), -1 if tax["TaxCode"] == WITHHELD_VAT else 1) for tax in taxes_of(line))
    return base_of(line) + number(line["KDVTotal"]) + sum((amount * sign for amount, sign in signs), Decimal(0))


def _internet_problem(info: Mapping[str, Any]) -> Problem | None:
    if info.get("SalesPlatform") not in INTERNET:
        return None
    if info.get("SendType") not in ELECTRONIC:
        return _unprocessable(2015, "An internet sale is sent electronically")
    sale = info.get("InternetInfo") or {}
    method = sale.get("PaymentMethod")
    required = [
        "WebSite",
        *(["PaymentMethodName"] if method in NAMED_METHODS else []),
        *(["PaymentDate"] if method != "DIGER" else []),
        *(TRANSPORT if any(sale.get(name) for name in TRANSPORT) else ()),
    ]
    missing = [name for name in required if not sale.get(name)]
    if method not in METHODS or missing:
        return _unprocessable(2015, f"The internet sale lacks {', '.join(missing) or 'a payment method'}")
    return None


def _amount_problem(info: Mapping[str, Any], lines: list[Mapping[str, Any]]) -> Problem | None:
    """Price x quantity less allowance is the base; the stated VAT and the payable amount must follow from it."""
    if not lines:
        return _unprocessable(2015, "There are no lines")
    total = Decimal(0)
    for line in lines:
        base = base_of(line)
        vat = number(line["KDVTotal"])
        special = sum((number(t["Total"]) for t in taxes_of(line) if t["TaxCode"] in IN_VAT_BASE), Decimal(0))
        if base < 0 or abs(vat - _rounded((base + special) * number(line["KDVPercent"]) / HUNDRED)) > TOLERANCE:
            return _unprocessable(2015, f"The VAT of line {line.get('Index')} does not follow from its base of {base}")
        total += payable_of(line)
    if "PayableAmount" in info and number(info["PayableAmount"]) != total:
        return _unprocessable(2015, f"The lines come to {total}, not {info['PayableAmount']}")
    return None


def base_of(line: Mapping[str, Any]) -> Decimal:
    """Price x quantity in whole kuruş, less allowance: half a kuruş below nothing is nothing."""
    return _rounded(number(line["Quantity"]) * number(line["Price"])) - number(line.get("AllowanceTotal"))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(KURUS, ROUND_HALF_UP)


def _unprocessable(code: int, description: str) -> Problem:
    return Problem(status=422, code=code, description=description)
