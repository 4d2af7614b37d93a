"""An order of each invoice type that is more than a plain sale, with all that its type needs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from app.domain.invoice_details import (
    Delivery,
    FurtherTax,
    Identification,
    InvoiceDetails,
    LineDetails,
    Period,
    PerUnit,
    WithheldVat,
)
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import AdditionalDocument, ReturnedInvoice
from app.domain.orders import OrderLine
from app.domain.parties import Buyer, Person
from tests.providers.examples import ADDRESS, TAXPAYER

LINE: Final = OrderLine(
    line_reference="1", name="Ürün", quantity=Decimal(2), unit_price=Decimal("100.00"), vat_rate=Decimal(20)
)
SGK: Final = Person(
    buyer=Buyer(
        name="Sosyal Güvenlik Kurumu",
        tax_number="7750409379",
        tax_office="Çankaya",
        address=replace(ADDRESS, city="Ankara"),
    )
)
RETURNED: Final = (ReturnedInvoice(invoice_number="DNA2026000000001", issue_date=date(2026, 4, 1)),)
KUNYE: Final = Identification(scheme="KUNYENO", value="1234567890123456789")


def _line(**changes: Any) -> OrderLine:
    return replace(LINE, **changes)


def _details(**fields: Any) -> OrderLine:
    return _line(details=LineDetails(**fields))


T = InvoiceType
# Of each type, what of the order is other than in a plain sale, and who buys.
KINDS: Final[Mapping[InvoiceType, tuple[dict[str, Any], Person]]] = MappingProxyType(
    {
        T.TEVKIFAT: ({"lines": (_details(withholding=WithheldVat(code="606")),)}, TAXPAYER),
        T.TEVKIFATIADE: (
            {
                "lines": (_details(withholding=WithheldVat(code="606")),),
                "invoice_info": InvoiceInfo(invoice_type=T.TEVKIFATIADE, return_invoice_info=RETURNED),
            },
            TAXPAYER,
        ),
        T.IHRACKAYITLI: (
            {
                "lines": (
                    _line(
                        vat_exemption_code="702",
                        details=LineDetails(delivery=Delivery(customs_id="123456789012", licence_line="12345678901")),
                    ),
                ),
            },
            TAXPAYER,
        ),
        T.OZELMATRAH: (
            {
                "lines": (_line(vat_exemption_code="805", details=LineDetails(special_base=Decimal("40.00"))),),
                "prices_include_vat": True,
            },
            TAXPAYER,
        ),
        T.SGK: (
            {
                "lines": (LINE,),
                "invoice_info": InvoiceInfo(
                    invoice_type=T.SGK,
                    additional_document_references=tuple(
                        AdditionalDocument(id=code, document_type_code=code, document_type=value)
                        for code, value in (
                            ("MUKELLEF_KODU", "11111"),
                            ("MUKELLEF_ADI", "Deneme Eczanesi"),
                            ("DOSYA_NO", "22222"),
                        )
                    ),
                ),
                "details": InvoiceDetails(
                    accounting_cost="SAGLIK_ECZ",
                    period=Period(start_date=date(2026, 4, 1), end_date=date(2026, 4, 30)),
                ),
            },
            SGK,
        ),
        T.KOMISYONCU: (
            {"lines": (_details(marks=(KUNYE,)),), "invoice_info": InvoiceInfo(invoice_type=T.KOMISYONCU)},
            TAXPAYER,
        ),
        T.HKSSATIS: (
            {"lines": (_details(marks=(KUNYE,)),), "invoice_info": InvoiceInfo(invoice_type=T.HKSSATIS)},
            TAXPAYER,
        ),
        T.HKSKOMISYONCU: (
            {"lines": (_details(marks=(KUNYE,)),), "invoice_info": InvoiceInfo(invoice_type=T.HKSKOMISYONCU)},
            TAXPAYER,
        ),
        T.KONAKLAMAVERGISI: (
            {
                "lines": (
                    _line(
                        name="Konaklama",
                        vat_rate=Decimal(10),
                        details=LineDetails(taxes=(FurtherTax(code="0059", rate=Decimal(2)),)),
                    ),
                ),
                "prices_include_vat": False,
                "details": InvoiceDetails(period=Period(start_date=date(2026, 4, 28), end_date=date(2026, 4, 30))),
            },
            TAXPAYER,
        ),
        T.SATIS: (
            {
                "lines": (_details(taxes=(FurtherTax(code="9077", per_unit=PerUnit(amount=Decimal("1.50"))),)),),
                "prices_include_vat": False,
            },
            TAXPAYER,
        ),
    }
)
