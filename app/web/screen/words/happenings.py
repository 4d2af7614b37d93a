"""What events, answers to reviews and notices are called in an order's timeline."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.web.screen.words.text import Text

# By the type that the order's log has.
EVENTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "OrderPlaced": Text("Sipariş geldi", "Order placed"),
        "OrderAmended": Text("Sipariş değişti", "Order amended"),
        "OrderStatusChanged": Text("Siparişin durumu değişti", "Order status changed"),
        "OrderReturned": Text("İade geldi", "Goods returned"),
        "OrderThawed": Text("Sipariş çözüldü", "Order thawed"),
        "OrderRefused": Text("Sipariş alınmadı", "Order not taken"),
        "InvoiceRequested": Text("Fatura istendi", "Invoice requested"),
        "InvoiceCorrected": Text("Fatura düzeltmesi istendi", "Correction requested"),
        "LinesCancelled": Text("Satır iptali istendi", "Lines cancelled"),
        "LinesAged": Text("Satırlar uzun süredir açık", "Lines open for long"),
        "GoodwillGranted": Text("Fiyat farkı verildi", "Goodwill granted"),
        "SignatureRequested": Text("İmza istendi", "Signature requested"),
        "DocumentApproved": Text("Belge onaylandı", "Document approved"),
        "DocumentCancellationRequested": Text("Fatura iptali istendi", "Cancellation requested"),
        "DocumentMarkedIssued": Text("Başka yerde kesildiği bildirildi", "Marked as issued elsewhere"),
        "DocumentMarkedDeleted": Text("Entegratörde silindiği bildirildi", "Marked as deleted at the provider"),
        "DocumentOverdue": Text("Belge gecikti", "Document late"),
        "DeadlineApproached": Text("Yasal süre yaklaştı", "Legal deadline near"),
        "RerouteRequested": Text("Başka entegratör istendi", "Move requested"),
        "DocumentProgressed": Text("Belge ilerledi", "Document progressed"),
        "ReviewDecided": Text("Karar verildi", "Review decided"),
        "HoldExpired": Text("Bekleme süresi doldu", "Waited long enough"),
    }
)
NOTICES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "ShipmentConfirmed": Text("Gönderi bildirildi", "Shipment confirmed"),
        "LinesAgeing": Text("Satırlar uzun süredir faturalanmadı", "Lines not invoiced for long"),
        "DeadlineNear": Text("Yasal süre yaklaşıyor", "Legal deadline near"),
        "LinesCredited": Text("Satırlar için iade belgesi", "Lines credited"),
    }
)
