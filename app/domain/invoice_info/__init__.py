"""InvoiceInfo: what an e-Arşiv invoice says of itself, as a typed record with the names of Nilvera's model.

It stands in order events, in commands and at the head of documents; what can be wrong with it, `app.documents` knows.
"""

from app.domain.invoice_info.enums import EnumsAs
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.invoice_info.writing import fields_of

__all__ = ["EnumsAs", "InvoiceInfo", "fields_of"]
