"""A return's whole way: planned by the order's log, issued at the provider, and what becomes of its lines."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from app.domain.documents import DocumentState
from app.domain.orders import DocumentCancellationRequested, OrderReturned, ReturnedLine
from app.domain.outcomes import Verdict
from app.domain.policy import Returns
from app.planning.state import LineStatus
from tests.harness.one_issuer import OneIssuer
from tests.harness.planner_and_issuers import PlannerAndIssuers
from tests.harness.simulated_time import START, simulate
from tests.planning.events import placed, requested

ISSUED = DocumentState.ISSUED
RETURN = OrderReturned(
    return_reference="R-1",
    return_date=START.date(),
    lines=(ReturnedLine(line_reference="1", quantity=Decimal(1)),),
)


def pipeline_of(**behaviour: list[str]) -> PlannerAndIssuers:
    issuer = OneIssuer(provider="nilvera")
    issuer.ledger.form = "EAR2025{:09}"
    for name, faults in behaviour.items():
        setattr(issuer.behaviour, name, faults)
    pipeline = PlannerAndIssuers({"nilvera": issuer})
    pipeline.planner.policy = replace(pipeline.planner.policy, returns_earsiv=Returns.IADE_DOCUMENT)
    return pipeline


async def until_ended(pipeline: PlannerAndIssuers, documents: int) -> None:
    await pipeline.until(lambda: [d.is_unfinished for d in pipeline.documents] == [False] * documents)


def test_r14_a_return_that_came_too_early_is_issued_beside_its_invoice_and_given_back_when_it_is_cancelled() -> None:
    async def story() -> None:
        planning = asyncio.create_task(pipeline.plan())
        pipeline.start("nilvera")
        for body in (placed(), requested("1")):
            pipeline.say(body)
        event = pipeline.say(RETURN)
        await until_ended(pipeline, 2)
        invoice, taken = pipeline.documents
        assert pipeline.verdicts(event) == [Verdict.HELD, Verdict.OK]
        assert (invoice.state, taken.state) == (ISSUED, ISSUED)
        assert sorted(pipeline.standing()) == sorted([invoice.document_id, taken.document_id])
        assert pipeline.planner.line_status("1") is LineStatus.RETURNED
        pipeline.say(DocumentCancellationRequested(document_id=taken.document_id, reason="counted twice"))
        await pipeline.until(lambda: pipeline.documents[1].is_dead)
        assert pipeline.standing() == [invoice.document_id]
        assert pipeline.planner.line_status("1") is LineStatus.INVOICED
        planning.cancel()
        pipeline.bury()

    pipeline = pipeline_of()
    simulate(story())


def test_a_return_whose_answer_is_lost_is_found_and_not_made_twice() -> None:
    async def story() -> None:
        planning = asyncio.create_task(pipeline.plan())
        pipeline.start("nilvera")
        for body in (placed(), requested("1"), RETURN):
            pipeline.say(body)
        await until_ended(pipeline, 2)
        assert len(pipeline.standing()) == 2
        assert [document.state for document in pipeline.documents] == [ISSUED, ISSUED]
        planning.cancel()
        pipeline.bury()

    pipeline = pipeline_of(creates=["BOOKS", "LOST_AFTER"])
    simulate(story())
