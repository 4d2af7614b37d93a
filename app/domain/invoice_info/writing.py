"""InvoiceInfo as the fields of a JSON object, in the model's names."""

from typing import Any, Final

from pydantic import TypeAdapter

from app.domain.invoice_info.model import InvoiceInfo

ADAPTER: Final[TypeAdapter[InvoiceInfo]] = TypeAdapter(InvoiceInfo)


def fields_of(info: InvoiceInfo) -> dict[str, Any]:
    """Its fields by the model's names, as JSON has them; what is absent, empty or off is left out."""
    written = ADAPTER.dump_python(info, mode="json", by_alias=True, exclude_none=True)
    return {name: value for name, value in written.items() if value not in ([], {}, False)}
