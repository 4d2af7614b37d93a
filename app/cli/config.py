"""`faturaflow config`: what each business has decided, applied from a file and shown without its secrets."""

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from app.cli.context import exit_on, plain
from app.cli.logins import login_fault
from app.settings import settings
from app.store import (
    ChangeKind,
    ConfigurationRefusedError,
    ConnectionListing,
    PartChange,
    Store,
    StoreError,
    new_key,
    read_configuration,
)
from providers.registry import PROVIDERS

app = typer.Typer(help="What each business has decided: policies, series, carriers, connections.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The file; see docs/configuration.md.")]
Business = Annotated[str | None, typer.Argument(help="One business's code; every business when not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
Actor = Annotated[str | None, typer.Option(help="Who the audit log names; the login name when not given.")]
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
    actor: Actor = None,
    replace_secrets: ReplaceSecrets = False,
) -> None:
    """Make the store say what the file says: all of it or nothing, and nothing anew when it says so already.

    Businesses that the file does not name are left alone.
    """
    with _exit_on(file, as_json=as_json):
        configurations = read_configuration(file, providers=PROVIDERS, check=login_fault)
        with Store.open(settings()) as store:
            made = store.apply(
                configurations, actor=actor or login_name(), dry_run=dry_run, replace_secrets=replace_secrets
            )
    counts = {kind: sum(change.kind is kind for change in made) for kind in ChangeKind}
    value = {"dry_run": dry_run, "counts": counts, "changes": [asdict(change) for change in made]}
    _print(value, "\n".join([*_in_words(made), _summary(counts, dry_run=dry_run)]), as_json=as_json)


@app.command()
def show(business: Business = None, *, as_json: AsJson = False) -> None:
    """Print what the store says, as a file that `config apply` takes: of a secret only where it would come from.

    What such a file cannot say (revisions, what keeps a connection from working) is a comment, or "state" in JSON.
    """
    with _exit_on(None, as_json=as_json), Store.open(settings()) as store:
        codes = store.businesses()
        if business is not None and business not in codes:
            raise StoreError(f"there is no business {business}: known are {', '.join(codes) or 'none'}")
        chosen = [code for code in codes if business in {None, code}]
        shown, known = (
            {code: _shown(store, code) for code in chosen},
            list(chain.from_iterable(map(store.connections, chosen))),
        )
    if not shown:
        _print({"businesses": {}}, "No business is configured: see docs/configuration.md", as_json=as_json)
        return
    text = yaml.safe_dump({"businesses": shown}, allow_unicode=True, sort_keys=False).rstrip()
    state = [
        {"business": k.business, "provider": k.provider, "revision": k.revision, "why_not": k.why_not} for k in known
    ]
    _print({"businesses": shown, "state": state}, "\n".join([*map(_comment, known), text]), as_json=as_json)


def _comment(listing: ConnectionListing) -> str:
    why = f", cannot be used: {' '.join(listing.why_not.split())}" if listing.why_not else ""
    return f"# {listing.business}, {listing.provider}: revision {listing.revision}{why}"


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
        made = _keep(keep, new_key())
    typer.echo(f"{keep} {'holds a new key' if made else 'holds a key already, which stays'}.")


def _keep(file: Path, content: str) -> bool:
    """Writes a file that only its owner reads; one that exists is left alone, and False returned. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"{content}\n")
    return True


@app.command()
def example(
    *, sandbox: Annotated[str, typer.Option(help="Where the simulator listens.")] = "http://127.0.0.1:8700"
) -> None:
    """Print a configuration for trying out: one artificial business whose provider is the simulator."""
    text = resources.files("app.cli").joinpath("sandbox.yaml").read_text(encoding="utf-8")
    typer.echo(text.replace("http://127.0.0.1:8700", sandbox), nl=False)


def login_name() -> str:
    """Who is at the keyboard; a container's user often has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _shown(store: Store, code: str) -> dict[str, Any]:
    profile, policy = store.business_facts(code), store.policy(code)
    return {
        "seller": plain(profile.seller, exclude_none=True) if profile else {},
        "policy": plain(policy, exclude_none=True),
        "series": [plain(each, exclude_none=True) for each in store.series(code)],
        "carriers": [plain(each, exclude_none=True) for each in profile.carriers] if profile else [],
        "connections": {each.provider: _connection(each) for each in store.connections(code)},
    }


def _connection(listing: ConnectionListing) -> dict[str, Any]:
    """A connection as a file says it; the variables of the secrets are the reader's to set."""
    return {
        "base_url": listing.base_url,
        "options": dict(listing.options),
        "secrets": {name: {"env": _variable(listing, name)} for name in listing.secret_names},
        "enabled": listing.enabled,
        "resend_after_absence": listing.resend_after_absence,
    }


def _variable(listing: ConnectionListing, name: str) -> str:
    """Another one for each secret of each business: the code stays as it is, and a hyphen is no underscore."""
    return f"{listing.business.replace('_', '__').replace('-', '_')}_{listing.provider}_{name}"


def _in_words(made: tuple[PartChange, ...]) -> Iterator[str]:
    business = None
    for change in made:
        if change.business != business:
            business = change.business
            yield business
        yield f"  {change.kind.lower().replace('_', ' '):<10} {change.part}"
        if change.kind is ChangeKind.CHANGED:
            for name, (before, after) in change.differences.items():
                yield f"             {name}: {before or 'nothing'} → {after or 'nothing'}"


def _summary(counts: dict[ChangeKind, int], *, dry_run: bool) -> str:
    if not counts[ChangeKind.CREATED] and not counts[ChangeKind.CHANGED]:
        return "Nothing changes." if dry_run else "Nothing changed."
    said = ", ".join(f"{count} {kind.lower().replace('_', ' ')}" for kind, count in counts.items() if count)
    return f"{said}; nothing was written (dry run)." if dry_run else f"{said}."


def _print(value: dict[str, Any], text: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False) if as_json else text)


@contextmanager
def _exit_on(file: Path | None, *, as_json: bool) -> Iterator[None]:
    try:
        yield
    except ConfigurationRefusedError as error:
        if as_json:
            typer.echo(json.dumps({"faults": [asdict(fault) for fault in error.errors]}, ensure_ascii=False))
        for fault in () if as_json else error.errors:
            where = f"{fault.path}: " if fault.path else ""
            typer.echo(f"{file}:{fault.line}: {where}{fault.message}", err=True)
        raise typer.Exit(1) from error
    except StoreError as error:
        typer.echo(json.dumps({"error": str(error)}, ensure_ascii=False) if as_json else str(error), err=not as_json)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
