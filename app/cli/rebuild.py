"""`faturaflow rebuild`: what the database has lost, out of the topics. No provider is called."""

import json
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from app.cli.context import bootstrap, exit_on, topics
from app.domain.numbers import Given
from app.issuing.journal.allotted_numbers import given_numbers, highest_of
from app.settings import settings
from app.store import Store, StoreError
from app.stream.clients.reader import TopicUnreadableError, read_topic
from app.stream.records import InRecord
from app.stream.topics import identities

app = typer.Typer(help="Rebuild from the topics what a database has lost.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def rebuild() -> None:
    """Keeps `numbers` a command of its own."""


@app.command()
def numbers(*, json_output: AsJson = False) -> None:
    """Raise the number store to the issuers' journals: an issuer does not start on one that is empty or older.

    Stop the issuers first. Twice is the same as once.
    """
    with exit_on(StoreError, TopicUnreadableError), Store.open(settings()) as store:
        given = list(journal_numbers(read_topic))
        behind = store.number_audit().behind(highest_of(given))
        contradictions = store.number_audit().raise_to(given)
    if json_output:
        raised = [{"taxpayer": t, "series": s, "year": y, "was": was} for (t, s, y), was in sorted(behind.items())]
        doubles = [{"business": g.business, "number": str(g.number), "document": g.document_id} for g in contradictions]
        typer.echo(json.dumps({"numbers": len(given), "raised": raised, "contradictions": doubles}))
    else:
        for (taxpayer, series, year), was in sorted(behind.items()):
            highest = highest_of(given)[taxpayer, series, year]
            typer.echo(f"{taxpayer}: series {series} of {year} raised from {was} to {highest}")
        typer.echo(f"The journals know {len(given)} numbers; {len(behind)} series were behind them.")
        for each in contradictions:
            typer.echo(f"{each.business}: {each.number} is held by another document than {each.document_id}", err=True)
    if contradictions:
        raise typer.Exit(1)


def journal_numbers(read: Callable[[str, str], Iterator[InRecord]]) -> Iterator[Given]:
    """Every number in the journals of all providers: a series belongs to the taxpayer, whoever it issues with.

    Raises as `read`, which is given a bootstrap address and a topic.
    """
    names = topics()
    for provider in identities.PROVIDERS:
        app_id = identities.app(identities.issuer(provider), names.prefix).app_id
        yield from given_numbers(read(bootstrap(), names.changelog(app_id, "journal")))
