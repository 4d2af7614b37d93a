"""`faturaflow orders thaw`: lets an order go on that is frozen because of an event that could not be decided."""

from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import Actor, Wait
from app.cli.printing.outcomes import end_with_outcome, waiting_for_the_planner
from app.operations.orders import thaw_order
from app.operations.submit import OUTCOME_SECONDS
from app.store import StoreError
from app.stream.clients.errors import SendError, TopicUnreadableError


def thaw(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The order's reference.")],
    *,
    actor: Actor,
    why: Annotated[str, typer.Option("--reason", help="Why it can go on: kept in the order's log.")],
    business: Annotated[str | None, typer.Option(help="Where several businesses have such an order.")] = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Let a frozen order go on: what waits in it is decided. Exit code 1 when it cannot, or none answers in time.

    What froze it is in the planner's dead letters; after a fault of the planner, update it first.
    """
    with exit_on(SendError, StoreError, TopicUnreadableError), waiting_for_the_planner():
        submitted = thaw_order(reference, business, actor=actor, why=why, wait=wait)
    end_with_outcome(submitted, wait=wait)
