"""A document looks tomorrow as it does today: pages are compared with golden pictures."""

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from app.cli.main import app
from app.documents.rendering import RenderingError, default_design, render_pdf
from tests.documents.mutations import SAMPLES, sample
from tests.documents.rendering import invoices
from tests.documents.rendering.pictures import CASES, MOST_DIFFERENT, different, golden, taken

pytestmark = pytest.mark.pictures


@pytest.fixture(scope="module", autouse=True)
def _pango() -> None:
    try:
        render_pdf(sample("sale"), default_design())
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


def test_a_pdf_is_written_from_the_command_line(tmp_path: Path) -> None:
    arguments = ["ubl", "render", str(SAMPLES / "sale.xml"), "-o", str(tmp_path / "page.pdf")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_the_same_document_is_the_same_file() -> None:
    assert render_pdf(sample("sale"), default_design()) == render_pdf(sample("sale"), default_design())
