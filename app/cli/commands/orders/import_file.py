"""`faturaflow orders import`: orders of another shop's file onto the order topic."""

import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import Field, TypeAdapter, ValidationError

from app import local_kafka
from app.cli.commands.orders.sending import business_code, sent_sentence, with_a_bar
from app.cli.exits import exit_on
from app.cli.options import AsJson, Bootstrap, DryRun
from app.cli.printing.tables import print_table
from app.domain.money import ExchangeRate, Rate
from app.operations.submit import send
from app.sources.errors import SourceError
from app.sources.online_retail import ImportSummary, ImportTerms, Invoicing, import_orders
from app.sources.online_retail.summary import MEANINGS
from app.stream.clients.errors import SendError

# In the events of a dry run that names no business; nothing of it is sent.
NOBODY: Final = "NOBODY"


class FileFormat(StrEnum):
    """The files that can be read."""

    ONLINE_RETAIL = "online-retail"


def _decimal(kind: Any) -> Callable[[str], Decimal]:
    """Reads an amount as the domain's type has it."""
    adapter: TypeAdapter[Decimal] = TypeAdapter(kind)

    def read(text: str) -> Decimal:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            raise typer.BadParameter(f"{text}: {error.errors()[0]['msg']}.") from error

    return read


# A line without VAT would need the code of its exemption, which no file here has.
VatAboveZero = Annotated[Rate, Field(gt=0)]


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file with the orders.")],
    *,
    business: Annotated[
        str | None, typer.Option(parser=business_code, help="The business that sold; a dry run needs none.")
    ] = None,
    file_format: Annotated[FileFormat, typer.Option("--format", help="What the file is.")] = FileFormat.ONLINE_RETAIL,
    vat: Annotated[
        Decimal, typer.Option(parser=_decimal(VatAboveZero), help="VAT of every line, percent, on top of its price.")
    ] = Decimal(20),
    rate: Annotated[
        Decimal | None,
        typer.Option(parser=_decimal(ExchangeRate), help="What one pound costs in Turkish lira."),
    ] = None,
    invoicing: Annotated[
        Invoicing, typer.Option(help="When documents are made: decides what a cancellation is.")
    ] = Invoicing.AT_ORDER,
    limit_orders: Annotated[int | None, typer.Option(min=1, help="Leave out everything after so many orders.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
) -> None:
    """Import orders, cancellations and returns, and account for every line of the file."""
    terms = ImportTerms(
        business=business or NOBODY, vat_rate=vat, exchange_rate=rate, invoicing=invoicing, limit=limit_orders
    )
    with exit_on(SendError, SourceError, local_kafka.StackError, OSError):
        if business is None and not dry_run:
            raise SourceError("Orders belong to a business: name one with --business.")
        if rate is None and not dry_run:
            raise SourceError(f"{file_format} orders are in pounds: give the price of one in lira with --rate.")
        with file.open(encoding="utf-8-sig", errors="replace") as lines:
            found = import_orders(lines, terms)
        sent = 0 if dry_run else send(lambda: with_a_bar(found.events), to=bootstrap)
    if as_json:
        counts = {"events": len(found.events), "sent": sent, "dry_run": dry_run}
        typer.echo(json.dumps({**_as_json(found.summary), **counts}))
    else:
        _print(found.summary)
        typer.echo(sent_sentence(events=len(found.events), sent=sent, dry_run=dry_run))
    if found.summary.lines_read and not found.summary.lines_taken:
        typer.echo(f"Not one line could be taken: is {file} a file of the format {file_format}?", err=True)
        raise typer.Exit(1)


def _as_json(summary: ImportSummary) -> dict[str, Any]:
    return {
        "lines_read": summary.lines_read,
        "lines_taken": summary.lines_taken,
        "lines_refused": summary.lines_refused,
        "orders": summary.orders,
        "cancellations": summary.cancellations,
        "returns": summary.returns,
        "refused_by_reason": summary.refused_by_reason,
        "refusals": [asdict(refusal) for refusal in summary.refusals],
    }


def _print(summary: ImportSummary) -> None:
    typer.echo(
        f"{summary.lines_read} lines read, {summary.lines_taken} taken, {summary.lines_refused} refused: "
        f"{summary.orders} orders, {summary.cancellations} cancellations, {summary.returns} returns."
    )
    if summary.refusals:
        first = {refusal.reason: refusal.line_number for refusal in reversed(summary.refusals)}
        rows = ((why, str(n), str(first[why]), MEANINGS[why]) for why, n in summary.refused_by_reason.items())
        print_table(("reason", "lines", "first at line", "meaning"), rows)
