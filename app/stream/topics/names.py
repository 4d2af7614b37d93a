"""The names of the topics: `orders.v1` and everything that follows from it, under an installation's prefix."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.notices import OrderNotice
from app.domain.orders import LoggedEvent, OrderEvent
from app.domain.outcomes import OrderOutcome
from app.domain.reconciliation import Reconciliation


@dataclass(frozen=True, slots=True)
class Topics:
    """Names under a prefix, which lets several installations share one broker; it may be empty."""

    prefix: str = ""

    @property
    def orders(self) -> str:
        """What upstream, operators and sources submit."""
        return f"{self.prefix}orders.v1"

    @property
    def order_log(self) -> str:
        """Everything that happened to an order, in one sequence."""
        return f"{self.prefix}order-log.v1"

    @property
    def order_outcomes(self) -> str:
        """The one answer to each submitted event."""
        return f"{self.prefix}order-outcomes.v1"

    @property
    def document_status(self) -> str:
        """Every step of every document."""
        return f"{self.prefix}document-status.v1"

    @property
    def order_notices(self) -> str:
        """What a reader of an order should know and that is no state of a document."""
        return f"{self.prefix}order-notices.v1"

    @property
    def reconciliation(self) -> str:
        """What providers list beside what we know of a day."""
        return f"{self.prefix}reconciliation.v1"

    def commands(self, provider: str) -> str:
        """What one provider's issuer is asked to do."""
        return f"{self.prefix}invoice-commands.{provider}.v1"

    def dead_letters(self, source: str, app: str) -> str:
        """What `app` could not read in the topic `source`, which is a full name."""
        return f"{source}.{app}.dlq"

    def changelog(self, app_id: str, table: str) -> str:
        """The changelog as Faust names it; `app_id` is a full name."""
        return f"{app_id}-{table}-changelog"

    def holding(self, record: type, provider: str | None = None) -> str:
        """The topic that holds records of this type; commands also need their provider."""
        if record is InvoiceCommand:
            assert provider is not None
            return self.commands(provider)
        names = {
            OrderEvent: self.orders,
            LoggedEvent: self.order_log,
            OrderOutcome: self.order_outcomes,
            DocumentStatus: self.document_status,
            OrderNotice: self.order_notices,
            Reconciliation: self.reconciliation,
        }
        return names[record]
