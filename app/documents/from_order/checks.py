"""Why an order's lines cannot become a document: every reason in one tuple, with its JSON path in the command."""

from collections.abc import Iterable, Iterator
from typing import Final

from app.documents.codelists import codes
from app.documents.from_order.pricing import price_lines
from app.domain.commands import DocumentOrder
from app.domain.discounts import amount_of, goods_among
from app.domain.errors import FieldError
from app.domain.money import LIRA, to_kurus
from app.domain.order_checks import buyer_errors, discount_errors, line_errors
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import Person

LINES: Final = "$.order.lines"


def order_errors(order: DocumentOrder, person: Person | None) -> tuple[FieldError, ...]:
    """Empty when the order can be drawn up. Checked again here because a document may cover a part of an order."""
    line_faults = tuple(fault for index, line in enumerate(order.lines) for fault in _line_faults(line, index))
    return (
        *_currency_faults(order),
        *line_faults,
        *(() if line_faults else _total_faults(order)),
        *(buyer_errors(person.buyer, "$.person.buyer") if person else ()),
    )


def exemption_codes_of(lines: Iterable[OrderLine]) -> tuple[str, ...]:
    """The reasons that an order's lines say, each once: all that is known where no invoice can be drawn up."""
    return tuple(sorted({line.vat_exemption_code for line in lines if line.vat_exemption_code}))


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
    path = f"{LINES}[{index}]"
    yield from line_errors(line, path)
    if line.kind is LineKind.DISCOUNT:
        return
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
    goods, discounts = goods_among(order.lines), tuple(discount_errors(order.lines, LINES))
    if not goods:
        yield FieldError(path=LINES, code="NO_GOODS", message="there is nothing here but discounts")
    elif discounts:
        yield from discounts
    elif not sum(map(amount_of, order.lines)):
        yield FieldError(path=LINES, code="NOTHING_TO_INVOICE", message="the lines come to nothing")
    else:
        yield from _precision_faults(order)


def _precision_faults(order: DocumentOrder) -> Iterator[FieldError]:
    """Above a million pieces eight decimals of a unit price no longer multiply back to the kuruş."""
    indexes = [index for index, line in enumerate(order.lines) if line.kind is not LineKind.DISCOUNT]
    priced = price_lines(order.lines, prices_include_vat=order.prices_include_vat)
    for index, line in zip(indexes, priced, strict=True):
        if to_kurus(line.unit_price * line.quantity) - line.allowance != line.base:
            yield FieldError(
                path=f"{LINES}[{index}].quantity",
                code="QUANTITY_TOO_LARGE",
                message="so large that no unit price of eight decimals gives the line's amount; use a larger unit",
            )
