"""The portal's documents: rows of its list, and the files of a ZIP; the UBL has what the form had, and no signature."""

import io
import zipfile
from typing import Any, Final
from xml.sax.saxutils import escape

from providers.simulation.files import html_page
from providers.simulation.record import Booking, BookingState

SIGNED: Final = "Onaylandı"
UNSIGNED: Final = "Onaylanmadı"
DELETED: Final = "Silinmiş"
VKN_LENGTH: Final = 10
NAMESPACES: Final = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def approval_of(booking: Booking) -> str:
    """A person's signature makes a draft a document, which stays one in the list when it is cancelled."""
    if booking.state() is BookingState.CANCELLED:
        return DELETED if booking.is_draft or booking.is_deleted else SIGNED
    return SIGNED if booking.state() is BookingState.SUCCEEDED else UNSIGNED


def row_of(booking: Booking) -> dict[str, Any]:
    """Seven fields and no more; a person's name is left blank."""
    year, month, day = (booking.issue_date or "").split("-")
    is_company = len(booking.buyer.tax_number) == VKN_LENGTH
    return {
        "belgeNumarasi": booking.number,
        "aliciVknTckn": booking.buyer.tax_number,
        "aliciUnvanAdSoyad": booking.buyer.name if is_company else "",
        "belgeTarihi": f"{day}-{month}-{year}",
        "belgeTuru": "FATURA",
        "onayDurumu": approval_of(booking),
        "ettn": booking.ettn,
    }


def zip_of(booking: Booking, form: dict[str, Any]) -> bytes:
    """Page and UBL."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{booking.ettn}_f.html", page_of(booking, form))
        archive.writestr(f"{booking.ettn}_f.xml", _xml_of(booking, form))
    return out.getvalue()


def page_of(booking: Booking, form: dict[str, Any]) -> str:
    """What a person reads."""
    rows = [f"ETTN {booking.ettn}", f"Sayın {booking.buyer.name}", f"{booking.payable} {booking.currency}", form["not"]]
    return html_page(booking.number, rows)


def _xml_of(booking: Booking, form: dict[str, Any]) -> str:
    """The head of the document, as plain UBL-TR has it."""
    scheme = "VKN" if len(booking.buyer.tax_number) == VKN_LENGTH else "TCKN"
    order = escape(booking.order_reference or "")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Invoice {NAMESPACES}>'
        f"<cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:CustomizationID>TR1.2</cbc:CustomizationID>"
        f"<cbc:ProfileID>EARSIVFATURA</cbc:ProfileID><cbc:ID>{booking.number}</cbc:ID>"
        f"<cbc:UUID>{booking.ettn}</cbc:UUID><cbc:IssueDate>{booking.issue_date}</cbc:IssueDate>"
        f"<cbc:InvoiceTypeCode>{form['faturaTipi']}</cbc:InvoiceTypeCode><cbc:Note>{escape(form['not'])}</cbc:Note>"
        f"<cbc:DocumentCurrencyCode>{booking.currency}</cbc:DocumentCurrencyCode>"
        + (f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>" if order else "")
        + f"<cac:AccountingCustomerParty><cac:Party><cac:PartyIdentification>"
        f'<cbc:ID schemeID="{scheme}">{booking.buyer.tax_number}</cbc:ID>'
        f"</cac:PartyIdentification></cac:Party></cac:AccountingCustomerParty>"
        f'<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="{booking.currency}">{booking.payable}'
        f"</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>"
    )
