"""What an order's lines and its buyer must be: rules that both planner and issuer ask, each of its own record.

The planner asks them of a whole order; the issuer again, because a document may cover a part of it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from app.domain.discounts import amount_of, discounts_by_rate, goods_among, gross_of
from app.domain.errors import FieldError
from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import PLACEHOLDERS, Buyer, is_tckn, is_vkn
from app.domain.vat_rates import rates_between


def line_errors(line: OrderLine, path: str) -> Iterator[FieldError]:
    """What one line's amounts say wrong, in whole kuruş."""
    if line.quantity <= 0:
        yield FieldError(path=f"{path}.quantity", code="QUANTITY_NOT_POSITIVE", message="must be above zero")
    if line.discount < 0:
        yield FieldError(path=f"{path}.discount", code="DISCOUNT_NEGATIVE", message="must not be below zero")
    if line.kind is LineKind.DISCOUNT:
        if line.unit_price > 0:
            message = "a discount lowers the price"
            yield FieldError(path=f"{path}.unit_price", code="DISCOUNT_NOT_NEGATIVE", message=message)
    elif line.unit_price < 0:
        message = "only a DISCOUNT line may be negative"
        yield FieldError(path=f"{path}.unit_price", code="PRICE_NEGATIVE", message=message)
    elif line.discount > 0 and to_kurus(line.discount) > gross_of(line) and line.quantity > 0:
        yield FieldError(path=f"{path}.discount", code="DISCOUNT_TOO_LARGE", message="is larger than the line itself")


def discount_errors(lines: Sequence[OrderLine], path: str) -> Iterator[FieldError]:
    """DISCOUNT lines whose VAT rate no other line has, and those that take off more than there is at their rate.

    `path` is that of the lines. They must be free of `line_errors`.
    """
    goods, reported = goods_among(lines), set[Decimal]()
    taken = discounts_by_rate(lines)
    for index, line in enumerate(lines):
        if line.kind is not LineKind.DISCOUNT or line.vat_rate not in taken or line.vat_rate in reported:
            continue
        reported.add(line.vat_rate)
        lowered = [amount_of(each) for each in goods if each.vat_rate == line.vat_rate]
        if not lowered:
            message = f"no line has {line.vat_rate} % VAT: a discount lowers the lines of its own rate"
            yield FieldError(path=f"{path}[{index}].vat_rate", code="DISCOUNT_RATE_OF_NO_LINE", message=message)
        elif taken[line.vat_rate] > sum(lowered):
            message = f"the discounts at {line.vat_rate} % VAT come to {taken[line.vat_rate]}, their lines to less"
            yield FieldError(path=f"{path}[{index}]", code="DISCOUNT_EXCEEDS_GOODS", message=message)


def vat_rate_errors(lines: Sequence[OrderLine], path: str, first: date, last: date) -> Iterator[FieldError]:
    """Rates that were not in force on any day between the order and its arrival. `path` is that of the lines."""
    known = rates_between(first, last)
    for index, line in enumerate(lines):
        if line.vat_rate not in known:
            listed = ", ".join(map(str, known))
            then = f"on {last}" if first == last else f"between {first} and {last}"
            message = f"was no VAT rate {then}; in percent they are {listed}"
            yield FieldError(path=f"{path}[{index}].vat_rate", code="VAT_RATE_UNKNOWN", message=message)


def buyer_errors(buyer: Buyer, path: str) -> Iterator[FieldError]:
    """A tax number is one, or one of those written for a buyer who has none; a TCKN is a person's, of two names."""
    number = buyer.tax_number
    if number is None or number in PLACEHOLDERS:
        return
    is_person = is_tckn(number)
    if not (is_person or is_vkn(number)):
        yield FieldError(
            path=f"{path}.tax_number",
            code="TAX_NUMBER_INVALID",
            message="is neither a VKN (10 digits) nor a TCKN (11 digits) with right check digits",
        )
    elif is_person and buyer.family_name is None and " " not in buyer.name:
        yield FieldError(
            path=f"{path}.family_name",
            code="FAMILY_NAME_REQUIRED",
            message="a person with a TCKN needs first and family name",
        )
