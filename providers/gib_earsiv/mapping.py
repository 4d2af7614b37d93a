"""From a checked document to the fields of the portal's invoice form (`jp` of EARSIV_PORTAL_FATURA_OLUSTUR).

The names are the portal's, spelt as it spells them. Amounts are texts with two decimals in the document's currency.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.documents.model.invoice import Invoice
from app.documents.model.lines import InvoiceLine
from app.documents.model.parties import Customer, country_name, is_company
from app.documents.model.taxes import VAT, Role
from app.domain import exact_json
from app.domain.exact_json import JsonValue
from app.domain.invoice_info import InvoiceInfo
from app.domain.money import LIRA
from app.domain.parties import usable_email, usable_phone
from app.domain.time import ISTANBUL
from providers.formats.notes import day
from providers.gib_earsiv.commands import NORMAL
from providers.gib_earsiv.notes import text_of
from providers.preparing import CheckedDocument

Object = dict[str, JsonValue]

ETTN: Final = "ettn"
ALLOWANCE: Final = "İskonto"
CHARGE: Final = "Arttırım"
BLANK: Final = " "
WITHHELD_VAT: Final = "9015"
KURUS: Final = Decimal("0.01")
BUYER: Final = (
    "vknTckn", "aliciUnvan", "aliciAdi", "aliciSoyadi", "vergiDairesi", "sehir", "mahalleSemtIlce",
    "bulvarcaddesokak", "postaKodu", "tel", "eposta",
)  # fmt: skip


def request_of(document: CheckedDocument, options: Mapping[str, str]) -> JsonValue:
    """The form. Option `kind` is `hangiTip`; with `ettn: absent` its field is left out."""
    local = document.issued_at.astimezone(ISTANBUL)
    invoice = document.invoice
    # The portal refuses an ETTN of ours, and numbers by itself.
    ettn: Object = {} if options.get(ETTN) == "absent" else {"faturaUuid": ""}
    return {
        **ettn,
        "belgeNumarasi": "",
        "faturaTarihi": f"{local:%d/%m/%Y}",
        "saat": f"{local:%H:%M:%S}",
        "paraBirimi": invoice.currency,
        "dovzTLkur": "0" if invoice.currency == LIRA else f"{invoice.exchange_rate:f}",
        "faturaTipi": invoice.type,
        "hangiTip": options.get("kind", NORMAL),
        **_buyer(invoice.customer),
        **_references(invoice.info),
        "vergiCesidi": BLANK,
        "ozelMatrahTutari": "0",
        "ozelMatrahOrani": 0,
        "ozelMatrahVergiTutari": "0",
        "malHizmetTable": [_line(line) for line in invoice.lines],
        **_totals(invoice),
        "not": text_of(document),
    }


def form_in(request: str) -> dict[str, Any]:
    """The form of a prepared request."""
    found: dict[str, Any] = exact_json.loads(request)
    return found


def buyer_in(body: Any) -> Object:
    """The buyer's fields of a form, with the name as one."""
    name = body["aliciUnvan"] or f"{body['aliciAdi']} {body['aliciSoyadi']}"
    return {"name": name, **{field: body[field] for field in BUYER if body[field] != BLANK}}


def _buyer(customer: Customer) -> Object:
    company, address = is_company(customer.tax_number), customer.address
    return {
        "vknTckn": customer.tax_number,
        "aliciUnvan": customer.full_name if company else "",
        "aliciAdi": "" if company else customer.name,
        "aliciSoyadi": "" if company else customer.family_name or "",
        "vergiDairesi": customer.tax_office or "",
        "ulke": country_name(address.country),
        "sehir": address.city or BLANK,
        "mahalleSemtIlce": address.district,
        "bulvarcaddesokak": address.street,
        **dict.fromkeys(("binaAdi", "binaNo", "kapiNo", "kasabaKoy", "fax", "websitesi"), ""),
        "postaKodu": address.postal_code or "",
        "tel": usable_phone(customer.phone) or "",
        "eposta": usable_email(customer.email) or "",
    }


def _references(info: InvoiceInfo) -> Object:
    despatch = next(iter(info.despatch_document_reference), None)
    order, slip = info.order_reference, info.okc_info
    return {
        "irsaliyeNumarasi": despatch.value if despatch else "",
        "irsaliyeTarihi": day(despatch.issue_date) if despatch else "",
        "siparisNumarasi": order.value if order else "",
        "siparisTarihi": day(order.issue_date) if order else "",
        "fisNo": slip.id if slip else "",
        "fisTarihi": day(slip.issue_date) if slip else "",
        "fisSaati": slip.time if slip else BLANK,
        "fisTipi": slip.document_description if slip else BLANK,
        "zRaporNo": slip.z_no if slip else "",
        "okcSeriNo": slip.end_point_id if slip else "",
        "iadeTable": [
            {"faturaNo": each.invoice_number, "duzenlenmeTarihi": day(each.issue_date)}
            for each in info.return_invoice_info
        ],
    }


def _line(line: InvoiceLine) -> Object:
    """A line's code at the seller has no field of its own, and goes behind its name."""
    price, changed = line.base + line.allowance - line.charge, line.allowance - line.charge
    return {
        "malHizmet": f"{line.name} ({line.sku})" if line.sku else line.name,
        "miktar": line.quantity,
        "birim": line.unit,
        "birimFiyat": f"{line.unit_price:f}",
        "fiyat": _amount(price),
        "iskontoArttm": CHARGE if changed < 0 else ALLOWANCE,
        "iskontoOrani": _percentage(abs(changed), price),
        "iskontoTutari": _amount(abs(changed)),
        "iskontoNedeni": ", ".join(dict.fromkeys(each.reason for each in line.allowances if each.reason)),
        "malHizmetTutari": _amount(line.base),
        "kdvOrani": f"{line.vat_rate.normalize():f}",
        "kdvTutari": _amount(line.vat),
        "vergiOrani": 0,
        "vergininKdvTutari": "0",
        "ozelMatrahTutari": "0",
        "hesaplananotvtevkifatakatkisi": "0",
        **_taxes(line),
    }


def _taxes(line: InvoiceLine) -> Object:
    """The taxes beside VAT, with the VAT on them where there is one, and what is withheld of VAT: fields by code."""
    fields: Object = {}
    for tax in (each for each in line.taxes if each.code != VAT):
        fields |= {f"V{tax.code}Orani": tax.rate, f"V{tax.code}Tutari": _amount(tax.amount)}
        if tax.role is Role.IN_VAT_BASE:
            fields[f"V{tax.code}KdvTutari"] = _amount(tax.amount * line.vat_rate / 100)
    for each in line.withholdings:
        fields |= {
            "tevkifatKodu": int(each.code),
            f"V{WITHHELD_VAT}Orani": each.rate,
            f"V{WITHHELD_VAT}Tutari": _amount(each.amount),
        }
    return fields


def _totals(invoice: Invoice) -> Object:
    return {
        "tip": ALLOWANCE,
        "matrah": _amount(invoice.tax_exclusive),
        "malhizmetToplamTutari": _amount(invoice.line_extension + invoice.allowance - invoice.charge),
        "toplamIskonto": _amount(invoice.allowance - invoice.charge),
        "hesaplanankdv": _amount(invoice.vat),
        "vergilerToplami": _amount(invoice.tax_inclusive - invoice.tax_exclusive),
        "vergilerDahilToplamTutar": _amount(invoice.tax_inclusive),
        "odenecekTutar": _amount(invoice.payable),
    }


def _amount(value: Decimal) -> str:
    return f"{value.quantize(KURUS, ROUND_HALF_UP):f}"


def _percentage(part: Decimal, whole: Decimal) -> JsonValue:
    """Rounded: what counts is the amount beside it."""
    return (part * 100 / whole).quantize(KURUS, ROUND_HALF_UP) if part and whole else 0
