"""`faturaflow orders amend`, `correct` and `status`: what is otherwise than it was."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from app.cli.commands.orders.typed import Business, Carrier, Dispatched, Order, Tracking, pairs, submitting
from app.cli.exits import exit_on
from app.cli.files import content_of
from app.cli.options import Actor, Wait, Why
from app.operations.errors import RefusedInputError
from app.operations.order_requests import (
    Changes,
    CorrectionRequest,
    LineChange,
    submit_amendment,
    submit_correction,
    submit_order_request,
)
from app.operations.submit import OUTCOME_SECONDS

# A buyer has a few hundred letters.
MOST_BYTES: Final = 64 * 1024
Prices = Annotated[list[str], typer.Option("--price", metavar="LINE=AMOUNT", help="A line's price; may be repeated.")]
Pieces = Annotated[list[str], typer.Option("--pieces", metavar="LINE=NUMBER", help="How many of a line.")]
Names = Annotated[list[str], typer.Option("--name", metavar="LINE=TEXT", help="What a line is.")]
Rates = Annotated[list[str], typer.Option("--vat", metavar="LINE=PERCENT", help="A line's VAT.")]
Buyer = Annotated[
    Path | None,
    typer.Option(metavar="FILE", exists=True, dir_okay=False, readable=True, help="The right buyer: a JSON object."),
]


def amend(
    reference: Order,
    *,
    prices: Prices = [],  # noqa: B006 - typer takes a list; it is never changed
    pieces: Pieces = [],  # noqa: B006 - as above
    names: Names = [],  # noqa: B006 - as above
    rates: Rates = [],  # noqa: B006 - as above
    buyer: Buyer = None,
    actor: Actor,
    why: Why = None,
    business: Business = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Change lines and the buyer of an order, for documents that are still to come.

    For example: faturaflow orders amend S-1001 --price 2=90.00 --pieces 2=3 --actor ayse

    Exit code 1 when it is refused, or none answers in time.
    """
    changes = _changes(buyer, unit_price=prices, quantity=pieces, name=names, vat_rate=rates)
    submitting(lambda: submit_amendment(reference, business, changes, actor=actor, why=why, wait=wait), wait=wait)


def correct(
    reference: Order,
    *,
    invoice: Annotated[str, typer.Option(help="The wrong invoice: its number, your reference of it, or its id.")],
    own_name: Annotated[str, typer.Option("--reference", help="Your own reference of this correction.")],
    prices: Prices = [],  # noqa: B006 - as above
    pieces: Pieces = [],  # noqa: B006 - as above
    names: Names = [],  # noqa: B006 - as above
    rates: Rates = [],  # noqa: B006 - as above
    buyer: Buyer = None,
    actor: Actor,
    why: Annotated[str, typer.Option("--reason", help="What was wrong; its provider may be told.")],
    business: Business = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Correct an invoice: it is cancelled at its provider, and issued anew with what is right.

    For example: faturaflow orders correct S-1001 --invoice ABC2026000000001 --reference C-5 --price 2=90.00
    --reason "wrong price" --actor ayse

    Exit code 1 when it is refused, or none answers in time.
    """
    changes = _changes(buyer, unit_price=prices, quantity=pieces, name=names, vat_rate=rates)
    correction = CorrectionRequest(invoice=invoice, reference=own_name, reason=why)
    submitting(lambda: submit_correction(reference, business, correction, changes, actor=actor, wait=wait), wait=wait)


def status(
    reference: Order,
    word: Annotated[str, typer.Argument(metavar="STATUS", help="Your own word for where the order is.")],
    *,
    dispatched: Dispatched = None,
    carrier: Carrier = None,
    tracking: Tracking = None,
    actor: Actor,
    why: Why = None,
    business: Business = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Report an order's status; under the trigger STATUS some words have its open lines invoiced.

    For example: faturaflow orders status S-1001 SHIPPED --carrier "Deneme Kargo" --actor ayse

    Exit code 1 when it is refused, or none answers in time.
    """
    shipment = {"dispatch_date": dispatched, "carrier": carrier, "tracking_code": tracking}
    said = {name: f"{value}" for name, value in shipment.items() if value is not None}
    body = {"type": "OrderStatusChanged", "status": word, **said}
    submitting(lambda: submit_order_request(reference, business, body, actor=actor, why=why, wait=wait), wait=wait)


def _changes(buyer: Path | None, **fields: list[str]) -> Changes:
    """What was typed of each field of a line. Raises typer.BadParameter."""
    lines = tuple(
        LineChange(line_reference=line, field=field, value=value)
        for field, typed in fields.items()
        for line, value in pairs(typed)
    )
    with exit_on(OSError):
        return Changes(lines=lines, buyer=_buyer(buyer) if buyer else None)


def _buyer(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(content_of(file, MOST_BYTES, "a buyer"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RefusedInputError(f'{file} holds no JSON object like {{"name": "…", "address": {{…}}}}.')
    return found
