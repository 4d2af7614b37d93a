"""`faturaflow documents count` and `sum-vat`: how many there are of each state, and what they come to."""

import json
from datetime import date
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import DAY, AsJson, OnlyBusiness, typed_day
from app.cli.printing.staleness import print_staleness
from app.cli.printing.tables import print_table
from app.operations import document_sums
from app.operations.json_values import json_value
from app.store import StoreError


def count(*, business: OnlyBusiness = None, as_json: AsJson = False) -> None:
    """Count documents by state, and by what they wait for."""
    with exit_on(StoreError):
        print_staleness()
        found = document_sums.document_counts(business=business)
    if as_json:
        typer.echo(json.dumps(list(map(json_value, found))))
    else:
        rows = ((each.state, each.attention or "", f"{each.count}") for each in found)
        print_table(("state", "attention", "documents"), rows)


def sum_vat(
    *,
    business: OnlyBusiness = None,
    issued_from: Annotated[
        date | None,
        typer.Option("--from", parser=typed_day, metavar=DAY, help="Only issued on this day or later."),
    ] = None,
    issued_to: Annotated[
        date | None, typer.Option("--to", parser=typed_day, metavar=DAY, help="Only issued on this day or before.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sum the base and VAT of legal documents by type, currency and VAT rate.

    For example: faturaflow documents sum-vat --business ORNEK --from 2026-11-01 --to 2026-11-30
    """
    with exit_on(StoreError):
        print_staleness()
        found = document_sums.vat_sums(business=business, issued_from=issued_from, issued_to=issued_to)
    if as_json:
        typer.echo(json.dumps(list(map(json_value, found))))
    else:
        rows = (
            (each.kind, each.currency, f"{each.rate:f}", f"{each.documents}", f"{each.taxable}", f"{each.vat}")
            for each in found
        )
        print_table(("type", "currency", "rate", "documents", "base", "VAT"), rows)
