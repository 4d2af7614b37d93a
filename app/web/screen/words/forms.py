"""What a document's form, purpose, type (tip) and profile (senaryo) are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.documents import DocumentType, Intent
from app.web.screen.words.text import Text

TYPES: Final[Mapping[DocumentType, Text]] = MappingProxyType(
    {
        DocumentType.EFATURA: Text("e-Fatura", "e-Fatura"),
        DocumentType.EARSIV: Text("e-Arşiv", "e-Arşiv"),
        DocumentType.SALES_INVOICE: Text("Satış faturası", "Sales invoice"),
    }
)
INTENTS: Final[Mapping[Intent, Text]] = MappingProxyType(
    {
        Intent.INVOICE: Text("Satış", "Sale"),
        Intent.RETURN: Text("İade", "Return"),
        Intent.PRICE_DIFFERENCE: Text("Fiyat farkı", "Price difference"),
    }
)
# By the names of UBL-TR's `InvoiceTypeCode`.
KINDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "SATIS": Text("Satış", "Sale"),
        "IADE": Text("İade", "Return"),
        "ISTISNA": Text("İstisna", "Exempt from VAT"),
        "TEVKIFAT": Text("Tevkifat", "With withholding"),
        "IHRACKAYITLI": Text("İhraç kayıtlı", "To be exported"),
        "IPTAL": Text("İptal", "Cancellation"),
        "OZELMATRAH": Text("Özel matrah", "Special base"),
        "SGK": Text("SGK", "Social security"),
        "TEVKIFATIADE": Text("Tevkifat iade", "Return with withholding"),
        "KOMISYONCU": Text("Komisyoncu", "Commission agent"),
        "HKSSATIS": Text("Hal satış", "Market hall's sale"),
        "HKSKOMISYONCU": Text("Hal komisyoncu", "Market hall's agent"),
        "KONAKLAMAVERGISI": Text("Konaklama vergisi", "With accommodation tax"),
    }
)
# By the names of UBL-TR's `ProfileID`; an e-Arşiv invoice has one alone, which its form says already.
PROFILES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "TEMELFATURA": Text("Temel senaryo", "Basic profile"),
        "TICARIFATURA": Text("Ticari senaryo", "Commercial profile"),
        "IHRACAT": Text("İhracat senaryosu", "Export profile"),
        "KAMU": Text("Kamu senaryosu", "Public sector profile"),
    }
)
