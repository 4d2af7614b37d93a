"""For each rule of GİB's schematron a clean sample, what is changed in it, and our rule that says so too."""

from typing import Final

from tests.documents.checking.mutations import (
    BUYER,
    CATEGORY,
    HELD,
    LICENCE,
    LINE,
    RETURNED,
    SELLER,
    SHIPMENT,
    SLIP,
    TAX,
    TOTAL,
    Before,
    Change,
)

GibFault = tuple[str, str, tuple[Change, ...], str]

SCHEMA_LOCATION: Final = "@{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
AGENT: Final = "TaxRepresentativeParty/PartyIdentification"
REAL_BUYER: Final = "BuyerCustomerParty/Party"
CLASS: Final = f"{LINE}/Item/CommodityClassification/ItemClassificationCode"
MARK: Final = f"{LINE}/Item/AdditionalItemIdentification/ID"
CODE: Final = f"{CATEGORY}/TaxExemptionReasonCode"
SIGNATURE: Final = (
    "<ds:Signature><ds:SignedInfo>"
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
    '<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="any"/></ds:Transforms></ds:Reference></ds:SignedInfo>'
    "<ds:KeyInfo><ds:X509Data><ds:X509SubjectName>CN=Artificial</ds:X509SubjectName>"
    "<ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    "<ds:Object><xades:QualifyingProperties><xades:SignedProperties><xades:SignedSignatureProperties>"
    "<xades:SigningTime>2026-03-02T10:30:00Z</xades:SigningTime><xades:SigningCertificate/>"
    "</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>"
)
SIGNATORY: Final = (
    '<cac:Signature><cbc:ID schemeID="VKN_TCKN">9000000009</cbc:ID><cac:SignatoryParty><cac:PartyIdentification>'
    '<cbc:ID schemeID="VKN">9000000009</cbc:ID></cac:PartyIdentification></cac:SignatoryParty></cac:Signature>'
)
PARTY: Final = "AccountingSupplierParty"
CONTRACT: Final = (
    '<cac:ContractDocumentReference><cbc:ID schemeID="YTBNO">654321</cbc:ID><cbc:IssueDate>2025-01-01</cbc:IssueDate>'
    "</cac:ContractDocumentReference>"
)
TCKN: Final = '<cac:PartyIdentification><cbc:ID schemeID="TCKN">99999999068</cbc:ID></cac:PartyIdentification>'
PLATE: Final = '<cac:PartyIdentification><cbc:ID schemeID="PLAKA">34AAA001</cbc:ID></cac:PartyIdentification>'
COUNTRY: Final = "<cbc:IdentificationCode>TUR</cbc:IdentificationCode>"
PACKAGE: Final = (
    "<cac:TransportHandlingUnit><cac:ActualPackage><cbc:PackagingTypeCode>BOX</cbc:PackagingTypeCode>"
    "</cac:ActualPackage></cac:TransportHandlingUnit>"
)
RATE: Final = "PricingExchangeRate"
SECOND_MARK: Final = (
    '<cac:AdditionalItemIdentification><cbc:ID schemeID="KUNYENO">0000000000000000002</cbc:ID>'
    "</cac:AdditionalItemIdentification>"
)


def signed(old: str = "", new: str = "") -> tuple[Change, ...]:
    """A signature in its place, something of it changed."""
    assert old in SIGNATURE
    extension = f"<ext:ExtensionContent>{SIGNATURE.replace(old, new)}</ext:ExtensionContent>"
    whole = f"<ext:UBLExtensions><ext:UBLExtension>{extension}</ext:UBLExtension></ext:UBLExtensions>"
    return (("UBLVersionID", Before(whole)),)


def signatory(old: str, new: str) -> tuple[Change, ...]:
    assert old in SIGNATORY
    return ((PARTY, Before(SIGNATORY.replace(old, new, 1))),)


def one(place: str, value: str | Before | None) -> tuple[Change, ...]:
    return ((place, value),)


def returned_investment(item_class: str) -> tuple[Change, ...]:
    returned = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>ART2026000000900</cbc:ID>"
        "<cbc:IssueDate>2026-02-01</cbc:IssueDate><cbc:DocumentTypeCode>IADE</cbc:DocumentTypeCode>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    return (
        ("InvoiceTypeCode", "YTBIADE"),
        ("ContractDocumentReference", Before(returned)),
        (CLASS, item_class),
        (f"{LINE}/{TAX}/TaxAmount", "0.00"),
    )


GIB_FAULTS: Final[tuple[GibFault, ...]] = (
    # what holds wherever it stands
    ("CountryCodeCheck-1", "sale", one(f"{SELLER}/PostalAddress/Country/Name", Before(COUNTRY)), "COUNTRY_UNKNOWN"),
    ("GeneralCurrencyCodeCheck-1", "exempt_in_dollars", one(f"{RATE}/TargetCurrencyCode", "TL"), "CURRENCY_UNKNOWN"),
    ("GeneralCurrencyCodeCheck-1", "exempt_in_dollars", one(f"{RATE}/SourceCurrencyCode", "$"), "CURRENCY_UNKNOWN"),
    ("GeneralCurrencyIDCheck-1", "sale", one(f"{TOTAL}/PayableAmount@currencyID", "TL"), "CURRENCY_UNKNOWN"),
    ("GeneralUnitCodeCheck-1", "sale", one(f"{LINE}/InvoicedQuantity@unitCode", "ADET"), "UNIT_UNKNOWN"),
    (
        "GeneralUnitCodeCheck-1",
        "sale",
        one(f"{LINE}/Price/PriceAmount@unitCode", "ADET"),
        "UNIT_UNKNOWN",
    ),
    (
        "GeneralChannelCodeCheck-1",
        "cash_register",
        one(f"{BUYER}/Contact/OtherCommunication/ChannelCode", "XX"),
        "CHANNEL_UNKNOWN",
    ),
    ("TarihBicimi-1", "sale", one("IssueDate", "02.03.2026"), "DATE_UNREADABLE"),
    ("TarihBicimi-1", "return", one(f"{RETURNED}/IssueDate", ""), "DATE_UNREADABLE"),
    ("TimeCheck-1", "return", one(f"{RETURNED}/IssueDate", "2999-12-31"), "ISSUE_DATE_FUTURE"),
    ("TimeCheck-2", "return", one(f"{RETURNED}/IssueDate", "2004-12-31"), "ISSUE_DATE_EARLY"),
    ("TimeCheck-2", "sale", one("IssueDate", "2004-12-31"), "ISSUE_DATE_EARLY"),
    (
        "MimeCodeCheck-1",
        "public",
        one("AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject@mimeCode", "image/any"),
        "MIME_UNKNOWN",
    ),
    # the signature
    (
        "XadesSignatureCheckForInvoice-1",
        "sale",
        signed('<ds:Transforms><ds:Transform Algorithm="any"/></ds:Transforms>'),
        "SIGNATURE_INCOMPLETE",
    ),
    ("XadesSignatureCheckForInvoice-2", "sale", signed("ds:KeyInfo>", "ds:Key>"), "SIGNATURE_INCOMPLETE"),
    ("XadesSignatureCheckForInvoice-3", "sale", signed("ds:X509Data>", "ds:Data>"), "SIGNATURE_INCOMPLETE"),
    ("XadesSignatureCheckForInvoice-4", "sale", signed("ds:Object>", "ds:Thing>"), "SIGNATURE_INCOMPLETE"),
    (
        "XadesSignatureCheckForInvoice-5",
        "sale",
        signed("<xades:SigningTime>2026-03-02T10:30:00Z</xades:SigningTime>"),
        "SIGNATURE_INCOMPLETE",
    ),
    ("XadesSignatureCheckForInvoice-6", "sale", signed("<xades:SigningCertificate/>"), "SIGNATURE_INCOMPLETE"),
    ("XadesSignatureCheckForInvoice-7", "sale", signed(' URI=""', ' URI="#part"'), "SIGNATURE_INCOMPLETE"),
    (
        "SignatureMethodCheck-1",
        "sale",
        signed("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        "SIGNATURE_METHOD",
    ),
    ("X509DataCheck-1", "sale", signed("<ds:X509Certificate>AAAA</ds:X509Certificate>"), "SIGNATURE_INCOMPLETE"),
    ("X509SubjectNameCheck-1", "sale", signed("CN=Artificial", " "), "SIGNATURE_INCOMPLETE"),
    (
        "TransformCountCheck-1",
        "sale",
        signed('<ds:Transform Algorithm="any"/>', '<ds:Transform Algorithm="any"/><ds:Transform Algorithm="any"/>'),
        "SIGNATURE_TRANSFORMS",
    ),
    ("SignatureCountCheck-1", "sale", one(PARTY, Before(SIGNATORY * 2)), "SIGNATURE_COUNT"),
    ("SignatureCheck-1", "sale", signatory("VKN_TCKN", "VKN"), "SIGNATURE_ID"),
    ("SignatureCheck-2", "sale", signatory("9000000009", "900000000"), "SIGNATURE_ID"),
    (
        "SignatoryPartyPartyIdentificationCheck-1",
        "sale",
        signatory('schemeID="VKN">', 'schemeID="MERSISNO">'),
        "SIGNATORY_ID",
    ),
    # the header
    ("UBLVersionIDCheck-1", "sale", one("UBLVersionID", "2.0"), "FIXED_VALUE"),
    ("UBLVersionIDCheck-1", "sale", one("UBLVersionID", " 2.1"), "WHITE_SPACE"),
    ("CustomizationIDCheck-1", "sale", one("CustomizationID", "TR1.0"), "FIXED_VALUE"),
    ("CopyIndicatorCheck-1", "sale", one("CopyIndicator", "true"), "FIXED_VALUE"),
    ("ProfileIDCheck-1", "commercial", one("ProfileID", "TICARI"), "PROFILE_UNKNOWN"),
    ("ProfileIDCheck-4", "sale", one(SCHEMA_LOCATION, "urn:any any.xsd"), "SCHEMA_LOCATION"),
    ("InvoiceIDCheck-1", "sale", one("ID", "ART202600000001"), "NUMBER_PATTERN"),
    ("InvoiceIDCheck-1", "sale", one("ID", "ART2026000000001 "), "WHITE_SPACE"),
    ("UUIDCheck-1", "sale", one("UUID", "0000"), "UUID_PATTERN"),
    ("InvoiceTypeCodeCheck-1", "sale", one("InvoiceTypeCode", "SATIŞ"), "TYPE_UNKNOWN"),
    ("InvoiceTypeCodeCheck-1", "sale", one("InvoiceTypeCode", "\nSATIS\n"), "WHITE_SPACE"),
    ("InvoiceTypeCodeCheck-2", "return", one("ProfileID", "TICARIFATURA"), "PROFILE_TYPE"),
    ("InvoiceTypeCodeCheck-3", "commercial", one("InvoiceTypeCode", "SARJ"), "PROFILE_TYPE"),
    ("InvoiceTypeCodeCheck-4", "technology", one("ProfileID", "TEMELFATURA"), "PROFILE_TYPE"),
    ("IlacTibbiCihazInvoiceTypeCodeCheck-1", "medicine", one("InvoiceTypeCode", "OZELMATRAH"), "PROFILE_TYPE"),
    (
        "YatirimTesvikInvoiceTypeCodeCheck-1",
        "commercial",
        (("ProfileID", "YATIRIMTESVIK"), ("InvoiceTypeCode", "SGK")),
        "PROFILE_TYPE",
    ),
    ("IdisInvoiceTypeCodeCheck-1", "tracked_goods", one("InvoiceTypeCode", "SGK"), "PROFILE_TYPE"),
    # currencies
    ("CurrencyCodeCheck-1", "sale", one("DocumentCurrencyCode", "TRL"), "CURRENCY_UNKNOWN"),
    (
        "CurrencyCodeCheck-2",
        "sale",
        one("LineCountNumeric", Before("<cbc:TaxCurrencyCode>TL</cbc:TaxCurrencyCode>")),
        "CURRENCY_UNKNOWN",
    ),
    (
        "CurrencyCodeCheck-3",
        "sale",
        one("LineCountNumeric", Before("<cbc:PricingCurrencyCode>TL</cbc:PricingCurrencyCode>")),
        "CURRENCY_UNKNOWN",
    ),
    (
        "CurrencyCodeCheck-4",
        "sale",
        one("LineCountNumeric", Before("<cbc:PaymentCurrencyCode>TL</cbc:PaymentCurrencyCode>")),
        "CURRENCY_UNKNOWN",
    ),
    (
        "CurrencyCodeCheck-5",
        "sale",
        one("LineCountNumeric", Before("<cbc:PaymentAlternativeCurrencyCode>TL</cbc:PaymentAlternativeCurrencyCode>")),
        "CURRENCY_UNKNOWN",
    ),
    ("CurrencyCodeCheck-6", "exempt_in_dollars", one(RATE, None), "EXCHANGE_RATE_MISSING"),
    ("CurrencyCodeCheck-7", "exempt_in_dollars", one(f"{RATE}/CalculationRate", "41.1234567"), "EXCHANGE_RATE_VALUE"),
    ("CurrencyCodeCheck-7", "exempt_in_dollars", one(f"{RATE}/CalculationRate", "41.1000000"), "EXCHANGE_RATE_VALUE"),
    # parties
    (
        "PartyIdentificationSchemeIDCheck-1",
        "commercial",
        one(f"{SELLER}/PartyIdentification[2]/ID@schemeID", "MERSIS"),
        "PARTY_ID_SCHEME",
    ),
    ("PartyIdentificationTCKNVKNCheck-1", "sale", one(f"{SELLER}/PartyIdentification/ID", ""), "TAX_NUMBER_FORM"),
    (
        "PartyIdentificationTCKNVKNCheck-1",
        "sale",
        one(f"{SELLER}/PartyIdentification/ID", "9000000009\n"),
        "WHITE_SPACE",
    ),
    (
        "PartyIdentificationTCKNVKNCheck-2",
        "technology",
        one(f"{BUYER}/PartyIdentification/ID", "9999999906"),
        "TAX_NUMBER_FORM",
    ),
    ("PartyIdentificationPartyNamePersonCheck-1", "sale", one(f"{SELLER}/PartyIdentification", None), "PARTY_ID_COUNT"),
    (
        "PartyIdentificationPartyNamePersonCheck-2",
        "sale",
        one(f"{SELLER}/PartyIdentification", Before(TCKN)),
        "PARTY_ID_COUNT",
    ),
    ("PartyIdentificationPartyNamePersonCheck-3", "sale", one(f"{SELLER}/PartyName", None), "PARTY_NAME"),
    ("PartyIdentificationPartyNamePersonCheck-4", "sale", one(f"{SELLER}/PartyName/Name", " "), "PARTY_NAME"),
    ("PartyIdentificationPartyNamePersonCheck-5", "sale", one(f"{BUYER}/Person", None), "PERSON_NAME"),
    ("PartyIdentificationPartyNamePersonCheck-6", "sale", one(f"{BUYER}/Person/FamilyName", ""), "PERSON_NAME"),
    (
        "PartyIdentificationTEKNOLOJIDESTEKCheck-1",
        "technology",
        one(f"{BUYER}/PartyIdentification", Before(PLATE)),
        "TECHNOLOGY_BUYER",
    ),
    ("PartyVDCheck-1", "export", one(f"{SELLER}/PartyTaxScheme", None), "EXPORT_TAX_OFFICE"),
    ("IdisSevkiyatNoCheck-1", "tracked_goods", one(f"{SELLER}/PartyIdentification[2]/ID", "SE-1"), "SHIPMENT_MARK"),
    (
        "EnerjiPartyIdentificationPlakaCheck-1",
        "charging",
        one(f"{BUYER}/PartyIdentification[2]/ID", "34 AAA 000"),
        "CHARGING_PLATE",
    ),
    (
        "EnerjiPartyIdentificationPlakaCheck-1",
        "charging",
        one(f"{BUYER}/PartyIdentification[2]", Before(PLATE)),
        "CHARGING_PLATE",
    ),
    ("TaxFreeInvoiceCheck-1", "commercial", one(f"{BUYER}/PartyIdentification/ID", "1460415308"), "CUSTOMS_PROFILE"),
    ("TaxRepresentativePartyCheck-1", "tax_free", one(f"{AGENT}[1]/ID", "900000002"), "TAX_FREE_AGENT"),
    ("TaxRepresentativePartyCheck-2", "tax_free", one(f"{AGENT}[2]/ID", " "), "TAX_FREE_LABEL"),
    (
        "IhracatYolcuBeraberCheck-3",
        "tax_free",
        one(f"{REAL_BUYER}/PartyIdentification/ID", "TOURIST"),
        "TAX_FREE_BUYER",
    ),
    ("IhracatYolcuBeraberCheck-4", "export", one(f"{REAL_BUYER}/PartyIdentification/ID", "IMPORTER"), "EXPORT_BUYER"),
    (
        "TaxFreeNationalityIDCheck-1",
        "tax_free",
        one(f"{REAL_BUYER}/Person/NationalityID", "British"),
        "TAX_FREE_NATIONALITY",
    ),
    (
        "PassportIDCheck-1",
        "tax_free",
        one(f"{REAL_BUYER}/Person/IdentityDocumentReference/ID", ""),
        "TAX_FREE_PASSPORT",
    ),
    ("OfficelTitleCheck-1", "export", one(f"{REAL_BUYER}/PartyLegalEntity/RegistrationName", ""), "EXPORT_BUYER_NAME"),
    # what profiles and types need
    ("HKSInvioceCheck-1", "market_hall", one(MARK, "1"), "MARKET_HALL_MARK"),
    (
        "HKSInvioceCheck-1",
        "market_hall",
        one(f"{LINE}/Item/AdditionalItemIdentification", Before(SECOND_MARK)),
        "MARKET_HALL_MARK",
    ),
    ("IADEInvioceCheck-1", "return", one("BillingReference", None), "RETURN_REFERENCE_MISSING"),
    ("IADEInvioceCheck-1", "return", one(f"{RETURNED}/DocumentTypeCode", "SATIS"), "RETURN_REFERENCE_CODE"),
    ("IADEInvioceCheck-1", "return", one(f"{RETURNED}/DocumentTypeCode", "IADE "), "WHITE_SPACE"),
    ("IADEInvioceCheck-1", "return", one(f"{RETURNED}/ID", "A-17"), "RETURN_REFERENCE_NUMBER"),
    ("EnerjiInvoicePeriodCheck-1", "charging", one("InvoicePeriod", None), "CHARGING_PERIOD"),
    ("EnerjiInvoicePeriodCheck-1", "charging", one("InvoicePeriod/StartTime", "10:00"), "CHARGING_PERIOD"),
    ("EnerjiInvoicePeriodCheck-1", "charging", one("InvoicePeriod/StartDate", "2004-03-01"), "CHARGING_PERIOD"),
    ("EnerjiESURaporIDCheck-1", "charging", one("AdditionalDocumentReference/ID", "17"), "CHARGING_REPORT"),
    ("EnerjiESURaporIDCheck-1", "charging", one("AdditionalDocumentReference/IssueDate", None), "CHARGING_REPORT"),
    (
        "EnerjiItemInstanceSerialIDCheck-1",
        "instant_charging",
        one(f"{LINE}/Item/ItemInstance/SerialID", ""),
        "CHARGING_SERIAL",
    ),
    (
        "IlacTibbiCihazAdditionalItemIdentificationCheck-1",
        "medicine",
        one(f"{MARK}@schemeID", "BARKOD"),
        "MEDICAL_ITEM",
    ),
    (
        "TeknolojiDestekAdditionalItemIdentificationCheck-1",
        "technology",
        one(f"{MARK}@schemeID", "TABLET"),
        "TECHNOLOGY_ITEM",
    ),
    ("IdisEtiketNoCheck-1", "tracked_goods", one(MARK, "AA1"), "LABEL_MARK"),
    (
        "KamuFaturaCheck-1",
        "public",
        one("PaymentMeans/PayeeFinancialAccount/ID", "tr610000100000000000000001"),
        "PUBLIC_IBAN",
    ),
    # exports and licences
    ("PriceAmountCheck-1", "export", one(f"{LINE}/Price/PriceAmount", ""), "MISSING_ELEMENT"),
    ("PriceAmountCheck-2", "export", one(f"{LINE}/LineExtensionAmount", ""), "MISSING_ELEMENT"),
    ("PackageCheck-1", "export", one(f"{LINE}/InvoicedQuantity", ""), "MISSING_ELEMENT"),
    ("LineDeliveryCheck-1", "export", one(f"{LINE}/Delivery/DeliveryTerms", None), "EXPORT_TERMS"),
    ("LineDeliveryCheck-2", "export", one(f"{LINE}/Delivery/DeliveryAddress", None), "EXPORT_ADDRESS"),
    ("LineDeliveryCheck-3", "export", one(f"{SHIPMENT}/ShipmentStage/TransportModeCode", ""), "EXPORT_TRANSPORT"),
    ("LineDeliveryCheck-4", "export", one(f"{SHIPMENT}/GoodsItem", None), "EXPORT_TARIFF"),
    ("DeliveryCodeCheck-1", "export", one(f"{LINE}/Delivery/DeliveryTerms/ID", "XXX"), "TERMS_UNKNOWN"),
    ("DeliveryCodeCheck-2", "export", one(f"{SHIPMENT}/ShipmentStage", Before(PACKAGE)), "PACKAGE_UNKNOWN"),
    (
        "DeliveryCodeCheck-3",
        "export",
        one(f"{SHIPMENT}/ShipmentStage/TransportModeCode", "10"),
        "TRANSPORT_MODE_UNKNOWN",
    ),
    (
        "TaxExemptionReasonCodeCheck-6",
        "inward_processing",
        one(f"{SHIPMENT}/GoodsItem/RequiredCustomsID", "0102"),
        "LICENCE_CUSTOMS_ID",
    ),
    ("TaxExemptionReasonCodeCheck-6", "inward_processing", one(LICENCE, "123"), "LICENCE_LINE"),
    (
        "IhracKayitliPartyIdentificationIDTypeCheck-1",
        "inward_processing",
        one(f"{LICENCE}@schemeID", "DIBSATIRKOD"),
        "LICENCE_SCHEME",
    ),
    # investment incentives
    (
        "YatirimTesvikContractDocumentReferenceIDCheck-1",
        "investment",
        one("ContractDocumentReference/ID", "12345"),
        "INVESTMENT_CERTIFICATE",
    ),
    (
        "YatirimTesvikContractDocumentReferenceIDCheck-1",
        "investment",
        one("ContractDocumentReference", Before(CONTRACT)),
        "INVESTMENT_CERTIFICATE",
    ),
    (
        "YatirimTesvikCommodityClassificationCheck-1",
        "investment",
        one(f"{LINE}/Item/CommodityClassification", None),
        "INVESTMENT_CLASS",
    ),
    ("YatirimTesvikItemClassificationCodeCheck-1", "investment", one(CLASS, "05"), "INVESTMENT_CLASS"),
    ("YatirimTesvikItemClassificationCodeIstisnaCheck-1", "investment", one(CLASS, "03"), "INVESTMENT_REASON"),
    (
        "YatirimTesvikItemClassificationCodeIstisnaCalculationSequenceNumericCheck-1",
        "investment",
        one(f"{LINE}/{TAX}/CalculationSequenceNumeric", "1"),
        "INVESTMENT_SEQUENCE",
    ),
    ("YatirimTesvikTaxExemptionReasonCode308Check-1", "investment", one(f"{LINE}/{CODE}", "339"), "INVESTMENT_REASON"),
    ("YatirimTesvikTaxExemptionReasonCode339Check-1", "investment", one(CLASS, "02"), "INVESTMENT_REASON"),
    ("YatirimTesvikItemInstanceCheck-1", "investment", one(f"{LINE}/Item/ModelName", None), "INVESTMENT_MACHINE"),
    ("YatirimTesvikKDVCheck-1", "investment", one(f"{TAX}/Percent", "0"), "INVESTMENT_VAT"),
    ("YatirimTesvikLineKDVCheck-1", "investment", one(f"{LINE}/{TAX}/TaxAmount", "0.00"), "INVESTMENT_VAT"),
    ("YatirimTesvikLineKDVCheck-2", "investment", returned_investment("03"), "INVESTMENT_VAT"),
    # taxes and their reasons
    ("TaxTypeCheck-1", "sale", one(f"{CATEGORY}/TaxScheme/TaxTypeCode", "0016"), "TAX_TYPE_UNKNOWN"),
    ("TaxTypeCheck-1", "sale", one(f"{LINE}/{CATEGORY}/TaxScheme/TaxTypeCode", "0016"), "TAX_TYPE_UNKNOWN"),
    ("TaxTypeCheck-1", "sale", one(f"{CATEGORY}/TaxScheme/TaxTypeCode", " 0015 "), "WHITE_SPACE"),
    ("GeneralWithholdingTaxTotalCheck-1", "withholding", one("InvoiceTypeCode", "SATIS"), "WITHHOLDING_PLACE"),
    (
        "GeneralWithholdingTaxTotalCheck-2",
        "income_tax",
        one(f"{TAX}[2]/TaxCategory/TaxScheme/TaxTypeCode", "4171"),
        "TAX_TYPE_PLACE",
    ),
    ("WithholdingTaxTotalCheck-1", "withholding", one(f"{HELD}/Percent", None), "MISSING_ELEMENT"),
    (
        "WithholdingTaxTotalCheck-2",
        "withholding",
        one(f"{HELD}/TaxCategory/TaxScheme/TaxTypeCode", "650"),
        "WITHHOLDING_CODE_UNKNOWN",
    ),
    ("WithholdingTaxTotalCheck-3", "withholding", one(f"{HELD}/Percent", "90.00"), "WITHHOLDING_RATE"),
    ("WithholdingTaxTotalCheck-3", "withholding", one(f"{LINE}/{HELD}/Percent", "90 "), "WHITE_SPACE"),
    (
        "TaxExemptionReasonCheck-1",
        "exempt_in_dollars",
        ((f"{CATEGORY}/TaxExemptionReason", None), (CODE, None)),
        "REASON_MISSING",
    ),
    ("TaxExemptionReasonCodeCheck-1", "special_base", one(f"{CATEGORY}/TaxExemptionReason", ""), "REASON_TEXT_MISSING"),
    (
        "TaxExemptionReasonCodeCheck-1",
        "sale",
        one(f"{CATEGORY}/TaxScheme", Before("<cbc:TaxExemptionReason/>")),
        "REASON_TEXT_MISSING",
    ),
    ("TaxExemptionReasonCodeCheck-2", "exempt_in_dollars", one(CODE, "999"), "REASON_UNKNOWN"),
    ("TaxExemptionReasonCodeCheck-2", "exempt_in_dollars", one(CODE, None), "REASON_CODE_MISSING"),
    ("TaxExemptionReasonCodeCheck-3", "exempt_in_dollars", one("InvoiceTypeCode", "SATIS"), "REASON_PLACE"),
    ("TaxExemptionReasonCodeCheck-4", "exempt_in_dollars", one(CODE, "801"), "REASON_PLACE"),
    ("TaxExemptionReasonCodeCheck-5", "exempt_in_dollars", one(CODE, "701"), "REASON_PLACE"),
    ("DemirbasKDVTaxExemptionCheck-1", "exempt_in_dollars", one(CODE, "555"), "REASON_PLACE"),
    ("DemirbasKDVTaxExemptionCheck-2", "exempt_in_dollars", one(CODE, "555"), "REASON_NEEDS_VAT"),
    (
        "DemirbasKDVTaxExemptionCheck-2",
        "sale",
        (
            (f"{CATEGORY}/TaxScheme", Before("<cbc:TaxExemptionReasonCode>555</cbc:TaxExemptionReasonCode>")),
            (f"{CATEGORY}/TaxScheme", Before("<cbc:TaxExemptionReason>Reason 555</cbc:TaxExemptionReason>")),
            (f"InvoiceLine[2]/{TAX}/TaxAmount", "0.00"),
        ),
        "REASON_NEEDS_VAT",
    ),
    # lines, sums, payment
    ("InvoicedQuantityCheck-1", "sale", one(f"{LINE}/InvoicedQuantity@unitCode", None), "UNIT_MISSING"),
    *(
        ("decimalCheck-1", "sale", one(f"{TOTAL}/{name}", "327.000"), "AMOUNT_DECIMALS")
        for name in (
            "LineExtensionAmount",
            "TaxExclusiveAmount",
            "TaxInclusiveAmount",
            "AllowanceTotalAmount",
            "PayableAmount",
        )
    ),
    ("decimalCheck-1", "sale", one("TaxTotal/TaxAmount", "+47.00"), "AMOUNT_DECIMALS"),
    ("decimalCheck-1", "sale", one(f"{TOTAL}/PayableAmount", "-327.00"), "AMOUNT_NEGATIVE"),
    ("PaymentMeansCodeCheck-1", "commercial", one("PaymentMeans/PaymentMeansCode", "54"), "PAYMENT_MEANS_UNKNOWN"),
    ("PaymentMeansCodeCheck-1", "commercial", one("PaymentMeans/PaymentMeansCode", "42 "), "WHITE_SPACE"),
    # a cash register's slip
    ("BillingReferenceCheck-1", "cash_register", one(f"{SLIP}/DocumentType", "Fis"), "RECEIPT_MARK"),
    ("BillingReferenceCheck-2", "cash_register", one(f"{SLIP}/DocumentTypeCode", "OKC"), "RECEIPT_MARK"),
    ("BillingReferenceCheck-3", "cash_register", one(f"{SLIP}/IssueDate", None), "RECEIPT_INCOMPLETE"),
    ("BillingReferenceCheck-4", "cash_register", one(f"{SLIP}/ID", ""), "RECEIPT_INCOMPLETE"),
    ("BillingReferenceCheck-5", "cash_register", one(f"{SLIP}/DocumentDescription", "FIS"), "RECEIPT_TYPE_UNKNOWN"),
    ("BillingReferenceCheck-6", "cash_register", one(f"{SLIP}/Attachment", None), "RECEIPT_INCOMPLETE"),
    ("BillingReferenceCheck-7", "cash_register", one(f"{SLIP}/ValidityPeriod/StartDate", None), "RECEIPT_INCOMPLETE"),
    ("BillingReferenceCheck-8", "cash_register", one(f"{SLIP}/ValidityPeriod/StartDate", "2026-03-01"), "RECEIPT_DATE"),
    ("BillingReferenceCheck-9", "cash_register", one(f"{SLIP}/IssuerParty/EndpointID", ""), "RECEIPT_INCOMPLETE"),
)
