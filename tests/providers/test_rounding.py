"""Prices without VAT: however a provider that computes the sums itself rounds, they come to what the buyer pays."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.from_order.pricing import price_lines
from app.documents.model.lines import InvoiceLine
from app.domain.invoice_details import LineDetails, WithheldVat
from app.domain.line_prices import UNIT_PRICE_STEP
from app.domain.orders import LineKind, OrderLine
from providers.rounding import BY_OPTION, OF_LINES, RULES, computed_from, rules_in, rules_met, unit_prices
from providers.simulation.rounding import Rounding, sums_of
from tests.providers.examples import LINE

# Prices with VAT in them, and quantities, of a shop's baskets: small things, some of them many times.
PRICES: Final = ("2.55", "3.39", "2.75", "7.65", "4.25", "1.85", "1.69", "2.10", "3.75", "1.65", "4.95", "0.85", "0.99")
QUANTITIES: Final = (1, 6, 2, 8, 12, 1, 3, 32, 4, 1, 10, 24, 5, 1, 2, 48)
Bought = Sequence[tuple[str, int]]
# How many of the 300 baskets below come to another total with the lines' own prices, and with ours, by each rule.
OWN_AND_OURS: Final = {
    "by_line": (277, 4),
    "by_exact_line": (277, 4),
    "by_rate": (257, 42),
    "by_exact_rate": (257, 42),
    "with_vat_at_the_end": (257, 36),
    "at_the_end": (257, 1),
}


def basket(number: int) -> list[tuple[str, int]]:
    """One of three hundred that are the same at each run; as many lines as real ones, from one to many."""
    count = 1 + number * number % 41
    return [
        (PRICES[(number + 5 * place) % len(PRICES)], QUANTITIES[(3 * number + 7 * place) % len(QUANTITIES)])
        for place in range(count)
    ]


def lines_of(bought: Bought, *rates: int, with_vat: bool = True) -> tuple[InvoiceLine, ...]:
    """A document's lines, whose rates are these by turns."""
    ordered = [
        replace(
            LINE,
            line_reference=f"{place}",
            unit_price=Decimal(price),
            quantity=Decimal(quantity),
            vat_rate=Decimal(rates[place % len(rates)]),
        )
        for place, (price, quantity) in enumerate(bought)
    ]
    return price_lines(ordered, prices_include_vat=with_vat)


def wrong_by_rule(prices_of: object, *rates: int) -> Counter[str]:
    """By each rule, how many of the three hundred are wrong."""
    found: Counter[str] = Counter()
    for number in range(300):
        lines = lines_of(basket(number), *rates)
        met = rules_met(lines, prices_of(lines))  # type: ignore[operator]
        found.update(rule.__name__ for rule in RULES if rule not in met)
    return found


def own_prices(lines: Sequence[InvoiceLine]) -> tuple[Decimal, ...]:
    return tuple(line.unit_price for line in lines)


def test_three_hundred_baskets_come_to_their_total_by_almost_every_rule() -> None:
    """Those that do not are totals that no base of whole kuruş has, by line or for the document."""
    own, ours = wrong_by_rule(own_prices, 20), wrong_by_rule(unit_prices, 20)
    assert {rule.__name__: (own[rule.__name__], ours[rule.__name__]) for rule in RULES} == OWN_AND_OURS


@pytest.mark.parametrize(("vat", "wrong"), [("unknown", 66), ("line", 25)])
def test_a_low_rate_of_many_lines_is_right_by_line_where_the_connection_says_that_it_is_computed_so(
    vat: str, wrong: int
) -> None:
    rules = rules_in({"vat": vat})
    assert wrong_by_rule(lambda lines: unit_prices(lines, rules), 10)["by_line"] == wrong


def test_the_rates_of_a_document_share_its_total_by_the_rules_of_the_connection_alone() -> None:
    """Of bases that are right for documents as well, three baskets more are not right by both rules of lines."""
    baskets = [lines_of(basket(number), 1, 20) for number in range(300)]
    met = [rules_met(lines, unit_prices(lines, OF_LINES), OF_LINES) for lines in baskets]
    assert sum(len(each) < len(OF_LINES) for each in met) == 11


@pytest.mark.parametrize("rates", [(20,), (10, 20), (1, 10, 20), (20, 0)])
@given(
    bought=st.lists(st.tuples(st.decimals("0.01", 900, places=2), st.integers(1, 60)), min_size=1, max_size=12),
    with_vat=st.booleans(),
)
def test_no_price_is_far_from_the_order_and_no_rule_is_lost_for_nothing(
    rates: tuple[int, ...], bought: list[tuple[Decimal, int]], *, with_vat: bool
) -> None:
    lines = lines_of([(f"{price}", quantity) for price, quantity in bought], *rates, with_vat=with_vat)
    prices = unit_prices(lines)
    assert len(rules_met(lines, prices)) >= len(rules_met(lines, own_prices(lines)))
    for line, (base, _) in zip(lines, computed_from(lines, prices), strict=True):
        # Two kuruş, and what a price of eight decimals is off its base.
        assert abs(base - line.base) <= Decimal("0.02") + line.quantity * UNIT_PRICE_STEP / 2


@given(bought=st.lists(st.tuples(st.sampled_from(PRICES), st.integers(1, 9)), min_size=3, max_size=30))
def test_by_line_any_basket_of_several_lines_at_twenty_per_cent_is_right(bought: list[tuple[str, int]]) -> None:
    lines = lines_of(bought, 20)
    assert set(OF_LINES) <= set(rules_met(lines, unit_prices(lines, OF_LINES)))


def test_what_lines_have_off_goes_beside_their_prices() -> None:
    lines = price_lines(
        [
            replace(LINE, quantity=Decimal(1), unit_price=Decimal("9.99")),
            replace(LINE, line_reference="L2", quantity=Decimal(1), unit_price=Decimal("4.99")),
            replace(LINE, line_reference="D", quantity=Decimal(1), unit_price=Decimal("-1.98"), kind=LineKind.DISCOUNT),
        ],
        prices_include_vat=True,
    )
    assert all(line.allowance for line in lines)
    assert rules_met(lines, unit_prices(lines)) == list(RULES)


@pytest.mark.parametrize("price", ["100.00", "1.20", "0.12"])
def test_a_price_that_is_right_by_every_rule_stays_as_it_is(price: str) -> None:
    lines = lines_of([(price, 1)], 20)
    assert unit_prices(lines) == own_prices(lines)


def test_a_total_that_no_base_in_kurus_has_is_right_where_only_the_total_is_rounded() -> None:
    lines = lines_of([("0.99", 1)], 20)
    assert [rule.__name__ for rule in rules_met(lines, unit_prices(lines))] == ["at_the_end"]


def test_lines_with_withheld_vat_keep_their_prices() -> None:
    ordered = OrderLine(
        line_reference="L1",
        name="Temizlik",
        quantity=Decimal(1),
        unit_price=Decimal("0.99"),
        vat_rate=Decimal(20),
        details=LineDetails(withholding=WithheldVat(code="612")),
    )
    lines = price_lines([ordered], prices_include_vat=True)
    assert unit_prices(lines) == own_prices(lines)


@pytest.mark.parametrize("rounding", Rounding)
def test_each_rule_is_one_that_the_simulators_know(rounding: Rounding) -> None:
    parts = [(Decimal("2.125"), Decimal(20)), (Decimal("0.835"), Decimal(20)), (Decimal("4.5454"), Decimal(10))]
    rule = dict(zip(Rounding, RULES, strict=True))[rounding]
    assert sum(sums_of(parts, rounding)) == rule(parts)


def test_what_is_no_word_of_the_option_is_refused() -> None:
    assert rules_in({}) == RULES
    assert tuple(BY_OPTION) == ("unknown", "line", "document")
    with pytest.raises(ValueError, match="option vat must be one of unknown, line, document, not 'kuruş'"):
        rules_in({"vat": "kuruş"})
