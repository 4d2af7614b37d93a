"""What is right too: a clean sample, and all that is changed in it."""

from typing import Final

from tests.documents.checking.mutations import (
    BUYER,
    EXPENSES_TOTAL,
    LINE,
    REPORT,
    SHIPMENT,
    TAX,
    TOTAL,
    Before,
    Change,
    allowance,
)

EXPENSES: Final = Before(
    allowance("HKSKOMISYON", "5.00", factor="5") + allowance("HKSKOMISYONKDV", "1.00", factor="20")
)
# An export that says for the whole document how it is delivered; each line keeps its tariff.
DELIVERY: Final = Before(
    "<cac:Delivery><cac:DeliveryAddress><cbc:CitySubdivisionName>Sample</cbc:CitySubdivisionName>"
    "<cbc:CityName>Sampletown</cbc:CityName><cac:Country><cbc:Name>Nowhere</cbc:Name></cac:Country></cac:DeliveryAddress>"
    '<cac:DeliveryTerms><cbc:ID schemeID="INCOTERMS">CIF</cbc:ID></cac:DeliveryTerms>'
    "<cac:Shipment><cbc:ID/><cac:ShipmentStage><cbc:TransportModeCode>1</cbc:TransportModeCode></cac:ShipmentStage>"
    "</cac:Shipment></cac:Delivery>"
)
# 0.05, as a float is written with all of its digits.
FIVE_HUNDREDTHS: Final = "0.05000000000000000277555756156289135105907917022705078125"
TO_PETROLEUM: Final = (
    ("InvoiceTypeCode", "TEVKIFAT"),
    (f"{TAX}[2]/TaxCategory/TaxScheme/TaxTypeCode", "4171"),
)

RIGHT: Final[tuple[tuple[str, tuple[Change, ...]], ...]] = (
    ("commercial", (("PaymentMeans/PayeeFinancialAccount/ID", "HS00123456"),)),
    ("commercial", (("PaymentMeans/PayeeFinancialAccount/ID", "1234-5678901"),)),
    ("commercial", (("PaymentMeans/PayeeFinancialAccount/ID", "TR61 0000 1000 0000 0000 0000 01"),)),
    ("social_security", (("AccountingCost", "SAGLIK_HAS"),)),
    ("social_security", ((f"{BUYER}/PartyTaxScheme/TaxScheme/Name", "ÇANKAYA VERGİ DAİRESİ"),)),
    ("market_hall", (("TaxTotal", EXPENSES), (f"{TOTAL}/PayableAmount", EXPENSES_TOTAL))),
    (
        "market_hall",
        (("InvoiceTypeCode", "KOMISYONCU"), ("TaxTotal", EXPENSES), (f"{TOTAL}/PayableAmount", EXPENSES_TOTAL)),
    ),
    (
        "export",
        (
            ("TaxTotal", DELIVERY),
            (f"{LINE}/Delivery/DeliveryAddress", None),
            (f"{LINE}/Delivery/DeliveryTerms", None),
            (f"{SHIPMENT}/ShipmentStage", None),
        ),
    ),
    ("income_tax", TO_PETROLEUM),
    ("special_base", ((f"{TOTAL}/TaxExclusiveAmount", "20.05"),)),
    ("sale", (("TaxTotal", Before(allowance("İskonto", "10.00"))),)),
    ("sale", ((f"{LINE}/AllowanceCharge/MultiplierFactorNumeric", FIVE_HUNDREDTHS),)),
    ("sale", (("IssueDate", "2026-03-02+03:00"),)),
    ("internet_sale", ((f"{REPORT}[1]", None),)),
    ("internet_sale", ((f"{REPORT}[3]/DocumentType", "KAPIDAODEME"), (f"{REPORT}[5]", None), (f"{REPORT}[4]", None))),
    ("internet_sale", ((f"{REPORT}[3]/DocumentType", "DIGER"), (f"{REPORT}[5]", None))),
    ("internet_sale", ((f"{REPORT}[8]", None), (f"{REPORT}[7]", None), (f"{REPORT}[6]", None))),
    ("internet_sale", ((f"{REPORT}[8]", None),)),
    ("internet_sale", ((f"{REPORT}[2]/DocumentType", "HTTPS://WWW.EXAMPLE.COM/Shop?a=1;www.example.com"),)),
    (
        "social_security",
        (
            ("AccountingCost", "ABONELIK"),
            ("AdditionalDocumentReference[2]", None),
            ("AdditionalDocumentReference[1]", None),
        ),
    ),
    (
        "social_security",
        (
            ("AccountingCost", "MAL_HIZMET"),
            ("InvoicePeriod", None),
            ("AdditionalDocumentReference[2]", None),
            ("AdditionalDocumentReference[1]", None),
        ),
    ),
    (
        "social_security",
        (
            ("AccountingCost", "DIGER"),
            ("InvoicePeriod", None),
            ("AdditionalDocumentReference[3]", None),
            ("AdditionalDocumentReference[2]", None),
            ("AdditionalDocumentReference[1]", None),
        ),
    ),
)
