"""`faturaflow rebuild`: what a database has lost, or never had, out of the topics. No provider is called."""

import json

import typer

from app.cli.exits import exit_on
from app.cli.options import AsJson
from app.operations.json_values import json_value
from app.operations.numbers import RebuiltNumbers, rebuild_numbers
from app.operations.read_model import rebuild_read_model
from app.store import StoreError
from app.stream.clients.errors import TopicUnreadableError

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


@app.command("read-model")
def read_model(*, as_json: AsJson = False) -> None:
    """Make the read model anew from the topics, beside the one that is read, and put it in its place.

    A worker may run meanwhile, and goes on with the new one; after exit code 81 start it again afterwards. The one
    before is kept until the next time.
    """
    with exit_on(StoreError):
        rebuilt = rebuild_read_model(lambda left: typer.echo(f"{left} records left", err=True))
    if as_json:
        typer.echo(json.dumps(json_value(rebuilt)))
        return
    typer.echo(f"{rebuilt.records} records: {rebuilt.now.orders} orders, {rebuilt.now.documents} documents.")
    if rebuilt.before is not None:
        typer.echo(f"Before it were {rebuilt.before.orders} orders and {rebuilt.before.documents} documents.")
    if rebuilt.now.errors:
        typer.echo(f"{rebuilt.now.errors} records or orders could not be projected.", err=True)


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
