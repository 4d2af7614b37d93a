"""What becomes of one submitted record: into its order's log, or refused with every error. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.domain import identity
from app.domain.errors import FieldError
from app.domain.orders import LoggedEvent, OrderEvent, OrderRefused, RerouteRequested
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import RULES_VERSION, Policy
from app.domain.record import record
from app.domain.text import Extensions
from app.intake.dates import date_errors
from app.intake.invoice_info import invoice_info_errors, order_document_errors

UNKNOWN_BUSINESS: Final = "UNKNOWN_BUSINESS"
# The kind of event that all others of its order wait for.
ORDER: Final = "OrderPlaced"
# A business's enabled connections: name → provider.
Targets = Mapping[str, str]
NO_TARGETS: Final[Targets] = MappingProxyType({})


@record
class RefusedRecord:
    """A record that can be read and is refused: what could be read of its identity, and every error."""

    business: str
    order_reference: str
    event_type: str
    request_id: str | None
    errors: tuple[FieldError, ...]
    extensions: Extensions | None = None


def event_id_of(topic: str, partition: int, offset: int, value: bytes | None) -> str:
    """The same for a redelivered record, another one for a repeated order."""
    return identity.event_id(topic, partition, offset, value or b"")


def accept_or_refuse(
    event: OrderEvent,
    event_id: str,
    received_at: datetime,
    policy: Policy | None,
    targets: Targets = NO_TARGETS,
) -> LoggedEvent | OrderOutcome:
    """A well-shaped event goes into its order's log, if its business is known and its content can be meant.

    `targets`: the connections that a document of this business can be moved to, each with its provider; asked for where
    one is to be moved.
    """
    errors = content_errors(event, received_at)
    if policy is None:
        unknown = FieldError(path="$.business", code=UNKNOWN_BUSINESS, message="no such business is configured")
        return refuse(_refused(event, (unknown, *errors)), event_id, received_at, UNKNOWN_BUSINESS)
    if errors:
        return refuse(_refused(event, errors), event_id, received_at, "CONTENT_INVALID")
    return stamp(event, event_id, received_at, policy_for(event, policy, targets))


def content_errors(event: OrderEvent, received_at: datetime) -> tuple[FieldError, ...]:
    """What is wrong with an event by itself, whatever is known of its order. Empty for nearly every one."""
    errors = (*date_errors(event, received_at), *invoice_info_errors(event))
    return errors or tuple(order_document_errors(event, received_at))


def too_large(event: OrderEvent, event_id: str, received_at: datetime) -> OrderOutcome:
    """The refusal of an event that can be read, and whose record in its order's log could not be."""
    message = "with what is written beside it the event is too large for its order's log: send fewer or shorter fields"
    error = FieldError(path="$", code="TOO_LARGE", message=message)
    return refuse(_refused(event, (error,)), event_id, received_at, "CONTENT_INVALID")


def _refused(event: OrderEvent, errors: tuple[FieldError, ...]) -> RefusedRecord:
    return RefusedRecord(
        business=event.business,
        order_reference=event.order_reference,
        event_type=event.body.type,
        request_id=event.request_id,
        errors=errors,
        extensions=event.extensions,
    )


def policy_for(event: OrderEvent, policy: Policy, targets: Targets) -> Policy | None:
    """The policy that the fold decides by, because it reads no configuration. A move has the new connection's.

    None for a move to where there is no connection: the fold refuses it, and not intake, because the connections may
    be others when the record comes again, and an event has one answer.
    """
    if not isinstance(event.body, RerouteRequested):
        return policy
    provider = targets.get(event.body.connection)
    return policy.at(event.body.connection, provider) if provider is not None else None


def stamp(event: OrderEvent, event_id: str, received_at: datetime, policy: Policy | None) -> LoggedEvent:
    """The event as its order's log keeps it: with identity, time, and the policy and rules that decide it."""
    return LoggedEvent(
        event_id=event_id,
        received_at=received_at,
        rules_version=RULES_VERSION,
        business=event.business,
        order_reference=event.order_reference,
        body=event.body,
        policy=policy,
        person=event.person,
        request_id=event.request_id,
        occurred_at=event.occurred_at,
        actor=event.actor,
        reason=event.reason,
        extensions=event.extensions,
        customer_number=event.customer_number,
    )


def refuse(found: RefusedRecord, event_id: str, received_at: datetime, reason: str) -> OrderOutcome:
    """REJECTED, with every error in one list."""
    return OrderOutcome(
        event_id=event_id,
        event_type=found.event_type,
        business=found.business,
        order_reference=found.order_reference,
        request_id=found.request_id,
        verdict=Verdict.REJECTED,
        reason=reason,
        errors=found.errors,
        documents=(),
        occurred_at=received_at,
        extensions=found.extensions,
    )


def order_refused(refusal: OrderOutcome) -> LoggedEvent | None:
    """The event that logs that an order was not taken; None where something else was refused."""
    if refusal.event_type != ORDER:
        return None
    return LoggedEvent(
        event_id=identity.derived("refused", refusal.event_id),
        received_at=refusal.occurred_at,
        rules_version=RULES_VERSION,
        business=refusal.business,
        order_reference=refusal.order_reference,
        body=OrderRefused(event_id=refusal.event_id),
    )
