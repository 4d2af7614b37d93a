"""Why an order's lines cannot become a document: every reason in one tuple, with its JSON path in the command."""

from collections.abc import Iterator
from typing import Final

from app.documents.arithmetic import amount_of, discount_of, goods_among, price_lines
from app.documents.codelists import codes
from app.domain.commands import DocumentOrder
from app.domain.errors import FieldError
from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import TCKN_LENGTH, Buyer, Person, is_tckn, is_vkn

LIRA: Final = "TRY"


def faults_of(order: DocumentOrder, person: Person | None) -> tuple[FieldError, ...]:
    """Empty when the order can be drawn up. Checked again here because a document may cover a part of an order."""
    line_faults = tuple(fault for index, line in enumerate(order.lines) for fault in _line_faults(line, index))
    return (
        *_currency_faults(order),
        *line_faults,
        *(() if line_faults else _total_faults(order)),
        *(_buyer_faults(person.buyer) if person else ()),
    )


def _currency_faults(order: DocumentOrder) -> Iterator[FieldError]:
    if order.currency != LIRA and order.exchange_rate is None:
        yield FieldError(
            path="$.order.exchange_rate",
            code="EXCHANGE_RATE_REQUIRED",
            message=f"a document in {order.currency} needs its rate to the Turkish lira",
        )
    if order.currency == LIRA and order.exchange_rate is not None:
        yield FieldError(
            path="$.order.exchange_rate", code="EXCHANGE_RATE_NOT_ALLOWED", message="a document in TRY has none"
        )


def _line_faults(line: OrderLine, index: int) -> Iterator[FieldError]:
    path = f"$.order.lines[{index}]"
    if line.quantity <= 0:
        yield FieldError(path=f"{path}.quantity", code="QUANTITY_NOT_POSITIVE", message="must be above zero")
    if line.discount < 0:
        yield FieldError(path=f"{path}.discount", code="DISCOUNT_NEGATIVE", message="must not be below zero")
    if line.kind is LineKind.DISCOUNT:
        if line.unit_price > 0:
            yield FieldError(
                path=f"{path}.unit_price", code="DISCOUNT_NOT_NEGATIVE", message="a discount lowers the price"
            )
        return
    if line.unit_price < 0:
        yield FieldError(
            path=f"{path}.unit_price", code="PRICE_NEGATIVE", message="only a DISCOUNT line may be negative"
        )
    elif line.discount > line.quantity * line.unit_price:
        yield FieldError(path=f"{path}.discount", code="DISCOUNT_TOO_LARGE", message="is larger than the line itself")
    if line.unit not in codes("unit_codes"):
        message = "is no unit that GİB takes: C62 is pieces, KGM kilograms, HUR hours"
        yield FieldError(path=f"{path}.unit", code="UNIT_UNKNOWN", message=message)
    yield from _exemption_faults(line, path)


def _exemption_faults(line: OrderLine, path: str) -> Iterator[FieldError]:
    if line.vat_rate == 0 and line.vat_exemption_code is None:
        yield FieldError(
            path=f"{path}.vat_exemption_code",
            code="VAT_EXEMPTION_REQUIRED",
            message="a line without VAT needs the code of its exemption",
        )
    if line.vat_rate > 0 and line.vat_exemption_code is not None:
        yield FieldError(
            path=f"{path}.vat_exemption_code",
            code="VAT_EXEMPTION_NOT_ALLOWED",
            message="a line with VAT is not exempt from it",
        )


def _total_faults(order: DocumentOrder) -> Iterator[FieldError]:
    goods, discount = goods_among(order.lines), discount_of(order.lines)
    worth = sum(map(amount_of, goods)) - discount
    if not goods:
        yield FieldError(path="$.order.lines", code="NO_GOODS", message="there is nothing here but discounts")
    elif worth < 0:
        yield FieldError(
            path="$.order.lines",
            code="DISCOUNT_EXCEEDS_GOODS",
            message=f"the discounts of {discount} are larger than what they are taken off",
        )
    elif worth == 0:
        yield FieldError(path="$.order.lines", code="NOTHING_TO_INVOICE", message="the lines come to nothing")
    else:
        yield from _precision_faults(order)


def _precision_faults(order: DocumentOrder) -> Iterator[FieldError]:
    """Above a million pieces eight decimals of a unit price no longer multiply back to the kuruş."""
    indexes = [index for index, line in enumerate(order.lines) if line.kind is not LineKind.DISCOUNT]
    priced = price_lines(order.lines, prices_include_vat=order.prices_include_vat)
    for index, line in zip(indexes, priced, strict=True):
        if to_kurus(line.unit_price * line.quantity) - line.allowance != line.base:
            yield FieldError(
                path=f"$.order.lines[{index}].quantity",
                code="QUANTITY_TOO_LARGE",
                message="so large that no unit price of eight decimals gives the line's amount; use a larger unit",
            )


def _buyer_faults(buyer: Buyer) -> Iterator[FieldError]:
    number = buyer.tax_number
    if number is None:
        return
    if not (is_vkn(number) or is_tckn(number)):
        yield FieldError(
            path="$.person.buyer.tax_number",
            code="TAX_NUMBER_INVALID",
            message="is neither a VKN (10 digits) nor a TCKN (11 digits) with right check digits",
        )
    if len(number) == TCKN_LENGTH and buyer.family_name is None:
        yield FieldError(
            path="$.person.buyer.family_name",
            code="FAMILY_NAME_REQUIRED",
            message="a person with a TCKN needs first and family name",
        )
