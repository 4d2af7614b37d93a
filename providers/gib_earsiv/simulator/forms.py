"""The form of an invoice as the portal reads it: what it wants, and whether the sums are right."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from providers.simulation.record import BookedBuyer, BookedLine

# A whole price that VAT is taken out of is rounded twice.
TOLERANCE: Final = Decimal("0.02")
KURUS: Final = Decimal("0.01")
DATE: Final = re.compile(r"\d{2}/\d{2}/\d{4}")
AMOUNT: Final = re.compile(r"\d+(\.\d{1,2})?")
NEEDED: Final = (
    "faturaTarihi", "saat", "paraBirimi", "dovzTLkur", "faturaTipi", "hangiTip", "vknTckn", "ulke", "sehir",
    "vergiCesidi", "tip", "matrah", "malhizmetToplamTutari", "toplamIskonto", "hesaplanankdv", "vergilerToplami",
    "vergilerDahilToplamTutar", "odenecekTutar",
)  # fmt: skip
TYPES: Final = frozenset({"SATIS", "IADE", "TEVKIFAT", "ISTISNA", "OZELMATRAH", "IHRACKAYITLI", "KONAKLAMAVERGISI"})
# Taxes beside VAT, those of them that lower what is to be paid, and the names of their fields.
WITHHELD_VAT: Final = "9015"
LOWERING: Final = frozenset({WITHHELD_VAT, "0003", "0011", "9040", "4171"})
TAXES: Final = frozenset({
    "0021", "0061", "0071", "9077", "0073", "0074", "0075", "0076", "0077", "1047", "1048", "4080", "4081", "9021",
    "8001", "8002", "4071", "8004", "8005", "8006", "8007", "8008", "9944", "0059",
})  # fmt: skip
TAX: Final = re.compile(r"V(\d{4})Tutari")
VAT_OF_A_TAX: Final = re.compile(r"V\d{4}KdvTutari")
VKN_LENGTH: Final = 10
REFERENCE: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_sound(form: dict[str, Any]) -> bool:
    """Whether the portal would take it; it does not say what is wrong."""
    try:
        return _has_all(form) and all(map(_line_adds_up, form["malHizmetTable"])) and _adds_up(form)
    except (LookupError, TypeError, ValueError, InvalidOperation):
        return False


def lines_of(form: dict[str, Any]) -> tuple[BookedLine, ...]:
    """The lines of a sound form."""
    return tuple(
        BookedLine(
            name=line["malHizmet"],
            quantity=Decimal(line["miktar"]),
            amount=Decimal(line["malHizmetTutari"]),
            vat=Decimal(line["kdvTutari"]),
        )
        for line in form["malHizmetTable"]
    )


def buyer_of(form: dict[str, Any]) -> BookedBuyer:
    """Whom it is made out to."""
    name = form.get("aliciUnvan") or f"{form.get('aliciAdi', '')} {form.get('aliciSoyadi', '')}".strip()
    parts = (form.get(each, "") for each in ("bulvarcaddesokak", "mahalleSemtIlce", "sehir"))
    return BookedBuyer(name=name, tax_number=form["vknTckn"], address=", ".join(part for part in parts if part.strip()))


def reference_of(form: dict[str, Any]) -> str:
    """The caller's own mark, as callers write it into the text; else its order's number."""
    found = REFERENCE.findall(form.get("not", ""))
    return str(found[-1] if found else form.get("siparisNumarasi", ""))


def _has_all(form: dict[str, Any]) -> bool:
    name = "aliciUnvan" if len(form["vknTckn"]) == VKN_LENGTH else "aliciAdi"
    has_rate = form["paraBirimi"] == "TRY" or Decimal(form["dovzTLkur"]) > 0
    returned = form.get("iadeTable") or form["faturaTipi"] != "IADE"
    return (
        all(isinstance(form[each], str) and form[each] for each in (*NEEDED, name))
        and bool(DATE.fullmatch(form["faturaTarihi"]) and form["malHizmetTable"] and has_rate and returned)
        and form["faturaTipi"] in TYPES
    )


def _line_adds_up(line: dict[str, Any]) -> bool:
    price, changed, net, vat = map(
        _amount, (line[n] for n in ("fiyat", "iskontoTutari", "malHizmetTutari", "kdvTutari"))
    )
    # Clients that never raise a price leave the field out.
    sign = 1 if line.get("iskontoArttm") == "Arttırım" else -1
    gross = (Decimal(line["miktar"]) * Decimal(line["birimFiyat"])).quantize(KURUS, ROUND_HALF_UP)
    on_taxes = sum(_amount(value) for name, value in line.items() if VAT_OF_A_TAX.fullmatch(name))
    return (
        abs(gross - price) <= TOLERANCE
        and price + sign * changed == net
        and abs(net * Decimal(line["kdvOrani"]) / 100 + on_taxes - vat) <= TOLERANCE
        and all(_is_right(code, amount, line) for code, amount in _taxes_of(line).items())
        and ("tevkifatKodu" in line) == (WITHHELD_VAT in _taxes_of(line))
    )


def _taxes_of(line: dict[str, Any]) -> dict[str, Decimal]:
    """The taxes beside VAT, whose fields have their code in the name. Raises ValueError for another tax."""
    found = {match[1]: _amount(value) for name, value in line.items() if (match := TAX.fullmatch(name))}
    if not found.keys() <= TAXES | LOWERING:
        raise ValueError(found)
    return found


def _is_right(code: str, amount: Decimal, line: dict[str, Any]) -> bool:
    base = _amount(line["kdvTutari" if code == WITHHELD_VAT else "malHizmetTutari"])
    return abs(base * Decimal(line[f"V{code}Orani"]) / 100 - amount) <= TOLERANCE


def _adds_up(form: dict[str, Any]) -> bool:
    lines = form["malHizmetTable"]
    net, vat = (sum(_amount(line[name]) for line in lines) for name in ("malHizmetTutari", "kdvTutari"))
    taxes = [(code, amount) for line in lines for code, amount in _taxes_of(line).items()]
    added = vat + sum(amount for code, amount in taxes if code not in LOWERING)
    paid = net + added - sum(amount for code, amount in taxes if code in LOWERING)
    return (net, vat, added, net + added, paid) == tuple(
        _amount(form[name])
        for name in ("matrah", "hesaplanankdv", "vergilerToplami", "vergilerDahilToplamTutar", "odenecekTutar")
    )


def _amount(value: str) -> Decimal:
    """Raises ValueError for another form than the portal's."""
    if not AMOUNT.fullmatch(value):
        raise ValueError(value)
    return Decimal(value)
