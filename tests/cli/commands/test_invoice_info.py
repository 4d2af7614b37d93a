"""`faturaflow invoice-info`: what a person sees of a file."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.documents.invoice_info import InvoiceInfo, write
from tests.documents.invoice_info.infos import INTERNET, SALE, WHOLE


def typed(tmp_path: Path, content: bytes, *arguments: str) -> Result:
    file = tmp_path / "info.json"
    file.write_bytes(content)
    return CliRunner().invoke(app, ["invoice-info", arguments[0], str(file), *arguments[1:]])


def listed(done: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_file_without_fault_ends_with_zero(tmp_path: Path) -> None:
    done = typed(tmp_path, write(replace(WHOLE, issue_date=datetime(2026, 1, 2, tzinfo=UTC))), "check")
    assert (done.exit_code, done.stdout) == (0, "Nothing is wrong with it.\n")


def test_all_that_is_wrong_is_listed_with_path_and_code_and_exit_code_one(tmp_path: Path) -> None:
    done = typed(tmp_path, write(InvoiceInfo()), "check", "--json")
    assert done.exit_code == 1
    assert {(each["path"], each["code"]) for each in listed(done)} == {
        (f"$.ArchiveInvoice.InvoiceInfo.{field}", "REQUIRED")
        for field in ("InvoiceType", "InvoiceSerieOrNumber", "IssueDate", "CurrencyCode", "SendType")
    }


def test_what_cannot_be_read_is_listed_in_the_same_form(tmp_path: Path) -> None:
    done = typed(tmp_path, b'{"ArchiveInvoice": {"InvoiceInfo": {"InvoiceTyp": 1}}}', "check")
    assert done.exit_code == 1
    assert done.stdout == ("$.ArchiveInvoice.InvoiceInfo.InvoiceTyp: is not a field of this record [UNKNOWN_FIELD]\n")


@pytest.mark.parametrize(("options", "exit_code"), [([], 1), (["--services-only"], 0)])
def test_services_need_no_carrier_when_it_is_said_that_they_are(
    tmp_path: Path, options: list[str], exit_code: int
) -> None:
    sale = replace(SALE, transporter_name=None, transporter_register_number=None, transport_date=None)
    info = replace(INTERNET, internet_info=sale, issue_date=datetime(2026, 1, 2, tzinfo=UTC))
    assert typed(tmp_path, write(info), "check", *options).exit_code == exit_code


def test_without_vat_a_reason_is_asked_for(tmp_path: Path) -> None:
    info = replace(WHOLE, issue_date=datetime(2026, 1, 2, tzinfo=UTC))
    done = typed(tmp_path, write(info), "check", "--vat-is-zero", "--json")
    assert [each["code"] for each in listed(done)] == ["VAT_EXEMPTION_REQUIRED"]


def test_a_file_is_shown_as_it_was_understood(tmp_path: Path) -> None:
    raw = b'{"ArchiveInvoice": {"InvoiceInfo": {"InvoiceType": 4, "SendType": "KAGIT"}}}'
    by_name = json.loads(typed(tmp_path, raw, "show").stdout)["ArchiveInvoice"]["InvoiceInfo"]
    by_number = json.loads(typed(tmp_path, raw, "show", "--enums", "number").stdout)["ArchiveInvoice"]["InvoiceInfo"]
    assert (by_name["InvoiceType"], by_name["SendType"]) == ("IHRACKAYITLI", "KAGIT")
    assert (by_number["InvoiceType"], by_number["SendType"]) == (4, 1)


def test_what_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    done = typed(tmp_path, b"{}", "show")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "$.ArchiveInvoice: is missing [REQUIRED]\n"


def test_the_example_of_the_documentation_is_without_fault(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "docs" / "examples" / "invoice-info.json"
    assert typed(tmp_path, example.read_bytes(), "check").exit_code == 0


@pytest.mark.parametrize("value", [" ", "\u200b", "\u00a0"])
def test_an_order_without_a_number_that_shows_is_refused(tmp_path: Path, value: str) -> None:
    info = {"OrderReference": {"IssueDate": "2026-01-01", "Value": value}}
    done = typed(tmp_path, json.dumps({"ArchiveInvoice": {"InvoiceInfo": info}}).encode(), "check", "--json")
    assert [each["path"] for each in listed(done)] == ["$.ArchiveInvoice.InvoiceInfo.OrderReference.Value"]


def test_what_an_order_may_say_is_less_than_a_whole_head(tmp_path: Path) -> None:
    assert typed(tmp_path, write(InvoiceInfo()), "check", "--of-an-order").exit_code == 0
    assert typed(tmp_path, write(WHOLE), "check", "--of-an-order").exit_code == 0


@pytest.mark.parametrize("arguments", [["check"], ["check", "--json"], ["show"]])
def test_what_a_foreign_file_says_cannot_steer_the_terminal(tmp_path: Path, arguments: list[str]) -> None:
    steering = "\x9b2K\u202e"
    content = json.dumps({"ArchiveInvoice": {"InvoiceInfo": {steering: steering}}}, ensure_ascii=False)
    done = typed(tmp_path, content.encode(), *arguments)
    assert done.exit_code == 1
    assert all(line.isprintable() for line in (done.stdout + done.stderr).splitlines())


@pytest.mark.parametrize("command", ["check", "show"])
def test_no_more_is_read_of_a_file_than_a_record_can_have(tmp_path: Path, command: str) -> None:
    file = tmp_path / "endless.json"
    with file.open("wb") as opened:
        opened.truncate(1 << 40)
    done = CliRunner().invoke(app, ["invoice-info", command, str(file)])
    assert done.exit_code == 1
    assert "[TOO_LARGE]" in done.stdout + done.stderr
