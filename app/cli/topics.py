"""`faturaflow topics`: every topic, changelog and dead-letter topic of an installation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from app.cli import context
from app.cli.output import print_table
from app.settings import settings
from app.stream.clients.clients import admin
from app.stream.topics import identities
from app.stream.topics.plans import TopicPlan, declared
from app.stream.topics.provisioning import Applied, BrokerFault, ExistingTopic, TopicsRefused, existing_topics
from app.stream.topics.provisioning import apply as apply_plans

app = typer.Typer(help="Kafka's topics as they must be.", no_args_is_help=True)


class ProfileName(StrEnum):
    """The partition counts and replication of a development stack, or of production."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


Bootstrap = Annotated[str | None, typer.Option(help="Kafka's host:port; else FATURAFLOW_BOOTSTRAP, else the stack's.")]
Profile = Annotated[ProfileName | None, typer.Option(help="Else FATURAFLOW_PROFILE, else development.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def apply(bootstrap: Bootstrap = None, *, profile: Profile = None, as_json: AsJson = False) -> None:
    """Create what is missing and bring configurations up to date; change no partition count or clean-up policy."""
    plans = _plans(profile)
    with context.exit_on(TopicsRefused, BrokerFault):
        applied = apply_plans(_admin(bootstrap), plans)
        levels = context.codec().declare(identities.PROVIDERS)
    if as_json:
        typer.echo(json.dumps(asdict(applied) | {"subjects": dict(levels)}))
    else:
        _show_applied(applied)
        _show_subjects(levels)


@app.command("list")
def list_topics(bootstrap: Bootstrap = None, *, profile: Profile = None, as_json: AsJson = False) -> None:
    """List the declared topics, and whether the broker has them."""
    plans = _plans(profile)
    with context.exit_on(BrokerFault):
        existing = existing_topics(_admin(bootstrap), [plan.name for plan in plans])
    if as_json:
        typer.echo(json.dumps([asdict(plan) | {"exists": plan.name in existing} for plan in plans]))
    else:
        _show_list(plans, existing)


def _plans(profile: ProfileName | None) -> tuple[TopicPlan, ...]:
    return declared(profile.value if profile else settings().profile, settings().topic_prefix)


def _admin(bootstrap: str | None) -> Any:
    return admin(context.bootstrap(bootstrap))


def _show_applied(applied: Applied) -> None:
    rows = ((row.name, str(row.partitions), row.change.lower(), ", ".join(row.changes)) for row in applied.topics)
    print_table(("topic", "partitions", "", "changes"), rows)
    for warning in applied.warnings:
        typer.echo(f"Warning: {warning}", err=True)


def _show_subjects(levels: Mapping[str, str]) -> None:
    """What a producer may register beside ours; nothing without a registry."""
    if levels:
        print_table(("subject", "level"), levels.items())


def _show_list(plans: Sequence[TopicPlan], existing: dict[str, ExistingTopic]) -> None:
    rows = (
        (
            *(plan.name, str(plan.partitions), str(plan.replication), plan.cleanup_policy),
            "yes" if plan.name in existing else "no: `faturaflow topics apply`",
        )
        for plan in plans
    )
    print_table(("topic", "partitions", "replicas", "clean-up", "on the broker"), rows)


if __name__ == "__main__":
    app()
