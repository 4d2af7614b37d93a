"""How many documents are in which state, and what they come to by VAT rate: what the read model alone can say."""

from datetime import date

from app.operations import read_model
from app.operations.errors import NotPossibleError
from app.tracking.read_model.filters import DocumentFilter
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rows import DocumentCount, RateSum


def document_counts(*, business: str | None) -> tuple[DocumentCount, ...]:
    """How many documents, of one business or of all, are in which state with which attention.

    Raises NotPossibleError where there is no read model, and StoreUnavailableError.
    """
    return _asked().document_counts(DocumentFilter(business=business))


def vat_sums(*, business: str | None, issued_from: date | None, issued_to: date | None) -> tuple[RateSum, ...]:
    """Base and VAT of legal documents, by type, currency and rate. The days of issue are Turkey's, both included.

    Raises as `document_counts`.
    """
    return _asked().vat_sums(DocumentFilter(business=business, issued_from=issued_from, issued_to=issued_to))


def _asked() -> Queries:
    asked = read_model.shown()
    if asked is None:
        raise NotPossibleError("There is no read model yet: start `faturaflow worker tracking`, which makes it.")
    return asked
