"""Arguments and options that several commands have."""

import getpass
import os
import re
from datetime import date, timedelta
from typing import Annotated, Final

import typer

Bootstrap = Annotated[str | None, typer.Option(help="Kafka's host:port; else FATURAFLOW_BOOTSTRAP, else the stack's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Send nothing; only print what would be sent.")]
OnlyBusiness = Annotated[str | None, typer.Option("--business", help="Only this business.")]
DocumentId = Annotated[str, typer.Argument(help="The document's id, or a beginning of it that no other has.")]
# How a day is typed.
DAY: Final = "YYYY-MM-DD"
Actor = Annotated[str, typer.Option(help="Who acts: kept with what was done.", envvar="FATURAFLOW_ACTOR")]
ActorOrLogin = Annotated[
    str | None, typer.Option("--actor", help="Who the audit log names; the login name when not given.")
]
Why = Annotated[str | None, typer.Option("--reason", help="Why: kept beside it.")]
Wait = Annotated[
    float, typer.Option("--wait", min=0.0, max=3600.0, help="Seconds to wait for the outcomes; 0 waits for none.")
]


def typed_day(text: str) -> date:
    """A day as a person types it. Raises BadParameter for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day like 2026-01-31.") from None


def span(text: str) -> timedelta:
    """A span as a person types it: 3d, 12h, 30m. Raises BadParameter for anything else."""
    found = re.fullmatch(r"([0-9]{1,4})([dhm])", str(text))
    if found is None:
        raise typer.BadParameter(f"{text!r} is no span like 3d, 12h or 30m.")
    return int(found[1]) * {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}[found[2]]


def login_name() -> str:
    """The user at the keyboard; a container's user often has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
