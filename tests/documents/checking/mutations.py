"""Single faults: a clean sample, the place, what stands there then, and the rule that must say so.

A place is a path of local names; `@name` at its end is an attribute. `None` takes the place away, `TWICE` doubles it,
and `Before` puts elements before it.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

SAMPLES: Final = Path(__file__).parent / "samples"
TWICE: Final = "<twice>"


@dataclass(frozen=True)
class Before:
    """Elements in UBL's usual prefixes, `<cac:Delivery/>`."""

    elements: str


Value = str | Before | None
Fault = tuple[str, str, Value, str]
Change = tuple[str, Value]

SELLER: Final = "AccountingSupplierParty/Party"
BUYER: Final = "AccountingCustomerParty/Party"
TOTAL: Final = "LegalMonetaryTotal"
TAX: Final = "TaxTotal/TaxSubtotal"
CATEGORY: Final = f"{TAX}/TaxCategory"
HELD: Final = "WithholdingTaxTotal/TaxSubtotal"
LINE: Final = "InvoiceLine[1]"
SLIP: Final = "BillingReference/AdditionalDocumentReference"
RETURNED: Final = "BillingReference/InvoiceDocumentReference"
EMBEDDED: Final = "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject"
REPORT: Final = "AdditionalDocumentReference"
SHIPMENT: Final = f"{LINE}/Delivery/Shipment"
LICENCE: Final = f"{SHIPMENT}/TransportHandlingUnit/CustomsDeclaration/IssuerParty/PartyIdentification/ID"

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:Common"
WHOLE: Final = (
    f'<some xmlns:cac="{_UBL}AggregateComponents-2" xmlns:cbc="{_UBL}BasicComponents-2" '
    f'xmlns:ext="{_UBL}ExtensionComponents-2" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '
    'xmlns:xades="http://uri.etsi.org/01903/v1.3.2#">{}</some>'
)


def allowance(reason: str, amount: str, *, factor: str | None = None) -> str:
    said = f"<cbc:MultiplierFactorNumeric>{factor}</cbc:MultiplierFactorNumeric>" if factor else ""
    return (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>{reason}</cbc:AllowanceChargeReason>{said}"
        f'<cbc:Amount currencyID="TRY">{amount}</cbc:Amount></cac:AllowanceCharge>'
    )


EXPENSES_TOTAL: Final = Before('<cbc:ChargeTotalAmount currencyID="TRY">6.00</cbc:ChargeTotalAmount>')

FAULTS: Final[tuple[Fault, ...]] = (
    # structure
    ("sale", "UUID", None, "MISSING_ELEMENT"),
    ("sale", "ID", "", "MISSING_ELEMENT"),
    ("sale", "LineCountNumeric", None, "MISSING_ELEMENT"),
    ("sale", TOTAL, None, "MISSING_ELEMENT"),
    ("sale", "TaxTotal", None, "MISSING_ELEMENT"),
    ("sale", f"{TOTAL}/PayableAmount", None, "MISSING_ELEMENT"),
    ("sale", f"{LINE}/Price/PriceAmount", None, "MISSING_ELEMENT"),
    ("sale", f"{LINE}/Item/Name", None, "MISSING_ELEMENT"),
    ("sale", f"{LINE}/Item/Name", "\u200b\u00a0", "MISSING_ELEMENT"),
    ("sale", BUYER, None, "MISSING_ELEMENT"),
    ("sale", f"{BUYER}/PostalAddress/CityName", None, "ADDRESS_MISSING"),
    ("sale", f"{BUYER}/PostalAddress", None, "ADDRESS_MISSING"),
    ("sale", f"{SELLER}/PostalAddress/CitySubdivisionName", "", "ADDRESS_EMPTY"),
    ("withholding", f"{HELD}/Percent", None, "MISSING_ELEMENT"),
    ("withholding", TAX, None, "MISSING_ELEMENT"),
    ("sale", "UBLVersionID", "2.0", "FIXED_VALUE"),
    ("sale", "CustomizationID", "TR1.0", "FIXED_VALUE"),
    ("sale", "CopyIndicator", "true", "FIXED_VALUE"),
    ("public", EMBEDDED, "JVBERi0xLjc", "ATTACHMENT_BROKEN"),
    ("public", EMBEDDED, "<JVBERi0xLjcK>", "ATTACHMENT_BROKEN"),
    ("sale", "LineCountNumeric", "3", "LINE_COUNT"),
    ("sale", "LineCountNumeric", "two", "LINE_COUNT"),
    ("sale", "InvoiceLine[2]/ID", "1", "LINE_ID_REPEATED"),
    ("sale", f"{TOTAL}/PayableAmount", "327,00", "NUMBER_UNREADABLE"),
    ("sale", f"{TOTAL}/PayableAmount", "NaN", "NUMBER_UNREADABLE"),
    ("sale", f"{LINE}/InvoicedQuantity", "2e0", "NUMBER_UNREADABLE"),
    ("sale", f"{LINE}/Price/PriceAmount", "9" * 40, "NUMBER_UNREADABLE"),
    ("sale", f"{TOTAL}/PayableAmount", "-327.00", "AMOUNT_NEGATIVE"),
    ("sale", f"{TOTAL}/PayableAmount", "327.001", "AMOUNT_DECIMALS"),
    ("sale", f"{TOTAL}/PayableAmount", "1000000000000000.00", "AMOUNT_TOO_LARGE"),
    ("sale", f"{TOTAL}/PayableAmount@currencyID", "USD", "AMOUNT_CURRENCY"),
    ("sale", f"{LINE}/Price/PriceAmount@currencyID", "EUR", "AMOUNT_CURRENCY"),
    ("sale", f"{LINE}/LineExtensionAmount@currencyID", None, "AMOUNT_CURRENCY"),
    ("sale", "DocumentCurrencyCode", "EUR", "AMOUNT_CURRENCY"),
    ("sale", "DocumentCurrencyCode", "TRL", "CURRENCY_UNKNOWN"),
    ("exempt_in_dollars", "PricingExchangeRate", None, "EXCHANGE_RATE_MISSING"),
    ("exempt_in_dollars", "PricingExchangeRate/SourceCurrencyCode", "EUR", "EXCHANGE_RATE_CURRENCIES"),
    ("exempt_in_dollars", "PricingExchangeRate/TargetCurrencyCode", "USD", "EXCHANGE_RATE_CURRENCIES"),
    ("exempt_in_dollars", "PricingExchangeRate/CalculationRate", "0", "EXCHANGE_RATE_VALUE"),
    ("exempt_in_dollars", "PricingExchangeRate/CalculationRate", "41.1234567", "EXCHANGE_RATE_VALUE"),
    # identifiers
    ("sale", "ID", "ART202600000001", "NUMBER_PATTERN"),
    ("sale", "ID", "art2026000000001", "NUMBER_PATTERN"),
    ("sale", "ID", "ÇRT2026000000001", "NUMBER_PATTERN"),
    ("sale", "ID", "ART2025000000001", "NUMBER_YEAR"),
    ("sale", "ID", "ART2026000000000", "NUMBER_COUNTER"),
    ("sale", "IssueDate", "2025-12-31", "NUMBER_YEAR"),
    ("sale", "UUID", "00000000-0000-4000-8000-00000000000", "UUID_PATTERN"),
    ("sale", "UUID", "g0000000-0000-4000-8000-000000000001", "UUID_PATTERN"),
    ("sale", "IssueDate", "02.03.2026", "DATE_UNREADABLE"),
    ("sale", "IssueDate", "2026-02-30", "DATE_UNREADABLE"),
    ("commercial", "PaymentMeans/PaymentDueDate", "2026-13-01", "DATE_UNREADABLE"),
    ("sale", "IssueTime", "25:00:00", "TIME_UNREADABLE"),
    ("sale", "IssueTime", None, "TIME_MISSING"),
    ("sale", "IssueDate", "2004-12-31", "ISSUE_DATE_EARLY"),
    ("sale", "IssueDate", "2026-12-31", "ISSUE_DATE_FUTURE"),
    ("sale", f"{SELLER}/PartyIdentification", None, "PARTY_ID_COUNT"),
    ("sale", f"{SELLER}/PartyIdentification", TWICE, "PARTY_ID_COUNT"),
    ("commercial", f"{SELLER}/PartyIdentification[2]/ID@schemeID", "MERSIS", "PARTY_ID_SCHEME"),
    ("sale", f"{SELLER}/PartyName", None, "PARTY_NAME"),
    ("sale", f"{BUYER}/Person", None, "PERSON_NAME"),
    ("sale", f"{BUYER}/Person/FamilyName", "", "PERSON_NAME"),
    ("sale", f"{BUYER}/Person/FirstName", "\u200b", "PERSON_NAME"),
    ("sale", f"{SELLER}/PartyName/Name", "\u2060", "PARTY_NAME"),
    ("sale", f"{SELLER}/PartyTaxScheme", None, "TAX_OFFICE"),
    ("sale", f"{SELLER}/PartyIdentification/ID", "9000000008", "VKN_CHECK_DIGIT"),
    ("sale", f"{SELLER}/PartyIdentification/ID", "900000000", "TAX_NUMBER_FORM"),
    ("sale", f"{SELLER}/PartyIdentification/ID", "900000000A", "TAX_NUMBER_FORM"),
    ("sale", f"{SELLER}/PartyIdentification/ID", "٩٠٠٠٠٠٠٠٠٩", "TAX_NUMBER_FORM"),
    ("technology", f"{BUYER}/PartyIdentification/ID", "99999999067", "TCKN_CHECK_DIGIT"),
    ("technology", f"{BUYER}/PartyIdentification/ID", "09999999906", "TCKN_CHECK_DIGIT"),
    ("technology", f"{BUYER}/PartyIdentification/ID", "9999999906", "TAX_NUMBER_FORM"),
    ("sale", f"{SELLER}/PartyIdentification/ID", "2222222222", "PLACEHOLDER_TAX_NUMBER"),
    ("return", f"{BUYER}/PartyIdentification/ID", "2222222222", "PLACEHOLDER_TAX_NUMBER"),
    ("commercial", "PaymentMeans/PayeeFinancialAccount/ID", "TR000000100000000000000001", "IBAN_CHECK_DIGIT"),
    ("public", "PaymentMeans/PayeeFinancialAccount/ID", "TR620000100000000000000001", "IBAN_CHECK_DIGIT"),
    ("commercial", "PaymentMeans/PayeeFinancialAccount/ID", "TR61 0000 1000 0000 0000 0000 0", "IBAN_CHECK_DIGIT"),
    # profile, type, and what they need
    ("sale", "ProfileID", "EARSIV", "PROFILE_UNKNOWN"),
    ("sale", "InvoiceTypeCode", "SATIŞ", "TYPE_UNKNOWN"),
    ("return", "ProfileID", "TICARIFATURA", "PROFILE_TYPE"),
    ("commercial", "InvoiceTypeCode", "SARJ", "PROFILE_TYPE"),
    ("medicine", "InvoiceTypeCode", "OZELMATRAH", "PROFILE_TYPE"),
    ("technology", "ProfileID", "TEMELFATURA", "PROFILE_TYPE"),
    ("charging", "ProfileID", "TICARIFATURA", "PROFILE_TYPE"),
    ("export", "InvoiceTypeCode", "SATIS", "PROFILE_TYPE_UNUSUAL"),
    ("commercial", "ProfileID", "OZELFATURA", "PROFILE_TYPE_UNUSUAL"),
    ("return", "BillingReference", None, "RETURN_REFERENCE_MISSING"),
    ("return", f"{RETURNED}/DocumentTypeCode", "SATIS", "RETURN_REFERENCE_CODE"),
    ("return", f"{RETURNED}/ID", "A-17", "RETURN_REFERENCE_NUMBER"),
    ("return", f"{RETURNED}/IssueDate", "2026-03-03", "RETURN_REFERENCE_DATE"),
    ("social_security", "InvoiceTypeCode", "SATIS", "SGK_TYPE"),
    ("social_security", f"{BUYER}/PartyIdentification/ID", "9000000017", "SGK_BUYER"),
    ("social_security", f"{BUYER}/PartyTaxScheme/TaxScheme/Name", "Kadıköy", "SGK_TAX_OFFICE"),
    ("social_security", "AccountingCost", "SAGLIK", "SGK_COST"),
    ("social_security", "AccountingCost", None, "SGK_COST"),
    ("social_security", "AdditionalDocumentReference[3]", None, "SGK_REFERENCE"),
    ("social_security", "AdditionalDocumentReference[1]/DocumentTypeCode", "MUKELLEF", "SGK_REFERENCE"),
    ("social_security", "AdditionalDocumentReference[1]/DocumentType", "", "SGK_REFERENCE"),
    ("social_security", "InvoicePeriod", None, "SGK_PERIOD"),
    ("public", "PaymentMeans", None, "PUBLIC_IBAN"),
    ("public", "PaymentMeans/PayeeFinancialAccount/ID", "5652214414", "PUBLIC_IBAN"),
    ("public", "PaymentMeans/PayeeFinancialAccount/ID", "tr610000100000000000000001", "PUBLIC_IBAN"),
    ("accommodation", f"{TAX}[2]", None, "ACCOMMODATION_TAX_MISSING"),
    ("charging", f"{BUYER}/PartyIdentification[2]", None, "CHARGING_PLATE"),
    ("charging", "AdditionalDocumentReference", None, "CHARGING_REPORT"),
    ("charging", "AdditionalDocumentReference/ID", "17", "CHARGING_REPORT"),
    ("charging", "InvoicePeriod/EndTime", None, "CHARGING_PERIOD"),
    ("instant_charging", f"{LINE}/Item/ItemInstance/SerialID", "", "CHARGING_SERIAL"),
    ("technology", f"{LINE}/Item/AdditionalItemIdentification/ID@schemeID", "TABLET", "TECHNOLOGY_ITEM"),
    ("technology", f"{BUYER}/PartyIdentification/ID@schemeID", "VKN", "TECHNOLOGY_BUYER"),
    ("medicine", f"{LINE}/Item/AdditionalItemIdentification", None, "MEDICAL_ITEM"),
    ("tracked_goods", f"{SELLER}/PartyIdentification[2]/ID", "SE-1", "SHIPMENT_MARK"),
    ("tracked_goods", f"{LINE}/Item/AdditionalItemIdentification/ID", "AA1", "LABEL_MARK"),
    ("market_hall", f"{LINE}/Item/AdditionalItemIdentification/ID", "1", "MARKET_HALL_MARK"),
    ("investment", "ContractDocumentReference", None, "INVESTMENT_CERTIFICATE"),
    ("investment", "ContractDocumentReference/ID", "12345", "INVESTMENT_CERTIFICATE"),
    ("investment", f"{LINE}/Item/CommodityClassification/ItemClassificationCode", "05", "INVESTMENT_CLASS"),
    ("investment", f"{LINE}/Item/CommodityClassification/ItemClassificationCode", "02", "INVESTMENT_REASON"),
    ("investment", f"{LINE}/Item/ModelName", None, "INVESTMENT_MACHINE"),
    ("investment", f"{TAX}/Percent", "0", "INVESTMENT_VAT"),
    ("investment", f"{TAX}/CalculationSequenceNumeric", "1", "INVESTMENT_SEQUENCE"),
    ("export", f"{BUYER}/PartyIdentification/ID", "9000000017", "EXPORT_CUSTOMS"),
    ("export", "BuyerCustomerParty", None, "EXPORT_BUYER"),
    ("export", f"{SHIPMENT}/GoodsItem", None, "EXPORT_TARIFF"),
    ("export", f"{SHIPMENT}/ShipmentStage", None, "EXPORT_TRANSPORT"),
    ("export", f"{LINE}/Delivery/DeliveryAddress", None, "EXPORT_ADDRESS"),
    ("export", f"{LINE}/Delivery/DeliveryTerms", None, "EXPORT_TERMS"),
    ("inward_processing", f"{SHIPMENT}/GoodsItem/RequiredCustomsID", "0102", "LICENCE_CUSTOMS_ID"),
    ("inward_processing", LICENCE, "123", "LICENCE_LINE"),
    ("tax_free", "TaxRepresentativeParty/PartyIdentification[1]", None, "TAX_FREE_AGENT"),
    ("tax_free", "TaxRepresentativeParty/PartyIdentification[2]", None, "TAX_FREE_LABEL"),
    # the e-Arşiv report
    ("internet_sale", f"{REPORT}[1]/DocumentType", "EMAIL", "SENDING_UNKNOWN"),
    ("internet_sale", f"{REPORT}[1]/DocumentType", "KAGIT", "INTERNET_SENDING"),
    ("internet_sale", f"{REPORT}[2]", None, "INTERNET_SITE"),
    ("internet_sale", f"{REPORT}[2]/DocumentType", "mağaza", "INTERNET_SITE"),
    ("internet_sale", f"{REPORT}[3]", None, "INTERNET_PAYMENT"),
    ("internet_sale", f"{REPORT}[3]/DocumentType", "NAKIT", "INTERNET_PAYMENT"),
    ("internet_sale", f"{REPORT}[4]", None, "INTERNET_PAYMENT_NAME"),
    ("internet_sale", f"{REPORT}[5]", None, "INTERNET_PAYMENT_DATE"),
    ("internet_sale", f"{REPORT}[5]/DocumentType", "01.03.2026", "INTERNET_PAYMENT_DATE"),
    ("internet_sale", f"{REPORT}[6]", None, "INTERNET_CARRIER"),
    ("internet_sale", f"{REPORT}[6]/DocumentType", "tomorrow", "INTERNET_CARRIER"),
    ("internet_sale", f"{REPORT}[7]", None, "INTERNET_CARRIER"),
    ("internet_sale", f"{REPORT}[7]/DocumentType", "9000170715", "VKN_CHECK_DIGIT"),
    ("internet_sale", f"{REPORT}[7]/DocumentType", "90001707", "TAX_NUMBER_FORM"),
    ("internet_sale", f"{REPORT}[7]/DocumentType", "2222222222", "PLACEHOLDER_TAX_NUMBER"),
    # codes
    ("sale", f"{CATEGORY}/TaxScheme/TaxTypeCode", "0016", "TAX_TYPE_UNKNOWN"),
    ("income_tax", f"{TAX}[2]/TaxCategory/TaxScheme/TaxTypeCode", "4171", "TAX_TYPE_PLACE"),
    ("sale", f"{TAX}/Percent", "18", "VAT_RATE"),
    ("sale", f"{TAX}/Percent", "-20", "PERCENT_NEGATIVE"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReasonCode", "999", "REASON_UNKNOWN"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReasonCode", "801", "REASON_PLACE"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReasonCode", "701", "REASON_PLACE"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReasonCode", "308", "REASON_PLACE"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReasonCode", "555", "REASON_PLACE"),
    ("exempt_in_dollars", "InvoiceTypeCode", "SATIS", "REASON_PLACE"),
    ("special_base", f"{CATEGORY}/TaxExemptionReasonCode", "301", "REASON_PLACE"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReason", None, "REASON_TEXT_MISSING"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReasonCode", None, "REASON_CODE_MISSING"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReason", "", "REASON_MISSING"),
    ("exempt_in_dollars", f"{CATEGORY}/TaxExemptionReasonCode", "555", "REASON_NEEDS_VAT"),
    ("exempt_in_dollars", f"{TAX}/TaxAmount", "10.00", "EXEMPT_WITH_VAT"),
    ("exempt_in_dollars", f"{LINE}/{TAX}/TaxAmount", "10.00", "EXEMPT_WITH_VAT"),
    ("special_base", f"{CATEGORY}/TaxExemptionReasonCode", None, "TYPE_NEEDS_REASON"),
    ("export_registered", f"{CATEGORY}/TaxExemptionReasonCode", None, "TYPE_NEEDS_REASON"),
    ("return", "InvoiceTypeCode", "ISTISNA", "TYPE_NEEDS_REASON"),
    ("withholding", f"{HELD}/TaxCategory/TaxScheme/TaxTypeCode", "650", "WITHHOLDING_CODE_UNKNOWN"),
    ("withholding", f"{HELD}/TaxCategory/TaxScheme/TaxTypeCode", "0015", "WITHHOLDING_CODE_UNKNOWN"),
    ("withholding", f"{HELD}/Percent", "50", "WITHHOLDING_RATE"),
    ("withholding", f"{HELD}/Percent", "90.00", "WITHHOLDING_RATE"),
    ("withholding", f"{HELD}/TaxCategory/TaxScheme/TaxTypeCode", "624", "WITHHOLDING_RATE"),
    ("withholding", "WithholdingTaxTotal", None, "WITHHOLDING_MISSING"),
    ("commercial", "InvoiceTypeCode", "TEVKIFAT", "WITHHOLDING_MISSING"),
    ("withholding", "InvoiceTypeCode", "SATIS", "WITHHOLDING_PLACE"),
    ("withholding", "InvoiceTypeCode", "TEVKIFATIADE", "WITHHOLDING_PLACE"),
    ("sale", f"{LINE}/InvoicedQuantity@unitCode", None, "UNIT_MISSING"),
    ("sale", f"{LINE}/InvoicedQuantity@unitCode", "ADET", "UNIT_UNKNOWN"),
    ("sale", f"{LINE}/InvoicedQuantity@unitCode", "c62", "UNIT_UNKNOWN"),
    ("sale", f"{LINE}/InvoicedQuantity@unitCode", "PCE", "UNIT_UNKNOWN"),
    ("sale", f"{LINE}/InvoicedQuantity", "0", "QUANTITY_NOT_POSITIVE"),
    ("sale", f"{LINE}/InvoicedQuantity", "-2", "QUANTITY_NOT_POSITIVE"),
    ("commercial", "PaymentMeans/PaymentMeansCode", "54", "PAYMENT_MEANS_UNKNOWN"),
    ("commercial", "PaymentMeans/PaymentMeansCode", "KREDIKARTI", "PAYMENT_MEANS_UNKNOWN"),
    ("commercial", "AllowanceCharge[1]/ChargeIndicator", "yes", "CHARGE_INDICATOR"),
    ("cash_register", f"{SLIP}/DocumentDescription", "FIS", "RECEIPT_TYPE_UNKNOWN"),
    ("cash_register", f"{BUYER}/Contact/OtherCommunication/ChannelCode", "XX", "CHANNEL_UNKNOWN"),
    # arithmetic
    ("sale", f"{LINE}/LineExtensionAmount", "189.00", "LINE_AMOUNT"),
    ("sale", f"{LINE}/InvoicedQuantity", "3", "LINE_AMOUNT"),
    ("sale", f"{LINE}/Price/PriceAmount", "10.00", "LINE_AMOUNT"),
    ("sale", f"{LINE}/AllowanceCharge/ChargeIndicator", "true", "LINE_AMOUNT"),
    ("sale", f"{LINE}/AllowanceCharge/Amount", "12.00", "ALLOWANCE_AMOUNT"),
    ("sale", f"{LINE}/AllowanceCharge/MultiplierFactorNumeric", "0.06", "ALLOWANCE_AMOUNT"),
    ("commercial", "AllowanceCharge[1]/Amount", "-20.00", "ALLOWANCE_NEGATIVE"),
    ("sale", f"{TOTAL}/LineExtensionAmount", "281.00", "LINE_EXTENSION_TOTAL"),
    ("sale", "InvoiceLine[2]", None, "LINE_EXTENSION_TOTAL"),
    ("sale", f"{TOTAL}/AllowanceTotalAmount", "11.00", "ALLOWANCE_TOTAL"),
    ("commercial", "AllowanceCharge[1]", None, "ALLOWANCE_TOTAL"),
    ("commercial", f"{TOTAL}/ChargeTotalAmount", "6.00", "CHARGE_TOTAL"),
    ("market_hall", f"{TOTAL}/PayableAmount", EXPENSES_TOTAL, "CHARGE_TOTAL"),
    ("sale", "TaxTotal", Before(allowance("HKS indirimi", "20.00")), "TAX_EXCLUSIVE"),
    ("sale", "TaxTotal", Before(allowance("İskonto", "12.00")), "TAX_EXCLUSIVE"),
    ("special_base", f"{TOTAL}/TaxExclusiveAmount", "22.05", "TAX_EXCLUSIVE"),
    ("sale", f"{TOTAL}/TaxExclusiveAmount", "270.00", "TAX_EXCLUSIVE"),
    ("commercial", "AllowanceCharge[1]/Amount", "25.00", "TAX_EXCLUSIVE"),
    ("gross_lines", f"{TOTAL}/TaxExclusiveAmount", "100.00", "TAX_EXCLUSIVE"),
    ("sale", f"{TOTAL}/TaxInclusiveAmount", "326.98", "TAX_INCLUSIVE"),
    ("special_base", f"{TOTAL}/TaxInclusiveAmount", "25.00", "TAX_INCLUSIVE"),
    ("sale", f"{TOTAL}/PayableAmount", "327.02", "PAYABLE"),
    ("sale", f"{TOTAL}/PayableAmount", "280.00", "PAYABLE"),
    ("commercial", f"{TOTAL}/PayableRoundingAmount", None, "PAYABLE"),
    ("withholding", f"{TOTAL}/PayableAmount", "1200.00", "PAYABLE"),
    ("income_tax", f"{TOTAL}/PayableAmount", "120.00", "PAYABLE"),
    ("export_registered", f"{TOTAL}/PayableAmount", "110.00", "PAYABLE"),
    ("commercial", f"{TOTAL}/PayableRoundingAmount", "1.00", "ROUNDING_LARGE"),
    ("sale", f"{TAX}/TaxableAmount", None, "VAT_NOT_RECKONABLE"),
    ("sale", f"{LINE}/{TAX}/Percent", None, "VAT_NOT_RECKONABLE"),
    ("sale", f"{TAX}/TaxAmount", "38.05", "TAX_AMOUNT"),
    ("sale", f"{TAX}/Percent", "10", "TAX_AMOUNT"),
    ("sale", f"{LINE}/{TAX}/TaxAmount", "39.00", "TAX_AMOUNT"),
    ("consumption_tax", f"{TAX}/TaxAmount", "11.00", "TAX_AMOUNT"),
    ("accommodation", f"{TAX}[2]/Percent", "1", "TAX_AMOUNT"),
    ("sale", f"{TAX}/TaxableAmount", "190.02", "TAX_BASE"),
    ("sale", f"{LINE}/{TAX}/TaxableAmount", "189.98", "TAX_BASE"),
    ("commercial", f"{TAX}/TaxableAmount", "84.00", "VAT_BASE"),
    ("consumption_tax", f"{TAX}[2]/TaxableAmount", "100.00", "VAT_BASE"),
    ("exempt_in_dollars", f"{TAX}/TaxableAmount", "400.00", "VAT_BASE"),
    ("sale", "TaxTotal/TaxAmount", "46.00", "TAX_TOTAL"),
    ("sale", f"{LINE}/TaxTotal/TaxAmount", "37.00", "TAX_TOTAL"),
    ("investment", "TaxTotal/TaxAmount", "20.00", "TAX_TOTAL"),
    ("withholding", "TaxTotal/TaxAmount", "180.00", "TAX_TOTAL"),
    ("sale", f"{TAX}[2]", None, "VAT_OF_LINES"),
    ("sale", f"InvoiceLine[2]/{TAX}/TaxAmount", "19.00", "VAT_OF_LINES"),
    ("withholding", f"{HELD}/TaxAmount", "170.00", "WITHHOLDING_AMOUNT"),
    ("withholding", f"{LINE}/{HELD}/TaxAmount", "170.00", "WITHHOLDING_AMOUNT"),
    ("withholding", f"{HELD}/TaxableAmount", "1000.00", "WITHHOLDING_BASE"),
    ("withholding", "WithholdingTaxTotal/TaxAmount", "170.00", "WITHHOLDING_TOTAL"),
    ("withholding", f"{LINE}/WithholdingTaxTotal/TaxAmount", "160.00", "WITHHOLDING_OF_LINES"),
)  # fmt: skip

# Two amounts that change places.
SWAPS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("sale", f"{TOTAL}/TaxExclusiveAmount", f"{TOTAL}/TaxInclusiveAmount", "TAX_EXCLUSIVE"),
    ("withholding", f"{TOTAL}/TaxInclusiveAmount", f"{TOTAL}/PayableAmount", "PAYABLE"),
    ("sale", f"{TAX}/TaxableAmount", f"{TAX}/TaxAmount", "TAX_AMOUNT"),
    ("sale", f"{LINE}/LineExtensionAmount", "InvoiceLine[2]/LineExtensionAmount", "LINE_AMOUNT"),
    ("commercial", "AllowanceCharge[1]/Amount", "AllowanceCharge[2]/Amount", "ALLOWANCE_TOTAL"),
    ("withholding", f"{HELD}/TaxableAmount", f"{HELD}/TaxAmount", "WITHHOLDING_AMOUNT"),
)


def sample(name: str) -> bytes:
    """A clean invoice."""
    return (SAMPLES / f"{name}.xml").read_bytes()


def with_fault(name: str, place: str, value: Value) -> bytes:
    """The clean invoice with one thing changed."""
    return with_changes(name, ((place, value),))


def with_changes(name: str, changes: Iterable[Change]) -> bytes:
    """The clean invoice with all of them, one after another."""
    root = etree.fromstring(sample(name))
    for place, value in changes:
        _change(root, place, value)
    return etree.tostring(root, encoding="utf-8")


def _change(root: "etree._Element", place: str, value: Value) -> None:
    path, _, attribute = place.partition("@")
    element = _found(root, path) if path else root
    if attribute:
        assert not isinstance(value, Before)
        _set_attribute(element, attribute, value)
    elif value is None:
        element.getparent().remove(element)  # type: ignore[union-attr]
    elif isinstance(value, Before):
        for each in etree.fromstring(WHOLE.format(value.elements)):
            element.addprevious(each)
    elif value == TWICE:
        element.addnext(deepcopy(element))
    else:
        element.text = value


def with_swap(name: str, one: str, other: str) -> bytes:
    """The clean invoice with two amounts in each other's place."""
    root = etree.fromstring(sample(name))
    first, second = _found(root, one), _found(root, other)
    first.text, second.text = second.text, first.text
    return etree.tostring(root, encoding="utf-8")


def _found(root: "etree._Element", path: str) -> "etree._Element":
    element = root.find("/".join("{*}" + step for step in path.split("/")))
    assert element is not None, path
    return element


def _set_attribute(element: "etree._Element", name: str, value: str | None) -> None:
    if value is None:
        del element.attrib[name]
    else:
        element.set(name, value)
