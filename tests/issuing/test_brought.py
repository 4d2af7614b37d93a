"""What an order brings: its own ETTN and number are one document's, wherever a worker dies, and its day is kept."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState, DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import DocumentCancellationRequested, RerouteRequested, ReviewAnswer, ReviewDecided
from app.issuing.journal.allotted_numbers import given_numbers, known_by
from app.issuing.journal.encoding import decode
from app.issuing.journal.facts import Reported
from app.issuing.journal.keys import FINAL_NAME
from app.store import NumberAudit, NumberStore
from providers.base import LookUp
from tests.harness.fake_numbers import number_engine
from tests.harness.issuing_builders import SELLER, command, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.planner_and_issuers import LONG, PlannerAndIssuers
from tests.harness.simulated_time import START, simulate
from tests.issuing.decisions.test_numbering import OURS, REFUSED, borne, run
from tests.issuing.journal.test_allotted_numbers import changelog
from tests.issuing.test_cancel_and_reroute import UNSIGNED
from tests.issuing.test_crash_points import PROVIDERS, Provider, sweep
from tests.planning.events import document_id as planned_id
from tests.planning.events import placed, requested
from tests.store.test_brought import claim

ETTN = "0f8fad5b-d9cb-469f-a165-70867728950e"
NUMBER = "QZX2025000000007"


def bringing(number: int = 1, **info: Any) -> InvoiceCommand:
    """A document's command whose order brings an ETTN, unless it says what else."""
    made = command(number=number, earsiv_series="ORN", efatura_series="EFA")
    assert made.order is not None
    return replace(made, order=replace(made.order, invoice_info=InvoiceInfo(**(info or {"uuid": ETTN.upper()}))))


def codes(issuer: OneIssuer, number: int) -> list[str]:
    return [e.code for body in issuer.progress() if body.document_id == document_id(number) for e in body.errors]


def last_state(issuer: OneIssuer, number: int) -> DocumentState:
    return [body.state for body in issuer.progress() if body.document_id == document_id(number)][-1]


def test_the_document_is_made_under_the_orders_own_ettn_and_a_second_one_with_it_is_refused() -> None:
    issuer = OneIssuer()
    simulate(run(issuer, bringing(1)))
    simulate(run(issuer, bringing(2)))
    assert list(issuer.ledger.documents) == [ETTN]
    assert (last_state(issuer, 1), last_state(issuer, 2)) == (DocumentState.ISSUED, DocumentState.REJECTED)
    assert codes(issuer, 2) == ["ETTN_TAKEN"]


def test_what_a_refused_document_brought_is_free_for_the_corrected_one() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = [REFUSED]
    simulate(run(issuer, bringing(1)))
    simulate(run(issuer, bringing(2)))
    assert (last_state(issuer, 1), last_state(issuer, 2)) == (DocumentState.REJECTED, DocumentState.ISSUED)


def test_what_a_doubtful_document_brought_is_never_free() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = ["LOST_BEFORE", REFUSED]
    simulate(run(issuer, bringing(1)))
    simulate(run(issuer, bringing(2)))
    assert codes(issuer, 2) == ["ETTN_TAKEN"]


def test_a_number_of_the_orders_is_used_as_it_is_and_none_of_ours_is_given() -> None:
    issuer = OneIssuer(**OURS)
    simulate(run(issuer, bringing(1, invoice_serie_or_number=NUMBER)))
    simulate(run(issuer, bringing(2, invoice_serie_or_number=NUMBER)))
    assert (borne(issuer), issuer.register.series()) == ([NUMBER], ())
    assert codes(issuer, 2) == ["NUMBER_TAKEN"]


def test_a_number_in_a_series_that_we_count_is_refused() -> None:
    issuer = OneIssuer(**OURS)
    simulate(run(issuer, bringing(1, invoice_serie_or_number="ORN2025000000001")))
    assert codes(issuer, 1) == ["SERIES_IS_COUNTED"]


def test_the_orders_own_day_is_the_documents_however_late_it_is_made() -> None:
    issuer = OneIssuer(**OURS)
    given = START - timedelta(hours=3)

    async def story() -> None:
        await asyncio.sleep(timedelta(days=2).total_seconds())
        await run(issuer, bringing(1, issue_date=given))

    simulate(story())
    assert [body.issue_date for body in issuer.progress()][-1] == given.date()
    assert borne(issuer) == ["ORN2025000000001"]


def test_a_moment_later_than_the_request_is_the_requests() -> None:
    issuer = OneIssuer(**OURS)
    simulate(run(issuer, bringing(1, issue_date=START + timedelta(hours=2))))
    (row,) = issuer.register.series()
    assert row.issue_date == START.date()
    simulate(run(issuer, bringing(2, uuid=ETTN)))  # the series' clock was not set ahead
    assert last_state(issuer, 2) is DocumentState.ISSUED


def test_a_lost_store_learns_from_the_journal_what_orders_brought() -> None:
    issuer = OneIssuer()
    simulate(run(issuer, bringing(1)))
    database = number_engine()
    given = list(given_numbers(changelog(issuer)))
    held = {(SELLER.tax_number, ETTN): bringing(1).command_id}
    assert known_by(given).brought == held
    assert NumberAudit(database).missing(held) == [(SELLER.tax_number, ETTN)]
    assert NumberAudit(database).raise_to(given) == ()
    assert NumberAudit(database).missing(held) == []
    second = claim(2, ETTN, business="shop", taxpayer=SELLER.tax_number)
    refused = NumberStore(database).claim(second)
    assert refused is not None
    assert refused.code == "ETTN_TAKEN"


def test_the_last_fact_of_a_document_keeps_what_its_order_brought() -> None:
    issuer = OneIssuer()
    simulate(run(issuer, bringing(1)))
    finals = [value for (_, key), value in issuer.changelog.items() if key.endswith(FINAL_NAME)]
    (final,) = (decode(Reported.__name__, value) for value in finals)
    assert isinstance(final, Reported)
    assert final.number is not None
    assert (final.number.number, final.number.brought) == (None, (ETTN,))


@pytest.mark.parametrize("is_draft", [True, False], ids=["a deleted draft", "a person's word"])
def test_a_document_that_is_moved_has_the_ettn_of_its_order_at_the_other_provider(*, is_draft: bool) -> None:
    changes: dict[str, Any] = UNSIGNED if is_draft else {}
    old, new = OneIssuer(provider="nilvera", **changes), OneIssuer(provider="testbook")
    new.database = old.database
    old.behaviour.state = DocumentState.AWAITING_SIGNATURE
    old.behaviour.creates = [] if is_draft else ["LOST_BEFORE"] * 9
    pipeline = PlannerAndIssuers({"nilvera": old, "testbook": new})

    async def story() -> None:
        planning = asyncio.create_task(pipeline.plan())
        for provider in pipeline.issuers:
            pipeline.start(provider)
        pipeline.say(placed(invoice_info=InvoiceInfo(uuid=ETTN)))
        pipeline.say(requested("1"))
        await asyncio.sleep(20)
        pipeline.say(RerouteRequested(document_id=planned_id("1"), connection="testbook"))
        await asyncio.sleep(2 * LONG)
        pipeline.answer_reviews()
        await asyncio.sleep(LONG)
        planning.cancel()
        pipeline.bury()

    simulate(story())
    assert [document.state for document in pipeline.documents] == [DocumentState.CANCELLED, DocumentState.ISSUED]
    assert [len(issuer.ledger.documents) for issuer in (old, new)] == [int(is_draft), 1]
    assert pipeline.standing() == [ETTN]


def test_a_document_that_only_a_person_has_seen_has_its_orders_ettn_and_is_cancelled_under_it() -> None:
    kinds = frozenset(DocumentType)
    issuer = OneIssuer(look_up=LookUp.NONE, unique_reference=False, takes_ettn=True, cancels=kinds, provider="nilvera")
    issuer.behaviour.creates = ["LOST_AFTER"]
    pipeline = PlannerAndIssuers({"nilvera": issuer})

    async def story() -> None:
        planning = asyncio.create_task(pipeline.plan())
        pipeline.start("nilvera")
        pipeline.say(placed(invoice_info=InvoiceInfo(uuid=ETTN)))
        pipeline.say(requested("1"))
        assert await pipeline.until(lambda: pipeline.in_review)
        (number,) = issuer.ledger.documents[ETTN]
        seen = ReviewDecided(
            document_id=planned_id("1"), revision=1, decision=ReviewAnswer.CONFIRM_ISSUED, number=number
        )
        pipeline.say(seen)
        await asyncio.sleep(LONG)
        pipeline.say(DocumentCancellationRequested(document_id=planned_id("1"), reason="the order was placed twice"))
        await asyncio.sleep(LONG)
        planning.cancel()
        pipeline.bury()

    simulate(story())
    (document,) = pipeline.documents
    assert (document.state, document.ettn, pipeline.standing()) == (DocumentState.CANCELLED, ETTN, [])


@pytest.mark.sweep
@pytest.mark.parametrize("provider", [p for p in PROVIDERS if not p.may_double], ids=lambda provider: provider.name)
@pytest.mark.parametrize("loss", ["BOOKS", "LOST_BEFORE", "LOST_AFTER", REFUSED], ids=str)
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_stops_an_ettn_is_one_documents(
    provider: Provider, loss: Any, thaws_after: float | None
) -> None:
    one_by_one = [[bringing(1)], [bringing(2)]]
    for at, issuer in enumerate(sweep(provider, [loss], thaws_after, one_by_one), 1):
        made = issuer.ledger.documents.get(ETTN, [])
        assert len(made) <= 1, at
        states = {number: last_state(issuer, number) for number in (1, 2) if _is_known(issuer, number)}
        assert [*states.values()].count(DocumentState.ISSUED) <= 1, at


def _is_known(issuer: OneIssuer, number: int) -> bool:
    return any(body.document_id == document_id(number) for body in issuer.progress())


def test_a_document_is_cancelled_by_the_ettn_that_its_order_brought() -> None:
    issuer = OneIssuer(takes_ettn=True, cancels=frozenset({DocumentType.EARSIV}))
    simulate(run(issuer, bringing(1)))
    asked = command(Action.CANCEL, revision=1)
    assert asked.cancellation is not None
    simulate(run(issuer, replace(asked, cancellation=replace(asked.cancellation, ettn=ETTN))))
    assert issuer.ledger.cancelled == [ETTN]
    assert last_state(issuer, 1) is DocumentState.CANCELLED
