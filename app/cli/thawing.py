"""`faturaflow orders thaw`: lets an order go on that stands still because of an event that could not be decided."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.acts import OUTCOME_SECONDS, Actor, Wait, print_outcome, submit
from app.cli.context import told
from app.cli.order_commands import order_named
from app.domain.orders import OrderEvent, OrderThawed
from app.domain.outcomes import Verdict
from app.sources.errors import SourceError
from app.stream.reader import TopicUnreadableError


def thaw(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The order's reference.")],
    *,
    actor: Actor,
    why: Annotated[str, typer.Option("--why", help="Why it can go on: stands in the order's log.")],
    business: Annotated[str | None, typer.Option(help="Where several businesses have such an order.")] = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Let a frozen order go on: what waits in it is decided. Exit code 1 when it cannot, or none answers in time.

    What froze it stands in the planner's dead letters; after a fault of the planner, update it first.
    """
    with told(SourceError, TopicUnreadableError):
        order = order_named(reference, business)
        event = OrderEvent(
            business=order.business,
            order_reference=order.order_reference,
            body=OrderThawed(),
            occurred_at=datetime.now(UTC),
            actor=actor,
            reason=why,
        )
        (outcome,) = submit([event], wait)
    print_outcome(event, outcome)
    if wait and (outcome is None or outcome.verdict is Verdict.REJECTED):
        raise typer.Exit(1)
