"""For each profile and type an invoice that has what the pair asks for; plainly artificial."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from app.documents.codelists import rows
from app.documents.from_json.input_model import ArchiveInvoice, InvoiceEntry, LineEntry, TaxEntry
from app.documents.model.parties import ForeignBuyer, TaxRepresentative
from app.documents.model.profiles import FurtherType, Profile
from app.domain.invoice_details import Delivery, Goods, Identification, Period, WithheldVat
from app.domain.invoice_info.enums import InvoiceType, Sending
from app.domain.invoice_info.model import (
    AdditionalDocument,
    DatedReference,
    InvoiceInfo,
    PaymentMeans,
    ReturnedInvoice,
    TaxExemptionReasons,
)
from app.domain.parties import Address, Buyer, Seller
from app.domain.time import ISTANBUL

ISSUED: Final = datetime(2026, 3, 2, 10, 30, tzinfo=ISTANBUL)
ADDRESS: Final = Address(street="Deneme Sokak 1", district="Örnekilçe", city="Örnekşehir", postal_code="34710")
ABROAD: Final = Address(street="Sample Street 1", district="Sample", city="Sampletown", country="GB")
SELLER: Final = Seller(
    name="Artificial Seller A.Ş.", tax_number="9000000009", tax_office="Örnek", address=ADDRESS, website="example.com"
)
COMPANY: Final = Buyer(name="Artificial Buyer Ltd. Şti.", tax_number="9000000017", tax_office="Örnek", address=ADDRESS)
PERSON: Final = Buyer(name="Artificial", family_name="Person", tax_number="99999999068", address=ADDRESS)
CUSTOMS: Final = replace(COMPANY, name="Gümrük ve Ticaret Bakanlığı", tax_number="1460415308")
SOCIAL_SECURITY: Final = replace(COMPANY, name="Sosyal Güvenlik Kurumu", tax_number="7750409379", tax_office="Çankaya")
TOURIST: Final = ForeignBuyer(
    party_type="TAXFREE", name="Artificial", family_name="Tourist", address=ABROAD, nationality="GB",
    passport="P0000001", passport_date=date(2025, 1, 1),
)  # fmt: skip
IMPORTER: Final = ForeignBuyer(party_type="EXPORT", name="Artificial Importer", address=ABROAD, company_id="000")
AGENT: Final = TaxRepresentative(
    name="Artificial Agent A.Ş.", tax_number="9000000025", label="urn:mail:artificial@example.com", address=ADDRESS
)
LINE: Final = LineEntry(
    name="Artificial goods", quantity=Decimal(3), unit_price=Decimal("33.325"), taxes=(TaxEntry(rate=Decimal(20)),)
)
CHARGED: Final = Period(
    start_date=date(2026, 3, 1), start_time="10:00:00", end_date=date(2026, 3, 1), end_time="11:00:00"
)
MONTH: Final = Period(start_date=date(2026, 2, 1), end_date=date(2026, 2, 28))
MACHINE: Final = Goods(model_name="Artificial machine", classification="01", trace_id="0001", serial_id="0002")
MARKS: Final = {
    "HKS": Identification(scheme="KUNYENO", value="0000000000000000001"),
    "IDIS": Identification(scheme="ETIKETNO", value="AA0000001"),
    "ILAC_TIBBICIHAZ": Identification(scheme="ILAC", value="00000000000001"),
    "TEKNOLOJIDESTEK": Identification(scheme="TELEFON", value="000000000000001"),
}
EXEMPT: Final = {"ISTISNA": "301", "IHRACKAYITLI": "701", "OZELMATRAH": "806"}


def recommended() -> list[tuple[Profile, str]]:
    """The pairs that the table recommends."""
    found = (row for row in rows("profile_type_matrix") if row["recommended"] == "yes")
    return [(Profile(row["profile"]), row["type"]) for row in found]


def entry_for(profile: Profile, kind: str) -> InvoiceEntry:
    """The smallest invoice of the pair that nobody should object to."""
    of_investment = profile is Profile.YATIRIMTESVIK or kind.startswith("YTB")
    entry = _of_profile(_plain(profile, kind), profile)
    entry = _of_type(entry, kind)
    if of_investment:
        entry = _of_investment(entry, exempt=kind.endswith("ISTISNA"))
    return entry


def _plain(profile: Profile, kind: str) -> InvoiceEntry:
    known = kind in InvoiceType.__members__
    archive = profile is Profile.EARSIVFATURA
    info = InvoiceInfo(
        uuid="00000000-0000-4000-8000-000000000001",
        invoice_type=InvoiceType[kind] if known else None,
        invoice_serie_or_number="ART2026000000001",
        issue_date=ISSUED,
        currency_code="TRY",
        send_type=Sending.ELEKTRONIK if archive else None,
    )
    return InvoiceEntry(
        archive_invoice=ArchiveInvoice(info=info),
        profile=profile,
        further_type=None if known else FurtherType(kind),
        seller=SELLER,
        buyer=PERSON if archive else COMPANY,
        lines=(LINE, replace(LINE, name="Other goods", unit_price=Decimal("19.99"), quantity=Decimal("1.5"))),
    )


def info_of(entry: InvoiceEntry) -> InvoiceInfo:
    return entry.archive_invoice.info


def with_info(entry: InvoiceEntry, **changes: object) -> InvoiceEntry:
    info = replace(info_of(entry), **changes)  # type: ignore[arg-type]
    return replace(entry, archive_invoice=ArchiveInvoice(info=info))


def with_lines(entry: InvoiceEntry, **changes: object) -> InvoiceEntry:
    return replace(entry, lines=tuple(replace(line, **changes) for line in entry.lines))  # type: ignore[arg-type]


def _of_profile(entry: InvoiceEntry, profile: Profile) -> InvoiceEntry:
    if profile.value in MARKS:
        entry = with_lines(entry, marks=(MARKS[profile.value],))
    if profile is Profile.IDIS:
        entry = replace(entry, seller_ids=(Identification(scheme="SEVKIYATNO", value="SE-0000001"),))
    if profile is Profile.KAMU:
        means = PaymentMeans(code="42", payee_financial_account_id="TR610000100000000000000001")
        entry = with_info(entry, payment_means_info=means)
    if profile in {Profile.IHRACAT, Profile.OZELFATURA}:
        delivery = Delivery(address=ABROAD, incoterms="CIF", transport_mode="1", customs_id="010203040506")
        entry = with_lines(replace(entry, buyer=CUSTOMS, foreign_buyer=IMPORTER), delivery=delivery)
    if profile is Profile.YOLCUBERABERFATURA:
        entry = replace(entry, buyer=CUSTOMS, foreign_buyer=TOURIST, tax_representative=AGENT)
        entry = with_lines(entry, taxes=(TaxEntry(rate=Decimal(20), exemption_code="501"),))
    return entry


def _of_type(entry: InvoiceEntry, kind: str) -> InvoiceEntry:
    if kind.endswith("IADE"):
        returned = ReturnedInvoice(invoice_number="ART2026000000900", issue_date=date(2026, 2, 1))
        entry = with_info(entry, return_invoice_info=(returned,))
    if "TEVKIFAT" in kind:
        entry = with_lines(entry, withholding=WithheldVat(code="613"))
    if kind in EXEMPT and entry.profile not in {Profile.YOLCUBERABERFATURA, Profile.YATIRIMTESVIK}:
        reason = TaxExemptionReasons(kdv_exemption_reason_code=EXEMPT[kind])
        entry = with_info(entry, tax_exemption_reason_info=reason)
        entry = _exempt(entry, kind)
    if kind == "SGK":
        entry = _of_sgk(entry)
    if kind == "KONAKLAMAVERGISI":
        taxes = (TaxEntry(rate=Decimal(10)), TaxEntry(code="0059", rate=Decimal(2)))
        entry = with_lines(replace(entry, period=MONTH), taxes=taxes)
    if kind.startswith("HKS") or kind in MARKS:
        entry = with_lines(entry, marks=(MARKS[kind if kind in MARKS else "HKS"],))
    if kind in {"SARJ", "SARJANLIK"}:
        plate = Identification(scheme="PLAKA", value="34AAA000")
        report = "00000000-0000-4000-8000-000000000099" if kind == "SARJ" else None
        entry = replace(entry, period=CHARGED, buyer_ids=(plate,), charging_report=report)
        entry = with_lines(entry, unit="KWH", goods=Goods(serial_id="0001"))
    return entry


def _exempt(entry: InvoiceEntry, kind: str) -> InvoiceEntry:
    if kind == "ISTISNA":
        return with_lines(entry, taxes=(TaxEntry(rate=Decimal(0)),))
    if kind == "OZELMATRAH":
        return with_lines(entry, taxes=(TaxEntry(rate=Decimal(20), base=Decimal("20.05")),))
    return entry


def _of_sgk(entry: InvoiceEntry) -> InvoiceEntry:
    references = tuple(
        AdditionalDocument(id="1", document_type_code=code, document_type="0001")
        for code in ("MUKELLEF_KODU", "MUKELLEF_ADI", "DOSYA_NO")
    )
    entry = with_info(entry, additional_document_references=references)
    return replace(entry, buyer=SOCIAL_SECURITY, accounting_cost="SAGLIK_ECZ", period=MONTH)


def _of_investment(entry: InvoiceEntry, *, exempt: bool) -> InvoiceEntry:
    certificate = DatedReference(value="123456", issue_date=date(2025, 1, 1))
    entry = with_lines(replace(entry, investment_certificate=certificate), goods=MACHINE)
    if exempt:
        entry = with_info(entry, tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code="308"))
        entry = with_lines(entry, taxes=(TaxEntry(rate=Decimal(20), added=False),))
    return entry
