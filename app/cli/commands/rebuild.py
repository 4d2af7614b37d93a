"""`faturaflow rebuild`: what the database has lost, out of the topics. No provider is called."""

import json

import typer

from app.cli.exits import exit_on
from app.cli.options import AsJson
from app.operations.numbers import RebuiltNumbers, rebuild_numbers
from app.store import StoreError
from app.stream.clients.errors import TopicUnreadableError

app = typer.Typer(help="Rebuild from the topics what a database has lost.", no_args_is_help=True)


@app.callback()
def rebuild() -> None:
    """Keeps `numbers` a command of its own."""


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
