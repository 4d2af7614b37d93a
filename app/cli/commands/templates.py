"""`faturaflow templates`: templates of our own that invoices are shown with."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app.cli.exits import exit_on
from app.cli.files import content_of
from app.cli.options import ActorOrLogin, AsJson, login_name
from app.cli.printing.tables import moment, print_table
from app.documents.rendering import RenderingError
from app.documents.rendering.templates import MOST_BYTES
from app.operations.installation import templates
from app.store import StoreError

app = typer.Typer(help="Templates (XSLT 1.0) that invoices are shown with.", no_args_is_help=True)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE.xslt", help="An XSLT 1.0 stylesheet.")],
    *,
    uuid: Annotated[UUID | None, typer.Option(help="The template's UUID; made of its content when not given.")] = None,
    name: Annotated[str | None, typer.Option(help="What people call it; the file's name when not given.")] = None,
    actor: ActorOrLogin = None,
) -> None:
    """Store a template and print its UUID. One that reads files or the network, or is no XSLT, is refused."""
    with exit_on(RenderingError, StoreError):
        content = content_of(file, MOST_BYTES, "an XSLT")
        key = templates.add_template(content, name=name or file.stem, actor=actor or login_name(), uuid=uuid)
    typer.echo(key)


@app.command("list")
def list_templates(*, as_json: AsJson = False) -> None:
    """List the stored templates."""
    with exit_on(StoreError):
        found = templates.list_templates()
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    rows = ((str(each.uuid), each.name, str(each.size), moment(each.added_at), each.added_by) for each in found)
    print_table(("UUID", "name", "bytes", "added", "by"), rows)
