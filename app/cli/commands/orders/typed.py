"""What the commands share that ask for something of one order: how it is typed, and how they end."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import DAY, typed_day
from app.cli.printing.outcomes import end_with_outcome, waiting_for_the_planner
from app.domain.time import legal_date, utc_now
from app.operations.submit import SubmittedEvent
from app.store import StoreError
from app.stream.clients.errors import SendError, TopicUnreadableError

Order = Annotated[str, typer.Argument(metavar="REF", help="The order's reference.")]
Business = Annotated[str | None, typer.Option(help="Where several businesses have such an order.")]
Day = Annotated[date | None, typer.Option(parser=typed_day, metavar=DAY, help="Its day; today when not given.")]

# What a shipment says of itself, alike for the invoice that confirms it and for the shop's own status.
Dispatched = Annotated[
    date | None, typer.Option(parser=typed_day, metavar=DAY, help="When the goods have left, where they have.")
]
Carrier = Annotated[str | None, typer.Option(help="Who carries them.")]
Tracking = Annotated[str | None, typer.Option(help="The carrier's code of the parcel.")]


def submitting(submit: Callable[[], SubmittedEvent], *, wait: float) -> None:
    """Submits, and ends with the outcome: exit code 1 when it is refused, or none came in `wait` seconds."""
    with exit_on(SendError, StoreError, TopicUnreadableError), waiting_for_the_planner():
        submitted = submit()
    end_with_outcome(submitted, wait=wait)


def day_or_today(day: date | None) -> str:
    """As an event has it."""
    return f"{day or legal_date(utc_now())}"


def pairs(typed: Iterable[str]) -> list[tuple[str, str]]:
    """Each line with what is said of it: a reference may have the sign, too. Raises typer.BadParameter."""
    typed = list(typed)
    found = [each.rpartition("=") for each in typed]
    if bad := next((text for text, (line, _, value) in zip(typed, found, strict=True) if not (line and value)), None):
        raise typer.BadParameter(f"{bad!r} is not like 1=2: a line's reference, =, and its value.")
    return [(line, value) for line, _, value in found]
