"""`faturaflow orders import|produce`: orders of another shop's file, and made-up ones, onto the order topic."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import Field, TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import track

from app import local_kafka
from app.cli import context
from app.cli.context import exit_on
from app.cli.order_commands import list_orders, send, show
from app.cli.output import print_table, write_file
from app.cli.thawing import thaw
from app.domain.identity import BUSINESS_PATTERN
from app.domain.money import ExchangeRate, Rate
from app.domain.orders import OrderEvent
from app.domain.policy import Trigger
from app.domain.time import ISTANBUL
from app.sources.online_retail import ImportSummary, ImportTerms, Invoicing, import_orders
from app.sources.online_retail.summary import MEANINGS
from app.stream.clients.errors import SourceError
from app.stream.clients.producer import OrderProducer
from app.testbed.generator import BusinessRole, GeneratedOrder, generate_orders, in_sending_order

app = typer.Typer(help="Orders: send, import or make up some, and see what became of each.", no_args_is_help=True)
app.command()(send)
app.command()(show)
app.command("list")(list_orders)
app.command()(thaw)


# Stands in the events of a dry run that names no business; nothing of it is sent.
NOBODY: Final = "NOBODY"


class FileFormat(StrEnum):
    """The files that can be read."""

    ONLINE_RETAIL = "online-retail"


def _decimal(kind: Any) -> Callable[[str], Decimal]:
    """Reads an amount as the domain's type has it."""
    adapter: TypeAdapter[Decimal] = TypeAdapter(kind)

    def read(text: str) -> Decimal:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            raise typer.BadParameter(f"{text}: {error.errors()[0]['msg']}.") from error

    return read


def _business(text: str) -> str:
    if not BUSINESS_PATTERN.fullmatch(text):
        raise typer.BadParameter(f"{text!r}: a business code has 1 to 32 letters, digits, - or _.")
    return text


def _role(text: str) -> BusinessRole:
    code, _, trigger = text.partition(":")
    try:
        return BusinessRole(code=_business(code), trigger=Trigger(trigger.upper() or Trigger.SHIPMENT))
    except ValueError:
        raise typer.BadParameter(f"{text!r}: after the colon stands one of {', '.join(Trigger)}.") from None


# A line without VAT would need the code of its exemption, which no file here has.
VatAboveZero = Annotated[Rate, Field(gt=0)]

Bootstrap = Annotated[str | None, typer.Option(help="Kafka's host:port; else FATURAFLOW_BOOTSTRAP, else the stack's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Send nothing; only say what would be sent.")]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file with the orders.")],
    *,
    business: Annotated[
        str | None, typer.Option(parser=_business, help="The business that sold; a dry run needs none.")
    ] = None,
    file_format: Annotated[FileFormat, typer.Option("--format", help="What the file is.")] = FileFormat.ONLINE_RETAIL,
    vat: Annotated[
        Decimal, typer.Option(parser=_decimal(VatAboveZero), help="VAT of every line, percent, on top of its price.")
    ] = Decimal(20),
    rate: Annotated[
        Decimal | None,
        typer.Option(parser=_decimal(ExchangeRate), help="What one pound costs in Turkish lira."),
    ] = None,
    invoicing: Annotated[
        Invoicing, typer.Option(help="When documents are made: decides what a cancellation is.")
    ] = Invoicing.AT_ORDER,
    limit_orders: Annotated[int | None, typer.Option(min=1, help="Leave out everything after so many orders.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
) -> None:
    """Import orders, cancellations and returns, and account for every line of the file."""
    terms = ImportTerms(
        business=business or NOBODY, vat_rate=vat, exchange_rate=rate, invoicing=invoicing, limit=limit_orders
    )
    with exit_on(SourceError, local_kafka.StackError, OSError):
        if business is None and not dry_run:
            raise SourceError("Orders belong to a business: name one with --business.")
        if rate is None and not dry_run:
            raise SourceError(f"{file_format} orders are in pounds: give the price of one in lira with --rate.")
        with file.open(encoding="utf-8-sig", errors="replace") as lines:
            found = import_orders(lines, terms)
        sent = 0 if dry_run else _send(found.events, bootstrap)
    if as_json:
        typer.echo(
            json.dumps({**_account(found.summary), "events": len(found.events), "sent": sent, "dry_run": dry_run})
        )
    else:
        _show(found.summary, events=len(found.events), sent=sent, dry_run=dry_run)
    if found.summary.lines_read and not found.summary.lines_taken:
        typer.echo(f"Not one line could be taken: is {file} a file of the format {file_format}?", err=True)
        raise typer.Exit(1)


@app.command()
def produce(
    *,
    business: Annotated[
        list[BusinessRole],
        typer.Option(parser=_role, help="CODE or CODE:TRIGGER (SHIPMENT, ORDER_PLACED, MANUAL); may be repeated."),
    ],
    orders: Annotated[int, typer.Option(min=1, max=100_000, help="How many orders.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and day give the same orders.")] = 1,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The orders' day; today in Turkey when not given.")
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
    with exit_on(SourceError, local_kafka.StackError, OSError):
        if expectations:
            write_file(expectations, "".join(f"{line}\n" for line in map(_expectation, made)).encode())
        sent = 0 if dry_run else _send(events, bootstrap, per_second=per_second)
    scenarios = Counter(order.scenario for order in made)
    if as_json:
        account = {"orders": len(made), "events": len(events), "sent": sent, "dry_run": dry_run, "scenarios": scenarios}
        typer.echo(json.dumps({**account, "first": made[0].order_reference, "last": made[-1].order_reference}))
    else:
        _show_made(scenarios, events=len(events), sent=sent, dry_run=dry_run)


def _midnight(day: datetime | None) -> datetime:
    moment = day.replace(tzinfo=ISTANBUL) if day else datetime.now(tz=UTC).astimezone(ISTANBUL)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _send(events: Sequence[OrderEvent], bootstrap: str | None, *, per_second: float | None = None) -> int:
    producer = OrderProducer(
        bootstrap=context.bootstrap(bootstrap), topic=context.topics().orders, encode=context.codec().write
    )
    producer.check()
    shown = track(events, "Sending", console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    return producer.send_all(_paced(shown, per_second))


def _paced(events: Iterable[OrderEvent], per_second: float | None) -> Iterator[OrderEvent]:
    """Gives the events at an even pace, measured from the first one, so that slow sends do not add up."""
    started = time.monotonic()
    for number, event in enumerate(events):
        if per_second:
            time.sleep(max(0.0, started + number / per_second - time.monotonic()))
        yield event


def _account(summary: ImportSummary) -> dict[str, Any]:
    return {
        "lines_read": summary.lines_read,
        "lines_taken": summary.lines_taken,
        "lines_refused": summary.lines_refused,
        "orders": summary.orders,
        "cancellations": summary.cancellations,
        "returns": summary.returns,
        "refused_by_reason": summary.refused_by_reason,
        "refusals": [asdict(refusal) for refusal in summary.refusals],
    }


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


def _show(summary: ImportSummary, *, events: int, sent: int, dry_run: bool) -> None:
    typer.echo(
        f"{summary.lines_read} lines read, {summary.lines_taken} taken, {summary.lines_refused} refused: "
        f"{summary.orders} orders, {summary.cancellations} cancellations, {summary.returns} returns."
    )
    if summary.refusals:
        first = {refusal.reason: refusal.line_number for refusal in reversed(summary.refusals)}
        rows = ((why, str(n), str(first[why]), MEANINGS[why]) for why, n in summary.refused_by_reason.items())
        print_table(("reason", "lines", "first at line", "meaning"), rows)
    typer.echo(_outcome(events=events, sent=sent, dry_run=dry_run))


def _show_made(scenarios: Counter[str], *, events: int, sent: int, dry_run: bool) -> None:
    print_table(("scenario", "orders"), ((name, str(count)) for name, count in scenarios.most_common()))
    typer.echo(_outcome(events=events, sent=sent, dry_run=dry_run))


def _outcome(*, events: int, sent: int, dry_run: bool) -> str:
    if dry_run:
        return f"{events} events; nothing was sent (dry run)."
    return f"{sent} of {events} events are on {context.topics().orders}, each confirmed by Kafka."


if __name__ == "__main__":
    app()
