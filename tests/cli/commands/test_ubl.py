"""`faturaflow ubl check`: exit code 1 for errors, one sentence for what cannot be read."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from tests.documents.checking.mutations import SAMPLES, with_fault


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.xml"
    path.write_bytes(with_fault("sale", "LegalMonetaryTotal/PayableAmount", "1.00"))
    return path


def test_a_clean_invoice_ends_with_zero() -> None:
    result = CliRunner().invoke(app, ["ubl", "check", str(SAMPLES / "sale.xml"), "--mode", "production"])
    assert (result.exit_code, "0 errors, 0 warnings" in result.stdout) == (0, True)


def test_an_error_in_one_of_several_files_ends_with_one_and_names_file_and_rule(wrong: Path) -> None:
    result = CliRunner().invoke(app, ["ubl", "check", str(SAMPLES / "sale.xml"), str(wrong), "--json"])
    errors = [each for each in json.loads(result.stdout) if each["severity"] == "error"]
    assert (result.exit_code, [(each["file"], each["code"]) for each in errors]) == (1, [(str(wrong), "PAYABLE")])
    assert set(errors[0]) == {"file", "layer", "path", "code", "message", "severity"}


def test_an_error_is_told_with_its_place(wrong: Path) -> None:
    result = CliRunner().invoke(app, ["ubl", "check", str(wrong)])
    assert ": 1 error, 0 warnings\n" in result.stdout
    assert "arithmetic PAYABLE at Invoice/LegalMonetaryTotal/PayableAmount" in result.stdout


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ubl", "check", str(tmp_path / "none.xml")])
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)


def test_production_refuses_an_identity_of_tests_that_test_mode_lets_pass(tmp_path: Path) -> None:
    path = tmp_path / "of_tests.xml"
    path.write_bytes(with_fault("commercial", "AccountingSupplierParty/Party/PartyIdentification/ID", "1288331521"))
    ends = [
        CliRunner().invoke(app, ["ubl", "check", str(path), "--mode", mode]).exit_code
        for mode in ("test", "production")
    ]
    assert ends == [0, 1]


STEERING = "\x9b2K\u202e"


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("commercial", "PaymentMeans/PayeeFinancialAccount/ID", "TR620000100000000000000001\x85"),
        ("sale", "InvoiceLine[1]/InvoicedQuantity@unitCode", STEERING),
        ("sale", "DocumentCurrencyCode", STEERING),
        ("internet_sale", "AdditionalDocumentReference[1]/DocumentType", STEERING),
    ],
)
def test_what_a_foreign_file_says_cannot_steer_the_terminal(
    tmp_path: Path, options: list[str], name: str, place: str, value: str
) -> None:
    path = tmp_path / f"{STEERING}.xml"
    path.write_bytes(with_fault(name, place, value))
    result = CliRunner().invoke(app, ["ubl", "check", str(path), *options])
    assert result.exit_code == 1
    assert all(line.isprintable() for line in result.stdout.splitlines())
