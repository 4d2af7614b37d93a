"""Why an order's content cannot become a document: every reason in one list, with its JSON path in the command."""

from collections.abc import Iterable, Iterator

from app.documents.codelists import codes
from app.domain.commands import DocumentOrder
from app.domain.errors import FieldError
from app.domain.invoice_types import reason_of, type_errors
from app.domain.order_checks import buyer_errors, content_errors
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import Person


def order_errors(order: DocumentOrder, person: Person | None) -> tuple[FieldError, ...]:
    """Empty when the order can be made into a document: the planner's rules again, and GİB's list of units."""
    return (
        *content_errors(order, "$.order"),
        *_unit_errors(order),
        *_type_errors(order),
        *(buyer_errors(person.buyer, "$.person.buyer") if person else ()),
    )


def _type_errors(order: DocumentOrder) -> Iterator[FieldError]:
    info = order.invoice_info
    given = info.invoice_type if info else None
    path = "$.order.lines" if given is None else "$.order.invoice_info.InvoiceType"
    yield from type_errors(given, order.lines, reason_of(info), path)


def exemption_codes_of(lines: Iterable[OrderLine]) -> tuple[str, ...]:
    """The reasons that an order's lines have, each once: all that is known where no invoice can be made."""
    return tuple(sorted({line.vat_exemption_code for line in lines if line.vat_exemption_code}))


def _unit_errors(order: DocumentOrder) -> Iterator[FieldError]:
    for index, line in enumerate(order.lines):
        if line.kind is not LineKind.DISCOUNT and line.unit not in codes("unit_codes"):
            message = "is no unit that GİB takes: C62 is pieces, KGM kilograms, HUR hours"
            yield FieldError(path=f"$.order.lines[{index}].unit", code="UNIT_UNKNOWN", message=message)
