"""`faturaflow what-if`: history under other rules, as a difference. Nothing is written, and no provider is asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from app.cli.exits import exit_on
from app.cli.options import AsJson
from app.cli.printing.documents import SHORT
from app.cli.printing.tables import safe, safe_json
from app.operations.json_values import json_value
from app.operations.what_if.differences import AnswerDifference, Change, DocumentDifference, OrderDifference
from app.operations.what_if.replay import PlannedOtherwise
from app.operations.what_if.run import Summary
from app.operations.what_if.run import what_if as replay_history
from app.store import ConfigurationRefusedError
from app.stream.clients.errors import TopicUnreadableError

WORDS: Final = {Change.NOT_MADE: "would not be made", Change.MADE: "would be made", Change.OTHERWISE: "other"}

NAMES: Final = {"asked_by": "asked for"}


def what_if(
    *,
    policy: Annotated[Path, typer.Option(metavar="FILE", help="A configuration file; only its policies are read.")],
    beginning: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY|OFFSETS", help="From where on they decide; else from the first event."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay the order log in memory under other policies, and print what would be otherwise.

    Nothing is written, and no provider is asked: what a provider has said of a document counts for it under the other
    policies too, and a document that was not made then has no answer. With --json each line is an order, the last one
    the summary.

    faturaflow what-if --policy other.yaml --from 2026-11-01

    faturaflow what-if --policy other.yaml --from 0:1200,1:980 --json
    """
    try:
        with exit_on(TopicUnreadableError):
            summary = replay_history(policy, beginning, _as_json if as_json else _print)
    except ConfigurationRefusedError as refused:
        for error in refused.errors:
            typer.echo(safe(error.in_file(policy)), err=True)
        raise typer.Exit(1) from refused
    if as_json:
        typer.echo(safe_json({"summary": json_value(summary)}))
    else:
        typer.echo(_sentence(summary))


def _as_json(found: OrderDifference) -> None:
    typer.echo(safe_json(json_value(found)))


def _print(found: OrderDifference) -> None:
    typer.echo(safe(found.order_key))
    for line in _lines(found):
        typer.echo(safe(f"  {line}"))


def _lines(found: OrderDifference) -> Iterator[str]:
    for document in found.documents:
        yield from _document_lines(document)
    for answer in found.answers:
        yield _answer_line(answer)
    for code in found.poisoned:
        yield f"the order would be frozen: {code}"


def _document_lines(each: DocumentDifference) -> Iterator[str]:
    known = each.was or each.would_be
    assert known is not None
    about = f"{known.intent} {known.document_id[:SHORT]} of lines {', '.join(known.lines)}"
    if each.was is not None and each.would_be is not None:
        yield about
        for name in each.fields:
            was, would = (_value(one, name) for one in (each.was, each.would_be))
            yield f"  {NAMES.get(name, name.replace('_', ' '))}: {was} → {would}"
    else:
        asked = _value(known, "asked_by")
        yield f"{about} {WORDS[each.change]}: at {known.connection}, asked for {asked}, {known.state}"


def _value(document: PlannedOtherwise, name: str) -> str:
    if name == "asked_by":
        kind = document.asked_by_type
        return f"by {kind} {(document.asked_by or '')[:SHORT]}" if kind else "by nothing yet"
    value = getattr(document, name)
    return "none" if value is None else f"{value}"


def _answer_line(each: AnswerDifference) -> str:
    was, would = (" ".join(filter(None, said)) if said else "no answer" for said in (each.was, each.would_be))
    return f"answer to {each.event_type} {each.event_id[:SHORT]}: {was} → {would}"


def _sentence(summary: Summary) -> str:
    counts = ", ".join(f"{summary.documents[change]} {words}" for change, words in WORDS.items())
    return (
        f"{summary.orders} orders, {summary.events} events, {summary.decided_otherwise} decided by another policy; "
        f"{summary.different} orders differ: documents {counts}; {summary.answers} answers are others."
    )
