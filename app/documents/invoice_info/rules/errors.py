"""A violation, placed in the whole document."""

from typing import Final

from app.domain.errors import FieldError

ROOT: Final = "$.ArchiveInvoice.InvoiceInfo"


def error_at(field: str, code: str, message: str) -> FieldError:
    """`field` is the path below InvoiceInfo, in the model's names."""
    return FieldError(path=f"{ROOT}.{field}", code=code, message=message)
