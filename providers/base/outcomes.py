"""What became of one attempt to make or to cancel something."""

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.text import STRICT
from providers.texts import MOST_CODE, MOST_NUMBER, MOST_REFERENCE, listed, named, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Surely nothing was made: no connection, a quota, a login. `needs_owner`: do not repeat it by yourself."""

    __pydantic_config__ = STRICT

    why: str
    retry_after: float | None = None
    needs_owner: bool = False

    def __post_init__(self) -> None:
        keep(self, why=plain(self.why), retry_after=wait_of(self.retry_after), needs_owner=bool(self.needs_owner))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Surely nothing was made, and the same request will be refused again.

    `instead`: the provider says that the other document type is right (the buyer is, or is not, registered).
    """

    __pydantic_config__ = STRICT

    errors: tuple[FieldError, ...]
    instead: DocumentType | None = None

    def __post_init__(self) -> None:
        keep(self, errors=listed(self.errors), instead=DocumentType(self.instead) if self.instead else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It is not known whether something was made. Anything that is not recognised is this.

    `retry_after`: in so many seconds the connection's next request may leave.
    """

    __pydantic_config__ = STRICT

    why: str
    retry_after: float | None = None

    def __post_init__(self) -> None:
        keep(self, why=plain(self.why), retry_after=wait_of(self.retry_after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It is there, live and ours. `state` is the legal state as far as this answer has it.

    `reference` is the provider's name for it. `document_type`: as which kind it was made, where the answer says so.
    `payable`: what the buyer has to pay by the provider's own figures, where it shows them before the legal step.
    `job`: the provider's name of its work on it that has not ended, for the one who asks for its end.
    `returned`: the provider's word for a document that its buyer has returned, which is no legal state: `state` is then
    the one before it, and a person is asked. Raises ValueError for what no document can have: see `seen`.
    """

    __pydantic_config__ = STRICT

    reference: str
    state: DocumentState
    ettn: str | None = None
    number: str | None = None
    errors: tuple[FieldError, ...] = ()
    returned: str | None = None
    document_type: DocumentType | None = None
    payable: Decimal | None = None
    job: str | None = None

    def __post_init__(self) -> None:
        keep(
            self,
            reference=named(self.reference, MOST_REFERENCE) or "",
            state=DocumentState(self.state),
            ettn=named(self.ettn, MOST_REFERENCE),
            number=named(self.number, MOST_NUMBER),
            errors=listed(self.errors),
            returned=plain(self.returned, MOST_CODE) if self.returned else None,
            document_type=DocumentType(self.document_type) if self.document_type else None,
            payable=sum_of(self.payable),
            job=named(self.job, MOST_REFERENCE),
        )


Outcome = NotSent | Refused | Unknown | Done
# These classes hold what is written down of an answer, so they hold its bounds, and refuse values of another type with
# ValueError or TypeError: an adapter cannot forget it, and the engine takes its exception for no answer.


def seen(
    *,
    reference: object,
    state: DocumentState,
    ettn: object = None,
    number: object = None,
    errors: tuple[FieldError, ...] = (),
    returned: str | None = None,
    document_type: object = None,
    payable: object = None,
) -> Done | None:
    """The document that an answer shows, its values taken as they came.

    None when one of them is nothing that a document can have: a number that is no text, or one too long to be a number.
    A fact with it could not be read again, so the answer is not understood.
    """
    given = {"reference": reference, "ettn": ettn, "number": number, "document_type": document_type, "payable": payable}
    values = cast("dict[str, Any]", given)
    try:
        return Done(state=state, errors=errors, returned=returned, **values) if reference else None
    except ValueError:
        return None


def refused_by_buyer(reason: object) -> tuple[FieldError, ...]:
    """Why the buyer has refused a document: its own words, as far as the provider shows them."""
    said = reason if reason and isinstance(reason, str) else "the buyer gives no reason"
    return (FieldError(path="$", code="REFUSED_BY_BUYER", message=said),)


def sum_of(value: object) -> Decimal | None:
    """A sum of money as JSON has it. Raises ValueError for what is none."""
    if value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValueError(f"{value!r} is no sum of money")
    return found


def wait_of(value: float | None) -> float | None:
    """Raises ValueError for what is no time that can be written down."""
    if value is not None and not 0 <= value < math.inf:
        raise ValueError(f"{value!r} is not a number of seconds")
    return value


def keep(said: object, **values: object) -> None:
    """Sets fields of a frozen value while it is made."""
    for name, value in values.items():
        object.__setattr__(said, name, value)


def not_one(why: str) -> Refused:
    """The refusal of an act whose document cannot be told from what the provider shows: nothing is sent."""
    message = f"which document is meant is not known: {why}"
    return Refused(errors=(FieldError(path="$", code="NOT_ONE_DOCUMENT", message=message),))
