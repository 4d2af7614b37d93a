"""What DİA asks of an invoice, what it comes to, and how its list shows it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from providers.dia.simulator.accounts import BRANCH, DEPOT, PERIODS
from providers.dia.simulator.words import Switches
from providers.simulation.record import BookedBuyer, BookedLine, Booking, BookingState
from providers.simulation.rounding import Rounding, sums_of

KURUS: Final = Decimal("0.01")
# DİA's own names; a code of ISO 4217 matches none of them.
CURRENCIES: Final = {"TL": "TRY", "USD": "USD", "EURO": "EUR", "GBP": "GBP"}
ORDER: Final = re.compile(r"Sipariş: ([^,;]+)")
# Of the place, district and city.
PLACE: Final = 2
SALES: Final = frozenset({"2", "3"})


def errors_of(
    kart: dict[str, Any], period: object, cards: list[Any], stock: list[Any], switches: Switches
) -> Iterator[str]:
    """Why this is no invoice of this period."""
    yield from (f"{name} alanı zorunludur." for name in ("turu", "tarih", *switches.needs) if not kart.get(name))
    if str(kart.get("tarih", ""))[:4] != _year_of(period):
        yield "Fiş tarihi dönem tarihleri dışında."
    if str(kart.get("turu")) not in SALES:
        yield "turu alanı geçersiz."
    if card_of(kart, cards) is None:
        yield "_key_scf_carikart bulunamadı."
    if (kart.get("_key_sis_doviz") or {}).get("adi") not in CURRENCIES:
        yield "_key_sis_doviz bulunamadı."
    if str(kart.get("_key_sis_sube_source")) != str(BRANCH) or str(kart.get("_key_sis_depo_source")) != str(DEPOT):
        yield "Şube veya depo bulunamadı."
    if not kart.get("m_kalemler"):
        yield "m_kalemler alanı zorunludur."
    for line in kart.get("m_kalemler") or []:
        yield from _line_errors(line, stock)


def _line_errors(line: dict[str, Any], stock: list[Any]) -> Iterator[str]:
    wanted = line.get("_key_kalemturu")
    code = wanted.get("stokkartkodu") if isinstance(wanted, dict) else None
    card = next((each for each in stock if code == each["stokkartkodu"] or str(wanted) == each["_key"]), None)
    if card is None:
        yield "_key_kalemturu bulunamadı."
    unit = line.get("_key_scf_kalem_birimleri")
    if card and unit and str(unit) not in {each["_key"] for each in card["m_birimler"]}:
        yield "_key_scf_kalem_birimleri karta ait değil."
    try:
        net = rounded(amount(line["miktar"]) * amount(line["birimfiyati"]))
        if abs(net - amount(line["tutari"])) > KURUS:
            yield "Kalem tutarı miktar ve birim fiyat ile uyuşmuyor."
        amount(line["kdv"])
    except (ValueError, KeyError):
        yield "Kalem alanları sayı olmalıdır."


def card_of(kart: dict[str, Any], cards: list[Any]) -> dict[str, Any] | None:
    """The customer card that is named by its key, or by its code."""
    wanted = kart.get("_key_scf_carikart")
    code = wanted.get("carikartkodu") if isinstance(wanted, dict) else None
    return next((each for each in cards if code == each["carikartkodu"] or str(wanted) == each["_key"]), None)


def lines_of(kart: dict[str, Any]) -> tuple[BookedLine, ...]:
    """VAT is what base and rate come to, or what the line says, where that differs by a kuruş."""
    return tuple(map(_booked, kart["m_kalemler"]))


def total_of(kart: dict[str, Any], switches: Switches) -> Decimal:
    """By the lines' sums, or by their prices and rates."""
    more = amount(switches.total)
    if not switches.rounding:
        return sum((line.amount + line.vat for line in lines_of(kart)), more)
    lines = [(amount(each["miktar"]) * amount(each["birimfiyati"]), amount(each["kdv"])) for each in kart["m_kalemler"]]
    return sum(sums_of(lines, Rounding(switches.rounding)), more)


def buyer_of(kart: dict[str, Any], card: dict[str, Any]) -> BookedBuyer:
    """With the address that is named, else the first."""
    addresses = card.get("m_adresler") or [{}]
    wanted = str(kart.get("_key_scf_carikart_adresleri"))
    address = next((each for each in addresses if each.get("_key") == wanted), addresses[0])
    number = str(card.get("verginumarasi") or card.get("tckimlikno") or "")
    place = ", ".join(filter(None, (address.get("adres1"), *str(address.get("adres2") or "").split(", ")[:PLACE])))
    return BookedBuyer(name=card["unvan"], tax_number=number, address=place)


def order_in(kart: dict[str, Any]) -> str | None:
    """The order that its texts name."""
    found = ORDER.search("\n".join(str(kart.get(f"aciklama{n}", "")) for n in (1, 2, 3)))
    return found[1] if found else None


def is_of(booking: Booking, period: object) -> bool:
    """Whether it is a record of this period: of each other one it is in no list, and under no key."""
    return str(booking.issue_date)[:4] == _year_of(period)


def row_of(booking: Booking, switches: Switches) -> dict[str, Any]:
    """One row of the list. `ebelgeno` and `ettn` are this account's columns for what they name."""
    kart, state = json.loads(booking.content), booking.state()
    sent, failed, waits = switches.words
    legal = dict.fromkeys((BookingState.SUCCEEDED, BookingState.CANCELLED), sent)
    said = {**legal, BookingState.FAILED: failed, BookingState.WAITING: waits}.get(state, "")
    word = said if datetime.now(UTC) >= booking.visible_at else ""
    vat = sum((line.vat for line in booking.lines), Decimal(0))
    return {
        "_key": booking.id,
        "fisno": booking.id.zfill(13),
        "belgeno": kart.get("belgeno", ""),
        "belgeno2": kart.get("belgeno2", ""),
        "tarih": booking.issue_date,
        "saat": kart.get("saat", ""),
        "turu_txt": "Perakende Satış",
        "cariunvan": booking.buyer.name,
        "carivergitcno": booking.buyer.tax_number,
        "toplam": f"{booking.payable - vat:f}",
        "toplamkdv": f"{vat:f}",
        "net": f"{booking.payable:f}",
        "iptal": booking.is_cancelled,
        "kilitli": "f",
        "efatura_durum_txt": word,
        "earsiv_durum": "",
        "ebelgeno": booking.number if word else "",
        "ettn": str(uuid5(NAMESPACE_URL, f"{booking.company}/{booking.id}")) if word else "",
    }


def _year_of(period: object) -> str:
    return str(PERIODS[int(str(period))])


def amount(value: object) -> Decimal:
    """A number, or a text of one. Raises ValueError for anything else."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no amount") from None


def rounded(value: Decimal) -> Decimal:
    """To kuruş."""
    return value.quantize(KURUS, ROUND_HALF_UP)


def _booked(line: dict[str, Any]) -> BookedLine:
    net = rounded(amount(line["tutari"]))
    vat, said = rounded(net * amount(line["kdv"]) / 100), line.get("kdvtutari")
    shown = rounded(amount(said)) if said is not None else vat
    quantity = amount(line["miktar"]).normalize()
    return BookedLine(
        name=str(line.get("note", "")),
        quantity=Decimal(f"{quantity:f}"),
        amount=net,
        vat=shown if abs(shown - vat) <= KURUS else vat,
    )
