"""A document looks tomorrow as it does today: pages are compared with golden pictures."""

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from typer.testing import CliRunner

from app.cli.main import app
from app.documents.rendering import RenderingError, default_template, render_pdf
from tests.documents.checking.mutations import SAMPLES, sample
from tests.documents.rendering import invoices
from tests.documents.rendering.pictures import CASES, MOST_DIFFERENT, different, golden, taken

MILLIMETRE = 72 / 25.4
pytestmark = pytest.mark.pictures


@pytest.fixture(scope="module", autouse=True)
def _pango() -> None:
    try:
        render_pdf(sample("sale"), default_template())
    except RenderingError as error:
        if error.code != "PDF_UNAVAILABLE":
            raise
        pytest.skip(str(error))


@pytest.mark.parametrize("name", CASES)
def test_a_page_looks_as_it_did(name: str, tmp_path: Path) -> None:
    invoice, language = CASES[name]
    pages, before = taken(invoice(), language), golden(name)
    for number, page in enumerate(pages, start=1):
        page.save(tmp_path / f"{name}-{number}.png")
    assert len(pages) == len(before) > 0
    assert [each for each in map(different, pages, before) if each > MOST_DIFFERENT] == [], f"look at {tmp_path}"


def test_the_comparison_notices_a_line_that_is_gone() -> None:
    root = invoices.parsed("sale")
    line = invoices.at(root, "InvoiceLine")
    parent = line.getparent()
    assert parent is not None
    parent.remove(line)
    (page,), (before,) = taken(invoices.written(root)), golden("draft")
    assert different(page, before) > MOST_DIFFERENT


@pytest.mark.parametrize(("marked", "passes"), [(499, True), (500, True), (501, False)])
def test_the_comparison_counts_pixels(marked: int, passes: bool) -> None:
    before = Image.new("L", (100, 1000), 255)
    page = before.copy()
    page.paste(0, (0, 0, 1, marked))
    assert (different(page, before) <= MOST_DIFFERENT) is passes


def test_another_size_is_another_page() -> None:
    assert different(Image.new("L", (10, 10)), Image.new("L", (10, 11))) == 100


WIDE = b"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">
<html><body><table style="width: 1000px"><tr><td>left</td><td style="text-align: right">right</td></tr></table>
<div style="overflow: hidden; width: 9px"><p style="width: 9000px">cut off</p></div></body></html>
</xsl:template></xsl:stylesheet>"""


def letters_of(page: pypdfium2.PdfPage) -> list[tuple[str, float, float]]:
    """Every letter with its left and its right edge in points."""
    text = page.get_textpage()
    boxes = [(text.get_text_range(index, 1), *text.get_charbox(index)) for index in range(text.count_chars())]
    return [(letter, left, right) for letter, left, _, right, _ in boxes if letter.strip()]


def test_a_template_that_is_wider_than_the_paper_is_scaled_to_it() -> None:
    (page,) = pypdfium2.PdfDocument(render_pdf(sample("sale"), WIDE))
    width, height = page.get_size()
    assert (round(width), round(height)) == (595, 842)
    right = [edge for letter, _, edge in letters_of(page) if letter == "t"]
    assert 500 < max(right) < width - 40


def test_an_ordinary_internet_sale_has_its_return_slip_on_the_same_page() -> None:
    assert len(pypdfium2.PdfDocument(render_pdf(invoices.crowded_shop(), default_template()))) == 1


def test_the_totals_never_stand_alone_on_a_page() -> None:
    content = invoices.many_lines(27)  # as many as leave no room for the totals below them
    first, second = (page.get_textpage() for page in pypdfium2.PdfDocument(render_pdf(content, default_template())))
    assert "Ödenecek Tutar" not in first.get_text_range()
    shown = second.get_text_range()
    assert "Ödenecek Tutar" in shown
    assert any(name.split(",")[0] in shown for name in invoices.GOODS)


def test_long_figures_leave_room_for_names_and_stay_within_the_margins() -> None:
    (page,) = pypdfium2.PdfDocument(render_pdf(invoices.long_figures(), default_template()))
    assert max(right for _, _, right in letters_of(page)) <= 595 - 13 * MILLIMETRE + 1
    name = "Konaklama ve temizlik"
    text = page.get_textpage()
    first = text.get_text_range().index(name)
    left, right = text.get_charbox(first)[0], text.get_charbox(first + len(name) - 1)[2]
    assert right - left < 35 * MILLIMETRE  # on one line: else the last letter stands left of the first
    assert right > left


def test_a_pdf_is_written_from_the_command_line(tmp_path: Path) -> None:
    arguments = ["ubl", "render", str(SAMPLES / "sale.xml"), "-o", str(tmp_path / "page.pdf")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_letters_that_the_font_does_not_have_are_named(tmp_path: Path) -> None:
    root = invoices.parsed("sale")
    invoices.put(root, "InvoiceLine/Item/Name", "茶杯 كوب 🌸, Ç")
    invoice = tmp_path / "invoice.xml"
    invoice.write_bytes(invoices.written(root))
    shown = CliRunner().invoke(app, ["ubl", "render", str(invoice), "-o", str(tmp_path / "page.pdf")])
    assert (shown.exit_code, "茶 杯 ك و ب 🌸" in shown.stderr) == (0, True)
    assert "Ç" not in shown.stderr
    as_html = CliRunner().invoke(app, ["ubl", "render", str(invoice), "-o", str(tmp_path / "page.html")])
    assert (as_html.exit_code, as_html.stderr) == (0, "")


def test_the_same_document_is_the_same_file() -> None:
    assert render_pdf(sample("sale"), default_template()) == render_pdf(sample("sale"), default_template())
