"""InvoiceInfo from JSON and to JSON, in its place: `{"ArchiveInvoice": {"InvoiceInfo": {…}}}`."""

import json
from typing import Final

from pydantic import ValidationError

from app.documents.safe_input.json import JsonRefused, bounded, parsed
from app.domain.field_errors import field_errors
from app.domain.invoice_info.enums import EnumsAs
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.invoice_info.writing import ADAPTER

PLACE: Final = ("ArchiveInvoice", "InvoiceInfo")


class InvoiceInfoRefused(JsonRefused):
    """It could not be read."""


def read(raw: bytes) -> InvoiceInfo:
    """The InvoiceInfo of an ArchiveInvoice in JSON; the parts beside it are not looked at.

    Raises InvoiceInfoRefused for what is not JSON, and with every field that is unknown or cannot be what it says.
    """
    inside = parsed(raw, InvoiceInfoRefused)
    for depth, name in enumerate(PLACE):
        if not isinstance(inside, dict):
            raise InvoiceInfoRefused.at(PLACE[:depth], "WRONG_TYPE", "should be an object")
        if name not in inside:
            raise InvoiceInfoRefused.at(PLACE[: depth + 1], "REQUIRED", "is missing")
        inside = inside[name]
    if not isinstance(inside, dict):
        raise InvoiceInfoRefused.at(PLACE, "WRONG_TYPE", "should be an object")
    bounded(inside, InvoiceInfoRefused, PLACE)
    try:
        return ADAPTER.validate_python(inside)
    except ValidationError as error:
        errors = field_errors(error, PLACE)
    raise InvoiceInfoRefused(errors)  # outside: an exception beside it would carry the content into a traceback


def write(info: InvoiceInfo, enums: EnumsAs = EnumsAs.NAME) -> bytes:
    """JSON that `read` reads as the same; what is absent is left out."""
    inside = ADAPTER.dump_python(info, mode="json", by_alias=True, exclude_none=True, context=enums)
    return json.dumps({PLACE[0]: {PLACE[1]: inside}}, ensure_ascii=False).encode()
