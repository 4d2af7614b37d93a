"""The QR code (karekod) that the printed view of an e-document carries: GİB's QR standard, version 1.2."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import segno

from app.documents.model.taxes import VAT
from app.documents.safe_input.tree import Element, aggregates, content, leaves, number, text

# Four pixels a module print at 32 mm without a blur; the page around is white, so two modules of margin are enough.
SCALE: Final = 4
MARGIN: Final = 2
TAX_FREE: Final = "YOLCUBERABERFATURA"
INTERMEDIARY: Final = "ARACIKURUMVKN"


def code_text(invoice: Element) -> str:
    """What the code says: one JSON object with GİB's names, amounts as the invoice writes them."""
    facts = {
        "vkntckn": _tax_number(invoice, "AccountingSupplierParty"),
        "avkntckn": _tax_number(invoice, "AccountingCustomerParty"),
        **dict(_tourist(invoice)),
        "senaryo": text(invoice, "ProfileID"),
        "tip": text(invoice, "InvoiceTypeCode"),
        "tarih": text(invoice, "IssueDate"),
        "no": text(invoice, "ID"),
        "ettn": text(invoice, "UUID"),
        "parabirimi": text(invoice, "DocumentCurrencyCode"),
        "malhizmettoplam": text(invoice, "LegalMonetaryTotal/LineExtensionAmount"),
        **dict(_vat(invoice)),
        "vergidahil": text(invoice, "LegalMonetaryTotal/TaxInclusiveAmount"),
        "odenecek": text(invoice, "LegalMonetaryTotal/PayableAmount"),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def picture(invoice: Element) -> str | None:
    """The code as a data URI of a PNG; None when the invoice says more than any QR code holds."""
    try:
        code = segno.make_qr(code_text(invoice), error="m")
    except segno.DataOverflowError:
        return None
    return code.png_data_uri(scale=SCALE, border=MARGIN)


def _tourist(invoice: Element) -> Iterator[tuple[str, str]]:
    """Passport and intermediary of a tax-free sale, which no other invoice has (section 2.1.1 of the standard)."""
    if text(invoice, "ProfileID") == TAX_FREE:
        yield "pasaportno", text(invoice, "BuyerCustomerParty/Party/Person/IdentityDocumentReference/ID")
        ids = leaves(invoice, "TaxRepresentativeParty/PartyIdentification/ID")
        yield "aracikurumvkn", next((content(each) for each in ids if each.get("schemeID") == INTERMEDIARY), "")


def _tax_number(invoice: Element, party: str) -> str:
    ids = leaves(invoice, f"{party}/Party/PartyIdentification/ID")
    return next((content(each) for each in ids if each.get("schemeID") in {"VKN", "TCKN"}), "")


def _vat(invoice: Element) -> Iterator[tuple[str, str]]:
    """Base and VAT of each rate; a rate that is there twice is one."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for subtotal in aggregates(invoice, "TaxTotal/TaxSubtotal"):
        if text(subtotal, "TaxCategory/TaxScheme/TaxTypeCode") != VAT:
            continue
        rate = _plain(number(subtotal, "Percent"))
        base, tax = sums.get(rate, (Decimal(0), Decimal(0)))
        sums[rate] = (
            base + (number(subtotal, "TaxableAmount") or Decimal(0)),
            tax + (number(subtotal, "TaxAmount") or Decimal(0)),
        )
    for rate, (base, tax) in sums.items():
        yield f"kdvmatrah({rate})", str(base)
        yield f"hesaplanankdv({rate})", str(tax)


def _plain(rate: Decimal | None) -> str:
    """`20`, never `20.00`."""
    return "0" if not rate else f"{rate.normalize():f}"
