"""Where an error of an event is in the body that the event was made of: a path in the wire's spelling."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pydantic.alias_generators import to_camel

from app.domain.errors import FieldError
from app.domain.field_errors import json_path

_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
# By the way to it, without the places in lists: what a step is called, and () where it is none. `[]` is the place of a
# list's entry whose own name follows.
_CALLED: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        ("body",): (),
        ("body", "lines"): ("items",),
        ("body", "lines", "line_reference"): ("orderItemReference",),
        ("body", "lines", "name"): ("description",),
        ("body", "lines", "sku"): ("productId",),
        ("body", "lines", "unit_price"): ("grossUnitPrice",),
        ("body", "lines", "vat_rate"): ("vatPercent",),
        ("body", "lines", "kind"): ("positionType",),
        ("body", "lines", "discount"): ("discountAmount",),
        ("body", "lines", "amount"): ("grossUnitPrice",),
        ("body", "line_references"): ("items", "[]", "orderItemReference"),
        ("body", "payment"): ("paymentReference",),
        ("body", "payment", "method"): ("paymentMethodName",),
        ("body", "payment", "name"): ("paymentMethodName",),
        ("body", "payment", "paid_on"): ("paymentDetails", "authorizationDate"),
        ("body", "correction_reference"): ("goodwillReference",),
        ("person",): ("billToAddress",),
        ("person", "buyer"): (),
        ("person", "buyer", "name"): ("firstName",),
        ("person", "buyer", "family_name"): ("lastName",),
        ("person", "buyer", "tax_number"): ("taxIdentificationNumber",),
        ("person", "buyer", "address"): (),
        ("person", "buyer", "address", "city"): ("postalPlace",),
        ("person", "buyer", "address", "country"): ("countryCode",),
    }
)
# What is not in the body at all.
_ELSEWHERE: Final = MappingProxyType(
    {
        "$.business": "path:businessCode",
        "$.order_reference": "path:orderReference",
        "$.customer_number": "path:customerNumber",
        "$.body.customer_number": "path:customerNumber",
        "$.body.document_id": "path:documentId",
        "$.request_id": "header:X-Request-ID",
    }
)
# A correction names its invoice in the address, and has what is otherwise in one object.
_OF_CORRECTION: Final = MappingProxyType({**_ELSEWHERE, "$.body.document_id": "path:invoiceReference"})
_OF_ORDER: Final = frozenset({"items", "billToAddress"})


def on_the_wire(error: FieldError, event_type: str | None = None) -> FieldError:
    """The same error with its path as the sender of the body finds it. `event_type`: of the event that it is in."""
    return FieldError(path=wire_path(error.path, event_type), code=error.code, message=error.message)


def wire_path(path: str, event_type: str | None = None) -> str:
    """`$.body.lines[0].vat_rate` → `$.items[0].vatPercent`. InvoiceInfo's own names stay as they are."""
    is_correction = event_type == "InvoiceCorrected"
    if elsewhere := (_OF_CORRECTION if is_correction else _ELSEWHERE).get(path):
        return elsewhere
    way: tuple[str, ...] = ()
    steps: list[str | int] = []
    for name, place in _STEP.findall(path):
        if place:
            _put(steps, int(place))
        else:
            way = (*way, name)
            called = _CALLED.get(way, (to_camel(name) if name[:1].islower() else name,))
            steps.extend(called)
    within = ("order",) if is_correction and steps and steps[0] in _OF_ORDER else ()
    return json_path([*within, *(step for step in steps if step != "[]")])


def _put(steps: list[str | int], place: int) -> None:
    if "[]" in steps:
        steps[steps.index("[]")] = place
    else:
        steps.append(place)
