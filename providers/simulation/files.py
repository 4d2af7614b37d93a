"""Files as simulators give them: a page of HTML and a PDF of one page, real files of their kinds and small."""

from collections.abc import Iterable
from decimal import Decimal
from html import escape
from typing import Final

from providers.simulation.record import Booking

NAMESPACES: Final = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
# What a PDF's built-in font has no letter for.
LATIN: Final = str.maketrans("ğĞıİşŞ", "gGiIsS")
PAGE_LINES: Final = 48
FONT: Final = b"/Resources << /Font << /F1 5 0 R >> >>"
PAGE: Final = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % FONT


def rows_of(booking: Booking) -> list[str]:
    """What a document says, line by line."""
    return [
        f"{booking.document_type} {booking.number}",
        f"ETTN {booking.ettn or ''}",
        f"{booking.issue_date}",
        f"{booking.company}",
        f"Sayın {booking.buyer.name}, {booking.buyer.tax_number}",
        *(f"{line.name}: {line.quantity}, {line.amount} + KDV {line.vat}" for line in booking.lines),
        f"Ödenecek tutar {booking.payable} {booking.currency}",
    ]


def xml_of(booking: Booking) -> str:
    """An unsigned invoice with what a caller may know it by; no whole UBL-TR document."""
    lines = "".join(
        f"<cac:InvoiceLine><cbc:InvoicedQuantity>{line.quantity}</cbc:InvoicedQuantity>"
        f"{_amount('LineExtensionAmount', line.amount, booking)}"
        f"<cac:Item><cbc:Name>{escape(line.name)}</cbc:Name></cac:Item></cac:InvoiceLine>"
        for line in booking.lines
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Invoice {NAMESPACES}><cbc:ID>{booking.number}</cbc:ID>'
        f"<cbc:UUID>{booking.ettn}</cbc:UUID><cbc:IssueDate>{booking.issue_date}</cbc:IssueDate>"
        f"<cac:LegalMonetaryTotal>{_amount('PayableAmount', booking.payable, booking)}</cac:LegalMonetaryTotal>"
        f"{lines}</Invoice>"
    )


def _amount(name: str, value: Decimal, booking: Booking) -> str:
    return f'<cbc:{name} currencyID="{booking.currency}">{value}</cbc:{name}>'


def html_page(title: str, rows: Iterable[str]) -> str:
    """A page that can be read, and nothing more."""
    body = "".join(f"<tr><td>{escape(row)}</td></tr>" for row in rows)
    head = escape(title)
    return f'<!DOCTYPE html><html lang="tr"><head><title>{head}</title></head><body><table>{body}</table></body></html>'


def pdf_page(rows: Iterable[str]) -> bytes:
    """One page, in a font that every reader has."""
    shown = [row.translate(LATIN).encode("latin-1", "replace") for row in rows][:PAGE_LINES]
    text = b"".join(b"(" + _quoted(row) + b") Tj T*\n" for row in shown)
    stream = b"BT /F1 10 Tf 50 800 Td 15 TL\n" + text + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _with_index(objects)


def _with_index(objects: list[bytes]) -> bytes:
    """The objects with the table of their places, which ends every PDF."""
    out, places = b"%PDF-1.4\n", []
    for name, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (name, content)
    index = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    return out + head + index + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))


def _quoted(row: bytes) -> bytes:
    return row.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
