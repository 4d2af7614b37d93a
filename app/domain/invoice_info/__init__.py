"""InvoiceInfo: the head of an e-Arşiv invoice, as a typed record with the names of Nilvera's model.

Order events and commands carry it, and documents begin with it; `app.documents` checks what can be wrong with it.
"""

from app.domain.invoice_info.enums import EnumsAs
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.invoice_info.writing import fields_of

__all__ = ["EnumsAs", "InvoiceInfo", "fields_of"]
