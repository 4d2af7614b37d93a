"""`faturaflow ubl build`: the example becomes a document, and a file with faults becomes none."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.documents.rendering import embedded_template, templates
from app.documents.safe_input.xml import parse as safely_parsed
from app.documents.ubl import parse

STYLESHEET = '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "invoice.json"


def example() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    return content


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["ubl", "build", *arguments])
    return result.exit_code, result.stdout, result.stderr


def codes(folder: Path, content: object) -> set[tuple[str, str]]:
    file, out = folder / "invoice.json", folder / "out.xml"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    code, stdout, _ = run(str(file), "-o", str(out), "--json")
    assert code == 1
    assert not out.exists()
    return {(each["path"], each["code"]) for each in json.loads(stdout) if each["severity"] == "error"}


def test_the_example_becomes_a_document_that_is_read_again(tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    assert run(str(EXAMPLE), "-o", str(out))[0] == 0
    invoice = parse(out.read_bytes())
    assert str(invoice.payable) == "378.54"
    assert invoice.info.internet_info is not None


def test_without_a_file_to_write_the_document_goes_to_standard_output() -> None:
    code, stdout, stderr = run(str(EXAMPLE))
    assert code == 0
    assert parse(stdout.encode()).profile == "EARSIVFATURA"
    assert "UNSIGNED" in stderr


def test_our_own_template_is_embedded_where_none_is_named(tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    assert run(str(EXAMPLE), "-o", str(out))[0] == 0
    template = embedded_template(safely_parsed(out.read_bytes()))
    assert template is not None
    assert b"data:image/" in template  # the invoice's QR code
    shown = CliRunner().invoke(app, ["ubl", "check", str(out)])
    assert shown.exit_code == 0, shown.output


def test_a_template_is_embedded(tmp_path: Path) -> None:
    template = tmp_path / "template.xslt"
    template.write_text(STYLESHEET, encoding="utf-8")
    code, stdout, _ = run(str(EXAMPLE), "--template", str(template))
    assert code == 0
    assert base64.b64encode(STYLESHEET.encode()).decode() in stdout


def test_a_stored_template_that_the_head_names_is_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/faturaflow.db")
    file, content = tmp_path / "invoice.json", example()
    uuid = "94e8b735-1361-4d6f-a4a6-3745b62239c8"
    content["ArchiveInvoice"]["InvoiceInfo"]["TemplateUUID"] = uuid
    file.write_text(json.dumps(content), encoding="utf-8")
    code, _, stderr = run(str(file))
    assert (code, "TEMPLATE_NOT_HERE" in stderr) == (1, True)
    template = tmp_path / "template.xslt"
    template.write_text(STYLESHEET, encoding="utf-8")
    assert CliRunner().invoke(app, ["templates", "add", str(template), "--uuid", uuid]).exit_code == 0
    code, stdout, _ = run(str(file))
    assert code == 0
    assert base64.b64encode(STYLESHEET.encode()).decode() in stdout


def test_what_is_no_stylesheet_is_not_embedded(tmp_path: Path) -> None:
    template = tmp_path / "template.xslt"
    template.write_text("<stylesheet/>", encoding="utf-8")
    code, stdout, stderr = run(str(EXAMPLE), "--template", str(template))
    assert (code, stdout) == (1, "")
    assert "TEMPLATE_NOT_XSLT" in stderr


def test_everything_that_cannot_be_read_comes_in_one_list(tmp_path: Path) -> None:
    content = example()
    content["colour"] = "red"
    content["lines"][0]["quantity"] = "-1"
    content["ArchiveInvoice"]["InvoiceInfo"]["CurrencyCode"] = "lira"
    assert codes(tmp_path, content) == {
        ("$.colour", "UNKNOWN_FIELD"),
        ("$.lines[0].quantity", "OUT_OF_RANGE"),
        ("$.ArchiveInvoice.InvoiceInfo.CurrencyCode", "WRONG_FORMAT"),
    }


def test_everything_that_cannot_be_reckoned_comes_in_one_list(tmp_path: Path) -> None:
    content = example()
    content["lines"][0]["allowances"] = [{"reason": "of nothing"}]
    content["lines"][0]["taxes"] = [{"exemption_text": "because"}]
    content["lines"][1]["taxes"] = [{"code": "0059", "rate": "2"}]
    content["lines"][1]["withholding"] = {"code": "699"}
    content["allowances"] = [{"amount": "1", "vat_rate": "20"}, {"amount": "1", "is_charge": True}]
    assert codes(tmp_path, content) == {
        ("$.lines[0].allowances[0]", "AMOUNT_OR_PERCENT"),
        ("$.lines[0].taxes[0]", "RATE_OR_PER_UNIT"),
        ("$.lines[0].taxes[0].exemption_code", "REQUIRED"),
        ("$.lines[1].taxes", "VAT_ONCE"),
        ("$.lines[1].withholding.code", "WITHHOLDING_CODE_UNKNOWN"),
        ("$.allowances[0].vat_rate", "VAT_RATE_NOT_ALLOWED"),
        ("$.allowances[1].vat_rate", "REQUIRED"),
    }


def test_rules_of_the_head_and_of_the_document_come_in_one_list(tmp_path: Path) -> None:
    content = example()
    info = content["ArchiveInvoice"]["InvoiceInfo"]
    info["InvoiceSerieOrNumber"] = "DNA2025000000001"
    info["SendType"] = "KAGIT"
    content["seller"]["tax_number"] = "123456789012"[:10]
    content["lines"][0]["unit"] = "PCE"
    found = codes(tmp_path, content)
    assert ("$.ArchiveInvoice.InvoiceInfo.SendType", "SEND_TYPE_NOT_ELEKTRONIK") in found
    assert ("$.ArchiveInvoice.InvoiceInfo.InvoiceSerieOrNumber", "NUMBER_YEAR") in found
    assert ("Invoice/InvoiceLine[1]/InvoicedQuantity", "UNIT_UNKNOWN") in found


def test_an_efatura_has_no_facts_of_the_earsiv_report(tmp_path: Path) -> None:
    content = {**example(), "profile": "TEMELFATURA"}
    paths = {path.rpartition(".")[2] for path, code in codes(tmp_path, content) if code == "NOT_IN_EFATURA"}
    assert paths == {"SendType", "SalesPlatform", "InternetInfo"}


@pytest.mark.parametrize(
    ("content", "code"), [("[]", "WRONG_TYPE"), ("{", "NOT_JSON"), ("[" * 100_000, "NESTED_TOO_DEEP")]
)
def test_what_is_no_invoice_at_all_is_named(tmp_path: Path, content: str, code: str) -> None:
    assert {found for _, found in codes(tmp_path, content)} == {code}


def test_amounts_beyond_gibs_bound_are_refused_before_they_are_reckoned(tmp_path: Path) -> None:
    content = example()
    content["lines"][0]["quantity"] = "999999999999"
    content["lines"][0]["unit_price"] = "999999999999.99999999"
    assert ("$.lines[0].quantity", "AMOUNT_TOO_LARGE") in codes(tmp_path, content)


def test_a_file_that_is_not_there_is_one_sentence() -> None:
    code, _, stderr = run("nowhere.json")
    assert code == 1
    assert len(stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_named_in_one_sentence(tmp_path: Path) -> None:
    code, _, said = run(str(tmp_path / "missing.json"))
    assert code == 1
    why = "cannot be read (No such file or directory): give the path of an invoice in JSON."
    assert said.strip() == f"{tmp_path / 'missing.json'} {why}"


def test_a_template_that_is_larger_than_any_is_refused_in_one_sentence(tmp_path: Path) -> None:
    template = tmp_path / "template.xslt"
    template.write_bytes(b" " * (templates.MOST_BYTES + 1))
    code, _, said = run(str(EXAMPLE), "--template", str(template))
    assert (code, said.strip()) == (1, f"{template} has more than {templates.MOST_BYTES} bytes: no template has.")
