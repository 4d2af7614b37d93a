"""Codes that GİB looks up in a list wherever they are, and texts that it compares letter by letter."""

from collections.abc import Iterator
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule
from app.documents.codelists import codes
from app.documents.safe_input.tree import CAC, CBC, Element, content, leaves, local_name

CURRENCY: Final = ("currencies", "CURRENCY_UNKNOWN", "is no currency that GİB accepts")
# Element → the list that it is of, the finding, and what to say.
OF_ELEMENTS: Final = {
    **{
        CBC + name: CURRENCY
        for name in (
            "DocumentCurrencyCode",
            "TaxCurrencyCode",
            "PricingCurrencyCode",
            "PaymentCurrencyCode",
            "PaymentAlternativeCurrencyCode",
            "SourceCurrencyCode",
            "TargetCurrencyCode",
            "CurrencyCode",
        )
    },
    CBC + "IdentificationCode": ("countries", "COUNTRY_UNKNOWN", "is no country of GİB's list; TR is Türkiye"),
    CBC + "ChannelCode": ("communication_channels", "CHANNEL_UNKNOWN", "is no communication channel of the list"),
    CBC + "TransportModeCode": ("transport_modes", "TRANSPORT_MODE_UNKNOWN", "is no means of transport: 0 to 9 are"),
    CBC + "PackagingTypeCode": ("package_types", "PACKAGE_UNKNOWN", "is no kind of package of GİB's list"),
}
OF_ATTRIBUTES: Final = {
    "currencyID": CURRENCY,
    "unitCode": ("unit_codes", "UNIT_UNKNOWN", "is no unit of GİB's list; C62 is pieces, KGM kilograms"),
    "mimeCode": ("mime_codes", "MIME_UNKNOWN", "is no MIME code of GİB's list; application/octet-stream is any file"),
}
INCOTERMS: Final = ("delivery_terms", "TERMS_UNKNOWN", "is none of the delivery terms that GİB takes")
# GİB compares these as they are written.
LITERAL: Final = frozenset(
    {
        *OF_ELEMENTS,
        *(
            CBC + name
            for name in (
                "UBLVersionID",
                "CustomizationID",
                "ProfileID",
                "CopyIndicator",
                "UUID",
                "InvoiceTypeCode",
                "TaxTypeCode",
                "TaxExemptionReasonCode",
                "PaymentMeansCode",
            )
        ),
    }
)
# Where GİB compares these too, `_is_literal` knows.
LITERAL_SOMEWHERE: Final = (CBC + "ID", CBC + "DocumentTypeCode", CBC + "Percent")
TAX_SCHEMES: Final = frozenset({"VKN", "TCKN", "VKN_TCKN"})


def listed_codes(document: Document) -> Iterator[Fault]:
    """Currencies, countries, channels, units, files and what is shipped are of GİB's lists, wherever they are."""
    for element in document.root.iter(*OF_ELEMENTS):
        yield from _unlisted(element, content(element), *OF_ELEMENTS[str(element.tag)])
    for terms in document.root.iter(CAC + "DeliveryTerms"):
        for element in leaves(terms, "ID"):
            if element.get("schemeID") == "INCOTERMS":
                yield from _unlisted(element, content(element), *INCOTERMS)
    for name, of_attribute in OF_ATTRIBUTES.items():
        for element in document.root.iterfind(f".//*[@{name}]"):
            written = str(element.get(name))
            if written != document.currency:  # which the document's own code answers for
                yield from _unlisted(element, written, *of_attribute)


def _unlisted(element: Element, written: str, name: str, code: str, what: str) -> Iterator[Fault]:
    if written not in codes(name):
        yield Fault(element, code, f"{written!r} {what}.")


def white_space(document: Document) -> Iterator[Fault]:
    """A code or a number that GİB compares letter by letter has no white space around it."""
    for element in document.root.iter(*LITERAL, *LITERAL_SOMEWHERE):
        written = element.text or ""
        if written != written.strip() and content(element) and _is_literal(element):
            message = f"{written!r} has white space around it, and GİB compares {local_name(element)} letter by letter."
            yield Fault(element, "WHITE_SPACE", message)


def _is_literal(element: Element) -> bool:
    if element.tag in LITERAL:
        return True
    above = [str(each.tag) for each in element.iterancestors()]
    if element.tag == CBC + "ID":
        return element.get("schemeID") in TAX_SCHEMES or len(above) == 1
    if element.tag == CBC + "DocumentTypeCode":
        return CAC + "BillingReference" in above
    return element.tag == CBC + "Percent" and CAC + "WithholdingTaxTotal" in above


RULES: Final[tuple[Rule, ...]] = (listed_codes, white_space)
