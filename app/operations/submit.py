"""Submitting events on the order topic, as every producer does, and what becomes of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from app.cli.context import bootstrap, codec, topics
from app.cli.output import safe
from app.domain.documents import DocumentStatus
from app.domain.identity import EventId
from app.domain.orders import OrderEvent, SubmittedBody
from app.domain.outcomes import OrderOutcome, Verdict
from app.stream.clients.producer import OrderProducer
from app.stream.clients.reader import Tail

Actor = Annotated[str, typer.Option(help="Who acts: stands in the order's log.", envvar="FATURAFLOW_ACTOR")]
Why = Annotated[str | None, typer.Option("--why", help="Why: stands beside it.")]
Wait = Annotated[
    float, typer.Option("--wait", min=0.0, max=3600.0, help="Seconds to wait for the outcomes; 0 waits for none.")
]
# Intake and planner answer within a second; a worker that has just been started takes ten.
OUTCOME_SECONDS: Final = 30.0
# What an event that is HELD waits for is often in the same file.
HELD_SECONDS: Final = 3.0

Outcomes = dict[EventId, OrderOutcome]


def act(document: DocumentStatus, body: SubmittedBody, *, actor: str, why: str | None, wait: float) -> None:
    """Submits one event about a document's order, and prints its outcome. Raises as `act_on` does."""
    act_on(document.business, document.order_reference, body, actor=actor, why=why, wait=wait)


def act_on(
    business: str, order_reference: str, body: SubmittedBody, *, actor: str, why: str | None, wait: float
) -> None:
    """Submits one event about an order, and prints its outcome.

    Raises typer.Exit(1) when it is refused or there is no answer in time; SourceError when it does not arrive, and
    TopicUnreadableError.
    """
    event = OrderEvent(
        business=business,
        order_reference=order_reference,
        body=body,
        occurred_at=datetime.now(UTC),
        actor=actor,
        reason=why,
    )
    (told,) = submit([event], wait)
    print_outcome(event, told)
    if wait and (told is None or told.verdict is Verdict.REJECTED):
        raise typer.Exit(1)


def submit(events: Sequence[OrderEvent], wait: float) -> list[OrderOutcome | None]:
    """Submits these events and returns the last outcome of each within `wait` seconds, in their sequence.

    Raises SourceError when one does not arrive, and TopicUnreadableError.
    """
    read, names, address = codec(), topics(), bootstrap()
    producer = OrderProducer(bootstrap=address, topic=names.orders, encode=read.write)
    producer.check()
    with Tail(address, names.order_outcomes) as tail:
        ids = producer.submit(events)

        def heard() -> Iterator[OrderOutcome]:
            for record in tail.read(0.2):
                yield read.read(OrderOutcome, record.value)

        found = outcomes_of(ids, heard, wait)
    return [found.get(event_id) for event_id in ids]


def outcomes_of(
    ids: Sequence[EventId],
    heard: Callable[[], Iterator[OrderOutcome]],
    wait: float,
    clock: Callable[[], float] = time.monotonic,
) -> Outcomes:
    """The last outcome of each event that is heard within `wait` seconds.

    Ends as soon as each has a final one; what is HELD is waited for a little longer than the others.
    """
    wanted, found = set(ids), Outcomes()
    began = quiet_since = clock()
    while clock() - began < wait:
        for outcome in heard():
            event_id = EventId(outcome.event_id)
            if event_id in wanted and (event_id not in found or outcome.verdict is not Verdict.HELD):
                found[event_id] = outcome
                quiet_since = clock()
        if len(found) == len(wanted) and (_are_final(found) or clock() - quiet_since > HELD_SECONDS):
            break
    return found


def _are_final(outcomes: Outcomes) -> bool:
    return all(outcome.verdict is not Verdict.HELD for outcome in outcomes.values())


def print_outcome(event: OrderEvent, outcome: OrderOutcome | None) -> None:
    """One event and what it was answered, with every error and document."""
    said = f"{event.order_reference} {event.body.type}"
    if outcome is None:
        typer.echo(f"{said}: no outcome yet; `faturaflow orders show {event.order_reference}` shows it when it comes")
        return
    reason = f" {outcome.reason}" if outcome.reason else ""
    typer.echo(safe(f"{said}: {outcome.verdict}{reason}"))
    for error in outcome.errors:
        typer.echo(safe(f"  {error.path} {error.code}: {error.message}"))
    for document in outcome.documents:
        number = f" {document.number}" if document.number else ""
        typer.echo(safe(f"  document {document.document_id} {document.state}{number} at {document.provider}"))
