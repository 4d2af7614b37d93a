"""The evidence about one document for a person, and as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

import typer

from app.cli.printing.tables import moment, safe
from app.domain.documents import DocumentStatus
from app.operations.json_values import json_value
from app.operations.proof.journal import words_of
from app.operations.proof.prove import Proof
from app.operations.proof.provider_words import ProviderWords
from providers.base.reads import ListedDocument


def proof_as_json(proof: Proof) -> dict[str, Any]:
    """`conclusion`, and below it everything that it follows from; the provider's capabilities are left out."""
    evidence, provider = proof.evidence, proof.evidence.provider
    look_up = provider.look_up
    return {
        "document_id": proof.document.latest.document_id,
        "conclusion": json_value(proof.conclusion),
        "ids": [json_value(each) for each in proof.ids],
        "history": [json_value(each) for each in proof.document.history],
        "rivals": [json_value(each) for each in evidence.rivals],
        "journal": [json_value(each) for each in evidence.journal.facts],
        "provider": {
            "asked_at": json_value(proof.asked_at),
            "look_up": {"finding": type(look_up).__name__, **json_value(look_up)} if look_up is not None else None,
            "days": json_value(provider.days) if provider.days else None,
            "listed": None if provider.listed is None else [*map(_row, provider.listed)],
            "others": len(provider.others),
            "why": provider.why,
        },
    }


def _row(row: ListedDocument) -> dict[str, Any]:
    shown: dict[str, Any] = json_value(row)
    return {name: value for name, value in shown.items() if name != "buyer_tax_number"}


def print_proof(proof: Proof) -> None:
    """The sections of the evidence, and the conclusion last."""
    for title, lines in _sections(proof):
        typer.echo(typer.style(title, bold=True))
        for line in lines:
            typer.echo(safe(f"  {line}"))
    typer.echo(safe(proof.conclusion.sentence))


def _sections(proof: Proof) -> Iterator[tuple[str, Iterable[str]]]:
    latest, evidence = proof.document.latest, proof.evidence
    yield "Ids", _id_lines(proof)
    yield "What was published", (_status_line(each) for each in proof.document.history)
    yield "Other documents over its lines", [*map(_rival_line, evidence.rivals)] or ["none"]
    yield f"The journal of issuer-{latest.provider}", _fact_lines(proof)
    yield f"{latest.provider}, asked {moment(proof.asked_at)}", _provider_lines(evidence.provider)


def _id_lines(proof: Proof) -> Iterator[str]:
    for each in proof.ids:
        yield f"{each.name} {each.identifier}"
        says = "derived from" if each.agrees else "does not follow from"
        yield f"  {says} {', '.join(each.derived_from)}"


def _status_line(status: DocumentStatus) -> str:
    attention = f" {status.attention}" if status.attention else ""
    number = f", {status.number}" if status.number else ""
    return f"{status.sequence:>3}  {moment(status.occurred_at)}  {status.state}{attention}{number}"


def _rival_line(rival: DocumentStatus) -> str:
    return f"{rival.document_id}: {rival.state}, lines {', '.join(rival.lines)}, at {rival.connection}"


def _fact_lines(proof: Proof) -> Iterator[str]:
    if not proof.evidence.journal.facts:
        yield "no fact"
    for fact in proof.evidence.journal.facts:
        what = " ".join(filter(None, (fact.step, fact.kind, fact.identifier)))
        kept = " (deleted after the end)" if fact.is_forgotten else ""
        yield f"{moment(fact.written)}  {fact.partition}:{fact.offset}  {what}: {fact.said}{kept}"


def _provider_lines(provider: ProviderWords) -> Iterator[str]:
    if provider.look_up is not None:
        yield f"look-up: {words_of(provider.look_up)}"
    if provider.listed is not None and provider.days is not None:
        days = f"{provider.days.first} to {provider.days.last}"
        yield f"list from {days}: {len(provider.listed)} rows are it, {len(provider.others)} no document of ours"
    for row in provider.listed or ():
        payable = f", {row.payable:.2f} {row.currency or ''}" if row.payable is not None else ""
        yield f"  {row.number or row.ettn or row.provider_reference}, {row.issue_date}, {row.state}{payable}"
    yield from provider.why
