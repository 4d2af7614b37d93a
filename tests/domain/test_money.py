"""Money is split to the kuruş, and nothing of it is lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import KURUS, allocate, to_kurus

amounts = st.decimals(0, 10**7, places=2)
weights = st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=20).filter(any)


@given(amounts, weights)
def test_the_parts_sum_to_the_whole_and_none_is_a_kurus_off_its_share(total: Decimal, shares: list[Decimal]) -> None:
    parts = allocate(total, shares)
    assert sum(parts) == total
    whole = sum(shares)
    assert all(abs(part - total * share / whole) < KURUS for part, share in zip(parts, shares, strict=True))


def test_the_missing_kurus_go_to_the_largest_remainders_and_earlier_parts_first() -> None:
    assert allocate(Decimal("1.00"), [Decimal(1)] * 3) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("2.76", ("5.50", "0.10", "2.50"), ("1.88", "0.03", "0.85")),
        ("3.77", ("3.20", "1.40", "3.20"), ("1.55", "0.68", "1.54")),
    ],
)
def test_of_equal_remainders_the_earlier_part_gets_the_kurus_however_its_quotient_is_written(
    total: str, weights: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    assert allocate(Decimal(total), [Decimal(each) for each in weights]) == [Decimal(each) for each in parts]


def test_nothing_can_be_allocated_to_nothing() -> None:
    with pytest.raises(ValueError, match="all weights are zero"):
        allocate(Decimal(1), [Decimal(0)])


@pytest.mark.parametrize(("amount", "rounded"), [("1.005", "1.01"), ("1.0049", "1.00"), ("2.675", "2.68")])
def test_half_a_kurus_is_rounded_up(amount: str, rounded: str) -> None:
    assert to_kurus(Decimal(amount)) == Decimal(rounded)
