"""A line of an invoice as what takes it back has it: pieces that came back, or what its price is lowered by."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.domain.discounts import amount_of
from app.domain.invoice_details import LineDetails
from app.domain.line_prices import UNIT_PRICE_STEP
from app.domain.money import to_kurus
from app.domain.notices import CreditedLine
from app.domain.orders import OrderLine

# What a line of a lowered price is called, before the goods' own name.
DIFFERENCE: Final = "Fiyat farkı: "
MOST_NAME: Final = 255
PIECE: Final = "C62"


def credited_line(line: OrderLine, credited: CreditedLine) -> OrderLine:
    """The line as it is on the document: its pieces at their price, or one piece of what its price is lowered by."""
    if not credited.quantity:
        name = f"{DIFFERENCE}{line.name}"[:MOST_NAME].rstrip()
        share = credited.amount / amount_of(line)
        return replace(
            line,
            name=name,
            quantity=Decimal(1),
            unit=PIECE,
            unit_price=credited.amount,
            discount=Decimal(0),
            details=_by_amount(_part_of(line.details, share)),
        )
    details = _part_of(line.details, credited.quantity / line.quantity)
    worth = to_kurus(credited.quantity * line.unit_price)
    if worth >= credited.amount:
        return replace(line, quantity=credited.quantity, discount=worth - credited.amount, details=details)
    # Half a kuruş that the whole line was rounded up by: no discount gives it.
    price = (credited.amount / credited.quantity).quantize(UNIT_PRICE_STEP, ROUND_HALF_UP)
    return replace(line, quantity=credited.quantity, unit_price=price, discount=Decimal(0), details=details)


def _part_of(details: LineDetails | None, share: Decimal) -> LineDetails | None:
    """A special base is of the whole line; everything else holds for a part of it, too."""
    if details is None or details.special_base is None:
        return details
    return replace(details, special_base=to_kurus(details.special_base * share))


def _by_amount(details: LineDetails | None) -> LineDetails | None:
    """What is charged by piece does not become less with the price."""
    return details and replace(details, taxes=tuple(tax for tax in details.taxes if tax.per_unit is None))
