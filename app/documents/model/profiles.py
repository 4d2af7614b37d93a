"""The profile (senaryo) of an invoice, and the invoice types that InvoiceInfo does not know."""

from enum import StrEnum
from typing import Final


class Profile(StrEnum):
    """UBL-TR's ProfileID. EARSIVFATURA is e-Arşiv, every other is e-Fatura."""

    EARSIVFATURA = "EARSIVFATURA"  # to a buyer who is not registered for e-Fatura
    TEMELFATURA = "TEMELFATURA"  # the buyer cannot refuse it
    TICARIFATURA = "TICARIFATURA"  # the buyer may refuse it
    IHRACAT = "IHRACAT"  # export
    YOLCUBERABERFATURA = "YOLCUBERABERFATURA"  # tax-free shopping
    OZELFATURA = "OZELFATURA"  # special export (bavul ticareti)
    KAMU = "KAMU"  # to a public body
    HKS = "HKS"  # market hall
    ENERJI = "ENERJI"  # charging of vehicles
    ILAC_TIBBICIHAZ = "ILAC_TIBBICIHAZ"  # medicines and medical devices
    YATIRIMTESVIK = "YATIRIMTESVIK"  # investment incentive
    IDIS = "IDIS"  # tracked construction steel


class FurtherType(StrEnum):
    """UBL-TR's types beside `InvoiceType`, whose model is older than they are."""

    SARJ = "SARJ"  # charging of a vehicle
    SARJANLIK = "SARJANLIK"  # the same, at once
    TEKNOLOJIDESTEK = "TEKNOLOJIDESTEK"  # telephones and computers for the young
    # Investment incentives in e-Arşiv:
    YTBSATIS = "YTBSATIS"
    YTBIADE = "YTBIADE"
    YTBISTISNA = "YTBISTISNA"
    YTBTEVKIFAT = "YTBTEVKIFAT"
    YTBTEVKIFATIADE = "YTBTEVKIFATIADE"


# A return with withholding shows only the VAT that was not withheld.
PARTIAL_TAX: Final = frozenset({"TEVKIFATIADE", "YTBTEVKIFATIADE"})
SPECIAL_BASE: Final = "OZELMATRAH"
EXPORT_REGISTERED: Final = "IHRACKAYITLI"
