"""From a checked document to DİA's records, in one body that is fixed once.

::

    {"period": 1, "card": {…}, "products": ["SKU-1"], "invoice": {…}}

`card` is the `kart` of `scf_carikart_ekle`, with the buyer's address as the one of `m_adresler`; `invoice` that of
`scf_fatura_ekle`, without the keys that DİA gives. Amounts are texts of six decimals in the document's currency; prices
are without VAT and after discounts. Names are those of the wire.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.documents.codelists.reasons import text_of
from app.documents.model.lines import InvoiceLine
from app.documents.model.parties import Customer, country_name, is_company
from app.domain import exact_json
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from app.domain.money import HUNDRED, to_kurus
from app.domain.parties import PLACEHOLDERS, usable_email, usable_phone
from app.domain.time import ISTANBUL, legal_date
from providers.base import Done, Prepared, UnpreparableError
from providers.contacts import CODE_LENGTH
from providers.dia.options import Options
from providers.formats import notes
from providers.formats.objects import Object, present
from providers.preparing import CheckedDocument
from providers.rounding import computed_from, unit_prices

SIX_DECIMALS: Final = Decimal("0.000001")
TURKEY: Final = "TR"
GOODS: Final = "MLZM"
# As many free texts as an invoice has.
TEXTS: Final = ("aciklama1", "aciklama2", "aciklama3")
# The name of a contact is the key of the card and that of its address; of a product that of the card and of its unit.
BETWEEN: Final = "/"
UPPER: Final = str.maketrans("iı", "İI")


def request_of(document: CheckedDocument, options: Options) -> JsonValue:
    """All of them. Raises UnpreparableError for a year of which the period is not known."""
    products: list[JsonValue] = [line.sku or line.name for line in document.invoice.lines]
    return {
        "period": _period(legal_date(document.issued_at).year, options),
        "card": _card(document, options),
        "products": products,
        "invoice": _invoice(document, options),
    }


def parts_of(prepared: Prepared) -> dict[str, Any]:
    """What was fixed."""
    parts: dict[str, Any] = exact_json.loads(prepared.request)
    return parts


def invoice_for(prepared: Prepared, contact: Done, products: Sequence[str]) -> Object:
    """The `kart` of `scf_fatura_ekle`, with the keys that DİA has given."""
    invoice: dict[str, Any] = parts_of(prepared)["invoice"]
    card, address = map(int, contact.reference.split(BETWEEN))
    lines: list[JsonValue] = [
        {"_key_kalemturu": int(stock), "_key_scf_kalem_birimleri": int(unit), **line}
        for (stock, unit), line in zip((each.split(BETWEEN) for each in products), invoice["m_kalemler"], strict=True)
    ]
    return {**invoice, "_key_scf_carikart": card, "_key_scf_carikart_adresleri": address, "m_kalemler": lines}


def buyer_in(body: Any) -> Object:
    """The buyer's fields of a body."""
    card = body["card"]
    address = {name: value for name, value in card["m_adresler"][0].items() if name in {"adres1", "ceptel"}}
    return {**{n: card[n] for n in ("unvan", "verginumarasi", "tckimlikno", "eposta") if n in card}, **address}


def number_of(card: Mapping[str, Any]) -> str:
    """The buyer's tax number on a card."""
    return str(card.get("verginumarasi") or card.get("tckimlikno") or "")


def _period(year: int, options: Options) -> int:
    """DİA refuses a record of another year than its period's."""
    if year not in options.periods:
        message = f"DİA's period of {year} is not set: the connection's option `donem_kodu`"
        raise UnpreparableError((FieldError(path="$", code="PERIOD_UNKNOWN", message=message),))
    return options.periods[year]


def _card(document: CheckedDocument, options: Options) -> Object:
    customer = document.invoice.customer
    number, company = customer.tax_number, is_company(customer.tax_number)
    code = document.buyer.identity[:CODE_LENGTH] if number in PLACEHOLDERS else number
    return present(
        {
            "carikartkodu": f"C-{code}",
            "unvan": customer.full_name,
            "carikarttipi": "AL",
            "carikayitturu": options.company_kind if company else "SHS",
            "verginumarasi" if company else "tckimlikno": number,
            "eposta": usable_email(customer.email),
            # A match by name fails where it is spelt otherwise, and only offices have codes: it is a text here.
            "ekalan1": customer.tax_office,
            "durum": "A",
            "potansiyel": "H",
            "efaturasenaryosu": "0",
            "m_adresler": [_address(customer)],
        }
    )


def _address(customer: Customer) -> Object:
    """`adres2` has all of the place, so that equal streets of two towns are two addresses."""
    address = customer.address
    abroad = address.country != TURKEY
    place = (address.district, address.city, country_name(address.country) if abroad else None)
    return present(
        {
            "adresadi": "Fatura",
            "adrestipi": "F",
            "anaadres": "1",
            "adres1": address.street,
            "adres2": ", ".join(filter(None, place)),
            "ilce": address.district,
            "postakodu": address.postal_code,
            "ceptel": usable_phone(customer.phone),
            "_key_sis_sehirler": None if abroad else {"sehiradi": address.city.translate(UPPER).upper()},
        }
    )


def _invoice(document: CheckedDocument, options: Options) -> Object:
    invoice, sale = document.invoice, document.invoice.info.internet_info
    issued = document.issued_at.astimezone(ISTANBUL)
    currency: Object = {"adi": options.currencies[invoice.currency]}
    order = invoice.info.order_reference
    references = (document.reference, order.value if order else None)
    fields = ("belgeno", "belgeno2") if options.columns.reference == "belgeno" else ("belgeno2", "belgeno")
    codes = invoice.exemption_codes
    rate = _decimal(invoice.exchange_rate or Decimal(1))
    return present(
        {
            "turu": options.kind,
            "tarih": issued.date().isoformat(),
            "saat": f"{issued:%H:%M:%S}",
            "fisno": options.slip,
            **dict(zip(fields, references, strict=True)),
            "_key_sis_sube_source": options.branch,
            "_key_sis_depo_source": options.depot,
            "_key_sis_doviz": currency,
            "_key_sis_doviz_raporlama": currency,
            "dovizkuru": rate,
            "raporlamadovizkuru": rate,
            "_key_scf_odeme_plani": {"kodu": options.payment_plan} if options.payment_plan else None,
            "earsivgonderimeposta": usable_email(invoice.customer.email),
            "earsivodemetarihi": sale.payment_date.isoformat() if sale and sale.payment_date else None,
            "efaturavergimuafiyetkodu": codes[0] if codes else None,
            "efaturavergimuafiyetsebebi": text_of(codes[0]) if codes else None,
            **{name: code for name, code in options.codes.items() if name != "kdvdurumu"},
            **_texts(document),
            "m_kalemler": [_line(at, document, options, sums) for at, sums in enumerate(_sums(invoice.lines, options))],
        }
    )


def _texts(document: CheckedDocument) -> Object:
    """What the invoice has no field for, a line in each free text; the last text has the rest, and our mark."""
    info, order = document.invoice.info, document.order
    lines = [*document.invoice.notes, *notes.of_header(info)]
    if info.internet_info:
        lines += notes.of_sale(info.internet_info)
    else:
        lines += notes.line("Sevk tarihi", notes.day(order.dispatch_date))
    reference = info.order_reference
    if reference:
        lines += notes.line("Sipariş", reference.value, notes.day(reference.issue_date))
    lines += notes.line("Vade", notes.day(order.due_date))
    lines.append(notes.mark_line(document))
    first = lines[: len(TEXTS) - 1]
    return dict(zip(TEXTS, [*first, "; ".join(lines[len(first) :])] if lines[len(first) :] else first, strict=False))


def _sums(lines: Sequence[InvoiceLine], options: Options) -> list[tuple[Decimal, Decimal]]:
    """Base and VAT of each line: ours, or those of prices by which a program that computes them comes to our total."""
    if options.rules is None:
        return [(line.base, line.vat) for line in lines]
    parts = computed_from(lines, unit_prices(lines, options.rules))
    return [(base, to_kurus(base * rate / HUNDRED)) for base, rate in parts]


def _line(place: int, document: CheckedDocument, options: Options, sums: tuple[Decimal, Decimal]) -> Object:
    """A discount has no field of which it is known whether it is an amount or a rate: it is in the price."""
    line, (base, vat) = document.invoice.lines[place], sums
    price = base / line.quantity
    rate = document.invoice.exchange_rate or Decimal(1)
    taken_off = line.allowance - line.charge
    reasons = (each.reason for each in line.allowances if each.reason)
    discount = notes.line("İndirim", f"{taken_off:.2f}", *dict.fromkeys(reasons)) if line.allowances else ()
    return present(
        {
            "kalemturu": GOODS,
            "sirano": 10 * (place + 1),
            "_key_sis_depo_source": options.depot,
            "_key_sis_doviz": {"adi": options.currencies[document.invoice.currency]},
            "dovizkuru": _decimal(rate),
            "anamiktar": _decimal(line.quantity),
            "miktar": _decimal(line.quantity),
            "birimfiyati": _decimal(price),
            "sonbirimfiyati": _decimal(price),
            "yerelbirimfiyati": _decimal(price * rate),
            "tutari": _decimal(base),
            "kdv": _decimal(line.vat_rate),
            "kdvtutari": _decimal(vat),
            "kdvdurumu": options.codes.get("kdvdurumu"),
            "note": line.name,
            "note2": "; ".join([*([line.sku] if line.sku else []), *discount]) or None,
        }
    )


def _decimal(value: Decimal) -> str:
    return f"{value.quantize(SIX_DECIMALS, ROUND_HALF_UP):f}"
