"""The check's own words: what it would share with the product it could not judge.

The states and their arcs, the ids and the rounding are written here a second time, from the documentation and not
from the code; a test compares the two, so that a change of one is noticed and decided.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from types import MappingProxyType
from typing import Final

from app.domain.documents import DocumentState as S

# The scenario of a request whose order is never sent.
NEVER_COMES: Final = "order never comes"
# No legal document exists any more, and the lines are free.
DEAD: Final = frozenset({S.REJECTED, S.CANCELLED, S.REJECTED_BY_BUYER})
# A legal document exists at the provider.
LEGAL: Final = frozenset({S.ISSUED, S.DELIVERED, S.ACCEPTED})
# It exists at the provider without legal effect, and a person there has to act.
UNSIGNED: Final = frozenset({S.DRAFT, S.AWAITING_SIGNATURE})
# It still exists, also while its cancellation is on its way.
INVOICING: Final = frozenset({S.ISSUED, S.DELIVERED, S.ACCEPTED, S.CANCEL_PENDING})
_AT_THE_BUYER: Final = frozenset({S.ACCEPTED, S.REJECTED_BY_BUYER})
ARCS: Final[Mapping[S, frozenset[S]]] = MappingProxyType(
    {
        S.PLANNED: frozenset({S.PROCESSING}) | UNSIGNED | LEGAL | DEAD,
        S.DRAFT: frozenset({S.AWAITING_SIGNATURE, S.PROCESSING}) | LEGAL | DEAD,
        S.AWAITING_SIGNATURE: frozenset({S.PROCESSING}) | LEGAL | DEAD,
        S.PROCESSING: frozenset({S.DRAFT}) | LEGAL | DEAD,
        S.ISSUED: frozenset({S.DELIVERED, S.CANCEL_PENDING, S.CANCELLED}) | _AT_THE_BUYER,
        S.DELIVERED: frozenset({S.CANCELLED}) | _AT_THE_BUYER,
        S.ACCEPTED: frozenset(),
        S.CANCEL_PENDING: frozenset({S.CANCELLED, S.REJECTED_BY_BUYER}) | LEGAL,
        S.REJECTED_BY_BUYER: frozenset(),
        S.REJECTED: LEGAL,
        S.CANCELLED: LEGAL,
    }
)

_NAMESPACE: Final = uuid.UUID("b3a1d1f0-52c9-5d0e-9c39-6f2b7f4f6a11")
_BETWEEN_PARTS: Final = "\x1f"


def event_id(topic: str, partition: int, offset: int, value: bytes) -> str:
    """A record's id: its place and its bytes."""
    return _id("event", topic, str(partition), str(offset), hashlib.sha256(value).hexdigest())


def document_id(business: str, order: str, lines: Iterable[str], attempt: int) -> str:
    """An invoice's id: its order, its lines, and which try it is."""
    scope = hashlib.sha256(_BETWEEN_PARTS.join(sorted(lines)).encode()).hexdigest()[:32]
    return _id("document", business, order, "INVOICE", scope, str(attempt))


def credit_id(business: str, order: str, intent: str, of: tuple[str, str], attempt: int) -> str:
    """The id of what takes back. `of`: the merchant's reference, and the invoice that had the lines."""
    scope = hashlib.sha256(_BETWEEN_PARTS.join(sorted(of)).encode()).hexdigest()[:32]
    return _id("document", business, order, intent, scope, str(attempt))


def command_id(document: str, connection: str, action: str, revision: int) -> str:
    """A command's id."""
    return _id("command", document, connection, action, str(revision))


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, _BETWEEN_PARTS.join(parts)))


def turkish_date(moment: datetime) -> date:
    """The date in Turkey, which has kept three hours before UTC since 2016."""
    return (moment.astimezone(UTC) + timedelta(hours=3)).date()


def in_kurus(amount: Fraction) -> int:
    """An amount of money in whole kuruş, half away from zero."""
    kurus = abs(amount) * 100
    return (1 if amount >= 0 else -1) * floor(kurus + Fraction(1, 2))


def money(kurus: int) -> Decimal:
    """Whole kuruş as an amount with two decimals."""
    return Decimal(kurus).scaleb(-2)
