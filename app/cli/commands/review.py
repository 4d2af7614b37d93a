"""`faturaflow review`: documents that only a person can decide, with the evidence, and the decision."""

import json
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import Actor, AsJson, DocumentId, Wait, Why
from app.cli.printing.documents import SHORT, print_document
from app.cli.printing.outcomes import end_with_outcome, waiting_for_the_planner
from app.cli.printing.staleness import print_staleness
from app.cli.printing.tables import moment, print_table
from app.domain.documents import DocumentStatus
from app.domain.orders import ReviewAnswer
from app.operations import documents, review
from app.operations.json_values import json_value
from app.operations.submit import OUTCOME_SECONDS
from app.store import StoreError
from app.stream.clients.errors import SendError, TopicUnreadableError

app = typer.Typer(help="Documents whose outcome only a person can decide.", no_args_is_help=True)

Number = Annotated[str, typer.Option(help="The document's legal number, as the provider shows it.")]
Ettn = Annotated[str | None, typer.Option(help="The document's ETTN, if the provider gave it another than ours.")]


@app.command("list")
def list_reviews(*, as_json: AsJson = False) -> None:
    """List what waits for a decision."""
    with exit_on(StoreError, TopicUnreadableError):
        print_staleness()
        waiting = review.list_reviews()
    if as_json:
        typer.echo(json.dumps(list(map(json_value, waiting)), ensure_ascii=False))
        return
    typer.echo(f"{len(waiting)} documents wait for a decision")
    print_table(("document", "business", "order", "provider", "review", "since"), map(_row, waiting))


def _row(latest: DocumentStatus) -> tuple[str, ...]:
    place = (latest.document_id[:SHORT], latest.business, latest.order_reference, latest.provider)
    return (*place, str(latest.review_revision), moment(latest.occurred_at))


@app.command()
def show(document_id: DocumentId) -> None:
    """Show the evidence of one review."""
    with exit_on(StoreError, TopicUnreadableError):
        print_document(documents.show_document(document_id))


@app.command()
def confirm_issued(
    document_id: DocumentId,
    *,
    number: Number,
    actor: Actor,
    ettn: Ettn = None,
    why: Why = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """The document is at the provider, with this number."""
    _decide(document_id, ReviewAnswer.CONFIRM_ISSUED, actor=actor, why=why, wait=wait, number=number, ettn=ettn)


@app.command()
def confirm_absent(document_id: DocumentId, *, actor: Actor, why: Why = None, wait: Wait = OUTCOME_SECONDS) -> None:
    """The document is not at the provider; it may be sent again."""
    _decide(document_id, ReviewAnswer.CONFIRM_ABSENT, actor=actor, why=why, wait=wait)


@app.command()
def reject(document_id: DocumentId, *, actor: Actor, why: Why = None, wait: Wait = OUTCOME_SECONDS) -> None:
    """The document must not come into being; its lines become free."""
    _decide(document_id, ReviewAnswer.REJECT, actor=actor, why=why, wait=wait)


@app.command()
def look_again(document_id: DocumentId, *, actor: Actor, why: Why = None, wait: Wait = OUTCOME_SECONDS) -> None:
    """The document was put right at the provider: it is asked for there again."""
    _decide(document_id, ReviewAnswer.LOOK_AGAIN, actor=actor, why=why, wait=wait)


def _decide(
    document_id: str,
    decision: ReviewAnswer,
    *,
    actor: str,
    why: str | None,
    wait: float,
    number: str | None = None,
    ettn: str | None = None,
) -> None:
    with exit_on(TopicUnreadableError, SendError, StoreError), waiting_for_the_planner():
        submitted = review.decide_review(
            document_id, decision, actor=actor, why=why, wait=wait, number=number, ettn=ettn
        )
    end_with_outcome(submitted, wait=wait)
