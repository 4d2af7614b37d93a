"""An operator's acts: events on the order topic like everybody else's, with who and why."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.context import bootstrap, codec, topics
from app.domain.documents import DocumentStatus
from app.domain.orders import OrderEvent, SubmittedBody
from app.sources.producer import OrderProducer

Actor = Annotated[str, typer.Option(help="Who acts: stands in the order's log.", envvar="FATURAFLOW_ACTOR")]
Why = Annotated[str | None, typer.Option("--why", help="Why: stands beside it.")]


def append(document: DocumentStatus, body: SubmittedBody, *, actor: str, why: str | None) -> None:
    """Submits one event about a document's order. Raises SourceError when it does not arrive."""
    event = OrderEvent(
        business=document.business,
        order_reference=document.order_reference,
        body=body,
        occurred_at=datetime.now(UTC),
        actor=actor,
        reason=why,
    )
    producer = OrderProducer(bootstrap=bootstrap(), topic=topics().orders, encode=codec().write)
    producer.check()
    producer.send_all([event])
