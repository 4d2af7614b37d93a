"""`faturaflow doctor`: what this machine has, what it lacks, and how to get it. Changes and downloads nothing."""

import json
import os
from dataclasses import asdict

import typer

from app.cli.options import AsJson
from app.operations.installation.machine import Check, examine


def doctor(*, as_json: AsJson = False) -> None:
    """Look for everything that the demo and the tests need. Exit code 1 when something required is missing."""
    checks = examine(os.environ.get("FATURAFLOW_BOOTSTRAP"))
    if as_json:
        typer.echo(json.dumps([asdict(check) | {"verdict": check.verdict} for check in checks], ensure_ascii=False))
    else:
        typer.echo("\n".join(in_words(check) for check in checks))
    if any(check.required and not check.ok for check in checks):
        raise typer.Exit(1)


def in_words(check: Check) -> str:
    """A check as one line."""
    line = f"{check.verdict:<9} {check.name}: {check.found}"
    return line if check.ok else f"{line}: {check.remedy}"
