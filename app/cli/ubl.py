"""`faturaflow ubl`: UBL-TR invoices as files, whoever made them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape

from app.cli.context import CommandError, told
from app.documents.checking import Finding, Mode, Severity, check
from app.documents.checking.parsing import MAX_BYTES

app = typer.Typer(help="UBL-TR invoices as files.", no_args_is_help=True)

STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


@app.callback()
def _ubl() -> None:
    """UBL-TR invoices as files."""


@app.command("check")
def check_files(
    files: Annotated[list[Path], typer.Argument(help="UBL-TR invoices.")],
    *,
    mode: Annotated[Mode, typer.Option(help="In production the identities of tests are refused.")] = Mode.TEST,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check invoices by our rules and, where installed, by GİB's schema and schematron; exit code 1 for any error."""
    with told():
        findings = [finding for file in files for finding in _check(file, mode)]
    if json_output:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        _show(files, findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


def _check(file: Path, mode: Mode) -> list[Finding]:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)  # one byte too many is refused; no more is taken into memory
    except OSError as error:
        raise CommandError(f"{file} cannot be read ({error.strerror}): give the path of an invoice.") from error
    return check(content, str(file), mode=mode, today=datetime.now(ZoneInfo("Europe/Istanbul")).date())


def _show(files: Sequence[Path], findings: Sequence[Finding]) -> None:
    console = Console(soft_wrap=True)
    for file in files:
        of_file = [finding for finding in findings if finding.file == str(file)]
        errors = sum(finding.severity is Severity.ERROR for finding in of_file)
        warnings = sum(finding.severity is Severity.WARNING for finding in of_file)
        console.print(f"{escape(str(file))}: {errors} errors, {warnings} warnings", highlight=False)
        for finding in of_file:
            style = STYLES[finding.severity]
            where = f" at {finding.path}" if finding.path else ""
            what = f"{finding.severity} {finding.layer} {finding.code}{where}: {finding.message}"
            console.print(f"  [{style}]{escape(what)}[/{style}]", highlight=False)
