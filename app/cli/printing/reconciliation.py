"""Days that were compared, and what was found, for a person."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import typer

from app.cli.printing.documents import SHORT
from app.cli.printing.tables import print_table, without_empty
from app.domain.reconciliation import DayReconciled, Finding, Reconciliation


def print_days(days: Sequence[tuple[tuple[str, str, date], DayReconciled]]) -> None:
    """A row for each connection's day."""
    columns = ("business", "connection", "day", "result", "listed", "agree", "differ", "others", "not listed", "why")
    rows = [
        (
            *map(str, day),
            outcome.result,
            *map(str, (outcome.listed, outcome.agreeing, outcome.discrepancies, outcome.others, outcome.not_listed)),
            outcome.said,
        )
        for day, outcome in days
    ]
    print_table(*without_empty(columns, rows))


def print_findings(events: Iterable[Reconciliation]) -> None:
    """A row for each finding, or the sentence that there is none."""
    rows = [_row(event, event.body) for event in events if isinstance(event.body, Finding)]
    if not rows:
        typer.echo("No finding.")
        return
    columns = ("finding", "state", "day", "connection", "document", "number", "here", "there", "why")
    print_table(*without_empty(columns, rows))


def _row(event: Reconciliation, finding: Finding) -> tuple[str, ...]:
    here = _side(finding.state_here, finding.payable_here, finding.currency_here)
    there = _side(finding.state_there, finding.payable_there, finding.currency_there)
    place = f"{event.business}/{event.connection}"
    names = ((finding.document_id or "")[:SHORT], finding.number or finding.ettn or finding.provider_reference or "")
    return (finding.kind, finding.state, f"{event.day}", place, *names, here, there, finding.said)


def _side(state: str | None, payable: Decimal | None, currency: str | None) -> str:
    return " ".join(filter(None, (state, f"{payable:.2f}" if payable is not None else None, currency)))
