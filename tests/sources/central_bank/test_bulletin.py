"""The bank's bulletin: which numbers are taken out of it, and what is none."""

from decimal import Decimal

import pytest

from app.domain.policy import RateKind
from app.sources.central_bank.bulletin import BulletinUnreadableError, read_bulletin


def bulletin(currencies: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><Tarih_Date>{currencies}</Tarih_Date>'.encode()


def currency(code: str, unit: str = "1", **rates: str) -> str:
    elements = "".join(f"<{name}>{rate}</{name}>" for name, rate in rates.items())
    return f'<Currency Kod="{code}" CurrencyCode="{code}"><Unit>{unit}</Unit>{elements}</Currency>'


def test_each_kind_of_rate_is_lira_for_one_unit() -> None:
    content = bulletin(
        currency("USD", ForexBuying="42.1234", ForexSelling="42.2", BanknoteBuying="42.1", BanknoteSelling="42.4")
        + currency("JPY", "100", ForexBuying="27.4523")
    )
    assert read_bulletin(content) == {
        ("USD", RateKind.FOREX_BUYING): Decimal("42.123400"),
        ("USD", RateKind.FOREX_SELLING): Decimal("42.200000"),
        ("USD", RateKind.BANKNOTE_BUYING): Decimal("42.100000"),
        ("USD", RateKind.BANKNOTE_SELLING): Decimal("42.400000"),
        ("JPY", RateKind.FOREX_BUYING): Decimal("0.274523"),
    }


def test_a_rate_that_is_empty_or_no_number_is_none() -> None:
    content = bulletin(currency("USD", ForexBuying="42", ForexSelling="", BanknoteBuying="NaN", BanknoteSelling="-1"))
    assert read_bulletin(content) == {("USD", RateKind.FOREX_BUYING): Decimal(42)}


@pytest.mark.parametrize("lira", ["1e999999", "1e30", "1000000000000", "0.0000001", "Infinity", "sNaN"])
def test_a_rate_that_no_order_could_have_is_none(lira: str) -> None:
    content = bulletin(currency("USD", ForexBuying=lira, ForexSelling="42.2") + currency("EUR", "0", ForexBuying="49"))
    assert read_bulletin(content) == {("USD", RateKind.FOREX_SELLING): Decimal("42.2")}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>hata</body></html>",
        bulletin(""),
        bulletin(currency("USD", "0", ForexBuying="42")),
        b'<!DOCTYPE x [<!ENTITY e "1">]>' + bulletin(currency("USD", ForexBuying="42")),
    ],
)
def test_what_is_no_bulletin_is_not_read(content: bytes) -> None:
    with pytest.raises(BulletinUnreadableError):
        read_bulletin(content)
