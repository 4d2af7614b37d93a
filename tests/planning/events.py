"""Events for the planner's tests: one small order of three lines, and everything that can be said about it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from app.domain import identity
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentProgressed, DocumentState, Intent
from app.domain.orders import InvoiceRequested, LinesCancelled, LoggedEvent, OrderLine, OrderPlaced, RerouteRequested
from app.domain.outcomes import OrderOutcome
from app.domain.policy import RULES_VERSION, Policy, Trigger
from app.planning.effects import Effects
from app.planning.fold import fold
from app.planning.planned_document import PlannedDocument
from app.planning.state import OrderState

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BUSINESS, ORDER = "ORNEK", "S-1001"


def policy(trigger: Trigger = Trigger.SHIPMENT, provider: str = "nilvera", **more: Any) -> Policy:
    return Policy(provider=provider, trigger=trigger, earsiv_series="EAR", efatura_series="EFA", **more)


# Connections with names of their own; another one has its provider's.
PROVIDERS_OF = {"second-login": "nilvera"}


def line(reference: str, price: str = "100.00", **more: Any) -> OrderLine:
    values = {"name": f"Ürün {reference}", "quantity": Decimal(1), "vat_rate": Decimal(20), **more}
    return OrderLine(line_reference=reference, unit_price=Decimal(price), **values)


def placed(*lines: OrderLine, **more: Any) -> OrderPlaced:
    return OrderPlaced(order_date=date(2026, 11, 1), lines=lines or (line("1"), line("2"), line("3")), **more)


def requested(*references: str, **more: Any) -> InvoiceRequested:
    return InvoiceRequested(line_references=references, **more)


def cancelled(*references: str) -> LinesCancelled:
    return LinesCancelled(line_references=references)


def document_id(*references: str, attempt: int = 0) -> str:
    return identity.document_id(BUSINESS, ORDER, Intent.INVOICE, identity.scope_of(references), attempt)


def progressed(document: str, state: DocumentState, **more: Any) -> DocumentProgressed:
    return DocumentProgressed(document_id=document, state=state, **{"command_id": "c", **more})


class Log:
    """An order's log and what folding it gave: append a body, look at what it caused."""

    def __init__(self, trigger: Trigger = Trigger.SHIPMENT) -> None:
        self.policy = policy(trigger)
        self.state: OrderState | None = None
        self.events: list[LoggedEvent] = []
        self.all = Effects()
        self._numbers = count(1)

    def event(self, body: Any, **more: Any) -> LoggedEvent:
        number = next(self._numbers)
        stamped = self.policy
        if isinstance(body, RerouteRequested):  # as intake stamps it
            stamped = stamped.at(body.connection, PROVIDERS_OF.get(body.connection, body.connection))
        values = {"policy": stamped, "received_at": START + timedelta(seconds=number), **more}
        return LoggedEvent(
            event_id=f"e{number}",
            rules_version=RULES_VERSION,
            business=BUSINESS,
            order_reference=ORDER,
            body=body,
            **values,
        )

    def append(self, body: Any, **more: Any) -> Effects:
        return self.fold(self.event(body, **more))

    def fold(self, event: LoggedEvent) -> Effects:
        self.events.append(event)
        self.state, effects = fold(self.state, event)
        for name in ("commands", "outcomes", "statuses", "notices", "dedupe_entries"):
            getattr(self.all, name).extend(getattr(effects, name))
        return effects

    def outcome(self, body: Any, **more: Any) -> OrderOutcome:
        """The one outcome that this event has at once."""
        (outcome,) = self.append(body, **more).outcomes
        return outcome

    def command(self, body: Any, **more: Any) -> InvoiceCommand:
        """The one command that this event causes."""
        (command,) = self.append(body, **more).commands
        return command

    @property
    def all_documents(self) -> list[PlannedDocument]:
        """The order's documents, in the sequence in which they were planned."""
        return list(self.state.documents.values()) if self.state else []

    def line_status(self, reference: str) -> str:
        assert self.state is not None
        return self.state.lines[reference].status
