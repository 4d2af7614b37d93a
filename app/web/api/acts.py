"""Handlers of what people decide about documents, by the rules that the command line has.

Each is an event of the document's order, taken in like every other one. Signing is not: it is a talk with a provider.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar, cast

from app.domain.orders import DocumentApproved, OrderEvent, OrderThawed, ReviewAnswer, ReviewDecided, SubmittedBody
from app.operations.document_acts import cancellation_of, reroute_of
from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError, UnavailableError
from app.operations.installation.connections import retry_connection
from app.operations.json_values import json_value
from app.operations.marking import mark_deleted, mark_issued
from app.operations.naming import hold_names
from app.operations.retrying import retry_of
from app.operations.review import decision_of
from app.operations.signing import finish_signing, start_signing
from app.operations.submit import OUTCOME_SECONDS, SubmittedEvent
from app.store import StoreError
from app.stream.errors import StreamError
from app.tracking.documents import TrackedDocument
from app.tracking.read_model.queries import Queries
from app.web.api.operations import Answer, Call
from app.web.api.problems import Problem, unavailable
from app.web.api.reading import asked
from app.web.api.requests import event_of
from app.web.api.submission import Submission
from app.web.api.wire import acts as wire
from app.web.api.wire.shown import entries

R = TypeVar("R")
# The body that an act makes of the document as it is.
MakeBody = Callable[[TrackedDocument, Call], SubmittedBody]


class Acts:
    """`queries`: where documents are found; what is not there yet is not found."""

    def __init__(self, submission: Submission, queries: Queries) -> None:
        self._submission = submission
        self._queries = queries

    def about_document(self, operation: str, make: MakeBody) -> Callable[[Call], Awaitable[Answer]]:
        """The handler of an act about one document."""

        async def handled(call: Call) -> Answer:
            if answered := await self._submission.repeated(call, operation):
                return answered
            document = await self._document(call)
            body = possible(make, document, call)
            return await self._submitted(call, operation, document, body)

        return handled

    async def thaw(self, call: Call) -> Answer:
        """Lets a frozen order go on."""
        if answered := await self._submission.repeated(call, "thawOrder"):
            return answered
        business, reference = call.path["businessCode"], call.path["orderReference"]
        found = await asked(lambda: self._queries.order(business, reference))
        if found is None:
            raise Problem("NOT_FOUND", path="path:orderReference")
        event = self._event(call, reference, OrderThawed())
        return await self._submission.submit(call, "thawOrder", event, as_of=f"{found.row.row_seq}")

    async def review(self, call: Call) -> Answer:
        """Answers the question that a document waits with. What it is called is held before its event is written."""
        if answered := await self._submission.repeated(call, "reviewDocument"):
            return answered
        document = await self._document(call)
        body = possible(_reviewed, document, call)
        if body.decision is ReviewAnswer.CONFIRM_ISSUED and (number := body.number) is not None:
            await talked(lambda: hold_names(document.latest, number, body.ettn))
        return await self._submitted(call, "reviewDocument", document, body)

    async def retry(self, call: Call) -> Answer:
        """Has its provider asked again, or its connection tried again."""
        if answered := await self._submission.repeated(call, "retryDocument"):
            return answered
        document = await self._document(call)
        body, latest = possible(lambda found, _: retry_of(found), document, call), document.latest
        if body is not None:
            return await self._submitted(call, "retryDocument", document, body)
        await talked(lambda: retry_connection(latest.business, latest.connection, actor=_actor(call)))
        return Answer(body={"connection": latest.connection})

    async def mark_issued(self, call: Call) -> Answer:
        """A document has become legal elsewhere. Its number is taken with it, so the outcome is waited for."""
        document, body = await self._document(call), cast("wire.MarkIssued", call.body)
        return _outcome(
            await talked(
                lambda: mark_issued(
                    document.latest.document_id,
                    body.number,
                    ettn=body.ettn,
                    issue_date=body.issue_date,
                    correct=body.correct,
                    actor=_actor(call),
                    why=body.reason,
                    wait=OUTCOME_SECONDS,
                )
            )
        )

    async def mark_deleted(self, call: Call) -> Answer:
        """A document that was to be taken back was deleted at its provider, which cannot say so."""
        document_id, why = (await self._document(call)).latest.document_id, cast("wire.Act", call.body).reason
        deleted = partial(mark_deleted, document_id, actor=_actor(call), why=why, wait=OUTCOME_SECONDS)
        return _outcome(await talked(deleted))

    async def start_signing(self, call: Call) -> Answer:
        """Has the provider send a code to its person."""
        document = await self._document(call)
        started = await talked(lambda: start_signing([document.latest.document_id]))
        return Answer(body={"signingReference": started.reference, "sentTo": started.to})

    async def finish_signing(self, call: Call) -> Answer:
        """Signs with the code that has come."""
        document, body = await self._document(call), cast("wire.FinishSigning", call.body)
        document_id = document.latest.document_id
        states = await talked(
            lambda: finish_signing(
                [document_id],
                body.signing_reference,
                body.code,
                actor=_actor(call),
                why=body.reason,
                wait=OUTCOME_SECONDS,
            )
        )
        return Answer(body={"documentId": document_id, "stateAtProvider": states[document_id]})

    async def _document(self, call: Call) -> TrackedDocument:
        found = await asked(lambda: self._queries.document(call.path["documentId"]))
        if found is None or found.row.latest.business != call.path["businessCode"]:
            raise Problem("NOT_FOUND", path="path:documentId")
        return found.document

    async def _submitted(self, call: Call, operation: str, document: TrackedDocument, body: SubmittedBody) -> Answer:
        latest = document.latest
        event = self._event(call, latest.order_reference, body)
        as_of = f"{latest.document_id} {latest.sequence}"
        return await self._submission.submit(call, operation, event, as_of=as_of)

    def _event(self, call: Call, order_reference: str, body: SubmittedBody) -> OrderEvent:
        event = OrderEvent(
            business=call.path["businessCode"],
            order_reference=order_reference,
            body=body,
            actor=_actor(call),
            reason=cast("wire.Act", call.body).reason,
        )
        return event_of(json_value(event, exclude_none=True), call.now)


def approved(document: TrackedDocument, _: Call) -> SubmittedBody:
    """A planned document may go."""
    return DocumentApproved(document_id=document.latest.document_id)


def cancelled(document: TrackedDocument, call: Call) -> SubmittedBody:
    """The document is undone."""
    return cancellation_of(document.latest, cast("wire.Cancel", call.body).reason)


def rerouted(document: TrackedDocument, call: Call) -> SubmittedBody:
    """Another connection issues it."""
    return reroute_of(document.latest, cast("wire.Reroute", call.body).connection)


def _reviewed(document: TrackedDocument, call: Call) -> ReviewDecided:
    body = cast("wire.Review", call.body)
    return decision_of(document, body.decision, number=body.number, ettn=body.ettn)


def possible(make: Callable[[TrackedDocument, Call], R], document: TrackedDocument, call: Call) -> R:
    """The event's body. Raises Problem where it is certain already that it would be refused."""
    try:
        return make(document, call)
    except NotPossibleError as error:
        raise Problem("ACT_NOT_POSSIBLE", f"{error}", path="path:documentId") from error
    except RefusedInputError as error:
        raise Problem("BODY_INVALID", f"{error}") from error


async def talked(talk: Callable[[], R]) -> R:
    """What an operation returns that asks others, from a thread. Raises Problem.

    Where one of them does not answer, an event of the operation may be on the topic, and done.
    """
    try:
        return await asyncio.to_thread(talk)
    except NotPossibleError as error:
        raise Problem("ACT_NOT_POSSIBLE", f"{error}", path="path:documentId") from error
    except NotFoundError as error:
        raise Problem("NOT_FOUND", f"{error}", path="path:documentId") from error
    except RefusedInputError as error:
        raise Problem("BODY_INVALID", f"{error}") from error
    except (UnavailableError, StoreError, StreamError) as error:
        raise unavailable("ACT_UNCERTAIN", seconds=10) from error


def _actor(call: Call) -> str:
    act = cast("wire.Act", call.body)
    return act.actor or call.key.client


def _outcome(submitted: SubmittedEvent) -> Answer:
    """What the planner has said; without a verdict where it did not in time."""
    outcome = submitted.outcome
    body = {"verdict": outcome and outcome.verdict, "reason": outcome and outcome.reason}
    return Answer(body={**body, "errorDetails": entries(outcome.errors, outcome.event_type) if outcome else []})
