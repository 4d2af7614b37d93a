"""`faturaflow ubl`: UBL-TR invoices as files, whichever program made them."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from app.cli.exits import exit_on
from app.cli.files import content_of, write_file
from app.cli.options import AsJson
from app.cli.printing.tables import safe, safe_json
from app.documents.checking import Finding, Mode, Severity
from app.documents.rendering import Language, RenderingError, templates
from app.documents.safe_input import json
from app.documents.safe_input.xml import MAX_BYTES, UnsafeXmlError
from app.operations import ubl
from app.operations.errors import RefusedInputError
from app.store import StoreError

app = typer.Typer(help="UBL-TR invoices as files.", no_args_is_help=True)

# The machine, or the name of a template, and no template is at fault.
NOT_OF_THE_TEMPLATE: Final = frozenset({"PDF_UNAVAILABLE", "TEMPLATE_UNKNOWN"})
# Of those that a font does not have; more help no reader.
MOST_LETTERS: Final = 20
STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


@app.callback()
def _ubl() -> None:
    """UBL-TR invoices as files."""


@app.command("check")
def check_files(
    files: Annotated[list[Path], typer.Argument(help="UBL-TR invoices.")],
    *,
    mode: Annotated[Mode, typer.Option(help="In production the identities of tests are refused.")] = Mode.TEST,
    as_json: AsJson = False,
) -> None:
    """Check invoices by our rules and, where installed, by GİB's schema and schematron; exit code 1 for any error."""
    with exit_on():
        contents = ((content_of(file, MAX_BYTES, "an invoice"), str(file)) for file in files)
        findings = [finding for content, name in contents for finding in ubl.check_invoice(content, name, mode)]
    if as_json:
        typer.echo(safe_json([asdict(finding) for finding in findings]))
    else:
        _show(files, findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


@app.command()
def render(
    file: Annotated[Path, typer.Argument(metavar="FILE.xml", help="A UBL-TR invoice.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT.pdf|OUT.html", help="What to write.")],
    template: Annotated[
        str | None,
        typer.Option(
            metavar="UUID", help=f"A stored template, or `{ubl.OURS}` for ours; else the invoice's own, else ours."
        ),
    ] = None,
    language: Annotated[Language, typer.Option(help="Of the labels in our own template.")] = Language.TURKISH,
) -> None:
    """Show an invoice as HTML or PDF. Nothing is fetched and no program in the template is run."""
    with exit_on(UnsafeXmlError, RenderingError, StoreError, OSError):
        form = {".pdf": ubl.PageFormat.PDF, ".html": ubl.PageFormat.HTML}.get(output.suffix.lower())
        if form is None:
            raise RefusedInputError(f"{output} is neither .pdf nor .html: name one of them.")
        invoice = content_of(file, MAX_BYTES, "an invoice")
        try:
            rendered = ubl.render_invoice(invoice, form, template=template, language=language)
        except RenderingError as error:
            if template == ubl.OURS or error.code in NOT_OF_THE_TEMPLATE:
                raise
            raise RefusedInputError(
                f"{error} `--template {ubl.OURS}` shows the invoice by our own template."
            ) from error
        write_file(output, rendered.content)
        if missing := rendered.letters_without_a_font:
            listed = " ".join(missing[:MOST_LETTERS])
            message = f"{len(missing)} letters are boxes in the PDF, whose font does not have them: {listed}"
            typer.echo(safe(f"warning: {message}. Rendered as .html the page has the reader's own fonts."), err=True)


@app.command("build")
def build_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="The invoice; docs/ubl-build.md has its fields.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the XML to this file, not to standard output.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="An XSLT to embed instead of ours; the header's own wins.")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="In production the identities of tests are refused.")] = Mode.TEST,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Build an unsigned UBL-TR 1.2 invoice from JSON; nothing is written, and exit code 1, for any error in it."""
    with exit_on(StoreError):
        raw = content_of(file, json.MOST_BYTES, "an invoice in JSON")
        embedded = _template(template) if template else None
        made = ubl.build_invoice(raw, mode=mode, template=embedded)
    if as_json:
        typer.echo(safe_json([asdict(each) for each in made.found]), err=out is None)
    else:
        for each in made.found:
            typer.echo(safe(f"{each.severity} {each.path}: {each.message} [{each.code}]"), err=True)
    if made.xml is None:
        raise typer.Exit(1)
    if out is None:
        sys.stdout.buffer.write(made.xml)
        return
    with exit_on(OSError):
        write_file(out, made.xml)


def _template(file: Path) -> bytes:
    content = content_of(file, templates.MOST_BYTES, "a template")
    if len(content) > templates.MOST_BYTES:
        raise RefusedInputError(f"{file} has more than {templates.MOST_BYTES} bytes: no template has.")
    return content


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show(files: Sequence[Path], findings: Sequence[Finding]) -> None:
    console = Console(soft_wrap=True)
    for file in files:
        of_file = [finding for finding in findings if finding.file == str(file)]
        errors = sum(finding.severity is Severity.ERROR for finding in of_file)
        warnings = sum(finding.severity is Severity.WARNING for finding in of_file)
        console.print(
            f"{escape(safe(str(file)))}: {_count(errors, 'error')}, {_count(warnings, 'warning')}", highlight=False
        )
        for finding in of_file:
            style = STYLES[finding.severity]
            where = f" at {finding.path}" if finding.path else ""
            what = f"{finding.severity} {finding.layer} {finding.code}{where}: {finding.message}"
            console.print(f"  [{style}]{escape(safe(what))}[/{style}]", highlight=False)
