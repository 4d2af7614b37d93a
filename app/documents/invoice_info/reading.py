"""InvoiceInfo from JSON and to JSON, in its place: `{"ArchiveInvoice": {"InvoiceInfo": {…}}}`."""

import json
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from app.documents.invoice_info.enums import EnumsAs
from app.documents.invoice_info.model import InvoiceInfo
from app.domain.errors import FieldError
from app.domain.field_errors import field_errors, json_path

PLACE: Final = ("ArchiveInvoice", "InvoiceInfo")
# What the order topic takes; the parts have their own, lower bounds.
MOST_BYTES: Final = 8 * 1024 * 1024

_ADAPTER: Final[TypeAdapter[InvoiceInfo]] = TypeAdapter(InvoiceInfo)


class InvoiceInfoRefused(Exception):  # noqa: N818 - the refusal is right
    """It could not be read; `errors` is every reason, none of which quotes a value."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__(f"{len(errors)} errors, the first at {errors[0].path}: {errors[0].message}")
        self.errors = errors


def read(raw: bytes) -> InvoiceInfo:
    """The InvoiceInfo of an ArchiveInvoice in JSON; the parts beside it are not looked at.

    Raises InvoiceInfoRefused for what is not JSON, and with every field that is unknown or cannot be what it says.
    """
    if len(raw) > MOST_BYTES:
        raise _refused((), "TOO_LARGE", f"has {len(raw)} bytes; at most {MOST_BYTES} are read")
    inside = _parsed(raw)
    for depth, name in enumerate(PLACE):
        if not isinstance(inside, dict):
            raise _refused(PLACE[:depth], "WRONG_TYPE", "should be an object")
        if name not in inside:
            raise _refused(PLACE[: depth + 1], "REQUIRED", "is missing")
        inside = inside[name]
    if not isinstance(inside, dict):
        raise _refused(PLACE, "WRONG_TYPE", "should be an object")
    try:
        return _ADAPTER.validate_python(inside)
    except ValidationError as error:
        errors = field_errors(error, PLACE)
    raise InvoiceInfoRefused(errors)  # outside: an exception beside it would carry the content into a traceback


def write(info: InvoiceInfo, enums: EnumsAs = EnumsAs.NAME) -> bytes:
    """JSON that `read` reads as the same; what is absent is left out."""
    inside = _ADAPTER.dump_python(info, mode="json", by_alias=True, exclude_none=True, context=enums)
    return json.dumps({PLACE[0]: {PLACE[1]: inside}}, ensure_ascii=False).encode()


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_no_number)
    except RecursionError:
        fault = _refused((), "NESTED_TOO_DEEP", "is nested too deep")
    except ValueError as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        fault = _refused((), "NOT_JSON", f"is no JSON that we read{where}")
    raise fault


def _no_number(constant: str) -> None:
    raise ValueError(constant)


def _refused(place: tuple[str, ...], code: str, message: str) -> InvoiceInfoRefused:
    return InvoiceInfoRefused((FieldError(path=json_path(place), code=code, message=message),))
