"""`faturaflow config`: what each business has decided, applied from a file and shown without its secrets."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from app.cli.exits import exit_on
from app.cli.options import ActorOrLogin, AsJson, login_name
from app.cli.printing.tables import moment, print_table
from app.operations.errors import OperationError
from app.operations.installation import configuration
from app.operations.installation.enabling import Waiting
from app.operations.installation.example import SANDBOX, example_configuration
from app.operations.json_values import json_value
from app.store import (
    AuditRecord,
    ChangeKind,
    ConfigurationRefusedError,
    ConnectionListing,
    PartChange,
    StoreError,
    new_key,
)
from app.stream.clients.errors import SendError, TopicUnreadableError

app = typer.Typer(help="What each business has decided: policies, series, carriers, connections.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The file; see docs/configuration.md.")]
Business = Annotated[str | None, typer.Argument(help="One business's code; every business when not given.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")]
ReplaceSecrets = Annotated[
    bool,
    typer.Option(
        "--replace-secrets", help="Encrypt every secret anew without reading the stored ones: the key is new, or lost."
    ),
]


@app.command()
def apply(
    file: File,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    actor: ActorOrLogin = None,
    replace_secrets: ReplaceSecrets = False,
    waiting: Annotated[
        Waiting | None,
        typer.Option(help="What becomes of the documents that wait for a connection that this switches on."),
    ] = None,
) -> None:
    """Make the store equal to the file: all of it or nothing, and nothing anew where it is equal already.

    Businesses that the file does not name are left alone.
    """
    with _exit_on_errors(file, as_json=as_json):
        applied = configuration.apply_configuration(
            file, actor=actor or login_name(), dry_run=dry_run, replace_secrets=replace_secrets, waiting=waiting
        )
    made = applied.changes
    counts = {kind: sum(change.kind is kind for change in made) for kind in ChangeKind}
    value = {"dry_run": dry_run, "counts": counts, "changes": [asdict(change) for change in made]}
    value["unconnected"], value["expected_refusals"] = list(applied.unconnected), list(applied.expected_refusals)
    notes = (*map(_unconnected, applied.unconnected), *applied.expected_refusals)
    lines = (*_in_words(made), _summary(counts, dry_run=dry_run), *notes)
    _print(value, "\n".join(lines), as_json=as_json)


@app.command()
def show(business: Business = None, *, as_json: AsJson = False) -> None:
    """Print what the store has, as a file that `config apply` takes: of a secret only where it would come from.

    What such a file cannot have (revisions, what keeps a connection from working) is a comment, or "state" in JSON.
    """
    with _exit_on_errors(None, as_json=as_json):
        shown = configuration.show_configuration(business)
    if not shown.businesses:
        _print({"businesses": {}}, "No business is configured: see docs/configuration.md", as_json=as_json)
        return
    text = yaml.safe_dump({"businesses": shown.businesses}, allow_unicode=True, sort_keys=False).rstrip()
    state = [
        {"business": each.business, "connection": each.name, "revision": each.revision, "why_not": each.why_not}
        for each in shown.connections
    ]
    value = {"businesses": shown.businesses, "state": state}
    _print(value, "\n".join([*map(_comment, shown.connections), text]), as_json=as_json)


@app.command()
def history(
    business: Business = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List who changed what of a business, and when; of a secret only that it was set."""
    with exit_on(StoreError):
        changes = configuration.list_changes(business, limit=limit)
    if as_json:
        typer.echo(json.dumps(list(map(json_value, changes)), ensure_ascii=False))
        return
    print_table(("at", "by", "business", "part", "what", "changes"), map(_history_row, changes))


def _history_row(record: AuditRecord) -> tuple[str, ...]:
    what = record.what.lower().replace("_", " ")
    # What a new part consists of is in `config show`.
    changes = "" if record.what == ChangeKind.CREATED else "; ".join(_differences(record.differences))
    return (moment(record.at), record.actor, record.business, record.part, what, changes)


def _comment(listing: ConnectionListing) -> str:
    why = f", cannot be used: {' '.join(listing.why_not.split())}" if listing.why_not else ""
    return f"# {listing.business}, {listing.name}: revision {listing.revision}{why}"


@app.command()
def key(
    *,
    keep: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it to this file, once; for FATURAFLOW_SECRET_KEY_FILE.")
    ] = None,
) -> None:
    """Print a fresh key for FATURAFLOW_SECRET_KEY. Unless it is kept in a file it is stored nowhere: keep it."""
    if keep is None:
        typer.echo(new_key())
        return
    with exit_on(OSError):
        made = configuration.keep_key(keep)
    typer.echo(f"{keep} {'holds a new key' if made else 'holds a key already, which stays'}.")


@app.command()
def example(
    provider: str, *, sandbox: Annotated[str, typer.Option(help="Where the simulator listens.")] = SANDBOX
) -> None:
    """Print a configuration for trying out: one artificial business whose provider is this one's simulator."""
    with exit_on():
        typer.echo(example_configuration(provider, sandbox), nl=False)


def _unconnected(each: tuple[str, str]) -> str:
    business, name = each
    return (
        f"{business} has no connection {name} that is on: its documents are planned and wait for one "
        "(`faturaflow connections add`, `enable`)."
    )


def _in_words(made: tuple[PartChange, ...]) -> Iterator[str]:
    business = None
    for change in made:
        if change.business != business:
            business = change.business
            yield business
        yield f"  {change.kind.lower().replace('_', ' '):<10} {change.part}"
        if change.kind is ChangeKind.CHANGED:
            for difference in _differences(change.differences):
                yield f"             {difference}"


def _differences(differences: dict[str, list[str | None]]) -> Iterator[str]:
    for name, (before, after) in differences.items():
        yield f"{name}: {before or 'nothing'} → {after or 'nothing'}"


def _summary(counts: dict[ChangeKind, int], *, dry_run: bool) -> str:
    if not counts[ChangeKind.CREATED] and not counts[ChangeKind.CHANGED]:
        return "Nothing changes." if dry_run else "Nothing changed."
    parts = ", ".join(f"{count} {kind.lower().replace('_', ' ')}" for kind, count in counts.items() if count)
    return f"{parts}; nothing was written (dry run)." if dry_run else f"{parts}."


def _print(value: dict[str, Any], text: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False) if as_json else text)


@contextmanager
def _exit_on_errors(file: Path | None, *, as_json: bool) -> Iterator[None]:
    """As `exit_on`; with `as_json` what is wrong is JSON on standard output, each error with its line in the file."""
    try:
        yield
    except ConfigurationRefusedError as refused:
        if as_json:
            typer.echo(json.dumps({"errors": [asdict(error) for error in refused.errors]}, ensure_ascii=False))
        for error in () if as_json else refused.errors:
            typer.echo(error.in_file(file) if file else str(error), err=True)
        raise typer.Exit(1) from refused
    except (StoreError, OperationError, TopicUnreadableError, SendError) as error:
        typer.echo(json.dumps({"error": str(error)}, ensure_ascii=False) if as_json else str(error), err=not as_json)
        raise typer.Exit(1) from error
