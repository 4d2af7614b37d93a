"""Files as simulators give them: a page of HTML and a PDF of one page, real files of their kinds and small."""

from collections.abc import Iterable
from html import escape
from typing import Final

# What a PDF's built-in font has no letter for.
LATIN: Final = str.maketrans("ğĞıİşŞ", "gGiIsS")
PAGE_LINES: Final = 48
FONT: Final = b"/Resources << /Font << /F1 5 0 R >> >>"
PAGE: Final = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % FONT


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
