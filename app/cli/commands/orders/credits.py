"""`faturaflow orders return` and `goodwill`: what came back of an order, and what of its price is given back."""

from typing import Annotated

import typer

from app.cli.commands.orders.typed import Business, Day, Order, day_or_today, pairs, submitting
from app.cli.options import Actor, Wait, Why
from app.domain.orders.requests import GoodwillReason, ReturnReason
from app.operations.order_requests import submit_order_request
from app.operations.submit import OUTCOME_SECONDS


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
    """Report that pieces of invoiced lines came back.

    For example: faturaflow orders return S-1001 --reference R-77 --line 1=2 --actor ayse

    Exit code 1 when it is refused, or none answers in time.
    """
    body = {
        "type": "OrderReturned",
        "return_reference": name,
        "return_date": day_or_today(day),
        "reason": return_reason.value,
        "lines": [{"line_reference": line, "quantity": pieces} for line, pieces in pairs(lines)],
    }
    submitting(lambda: submit_order_request(reference, business, body, actor=actor, why=why, wait=wait), wait=wait)


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
    """Give a part of the price of invoiced lines back.

    For example: faturaflow orders goodwill S-1001 --reference G-12 --line 1=15.00 --actor ayse

    Exit code 1 when it is refused, or none answers in time.
    """
    body = {
        "type": "GoodwillGranted",
        "goodwill_reference": name,
        "goodwill_date": day_or_today(day),
        "reason": goodwill_reason.value,
        "lines": [{"line_reference": line, "amount": amount} for line, amount in pairs(lines)],
    }
    submitting(lambda: submit_order_request(reference, business, body, actor=actor, why=why, wait=wait), wait=wait)
