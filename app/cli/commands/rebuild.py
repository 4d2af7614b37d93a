"""`faturaflow rebuild`: what a database has lost, or never had, out of the topics. No provider is called."""

import json

import typer

from app.cli.exits import exit_on
from app.cli.options import AsJson
from app.cli.printing.tables import safe, safe_json
from app.operations.json_values import json_value
from app.operations.numbers import RebuiltNumbers, rebuild_numbers
from app.operations.read_model import rebuild_read_model
from app.operations.rebuilding import ComparedTable, rebuild_everything
from app.store import StoreError
from app.stream.clients.errors import TopicUnreadableError
from app.tracking.read_model.rebuild import Rebuilt

app = typer.Typer(help="Rebuild from the topics what a database has lost.", no_args_is_help=True)


@app.command()
def numbers(*, as_json: AsJson = False) -> None:
    """Raise the number store to the issuers' journals: an issuer does not start on one that is empty or older.

    Stop the issuers first. Twice is the same as once.
    """
    with exit_on(StoreError, TopicUnreadableError):
        rebuilt = rebuild_numbers()
    if as_json:
        typer.echo(json.dumps(_as_json(rebuilt)))
    else:
        _print(rebuilt)
    if rebuilt.contradictions:
        raise typer.Exit(1)


@app.command()
def tracking(*, as_json: AsJson = False) -> None:
    """Make the read model anew from the topics, beside the one that is read, and put it in its place.

    Lists and the HTTP API are served from the old one until then. `faturaflow worker tracking` may run meanwhile, and
    goes on with the new one; after exit code 81 start it again afterwards. The one before is kept until the next time.
    """
    with exit_on(StoreError):
        rebuilt = rebuild_read_model(lambda left: typer.echo(f"{left} records left", err=True))
    if as_json:
        typer.echo(json.dumps(json_value(rebuilt)))
        return
    _print_model(rebuilt)


def _print_model(rebuilt: Rebuilt) -> None:
    typer.echo(f"{rebuilt.records} records: {rebuilt.now.orders} orders, {rebuilt.now.documents} documents.")
    if rebuilt.before is not None:
        typer.echo(f"Before it were {rebuilt.before.orders} orders and {rebuilt.before.documents} documents.")
    if rebuilt.now.errors:
        typer.echo(f"{rebuilt.now.errors} records or orders could not be projected.", err=True)


@app.command("all")
def everything(*, as_json: AsJson = False) -> None:
    """Both, and the planner's table compared with a fold of the whole order log. Exit code 1 where they differ.

    The tables of workers are made anew from their changelogs at each start. Stop the issuers first.
    """
    with exit_on(StoreError, TopicUnreadableError):
        rebuilt = rebuild_everything(lambda left: typer.echo(f"{left} records left", err=True))
    if as_json:
        parts = {"read_model": json_value(rebuilt.read_model), "planner": json_value(rebuilt.planner)}
        typer.echo(safe_json({"numbers": _as_json(rebuilt.numbers), **parts}))
    else:
        _print(rebuilt.numbers)
        _print_model(rebuilt.read_model)
        _print_table(rebuilt.planner)
    if not rebuilt.is_right:
        raise typer.Exit(1)


def _print_table(planner: ComparedTable) -> None:
    waiting = f", {planner.waiting} have events that it has not come to" if planner.waiting else ""
    typer.echo(f"The planner's table: {planner.alike} orders are as their logs say{waiting}.")
    for what, keys in (("not in it", planner.lacking), ("otherwise in it", planner.different)):
        if keys:
            typer.echo(safe(f"{what}: {', '.join(keys)}"), err=True)
    if planner.lacking or planner.different:
        typer.echo("Start the planner once with --allow-fresh-group: it folds the whole log again.", err=True)


def _as_json(rebuilt: RebuiltNumbers) -> dict[str, object]:
    raised = [{"taxpayer": s.taxpayer, "series": s.series, "year": s.year, "was": s.was} for s in rebuilt.raised]
    doubles = [
        {"business": given.business, "number": str(given.number), "document": given.document_id}
        for given in rebuilt.contradictions
    ]
    return {"numbers": rebuilt.numbers, "raised": raised, "contradictions": doubles}


def _print(rebuilt: RebuiltNumbers) -> None:
    for each in rebuilt.raised:
        typer.echo(f"{each.taxpayer}: series {each.series} of {each.year} raised from {each.was} to {each.now}")
    typer.echo(f"The journals know {rebuilt.numbers} numbers; {len(rebuilt.raised)} series were behind them.")
    for given in rebuilt.contradictions:
        typer.echo(f"{given.business}: {given.number} is held by another document than {given.document_id}", err=True)
