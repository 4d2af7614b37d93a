"""`faturaflow orders return` and `goodwill`: what came back of an order, and what of its price is given back."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import typer

from app.cli.exits import exit_on
from app.cli.options import DAY, Actor, Wait, Why, typed_day
from app.cli.printing.outcomes import end_with_outcome
from app.domain.orders.requests import GoodwillReason, ReturnReason
from app.domain.time import legal_date, utc_now
from app.operations.order_requests import submit_about
from app.operations.submit import OUTCOME_SECONDS
from app.store import StoreError
from app.stream.clients.errors import SendError, TopicUnreadableError

Order = Annotated[str, typer.Argument(metavar="REF", help="The order's reference.")]
Business = Annotated[str | None, typer.Option(help="Where several businesses have such an order.")]
Day = Annotated[date | None, typer.Option(parser=typed_day, metavar=DAY, help="Its day; today when not given.")]


def return_lines(
    reference: Order,
    *,
    name: Annotated[str, typer.Option("--reference", help="Your own reference of this return.")],
    lines: Annotated[list[str], typer.Option("--line", metavar="LINE=PIECES", help="What came back; may be repeated.")],
    actor: Actor,
    day: Day = None,
    return_reason: Annotated[ReturnReason, typer.Option(help="Who sent it back.")] = ReturnReason.CUSTOMER_RETURN,
    why: Why = None,
    business: Business = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Report that pieces of invoiced lines came back. Exit code 1 when it is refused, or none answers in time."""
    body = {
        "type": "OrderReturned",
        "return_reference": name,
        "return_date": _day(day),
        "reason": return_reason.value,
        "lines": [{"line_reference": line, "quantity": pieces} for line, pieces in _pairs(lines)],
    }
    _submit(reference, business, body, actor=actor, why=why, wait=wait)


def goodwill(
    reference: Order,
    *,
    name: Annotated[str, typer.Option("--reference", help="Your own reference of this goodwill.")],
    lines: Annotated[list[str], typer.Option("--line", metavar="LINE=AMOUNT", help="What is given back of each line.")],
    actor: Actor,
    day: Day = None,
    goodwill_reason: Annotated[GoodwillReason, typer.Option(help="Why it is given back.")] = GoodwillReason.OTHER,
    why: Why = None,
    business: Business = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Give a part of the price of invoiced lines back. Exit code 1 when it is refused, or none answers in time."""
    body = {
        "type": "GoodwillGranted",
        "goodwill_reference": name,
        "goodwill_date": _day(day),
        "reason": goodwill_reason.value,
        "lines": [{"line_reference": line, "amount": amount} for line, amount in _pairs(lines)],
    }
    _submit(reference, business, body, actor=actor, why=why, wait=wait)


def _submit(
    reference: str, business: str | None, body: dict[str, Any], *, actor: str, why: str | None, wait: float
) -> None:
    with exit_on(SendError, StoreError, TopicUnreadableError):
        submitted = submit_about(reference, business, body, actor=actor, why=why, wait=wait)
    end_with_outcome(submitted, wait=wait)


def _day(day: date | None) -> str:
    return f"{day or legal_date(utc_now())}"


def _pairs(typed: Iterable[str]) -> list[tuple[str, str]]:
    """Each line with what is said of it: a reference may have the sign, too. Raises typer.BadParameter."""
    pairs = [each.rpartition("=") for each in typed]
    if bad := next((text for text, (line, _, value) in zip(typed, pairs, strict=True) if not (line and value)), None):
        raise typer.BadParameter(f"{bad!r} is nothing like 1=2: a line's reference, and a number.")
    return [(line, value) for line, _, value in pairs]
