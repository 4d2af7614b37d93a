"""`faturaflow invoice-info`: the head of an e-Arşiv invoice in a file, checked before it is sent."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.files import content_of
from app.cli.options import AsJson
from app.cli.printing.tables import safe, safe_json
from app.documents import invoice_info
from app.documents.invoice_info import Circumstances, EnumsAs, InvoiceInfoRefused
from app.documents.invoice_info.order_info import order_info_errors
from app.documents.safe_input import json
from app.domain.errors import FieldError

app = typer.Typer(help="The header of an e-Arşiv invoice: ArchiveInvoice.InvoiceInfo in JSON.", no_args_is_help=True)

File = Annotated[
    Path,
    typer.Argument(metavar="FILE.json", exists=True, dir_okay=False, help='{"ArchiveInvoice": {"InvoiceInfo": …}}'),
]


@app.command()
def check(
    file: File,
    *,
    services_only: Annotated[bool, typer.Option("--services-only", help="No line is goods: no carrier.")] = False,
    vat_is_zero: Annotated[bool, typer.Option("--vat-is-zero", help="Some line bears no VAT.")] = False,
    of_an_order: Annotated[
        bool, typer.Option("--of-an-order", help="What `invoice_info` of an order may say.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List everything that keeps it from being a legal invoice's head; exit code 1 when there is anything."""
    circumstances = Circumstances(now=datetime.now(UTC), services_only=services_only, vat_is_zero=vat_is_zero)
    with exit_on():
        raw = content_of(file, json.MOST_BYTES, "an InvoiceInfo in JSON")
    try:
        info = invoice_info.read(raw)
        found = order_info_errors(info) if of_an_order else invoice_info.violations(info, circumstances)
    except InvoiceInfoRefused as refused:
        found = refused.errors
    if as_json:
        typer.echo(safe_json([asdict(each) for each in found]))
    else:
        _print(found)
    if found:
        raise typer.Exit(1)


@app.command()
def show(
    file: File,
    *,
    enums: Annotated[EnumsAs, typer.Option(help="How enumerations are written.")] = EnumsAs.NAME,
) -> None:
    """Print it as it was understood, with the model's names."""
    with exit_on():
        raw = content_of(file, json.MOST_BYTES, "an InvoiceInfo in JSON")
    try:
        typer.echo(invoice_info.write(invoice_info.read(raw), enums).decode())
    except InvoiceInfoRefused as refused:
        _print(refused.errors, err=True)
        raise typer.Exit(1) from refused


def _print(found: Iterable[FieldError], *, err: bool = False) -> None:
    lines = [safe(f"{each.path}: {each.message} [{each.code}]") for each in found]
    typer.echo("\n".join(lines) or "Nothing is wrong with it.", err=err)
