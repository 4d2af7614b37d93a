"""A document for a person, and as JSON."""

from typing import Any, Final

import typer

from app.cli.printing.tables import moment, safe
from app.operations.documents import DocumentContent, DocumentDetails, hint_of

# Enough of an id to be unmistakable among millions, and to leave room for the rest of the line.
SHORT: Final = 13


def content_as_json(content: DocumentContent | None) -> dict[str, Any]:
    """Amount, currency and buyer; empty where they are not known any more."""
    if content is None:
        return {}
    number = {"buyer_tax_number": content.buyer_tax_number} if content.buyer_tax_number else {}
    buyer = content.buyer if content.buyer is not None else "the final consumer"
    return {"amount": f"{content.amount:.2f}", "currency": content.currency, "buyer": buyer, **number}


def print_document(details: DocumentDetails) -> None:
    """The document, what it is about, and its history with errors and evidence."""
    latest = details.document.latest
    facts = {
        "document": latest.document_id,
        "order": f"{latest.business}/{latest.order_reference}",
        "lines": ", ".join(latest.lines),
        "state": f"{latest.state}{f' ({latest.attention})' if latest.attention else ''}",
        **({"to do": hint} if (hint := hint_of(latest)) else {}),
        "provider": latest.provider,
        "type": latest.document_type or "not decided yet",
        "number": latest.number or "not yet",
        "ETTN": latest.ettn or "not yet",
        "issued on": f"{latest.issue_date}" if latest.issue_date else "not yet",
        **{name.replace("_", " "): value for name, value in content_as_json(details.content).items()},
    }
    for name, value in facts.items():
        typer.echo(safe(f"{name:<17} {value}"))
    for status in details.document.history:
        attention = f" {status.attention}" if status.attention else ""
        typer.echo(f"  {status.sequence:>3}  {moment(status.occurred_at)}  {status.state}{attention}")
        for error in status.errors:
            typer.echo(safe(f"       {error.path} {error.code}: {error.message}"))
        for evidence in status.evidence:
            typer.echo(safe(f"       {moment(evidence.at)} {evidence.what} {evidence.detail}"))
