"""What lists can be narrowed to, in an address: each parameter once, in one form."""

from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator, Field, WithJsonSchema

from app.domain.documents import Attention, DocumentState, Intent
from app.domain.lexical import CLOCK
from app.tracking.orders import OrderState
from app.tracking.read_model.filters import MOST_ROWS
from app.web.api.wire.model import OrderReference, WireDay, WireModel

USUAL_ROWS: Final = 50
_FLAGS: Final = {"true": True, "false": False}
_LONGEST_CURSOR: Final = 1000
# Below what proxies wait for an answer.
LONGEST_WAIT: Final = 30


def _count(text: object) -> object:
    """Digits alone: an address has no other numbers."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 9 else text  # noqa: PLR2004


def _flag(text: object) -> object:
    return _FLAGS.get(text, text) if isinstance(text, str) else text


def _number(least: int, most: int, said: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": least, "maximum": most, "description": said})


Limit = Annotated[
    int, BeforeValidator(_count), Field(strict=True, ge=1, le=MOST_ROWS), _number(1, MOST_ROWS, "Rows of a page.")
]
Flag = Annotated[bool, BeforeValidator(_flag), Field(strict=True), WithJsonSchema({"type": "boolean"})]
Time = Annotated[
    AwareDatetime,
    CLOCK,
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-02T09:00:00Z"]}),
]
Cursor = Annotated[
    str, Field(max_length=_LONGEST_CURSOR, pattern=r"^[A-Za-z0-9_-]+$", description="`next` of the page before.")
]
Words = Annotated[str, Field(min_length=1, max_length=200, description="Words of references, numbers or the buyer.")]
TaxNumber = Annotated[str, Field(pattern=r"^[0-9]{10,11}$", description="The buyer's VKN or TCKN.")]
Short = Annotated[str, Field(min_length=1, max_length=64)]


class PageQuery(WireModel):
    """How much of a list, and from where."""

    limit: Limit = USUAL_ROWS
    cursor: Cursor | None = None


class OrdersQuery(PageQuery):
    """Orders."""

    state: OrderState | None = None
    attention: Flag | None = None
    provider: Short | None = None
    connection: Short | None = None
    tax_number: TaxNumber | None = None
    ordered_from: WireDay | None = None
    ordered_to: WireDay | None = None
    changed_from: Time | None = None
    changed_before: Time | None = None
    q: Words | None = None


class WantedDocuments(WireModel):
    """Documents. Days are Turkey's, and included. `issueBy`: not issued, and by law to be until this day."""

    intent: Intent | None = None
    order_reference: OrderReference | None = None
    state: DocumentState | None = None
    attention: Attention | None = None
    waits: Flag | None = None
    provider: Short | None = None
    connection: Short | None = None
    number: Short | None = None
    ettn: Short | None = None
    tax_number: TaxNumber | None = None
    issued_from: WireDay | None = None
    issued_to: WireDay | None = None
    began_from: WireDay | None = None
    began_to: WireDay | None = None
    began_before: Time | None = None
    issue_by: WireDay | None = None
    changed_from: Time | None = None
    changed_before: Time | None = None
    q: Words | None = None


class DocumentsQuery(WantedDocuments, PageQuery):
    """A page of them."""


class OpenLinesQuery(PageQuery):
    """Lines that are neither on a document nor cancelled."""

    order_reference: OrderReference | None = None
    open_before: Time | None = None


class WaitQuery(WireModel):
    """How many seconds the answer may wait for the outcome."""

    wait: Annotated[
        int,
        BeforeValidator(_count),
        Field(strict=True, ge=0, le=LONGEST_WAIT),
        _number(0, LONGEST_WAIT, "Seconds to wait for the outcome."),
    ] = 0


class RequestsQuery(WaitQuery):
    """A request by its client's own id."""

    business_code: Short
    x_request_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
