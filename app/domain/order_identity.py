"""What an order fixes of its document's identity itself: its ETTN, its whole number, its date. The rest is ours."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.invoice_info import InvoiceInfo
from app.domain.numbers import NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenIdentity:
    """`ettn` is in small letters, as providers write it. `issued_at`: its day counts."""

    ettn: str | None = None
    number: str | None = None
    issued_at: datetime | None = None

    @property
    def identifiers(self) -> tuple[str, ...]:
        """What no second document of the taxpayer may have."""
        return tuple(each for each in (self.ettn, self.number) if each is not None)

    def issue_moment(self, asked_at: datetime) -> datetime | None:
        """The moment of issue where the order gives its day: never after the document was asked for."""
        return min(self.issued_at, asked_at) if self.issued_at else None


def identity_given(info: InvoiceInfo | None) -> GivenIdentity:
    """What this InvoiceInfo gives; a series is no number."""
    if info is None:
        return GivenIdentity()
    given = info.invoice_serie_or_number or ""
    return GivenIdentity(
        ettn=info.uuid.lower() if info.uuid else None,
        number=given if NUMBER.fullmatch(given) else None,
        issued_at=info.issue_date,
    )
