"""`faturaflow orders produce`: made-up orders onto the order topic."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from app import local_kafka
from app.cli.commands.orders.sending import business_code, sent_sentence, with_a_bar
from app.cli.exits import exit_on
from app.cli.files import write_file
from app.cli.options import DAY, AsJson, Bootstrap, DryRun, typed_day
from app.cli.printing.tables import print_table
from app.domain.orders import OrderEvent
from app.domain.policy import Trigger
from app.domain.time import ISTANBUL
from app.operations.submit import send
from app.stream.clients.errors import SendError
from app.testbed.generator import BusinessRole, GeneratedOrder, generate_orders, in_sending_order


def _role(text: str) -> BusinessRole:
    code, _, trigger = text.partition(":")
    try:
        return BusinessRole(code=business_code(code), trigger=Trigger(trigger.upper() or Trigger.SHIPMENT))
    except ValueError:
        raise typer.BadParameter(f"{text!r}: after the colon comes one of {', '.join(Trigger)}.") from None


def produce(
    *,
    business: Annotated[
        list[BusinessRole],
        typer.Option(parser=_role, help="CODE or CODE:TRIGGER (SHIPMENT, ORDER_PLACED, MANUAL); may be repeated."),
    ],
    orders: Annotated[int, typer.Option(min=1, max=100_000, help="How many orders.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and day give the same orders.")] = 1,
    day: Annotated[
        date | None,
        typer.Option(parser=typed_day, metavar=DAY, help="The orders' day; today in Turkey when not given."),
    ] = None,
    duplicates: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The share of events that are sent twice.")
    ] = 0.05,
    per_second: Annotated[float | None, typer.Option(min=0.01, help="Events per second; else all at once.")] = None,
    expectations: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Write what must become of each order to this file, as JSON lines."),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
) -> None:
    """Make up orders of Turkish online shops, faulty ones among them, and send them."""
    made = generate_orders(business, orders=orders, seed=seed, start=_midnight(day), duplicates=duplicates)
    events = list(in_sending_order(made, seed=seed))
    with exit_on(SendError, local_kafka.StackError, OSError):
        if expectations:
            write_file(expectations, "".join(f"{line}\n" for line in map(_expectation, made)).encode())
        sent = 0 if dry_run else send(lambda: _paced(with_a_bar(events), per_second), to=bootstrap)
    scenarios = Counter(order.scenario for order in made)
    if as_json:
        counts = {"orders": len(made), "events": len(events), "sent": sent, "dry_run": dry_run, "scenarios": scenarios}
        typer.echo(json.dumps({**counts, "first": made[0].order_reference, "last": made[-1].order_reference}))
    else:
        print_table(("scenario", "orders"), ((name, str(count)) for name, count in scenarios.most_common()))
        typer.echo(sent_sentence(events=len(events), sent=sent, dry_run=dry_run))


def _midnight(day: date | None) -> datetime:
    chosen = day or datetime.now(tz=UTC).astimezone(ISTANBUL).date()
    return datetime(chosen.year, chosen.month, chosen.day, tzinfo=ISTANBUL)


def _paced(events: Iterable[OrderEvent], per_second: float | None) -> Iterator[OrderEvent]:
    """Gives the events at an even pace, measured from the first one, so that slow sends do not add up."""
    started = time.monotonic()
    for number, event in enumerate(events):
        if per_second:
            time.sleep(max(0.0, started + number / per_second - time.monotonic()))
        yield event


def _expectation(order: GeneratedOrder) -> str:
    return json.dumps(
        {
            "business": order.business,
            "order_reference": order.order_reference,
            "scenario": order.scenario,
            "verdicts": [step.verdict for step in order.steps],
            **asdict(order.expected),
        }
    )
