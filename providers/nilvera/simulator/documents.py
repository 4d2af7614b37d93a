"""The documents that the simulated Nilvera gives back: made of the model that it was sent and the number that it gave.

They are real files of their kinds, and small: an unsigned UBL-TR invoice with the head, parties, taxes and lines of the
model; a page of HTML; a PDF of one page in Latin letters. Nilvera's own are signed and designed.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any, Final

from providers.nilvera.simulator.checks import WITHHELD_VAT, base_of, payable_of, taxes_of
from providers.simulation.files import NAMESPACES, html_page, pdf_page
from providers.simulation.reading import number

MEDIA_TYPES: Final = {"pdf": "application/json", "xml": "application/xml", "html": "text/html"}
COMPANY_DIGITS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SentDocument:
    """One document as it was sent, under the number that it got."""

    model: Mapping[str, Any]
    number: str

    @property
    def info(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.model["InvoiceInfo"]
        return found

    @property
    def profile(self) -> str:
        return str(self.info.get("InvoiceProfile", "EARSIVFATURA"))


def content_of(document: SentDocument, form: str) -> str:
    """The body of the answer: XML and HTML as text, a PDF as base64 in quotes."""
    match form:
        case "xml":
            return xml_of(document)
        case "html":
            return html_of(document)
        case _:
            return f'"{base64.b64encode(pdf_of(document)).decode()}"'


def xml_of(document: SentDocument) -> str:
    """UBL-TR 1.2, unsigned."""
    info, model = document.info, document.model
    day, _, clock = str(info["IssueDate"]).partition("T")
    lines = model["InvoiceLines"]
    body = "".join(
        [
            _text("UBLVersionID", "2.1") + _text("CustomizationID", "TR1.2") + _text("ProfileID", document.profile),
            _text("ID", document.number) + _text("CopyIndicator", "false") + _text("UUID", info["UUID"]),
            _text("IssueDate", day) + _text("IssueTime", clock[:8] or "00:00:00"),
            _text("InvoiceTypeCode", info["InvoiceType"]),
            *(_text("Note", note) for note in model.get("Notes") or []),
            _text("DocumentCurrencyCode", info["CurrencyCode"]) + _text("LineCountNumeric", len(lines)),
            _order(info.get("OrderReference")),
            _sending(info, day),
            _node("AccountingSupplierParty", _party(model["CompanyInfo"])),
            _node("AccountingCustomerParty", _party(model["CustomerInfo"])),
            _rate(info),
            *_totals(document),
            *(_line(document, line, place) for place, line in enumerate(lines, start=1)),
        ]
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Invoice {NAMESPACES}>{body}</Invoice>'


def html_of(document: SentDocument) -> str:
    """A page that can be read, and nothing more."""
    return html_page(document.number, _rows(document))


def pdf_of(document: SentDocument) -> bytes:
    """One page, in a font that every reader has."""
    return pdf_page(_rows(document))


def _rows(document: SentDocument) -> list[str]:
    info, model = document.info, document.model
    seller, buyer = model["CompanyInfo"], model["CustomerInfo"]
    currency = info["CurrencyCode"]
    return [
        f"{document.profile} {document.number}",
        f"ETTN {info['UUID']}",
        f"{info['InvoiceType']}, {str(info['IssueDate']).replace('T', ' ')}",
        f"{seller['Name']}, {seller['TaxNumber']}",
        f"Sayın {buyer['Name']}, {buyer['TaxNumber']}",
        *(
            f"{line['Name']}: {line['Quantity']} {line.get('UnitType', '')}, {base_of(line)} + KDV {line['KDVTotal']}"
            for line in model["InvoiceLines"]
        ),
        f"Ödenecek tutar {number(info.get('PayableAmount'))} {currency}",
        *(str(note) for note in model.get("Notes") or []),
    ]


def _text(name: str, value: object, **attributes: str) -> str:
    written = "".join(f' {key}="{escape(text)}"' for key, text in attributes.items())
    return f"<cbc:{name}{written}>{escape(str(value), quote=False)}</cbc:{name}>"


def _node(name: str, *content: str) -> str:
    return f"<cac:{name}>{''.join(content)}</cac:{name}>"


def _order(reference: Mapping[str, Any] | None) -> str:
    if not reference or not reference.get("Value"):
        return ""
    day = str(reference.get("IssueDate") or "")[:10]
    return _node("OrderReference", _text("ID", reference["Value"]), _text("IssueDate", day) if day else "")


def _sending(info: Mapping[str, Any], day: str) -> str:
    """How an e-Arşiv goes to its buyer, in the references that Nilvera's documents have for it."""
    if "SendType" not in info:
        return ""
    return _reference("SEND_TYPE", str(info["SendType"]), day) + _internet(info, day)


def _internet(info: Mapping[str, Any], day: str) -> str:
    sale = info.get("InternetInfo")
    if not sale:
        return ""
    said = {
        "IS_INTERNET": "true",
        "INT_WEBSITE": sale.get("WebSite"),
        "INT_PAYMENT_METHOD": sale.get("PaymentMethod"),
        "INT_PAYMENTDATE": str(sale.get("PaymentDate") or "")[:10],
    }
    return "".join(_reference(code, str(value), day) for code, value in said.items() if value)


def _reference(code: str, value: str, day: str) -> str:
    parts = (_text("ID", value), _text("IssueDate", day), _text("DocumentTypeCode", code))
    return _node("AdditionalDocumentReference", *parts)


def _party(party: Mapping[str, Any]) -> str:
    scheme = "VKN" if len(party["TaxNumber"]) == COMPANY_DIGITS else "TCKN"
    is_company = scheme == "VKN"
    first, _, family = str(party["Name"]).rpartition(" ")
    person = _node("Person", _text("FirstName", first or family), _text("FamilyName", family))
    address = _node(
        "PostalAddress",
        _text("StreetName", party.get("Address") or ""),
        _text("CitySubdivisionName", party["District"]),
        _text("CityName", party["City"]),
        _node("Country", _text("Name", party["Country"])),
    )
    office = party.get("TaxOffice")
    return _node(
        "Party",
        _node("PartyIdentification", _text("ID", party["TaxNumber"], schemeID=scheme)),
        _node("PartyName", _text("Name", party["Name"])) if is_company else "",
        address,
        _node("PartyTaxScheme", _node("TaxScheme", _text("Name", office))) if office else "",
        "" if is_company else person,
    )


def _rate(info: Mapping[str, Any]) -> str:
    if info["CurrencyCode"] == "TRY":
        return ""
    parts = (
        _text("SourceCurrencyCode", info["CurrencyCode"]),
        _text("TargetCurrencyCode", "TRY"),
        _text("CalculationRate", number(info["ExchangeRate"])),
    )
    return _node("PricingExchangeRate", *parts)


def _totals(document: SentDocument) -> Iterator[str]:
    lines = document.model["InvoiceLines"]
    by_rate: dict[Decimal, list[Mapping[str, Any]]] = {}
    for line in lines:
        by_rate.setdefault(number(line["KDVPercent"]), []).append(line)
    vat = sum((number(line["KDVTotal"]) for line in lines), Decimal(0))
    base = sum(map(base_of, lines), Decimal(0))
    further = [tax for line in lines for tax in taxes_of(line)]
    withheld = [tax for tax in further if tax["TaxCode"] == WITHHELD_VAT]
    others = [tax for tax in further if tax["TaxCode"] != WITHHELD_VAT]
    taxes = vat + sum((number(tax["Total"]) for tax in others), Decimal(0))
    yield _node(
        "TaxTotal",
        _amount(document, "TaxAmount", taxes - sum((number(tax["Total"]) for tax in withheld), Decimal(0))),
        *(_tax(document, rate, some) for rate, some in by_rate.items()),
        *(_further(document, tax, tax["TaxCode"]) for tax in others),
    )
    if withheld:
        amounts = sum((number(tax["Total"]) for tax in withheld), Decimal(0))
        subtotals = (_further(document, tax, tax["ReasonCode"]) for tax in withheld)
        yield _node("WithholdingTaxTotal", _amount(document, "TaxAmount", amounts), *subtotals)
    yield _node(
        "LegalMonetaryTotal",
        _amount(document, "LineExtensionAmount", base),
        _amount(document, "TaxExclusiveAmount", base),
        _amount(document, "TaxInclusiveAmount", base + taxes),
        _amount(document, "PayableAmount", sum(map(payable_of, lines), Decimal(0))),
    )


def _further(document: SentDocument, tax: Mapping[str, Any], code: str) -> str:
    """A tax beside VAT, or what is withheld of it, which has the code of its kind."""
    return _node(
        "TaxSubtotal",
        _amount(document, "TaxAmount", number(tax["Total"])),
        _text("Percent", number(tax.get("Percent"))),
        _node("TaxCategory", _node("TaxScheme", _text("Name", code), _text("TaxTypeCode", code))),
    )


def _tax(document: SentDocument, rate: Decimal, lines: list[Mapping[str, Any]]) -> str:
    """One rate of VAT, of the document or of a line, with the reason of a zero."""
    reason = (document.info.get("TaxExemptionReasonInfo") or {}).get("KDVExemptionReasonCode")
    vat = sum((number(line["KDVTotal"]) for line in lines), Decimal(0))
    exempt = _text("TaxExemptionReasonCode", reason) + _text("TaxExemptionReason", reason) if reason and not vat else ""
    return _node(
        "TaxSubtotal",
        _amount(document, "TaxableAmount", sum(map(base_of, lines), Decimal(0))),
        _amount(document, "TaxAmount", vat),
        _text("Percent", rate),
        _node("TaxCategory", exempt, _node("TaxScheme", _text("Name", "KDV"), _text("TaxTypeCode", "0015"))),
    )


def _line(document: SentDocument, line: Mapping[str, Any], place: int) -> str:
    allowance = number(line.get("AllowanceTotal"))
    less = _node("AllowanceCharge", _text("ChargeIndicator", "false"), _amount(document, "Amount", allowance))
    vat = number(line["KDVTotal"])
    return _node(
        "InvoiceLine",
        _text("ID", place),
        _text("InvoicedQuantity", number(line["Quantity"]), unitCode=line.get("UnitType") or "C62"),
        _amount(document, "LineExtensionAmount", base_of(line)),
        less if allowance else "",
        _node("TaxTotal", _amount(document, "TaxAmount", vat), _tax(document, number(line["KDVPercent"]), [line])),
        _node("Item", _text("Name", line["Name"]), _mark(line)),
        _node("Price", _amount(document, "PriceAmount", number(line["Price"]))),
    )


def _mark(line: Mapping[str, Any]) -> str:
    tag = (line.get("AdditionalItemIdentification") or {}).get("TagNumber")
    return _node("AdditionalItemIdentification", _text("ID", tag, schemeID="KUNYENO")) if tag else ""


def _amount(document: SentDocument, name: str, value: Decimal) -> str:
    return _text(name, f"{value:f}", currencyID=str(document.info["CurrencyCode"]))
