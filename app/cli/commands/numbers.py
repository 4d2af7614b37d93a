"""`faturaflow numbers`: the legal numbers that we give, how far each series has come, and its gaps."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

import typer

from app.cli.exits import exit_on
from app.cli.options import AsJson
from app.cli.printing.tables import print_table
from app.domain.time import legal_date
from app.operations import numbers
from app.store import Gap, GapKind, SeriesCounts, StoreError

app = typer.Typer(help="The legal numbers that we give.", no_args_is_help=True)

WHAT: Final = {
    GapKind.RELEASED: "its document ended without it, and no other was issued that day",
    GapKind.VOID: "the provider may have taken it, and no legal document has it",
    GapKind.UNKNOWN: "given by a store that is lost, and in no journal",
    GapKind.OPEN: "no gap yet: its document has not ended",
}


@app.command("list")
def list_series(*, as_json: AsJson = False) -> None:
    """List the series in which we number, and how many of their numbers are on a document, wait, are free or void."""
    with exit_on(StoreError):
        found = numbers.list_series()
    if as_json:
        rows = [{**asdict(each), "highest": str(each.highest), "issue_date": f"{each.issue_date}"} for each in found]
        typer.echo(json.dumps(rows))
        return
    columns = ("taxpayer", "last number", "of", "used", "open", "free", "void")
    print_table(columns, map(_cells, found))


@app.command()
def gaps(*, as_json: AsJson = False) -> None:
    """List the numbers that no legal document bears, or not yet, and why. A number freed today is none of them."""
    with exit_on(StoreError):
        found = numbers.list_gaps(legal_date(datetime.now(UTC)))
    if as_json:
        typer.echo(json.dumps([_row(gap) for gap in found]))
        return
    if not found:
        typer.echo("No number is without its document.")
    for gap in found:
        number = f"{gap.first}" if gap.first == gap.last else f"{gap.first} to {gap.last}"
        document = f" (document {gap.document_id}, {gap.issue_date})" if gap.document_id else ""
        typer.echo(f"{gap.taxpayer}: {number}: {WHAT[gap.kind]}{document}")


def _cells(series: SeriesCounts) -> tuple[str, ...]:
    counts = (series.used, series.open, series.free, series.void)
    return (series.taxpayer, f"{series.highest}", f"{series.issue_date}", *map(str, counts))


def _row(gap: Gap) -> dict[str, str | None]:
    return {
        "taxpayer": gap.taxpayer,
        "first": str(gap.first),
        "last": str(gap.last),
        "kind": gap.kind,
        "issue_date": gap.issue_date.isoformat() if gap.issue_date else None,
        "document_id": gap.document_id,
    }
