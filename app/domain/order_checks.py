"""What an order's lines, amounts, rates, exemptions, discounts, currency and buyer must be: each rule once.

The planner checks a whole order, and each part of one that is to be a document; the documents check what a command
carries. Each gives the path of its own record.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from app.domain.discounts import amount_of, discounts_by_rate, goods_among, gross_of
from app.domain.errors import FieldError
from app.domain.invoice_details import LineDetails
from app.domain.invoice_types import REASONS_BESIDE_VAT
from app.domain.line_prices import prices_of, rates_of_nothing
from app.domain.money import LIRA, to_kurus
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import PLACEHOLDERS, Buyer, is_tckn, is_vkn
from app.domain.vat_rates import NO_EXEMPTION, RATE_CHECK, rates_between

# Twelve digits before the point, like an amount: a product of two of them would outgrow exact arithmetic.
MOST_WORTH: Final = Decimal(10) ** 12
# A unit price has eight decimals: below this quantity what is rounded off never comes to half a kuruş.
SURELY_EXACT: Final = Decimal(1_000_000)
VAT_CODE: Final = "0015"
NEEDS_VAT: Final = f"{RATE_CHECK} goes with documents of which each line has VAT, and one has none"


class Priced(Protocol):
    """What is checked of an order, and of a command's content."""

    @property
    def lines(self) -> tuple[OrderLine, ...]: ...
    @property
    def currency(self) -> str: ...
    @property
    def exchange_rate(self) -> Decimal | None: ...
    @property
    def prices_include_vat(self) -> bool: ...


def content_errors(order: Priced, root: str, reason: str | None = None) -> tuple[FieldError, ...]:
    """Every error of the currency, of each line, and of what the lines come to.

    `root` is the path of what has the lines, `reason` the exemption of lines without VAT that have no code.
    """
    path = f"{root}.lines"
    amounts = tuple(amount_errors(order.lines, path))
    return (
        *currency_errors(order, root),
        *amounts,
        *_exemption_errors(order.lines, path, reason),
        *_detail_errors(order, path),
        *(() if amounts else total_errors(order, order.lines, path)),
    )


def currency_errors(order: Priced, root: str) -> Iterator[FieldError]:
    """Every currency but the lira has its rate, and the lira has none."""
    path = f"{root}.exchange_rate"
    if order.currency != LIRA and order.exchange_rate is None:
        message = f"an order in {order.currency} needs its rate to the Turkish lira"
        yield FieldError(path=path, code="EXCHANGE_RATE_REQUIRED", message=message)
    if order.currency == LIRA and order.exchange_rate is not None:
        message = "an order in TRY has no exchange rate"
        yield FieldError(path=path, code="EXCHANGE_RATE_NOT_ALLOWED", message=message)


def amount_errors(lines: Sequence[OrderLine], path: str) -> Iterator[FieldError]:
    """Lines whose amounts cannot be, each by itself. `path` is that of the lines."""
    for index, line in enumerate(lines):
        yield from _line_errors(line, f"{path}[{index}]")


def _line_errors(line: OrderLine, path: str) -> Iterator[FieldError]:
    if abs(line.quantity * line.unit_price) >= MOST_WORTH:
        yield FieldError(path=path, code="AMOUNT_TOO_LARGE", message=f"comes to {MOST_WORTH:,f} or more")
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


def _exemption_errors(lines: Sequence[OrderLine], path: str, reason: str | None) -> Iterator[FieldError]:
    """A line without VAT has a reason, and a line with VAT none. A DISCOUNT line takes those of what it lowers."""
    for index, line in enumerate(lines):
        place = f"{path}[{index}].vat_exemption_code"
        if line.kind is LineKind.DISCOUNT:
            continue
        if line.vat_rate == 0 and line.vat_exemption_code is None and reason is None:
            message = "a line without VAT needs the code of its exemption"
            yield FieldError(path=place, code="VAT_EXEMPTION_REQUIRED", message=message)
        if line.vat_rate == 0 and line.vat_exemption_code == RATE_CHECK:
            yield FieldError(path=place, code="VAT_EXEMPTION_NOT_ALLOWED", message=NEEDS_VAT)
        goes_with_vat = (line.vat_exemption_code or "").startswith(REASONS_BESIDE_VAT)
        if line.vat_rate > 0 and line.vat_exemption_code is not None and not goes_with_vat:
            message = "a line with VAT is not exempt from it"
            yield FieldError(path=place, code="VAT_EXEMPTION_NOT_ALLOWED", message=message)


def _detail_errors(order: Priced, path: str) -> Iterator[FieldError]:
    for index, line in enumerate(order.lines):
        if line.details is not None:
            yield from _errors_of_details(line, line.details, order, f"{path}[{index}].details")


def _errors_of_details(line: OrderLine, details: LineDetails, order: Priced, path: str) -> Iterator[FieldError]:
    if line.kind is LineKind.DISCOUNT:
        message = "a discount has none: it lowers the lines of its VAT rate"
        yield FieldError(path=path, code="DETAILS_OF_A_DISCOUNT", message=message)
        return
    yield from _tax_errors(details, path)
    if details.taxes and order.prices_include_vat:
        message = "with further taxes the prices must be without VAT (prices_include_vat: false)"
        yield FieldError(path=f"{path}.taxes", code="NET_PRICES_REQUIRED", message=message)
    if details.withholding is not None and line.vat_rate == 0:
        message = "of a line without VAT nothing is withheld"
        yield FieldError(path=f"{path}.withholding", code="WITHHOLDING_WITHOUT_VAT", message=message)
    if details.special_base is not None:
        yield from _special_base_errors(line, order.lines, f"{path}.special_base")


def _tax_errors(details: LineDetails, path: str) -> Iterator[FieldError]:
    known = {VAT_CODE}
    for index, tax in enumerate(details.taxes):
        place = f"{path}.taxes[{index}]"
        if tax.code in known:
            message = "is on the line already; its VAT is in vat_rate"
            yield FieldError(path=f"{place}.code", code="TAX_TWICE", message=message)
        known.add(tax.code)
        if (tax.rate is None) == (tax.per_unit is None):
            yield FieldError(path=place, code="TAX_RATE_REQUIRED", message="has either a rate or an amount per unit")


def _special_base_errors(line: OrderLine, lines: Sequence[OrderLine], path: str) -> Iterator[FieldError]:
    if line.vat_rate == 0:
        message = "is the base of VAT, and this line has none"
        yield FieldError(path=path, code="SPECIAL_BASE_WITHOUT_VAT", message=message)
    if any(each.kind is LineKind.DISCOUNT and each.vat_rate == line.vat_rate for each in lines):
        message = "does not go with a DISCOUNT line of its VAT rate: put the discount on the line itself"
        yield FieldError(path=path, code="SPECIAL_BASE_WITH_DISCOUNT", message=message)


def reason_errors(reason: str | None, order: Priced, lines: Sequence[OrderLine], path: str) -> Iterator[FieldError]:
    """What is wrong with the exemption that an InvoiceInfo has for these lines of the order: some line must take it.

    `path` is the reason's own. Lines with other errors are not looked at.
    """
    if reason is None or any(amount_errors(lines, path)) or any(total_errors(order, lines, path)):
        return
    goods = goods_among(lines)
    comes_to_nothing = rates_of_nothing(lines, prices_include_vat=order.prices_include_vat)
    taken = {line.vat_exemption_code or reason for line in goods if line.vat_rate == 0}
    taken |= {line.vat_exemption_code for line in goods if line.vat_exemption_code}
    taken |= {reason} if reason.startswith(REASONS_BESIDE_VAT) and any(line.vat_rate for line in goods) else set()
    taken |= ({NO_EXEMPTION} if comes_to_nothing else set()) | (
        {RATE_CHECK} if any(e.vat_rate for e in goods) else set()
    )
    if reason == RATE_CHECK and _has_line_without_vat(order, lines):
        yield FieldError(path=path, code="VAT_EXEMPTION_NOT_ALLOWED", message=NEEDS_VAT)
    elif reason not in taken:
        message = "is a reason that no line takes: none is without that tax"
        yield FieldError(path=path, code="REASON_OF_NO_LINE", message=message)


def _has_line_without_vat(order: Priced, lines: Sequence[OrderLine]) -> bool:
    return not all(price.vat for price in prices_of(lines, prices_include_vat=order.prices_include_vat))


def total_errors(order: Priced, lines: Sequence[OrderLine], path: str) -> Iterator[FieldError]:
    """What these lines of the order, all or a part, cannot come to. They must be free of `amount_errors`.

    `path` is that of the lines.
    """
    worth = sum(map(amount_of, lines), Decimal(0))
    if worth <= 0:
        yield FieldError(path=path, code="NOTHING_TO_INVOICE", message="the lines come to nothing or less")
    elif discounts := tuple(discount_errors(lines, path)):
        yield from discounts
    else:
        yield from _precision_errors(lines, path, prices_include_vat=order.prices_include_vat)
    if worth * (order.exchange_rate or 1) >= MOST_WORTH:
        message = f"the lines come to {MOST_WORTH:,f} lira or more"
        yield FieldError(path=path, code="AMOUNT_TOO_LARGE", message=message)


def discount_errors(lines: Sequence[OrderLine], path: str) -> Iterator[FieldError]:
    """DISCOUNT lines whose VAT rate no other line has, and those that take off more than there is at their rate.

    `path` is that of the lines. They must be free of `amount_errors`.
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


def _precision_errors(lines: Sequence[OrderLine], path: str, *, prices_include_vat: bool) -> Iterator[FieldError]:
    """Above a million pieces eight decimals of a unit price no longer multiply back to the kuruş."""
    if all(line.quantity < SURELY_EXACT for line in lines):
        return
    indexes = [index for index, line in enumerate(lines) if line.kind is not LineKind.DISCOUNT]
    prices = prices_of(lines, prices_include_vat=prices_include_vat)
    for index, line, price in zip(indexes, goods_among(lines), prices, strict=True):
        if to_kurus(price.unit_price * line.quantity) != price.undiscounted:
            message = "so large that no unit price of eight decimals gives the line's amount; use a larger unit"
            yield FieldError(path=f"{path}[{index}].quantity", code="QUANTITY_TOO_LARGE", message=message)


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
