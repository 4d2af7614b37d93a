"""What the made-up shops sell: gross prices in lira at all three VAT rates, shipping, discounts."""

from decimal import Decimal
from random import Random
from typing import Final

from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine

# Stock code, name, VAT rate, cheapest and dearest price in whole lira.
GOODS: Final = (
    ("GDA-001", "Kırmızı mercimek 5 kg", 1, 180, 320),
    ("GDA-002", "Zeytinyağı 1 L", 1, 240, 480),
    ("GDA-003", "Çiçek balı 850 g", 1, 300, 650),
    ("TKS-101", "Pamuklu tişört", 10, 150, 600),
    ("TKS-102", "Çocuk ayakkabısı", 10, 350, 1200),
    ("TKS-103", "Keten gömlek", 10, 400, 1500),
    ("ELK-201", "Kablosuz kulaklık", 20, 500, 4500),
    ("ELK-202", "USB-C şarj aleti 65 W", 20, 300, 1100),
    ("EVE-301", "Masa lambası", 20, 250, 1800),
    ("EVE-302", "Çelik tencere seti", 20, 900, 5200),
    ("KRT-401", "Çizgili defter A5", 20, 40, 180),
)
DIGITAL: Final = (
    ("DJT-901", "Oyun anahtarı", 20, 100, 1900),
    ("DJT-902", "Yazılım lisansı, 1 yıl", 20, 600, 7500),
    ("DJT-903", "Çevrim içi kurs", 20, 200, 2400),
)
SHIPPING_PRICES: Final = (Decimal("29.90"), Decimal("49.99"), Decimal("79.90"))
SHIPPING_VAT: Final = Decimal(20)
# Small enough that no shipment with the discount's own line can come to nothing.
DISCOUNT_SHARES: Final = (Decimal("0.05"), Decimal("0.10"), Decimal("0.15"))
MOST_OF_ONE: Final = 4


def some_goods(chance: Random, count: int, *, digital: bool = False) -> list[OrderLine]:
    """Lines of goods, numbered from 1. A product may be there twice, at another price."""
    shelf = DIGITAL if digital else GOODS
    return [_line(str(number), chance.choice(shelf), chance, digital=digital) for number in range(1, count + 1)]


def _line(reference: str, article: tuple[str, str, int, int, int], chance: Random, *, digital: bool) -> OrderLine:
    sku, name, vat_rate, cheapest, dearest = article
    return OrderLine(
        line_reference=reference,
        name=name,
        quantity=Decimal(1 if digital else chance.randint(1, MOST_OF_ONE)),
        unit_price=Decimal(chance.randrange(cheapest * 100, dearest * 100)).scaleb(-2),
        vat_rate=Decimal(vat_rate),
        kind=LineKind.SERVICE if digital else LineKind.GOODS,
        sku=sku,
    )


def shipping_line(reference: str, chance: Random) -> OrderLine:
    """What the buyer pays for the parcel."""
    return OrderLine(
        line_reference=reference,
        name="Kargo bedeli",
        quantity=Decimal(1),
        unit_price=chance.choice(SHIPPING_PRICES),
        vat_rate=SHIPPING_VAT,
        kind=LineKind.SHIPPING,
    )


def discount_line(reference: str, of: OrderLine, chance: Random) -> OrderLine:
    """A voucher on one line, at that line's VAT rate, so that no rate's total falls below zero."""
    return OrderLine(
        line_reference=reference,
        name=f"Kampanya indirimi: {of.name}",
        quantity=Decimal(1),
        unit_price=-to_kurus(of.quantity * of.unit_price * chance.choice(DISCOUNT_SHARES)),
        vat_rate=of.vat_rate,
        kind=LineKind.DISCOUNT,
    )
