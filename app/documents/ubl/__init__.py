"""UBL-TR 1.2: an invoice as XML, and back."""

from app.documents.ubl.dialect import Dialect
from app.documents.ubl.reading.elements import UnreadableError
from app.documents.ubl.reading.whole import parse
from app.documents.ubl.writing.building import UnbuildableError, build

__all__ = ["Dialect", "UnbuildableError", "UnreadableError", "build", "parse"]
