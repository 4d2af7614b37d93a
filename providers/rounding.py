"""Unit prices by which a provider that computes the sums itself comes to ours, however it rounds.

No bookkeeping program publishes its rounding. `RULES` are those that are plausible, and of three forms the one is
chosen by which most of them come to what the buyer pays:

* the lines' own prices;
* bases of whole kuruş, whose sum is one from which the VAT of the whole follows, with the kuruş on lines whose own VAT
  sums to the same: right where VAT is computed for the document, and mostly where it is by line;
* bases of whole kuruş which are right by line alone: with a low rate and many lines both together cannot be had.

A line's base is then up to two kuruş off the one that it has by itself; the total is that of the order. Not every total
can be reached: no base of whole kuruş has 0.99 with 20 % of VAT, neither as a line nor as a document.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Final

from app.documents.model.lines import ZERO, InvoiceLine
from app.documents.model.taxes import VAT
from app.domain.line_prices import UNIT_PRICE_STEP
from app.domain.money import HUNDRED, KURUS, allocate, to_kurus
from providers.options import one_of

# A line's base and its rate of VAT in percent.
Part = tuple[Decimal, Decimal]
Rule = Callable[[Sequence[Part]], Decimal]
# How far a base may be from the exact one.
FARTHEST: Final = Decimal("0.015")


def by_line(parts: Sequence[Part]) -> Decimal:
    """What is to be paid where each line's base is rounded, and its VAT."""
    return _sum(to_kurus(base) + _vat(to_kurus(base), rate) for base, rate in parts)


def by_exact_line(parts: Sequence[Part]) -> Decimal:
    """The same, with the VAT of the base that is not rounded."""
    return _sum(to_kurus(base) + _vat(base, rate) for base, rate in parts)


def by_rate(parts: Sequence[Part]) -> Decimal:
    """Bases are rounded, and the VAT of the sum of a rate's."""
    bases = _by_rate((to_kurus(base), rate) for base, rate in parts)
    return _sum(bases.values()) + _sum(_vat(base, rate) for rate, base in bases.items())


def by_exact_rate(parts: Sequence[Part]) -> Decimal:
    """Only the sums are rounded: the base of the whole, and the VAT of each rate."""
    bases = _by_rate(parts)
    return to_kurus(_sum(bases.values())) + _sum(_vat(base, rate) for rate, base in bases.items())


def with_vat_at_the_end(parts: Sequence[Part]) -> Decimal:
    """Bases are rounded, and the VAT of them all together."""
    vat = _sum(base * rate / HUNDRED for base, rate in parts)
    return _sum(to_kurus(base) for base, _ in parts) + to_kurus(vat)


def at_the_end(parts: Sequence[Part]) -> Decimal:
    """Nothing is rounded but the total."""
    return to_kurus(_sum(base * (HUNDRED + rate) / HUNDRED for base, rate in parts))


OF_LINES: Final[tuple[Rule, ...]] = (by_line, by_exact_line)
OF_DOCUMENTS: Final[tuple[Rule, ...]] = (by_rate, by_exact_rate, with_vat_at_the_end, at_the_end)
RULES: Final = OF_LINES + OF_DOCUMENTS
# The option of a connection: what its owner knows of the provider's rounding.
VAT_OPTION: Final = "vat"
BY_OPTION: Final[Mapping[str, tuple[Rule, ...]]] = {"unknown": RULES, "line": OF_LINES, "document": OF_DOCUMENTS}


def rules_in(options: Mapping[str, str]) -> tuple[Rule, ...]:
    """Raises ValueError for a value that the option `vat` cannot have."""
    return BY_OPTION[one_of(options, VAT_OPTION, tuple(BY_OPTION))]


def unit_prices(lines: Sequence[InvoiceLine], rules: Sequence[Rule] = RULES) -> tuple[Decimal, ...]:
    """The price of each line, without VAT, to eight decimals; the line's own where no other form is right by more.

    Lines with another tax than VAT, a special base or VAT that is withheld keep theirs: their sums are not computed
    from base and rate alone.
    """
    own = tuple(line.unit_price for line in lines)
    if len(rules_met(lines, own, rules)) == len(rules) or not all(map(_is_plain, lines)):
        return own
    forms = [tuple(map(_price, lines, bases)) for bases in (_bases(lines, rules), _bases_by_line(lines))]
    return max(own, *forms, key=lambda prices: len(rules_met(lines, prices, rules)))


def rules_met(lines: Sequence[InvoiceLine], prices: Sequence[Decimal], rules: Sequence[Rule] = RULES) -> list[Rule]:
    """Those by which lines at these prices come to what ours do."""
    return _met(computed_from(lines, prices), _sum(line.base + line.vat for line in lines), rules)


def computed_from(lines: Sequence[InvoiceLine], prices: Sequence[Decimal]) -> list[Part]:
    """What a provider computes with: quantity x price, less the allowance, and the rate."""
    priced = zip(lines, prices, strict=True)
    return [(line.quantity * price - line.allowance, line.vat_rate) for line, price in priced]


def _is_plain(line: InvoiceLine) -> bool:
    taxes = [(tax.code, tax.base) for tax in line.taxes]
    return taxes == [(VAT, line.base)] and not line.withholdings and not line.charge


def _price(line: InvoiceLine, base: Decimal) -> Decimal:
    return ((base + line.allowance) / line.quantity).quantize(UNIT_PRICE_STEP, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class _Group:
    """The lines of one rate: what the buyer pays for each, and the places of them."""

    rate: Decimal
    places: tuple[int, ...]
    paid: tuple[Decimal, ...]

    @property
    def exact(self) -> Decimal:
        """The base in what is paid."""
        return _without_vat(_sum(self.paid), self.rate)

    def near(self) -> Iterator[Decimal]:
        """Whole kuruş that its base may be, the nearest first."""
        nearest = to_kurus(self.exact)
        steps = (ZERO, -KURUS, KURUS) if nearest > KURUS else (ZERO,)
        yield from (nearest + step for step in steps)


def _bases(lines: Sequence[InvoiceLine], rules: Sequence[Rule]) -> list[Decimal]:
    """The base of each line, in the lines' sequence."""
    groups = list(_groups(lines))
    due = _sum(line.base + line.vat for line in lines)
    wholes = _wholes(groups, due, rules)
    shares = [
        allocate(whole, group.paid) if whole else [ZERO] * len(group.paid)
        for group, whole in zip(groups, wholes, strict=True)
    ]
    _move_vat(groups, shares, due - _sum(wholes))
    _spread_what_is_left(groups, shares, due)
    placed = {
        place: base
        for group, share in zip(groups, shares, strict=True)
        for place, base in zip(group.places, share, strict=True)
    }
    return [placed[place] for place in range(len(lines))]


def _groups(lines: Sequence[InvoiceLine]) -> Iterator[_Group]:
    for rate in sorted({line.vat_rate for line in lines}):
        places = tuple(place for place, line in enumerate(lines) if line.vat_rate == rate)
        yield _Group(rate, places, tuple(lines[place].base + lines[place].vat for place in places))


def _wholes(groups: Sequence[_Group], due: Decimal, rules: Sequence[Rule]) -> tuple[Decimal, ...]:
    """A base for each rate from which the VAT of the whole follows, by as many rules as can be; nearest first."""
    rates = [group.rate for group in groups]
    choices = product(*(group.near() for group in groups))
    return max(choices, key=lambda wholes: len(_met(list(zip(wholes, rates, strict=True)), due, rules)))


def _met(parts: Sequence[Part], due: Decimal, rules: Sequence[Rule]) -> list[Rule]:
    return [rule for rule in rules if rule(parts) == due]


def _move_vat(groups: Sequence[_Group], shares: Sequence[list[Decimal]], due: Decimal) -> None:
    """Moves kuruş between lines of one rate until the VAT by line is this; each line as little as can be."""
    pairs = list(zip(groups, shares, strict=True))
    missing = due - _sum(_vat(base, group.rate) for group, share in pairs for base in share)
    step = KURUS.copy_sign(missing)
    while missing:
        moves = [move for group, share in pairs if (move := _cheapest_move(group, share, step)) is not None]
        if not moves:
            return
        _, share, changing, staying = min(moves, key=lambda move: move[0])
        share[changing] += step
        share[staying] -= step
        missing -= step


def _cheapest_move(
    group: _Group, share: list[Decimal], step: Decimal
) -> tuple[Decimal, list[Decimal], int, int] | None:
    """A line whose VAT changes with a kuruş more, and another one whose VAT does not with one less."""

    def cheapest(by: Decimal, vat: Decimal, *without: int) -> tuple[Decimal, int] | None:
        found = [
            (abs(base + by - _without_vat(paid, group.rate)), place)
            for place, (base, paid) in enumerate(zip(share, group.paid, strict=True))
            if place not in without and base and base + by > 0
            if _vat(base + by, group.rate) - _vat(base, group.rate) == vat
        ]
        return min((each for each in found if each[0] <= FARTHEST), default=None)

    changing = cheapest(step, step)
    staying = cheapest(-step, ZERO, changing[1]) if changing else None
    return (changing[0] + staying[0], share, changing[1], staying[1]) if changing and staying else None


def _spread_what_is_left(groups: Sequence[_Group], shares: Sequence[list[Decimal]], due: Decimal) -> None:
    """Where no whole kuruş is right for the whole, less than half of one on each line is, where only it is rounded."""
    flat = [(base, group.rate) for group, share in zip(groups, shares, strict=True) for base in share]
    if at_the_end(flat) == due:
        return
    for group, share in zip(groups, shares, strict=True):
        left = (group.exact - _sum(share)) / len(share)
        share[:] = [base + left if base else base for base in share]


def _bases_by_line(lines: Sequence[InvoiceLine]) -> list[Decimal]:
    """Bases that come with their VAT to the sum of the lines, each moved as little as can be."""
    exact = [_without_vat(line.base + line.vat, line.vat_rate) for line in lines]
    rates, bases = [line.vat_rate for line in lines], list(map(to_kurus, exact))
    missing = _sum(line.base + line.vat for line in lines) - by_line(list(zip(bases, rates, strict=True)))
    step = KURUS.copy_sign(missing)
    while missing:
        moves = [
            (abs(base + step - exact[place]), place)
            for place, base in enumerate(bases)
            if base and base + step > 0 and _vat(base + step, rates[place]) == _vat(base, rates[place])
        ]
        far, place = min(moves, default=(HUNDRED, 0))
        if far > FARTHEST:
            break
        bases[place] += step
        missing -= step
    return bases


def _without_vat(paid: Decimal, rate: Decimal) -> Decimal:
    return paid * HUNDRED / (HUNDRED + rate)


def _vat(base: Decimal, rate: Decimal) -> Decimal:
    return to_kurus(base * rate / HUNDRED)


def _by_rate(parts: Iterable[Part]) -> Mapping[Decimal, Decimal]:
    bases: dict[Decimal, Decimal] = {}
    for base, rate in parts:
        bases[rate] = bases.get(rate, ZERO) + base
    return bases


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
