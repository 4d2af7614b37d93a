"""`faturaflow templates` stores templates, and `ubl render` shows an invoice with one of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.settings import settings
from tests.documents.checking.mutations import SAMPLES
from tests.documents.rendering import invoices
from tests.documents.rendering.pages import text_of
from tests.documents.rendering.test_templates import OWN, sheet

SALE = str(SAMPLES / "sale.xml")
KEY = "00000000-0000-4000-8000-0000000000aa"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/test.db")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


@pytest.fixture
def template(tmp_path: Path) -> str:
    path = tmp_path / "own.xslt"
    path.write_bytes(OWN)
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_an_invoice_is_shown_with_a_stored_template(template: str, page: Path) -> None:
    added = run("templates", "add", template, "--uuid", KEY, "--name", "Bizim", "--actor", "ayşe")
    shown = run("ubl", "render", SALE, "-o", str(page), "--template", KEY)
    assert (added.exit_code, added.stdout.strip(), shown.exit_code) == (0, KEY, 0)
    assert text_of(page.read_bytes()) == "our own look"


def test_stored_templates_are_listed(template: str) -> None:
    run("templates", "add", template, "--uuid", KEY, "--actor", "ayşe")
    (listed,) = json.loads(run("templates", "list", "--json").stdout)
    assert (listed["uuid"], listed["name"], listed["size"], listed["added_by"]) == (KEY, "own", len(OWN), "ayşe")
    assert KEY in run("templates", "list").stdout


@pytest.mark.sweep
def test_a_template_without_a_uuid_is_the_same_when_it_is_added_again(template: str) -> None:
    first, again = run("templates", "add", template), run("templates", "add", template)
    assert (first.exit_code, first.stdout) == (0, again.stdout)
    assert len(json.loads(run("templates", "list", "--json").stdout)) == 1


def test_a_template_that_reads_files_is_refused_and_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "bad.xslt"
    path.write_bytes(sheet("<xsl:copy-of select=\"document('file:///etc/passwd')\"/>"))
    refused = run("templates", "add", str(path))
    assert (refused.exit_code, "TEMPLATE_READS" in refused.stderr) == (1, True)
    assert json.loads(run("templates", "list", "--json").stdout) == []


@pytest.mark.sweep
def test_the_invoices_own_template_is_used_unless_another_is_asked_for(tmp_path: Path, page: Path) -> None:
    invoice = tmp_path / "invoice.xml"
    invoice.write_bytes(invoices.with_template(OWN))
    run("ubl", "render", str(invoice), "-o", str(page))
    assert text_of(page.read_bytes()) == "our own look"
    run("ubl", "render", str(invoice), "-o", str(page), "--template", "default", "--language", "en")
    assert "Amount due 327.00 TRY" in text_of(page.read_bytes())


def test_a_template_that_may_not_run_is_refused_with_the_way_to_see_the_invoice(tmp_path: Path, page: Path) -> None:
    invoice = tmp_path / "invoice.xml"
    invoice.write_bytes(invoices.with_template(sheet('<img src="https://example.com/logo.png"/>')))
    refused = run("ubl", "render", str(invoice), "-o", str(page))
    assert (refused.exit_code, "TEMPLATE_READS" in refused.stderr) == (1, True)
    assert "`--template default`" in refused.stderr
    assert run("ubl", "render", str(invoice), "-o", str(page), "--template", "default").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([SALE, "-o", "page.txt"], "neither .pdf nor .html"),
        ([SALE, "-o", "page.html", "--template", KEY], "TEMPLATE_UNKNOWN"),
        ([SALE, "-o", "page.html", "--template", "x"], "is no UUID"),
        ([str(SAMPLES / "none.xml"), "-o", "page.html"], "cannot be read"),
        ([SALE, "-o", "/nowhere/page.html"], "/nowhere/page.html: no such file"),
        ([__file__, "-o", "page.html"], "not well-formed"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("ubl", "render", *arguments)
    assert (result.exit_code, len(result.stderr.splitlines()), sentence in result.stderr) == (1, 1, True)
    assert list(tmp_path.glob("page*")) == []
