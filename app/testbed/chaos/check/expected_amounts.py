"""What an order's lines come to on a document: reckoned in whole kuruş from the order alone, by no code of the product.

The accounting interface's terms: a line's price holds its VAT where the order says so; a discount is a line of its own
that lowers those of its own VAT rate in proportion, each in whole kuruş, and the largest remainders take the rest.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from app.domain.orders import LineKind, OrderLine
from app.testbed.chaos.check.evidence import MadeLine, in_order
from app.testbed.chaos.check.vocabulary import in_kurus, money


def reckoned(lines: Sequence[OrderLine], *, with_vat: bool) -> tuple[MadeLine, ...]:
    """The lines as they must stand at the provider. `with_vat`: the order's prices hold it."""
    goods = [line for line in lines if line.kind is not LineKind.DISCOUNT]
    found: list[MadeLine] = []
    for rate in {line.vat_rate for line in goods}:
        off = -sum(_worth(line) for line in lines if line.kind is LineKind.DISCOUNT and line.vat_rate == rate)
        lowered = [line for line in goods if line.vat_rate == rate]
        worths = list(map(_worth, lowered))
        parts = zip(lowered, worths, _parts(off, worths), strict=True)
        found += [_line(line, worth - part, with_vat=with_vat) for line, worth, part in parts]
    return in_order(found)


def can_be_invoiced(lines: Sequence[OrderLine]) -> bool:
    """Whether they come to something, and no rate has more taken off than it has."""
    rates = {line.vat_rate for line in lines}
    sums = [sum(_worth(line) for line in lines if line.vat_rate == rate) for rate in rates]
    return bool(sums) and min(sums) >= 0 and sum(sums) > 0


def payable(lines: Iterable[MadeLine]) -> Decimal:
    """What the buyer pays for them."""
    return sum((amount for line in lines for amount in (line.net, line.vat) if amount is not None), Decimal(0))


def _worth(line: OrderLine) -> int:
    return in_kurus(Fraction(line.quantity) * Fraction(line.unit_price) - Fraction(line.discount))


def _parts(off: int, worths: Sequence[int]) -> list[int]:
    """`off` in proportion to the worths."""
    whole = sum(worths)
    if off == 0 or whole == 0:
        return [0] * len(worths)
    shares = [divmod(off * worth, whole) for worth in worths]
    parts = [share for share, _ in shares]
    largest = sorted(range(len(parts)), key=lambda at: -shares[at][1])  # of equal ones the earlier comes first
    for at in largest[: off - sum(parts)]:
        parts[at] += 1
    return parts


def _line(line: OrderLine, worth: int, *, with_vat: bool) -> MadeLine:
    rate = Fraction(line.vat_rate) / 100
    amount = Fraction(worth, 100)
    net = in_kurus(amount / (1 + rate)) if with_vat else worth
    vat = worth - net if with_vat else in_kurus(amount * rate)
    return MadeLine(name=line.name, quantity=line.quantity, net=money(net), vat=money(vat))
