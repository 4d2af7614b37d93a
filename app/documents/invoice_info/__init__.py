"""InvoiceInfo: what an e-Arşiv invoice says of itself, as a typed model, with all that can be wrong with it.

The model is Nilvera's `ArchiveInvoice.InvoiceInfo`, with its names; the rules are its own, UBL-TR's and GİB's.
"""

from app.documents.invoice_info.reading import InvoiceInfoRefused, read, write
from app.documents.invoice_info.rules import Circumstances, violations
from app.domain.invoice_info.enums import EnumsAs
from app.domain.invoice_info.model import InvoiceInfo

__all__ = ["Circumstances", "EnumsAs", "InvoiceInfo", "InvoiceInfoRefused", "read", "violations", "write"]
