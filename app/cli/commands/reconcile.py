"""`faturaflow reconcile`: a provider's own list of a day beside our documents, and the findings that are open."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from app.cli.exits import ATTENTION, exit_on
from app.cli.options import DAY, AsJson, OnlyBusiness, typed_day
from app.cli.printing.reconciliation import print_days, print_findings
from app.cli.printing.tables import safe_json
from app.domain.reconciliation import DayResult
from app.operations.json_values import json_value
from app.operations.reconciliation.reconcile import list_findings, reconcile
from app.store import StoreError
from app.stream.clients.errors import SendError, TopicUnreadableError
from app.tracking.reconciliations import day_of

app = typer.Typer(invoke_without_command=True)


@app.callback()
def compare(
    context: typer.Context,
    *,
    business: Annotated[str | None, typer.Option(help="The business's code.")] = None,
    day: Annotated[
        date | None, typer.Option(parser=typed_day, metavar=DAY, help="The day of issue in Turkey; else yesterday.")
    ] = None,
    connection: Annotated[str | None, typer.Option(help="One connection by name; else each that is on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a provider's list of a day with our documents. Exit 0: they agree; 3: they do not, or it is not known.

    What differs is a finding on reconciliation.v1, until a later comparison of the same day does not find it. The
    provider is asked by lists and look-ups alone.

    faturaflow reconcile --business PAZARYERI --day 2026-11-29

    faturaflow reconcile list --business PAZARYERI
    """
    if context.invoked_subcommand is not None:
        return
    if business is None:
        raise typer.BadParameter("name the business", param_hint="--business")
    with exit_on(StoreError, TopicUnreadableError, SendError):
        compared = reconcile(business, day, connection, datetime.now(UTC))
    if as_json:
        typer.echo(safe_json([json_value(each) for each in compared]))
    else:
        print_days([(each.day, each.outcome) for each in compared])
        print_findings([event for each in compared for event in each.changed])
    if any(each.outcome.discrepancies or each.outcome.result is not DayResult.COMPARED for each in compared):
        raise typer.Exit(ATTENTION)


@app.command("list")
def list_open(
    *,
    business: OnlyBusiness = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="Also what was found no longer.")] = False,
    days: Annotated[bool, typer.Option("--days", help="How each day was compared last, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List findings, open ones unless --resolved. Exit code 3 when one is open."""
    with exit_on(StoreError, TopicUnreadableError):
        found, compared = list_findings(business, resolved=resolved, limit=limit)
    if as_json:
        shown = {"findings": [json_value(each.event) for each in found]}
        typer.echo(safe_json(shown | ({"days": [json_value(each.event) for each in compared]} if days else {})))
    else:
        if days:
            print_days([(day_of(each.event), each.outcome) for each in compared])
        print_findings([each.event for each in found])
    if any(each.is_open for each in found):
        raise typer.Exit(ATTENTION)
