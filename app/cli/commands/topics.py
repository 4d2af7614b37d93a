"""`faturaflow topics`: every topic, changelog and dead-letter topic of an installation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import AsJson, Bootstrap
from app.cli.printing.tables import print_table
from app.operations.installation import topics
from app.operations.installation.topics import ListedTopic
from app.stream.topics.errors import BrokerRequestError, TopicsRefusedError
from app.stream.topics.provisioning import Applied

app = typer.Typer(help="Kafka's topics as they must be.", no_args_is_help=True)


class ProfileName(StrEnum):
    """The partition counts and replication of a development stack, or of production."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


Profile = Annotated[ProfileName | None, typer.Option(help="Else FATURAFLOW_PROFILE, else development.")]


@app.command()
def apply(bootstrap: Bootstrap = None, *, profile: Profile = None, as_json: AsJson = False) -> None:
    """Create what is missing and bring configurations up to date; change no partition count or clean-up policy."""
    with exit_on(TopicsRefusedError, BrokerRequestError):
        applied = topics.apply_topics(at=bootstrap, profile=profile.value if profile else None)
    if as_json:
        typer.echo(json.dumps(asdict(applied.topics) | {"subjects": dict(applied.subjects)}))
    else:
        _show_applied(applied.topics)
        _show_subjects(applied.subjects)


@app.command("list")
def list_topics(bootstrap: Bootstrap = None, *, profile: Profile = None, as_json: AsJson = False) -> None:
    """List the declared topics, and whether the broker has them."""
    with exit_on(BrokerRequestError):
        found = topics.list_topics(at=bootstrap, profile=profile.value if profile else None)
    if as_json:
        typer.echo(json.dumps([asdict(each.plan) | {"exists": each.exists} for each in found]))
    else:
        _show_list(found)


def _show_applied(applied: Applied) -> None:
    rows = ((row.name, str(row.partitions), row.change.lower(), ", ".join(row.changes)) for row in applied.topics)
    print_table(("topic", "partitions", "", "changes"), rows)
    for warning in applied.warnings:
        typer.echo(f"Warning: {warning}", err=True)


def _show_subjects(levels: Mapping[str, str]) -> None:
    """What a producer may register beside ours; nothing without a registry."""
    if levels:
        print_table(("subject", "level"), levels.items())


def _show_list(found: Sequence[ListedTopic]) -> None:
    rows = (
        (
            *(each.plan.name, str(each.plan.partitions), str(each.plan.replication), each.plan.cleanup_policy),
            "yes" if each.exists else "no: `faturaflow topics apply`",
        )
        for each in found
    )
    print_table(("topic", "partitions", "replicas", "clean-up", "on the broker"), rows)
