"""What people decide: the same rules as on the command line, and a repeat is the same act."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientResponse

from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.orders import (
    DocumentCancellationRequested,
    OrderEvent,
    OrderThawed,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
)
from app.operations.signing import StartedSigning
from app.operations.submit import SubmittedEvent
from app.web.api import acts
from tests.web.running_api import ORDER, ORDERS, SHOP, RunningApi, invoice_body, order_body

DOCUMENTS = f"/accounting/v1/businesses/{SHOP}/documents"
NUMBER = "ORN2026000000001"


@pytest.fixture
async def document(api: RunningApi) -> str:
    """A document that is on its way to its provider."""
    await api.post(ORDERS, order_body())
    await api.post(f"{ORDERS}/{ORDER}/invoices", invoice_body())
    await api.plan()
    (found,) = (await (await api.get(DOCUMENTS)).json())["rows"]
    api.producer.records.clear()
    api.planned = 0
    return str(found["documentId"])


async def progressed(api: RunningApi, document: str, state: DocumentState, **more: Any) -> None:
    await api.installation.progress(ORDER, document, state, document_type=DocumentType.EARSIV, **more)


async def act(
    api: RunningApi, document: str, what: str, body: dict[str, Any], request_id: str | None = None
) -> ClientResponse:
    return await api.post(f"{DOCUMENTS}/{document}/{what}", body, request_id)


async def test_a_cancellation_is_an_event_with_who_and_why(api: RunningApi, document: str) -> None:
    await progressed(api, document, DocumentState.ISSUED, number=NUMBER)
    answer = await act(api, document, "cancel", {"reason": "yanlış adres", "actor": "ayşe"})
    assert answer.status == 202
    (event,) = api.producer.events()
    assert event.body == DocumentCancellationRequested(document_id=document, reason="yanlış adres")
    assert (event.actor, event.reason, event.order_reference) == ("ayşe", "yanlış adres", ORDER)
    assert event.request_id == (await answer.json())["internalRequestId"]


async def test_without_an_actor_the_keys_client_is_named(api: RunningApi, document: str) -> None:
    await act(api, document, "reroute", {"connection": "testbook"})
    (event,) = api.producer.events()
    assert (event.actor, event.body) == ("shop", RerouteRequested(document_id=document, connection="testbook"))


async def test_what_the_documents_state_does_not_permit_is_refused_with_its_state(
    api: RunningApi, document: str
) -> None:
    await progressed(api, document, DocumentState.ISSUED, number=NUMBER)
    answer = await act(api, document, "reroute", {"connection": "testbook"})
    body = await answer.json(content_type=None)
    assert (answer.status, body["errors"][0]["code"]) == (409, "ACT_NOT_POSSIBLE")
    assert "ISSUED" in body["description"]
    assert api.producer.records == []


async def test_a_repeat_of_an_act_is_answered_as_the_first_one_whatever_it_has_changed(
    api: RunningApi, document: str
) -> None:
    first = await act(api, document, "reroute", {"connection": "testbook"}, "act-1")
    await progressed(api, document, DocumentState.ISSUED, number=NUMBER)
    again = await act(api, document, "reroute", {"connection": "testbook"}, "act-1")
    assert await first.json() == await again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(api.producer.records) == 1


async def test_a_review_is_of_the_question_that_is_asked_now(
    api: RunningApi, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[tuple[str, str]] = []
    monkeypatch.setattr(acts, "hold_names", lambda latest, number, _: held.append((latest.document_id, number)))
    answer = await act(api, document, "review", {"decision": "LOOK_AGAIN"})
    assert answer.status == 409
    await progressed(api, document, DocumentState.PROCESSING, attention=Attention.NEEDS_REVIEW, review_revision=1)
    body = {"decision": "CONFIRM_ISSUED", "number": NUMBER}
    assert (await act(api, document, "review", body)).status == 202
    assert held == [(document, NUMBER)]
    (event,) = api.producer.events()
    assert event.body == ReviewDecided(
        document_id=document, revision=1, decision=ReviewAnswer.CONFIRM_ISSUED, number=NUMBER
    )


async def test_the_same_act_on_a_later_state_is_another_one(api: RunningApi, document: str) -> None:
    """Without an id of the client the same words may be meant anew."""
    await progressed(api, document, DocumentState.PROCESSING, attention=Attention.NEEDS_REVIEW, review_revision=1)
    first = await act(api, document, "review", {"decision": "LOOK_AGAIN"})
    again = await act(api, document, "review", {"decision": "LOOK_AGAIN"})
    await progressed(api, document, DocumentState.PROCESSING)
    await progressed(api, document, DocumentState.PROCESSING, attention=Attention.NEEDS_REVIEW, review_revision=2)
    later = await act(api, document, "review", {"decision": "LOOK_AGAIN"})
    found = [(await answer.json())["internalRequestId"] for answer in (first, again, later)]
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("what", ["mark-issued", "mark-deleted"])
async def test_what_a_provider_cannot_say_is_recorded_and_answered_with_its_outcome(
    api: RunningApi, document: str, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    asked: list[str] = []

    def marked(document_id: str, *_: Any, **more: Any) -> SubmittedEvent:
        asked.append(document_id)
        assert more["actor"] == "shop"
        event = OrderEvent(business=SHOP, order_reference=ORDER, body=OrderThawed())
        return SubmittedEvent(event=event, outcome=None)

    monkeypatch.setattr(acts, what.replace("-", "_"), marked)
    answer = await act(api, document, what, {"number": NUMBER} if what == "mark-issued" else {})
    assert await answer.json() == {"verdict": None, "reason": None, "errorDetails": []}
    assert asked == [document]


async def test_a_document_waits_for_its_code(api: RunningApi, document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def started(documents: list[str]) -> StartedSigning:
        asked.append(documents)
        return StartedSigning(documents=[], reference="SIGN-1", to="***12")

    monkeypatch.setattr(acts, "start_signing", started)
    answer = await act(api, document, "sign", {})
    assert (answer.status, await answer.json()) == (200, {"signingReference": "SIGN-1", "sentTo": "***12"})
    assert asked == [[document]]


async def test_a_code_goes_to_the_provider_and_its_state_comes_back(
    api: RunningApi, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finished(documents: list[str], reference: str, code: str, **_: Any) -> dict[str, str]:
        assert (reference, code) == ("SIGN-1", "123456")
        return dict.fromkeys(documents, "ISSUED")

    monkeypatch.setattr(acts, "finish_signing", finished)
    answer = await act(api, document, "sign/code", {"signingReference": "SIGN-1", "code": "123456"})
    assert await answer.json() == {"documentId": document, "stateAtProvider": "ISSUED"}


async def test_an_order_that_there_is_not_is_not_thawed(api: RunningApi) -> None:
    path = f"/accounting/v1/businesses/{SHOP}/orders/NONE/thaw"
    assert (await api.post(path, {"reason": "the planner was updated"})).status == 404


async def test_an_order_is_thawed_with_a_reason(api: RunningApi, document: str) -> None:
    path = f"/accounting/v1/businesses/{SHOP}/orders/{ORDER}/thaw"
    assert (await api.post(path, {})).status == 400
    assert (await api.post(path, {"reason": "the planner was updated"})).status == 202
    (event,) = api.producer.events()
    assert (event.body.type, event.reason) == ("OrderThawed", "the planner was updated")
    assert document


async def test_a_document_that_there_is_not_is_not_found(api: RunningApi) -> None:
    nothing = "00000000-0000-5000-8000-000000000000"
    assert (await act(api, nothing, "approve", {})).status == 404


async def test_what_waits_for_a_persons_answer_is_looked_at_again(api: RunningApi, document: str) -> None:
    await progressed(api, document, DocumentState.PROCESSING, attention=Attention.NEEDS_REVIEW, review_revision=1)
    answer = await act(api, document, "retry", {"reason": "it was put right there"})
    assert answer.status == 202
    (event,) = api.producer.events()
    assert event.body == ReviewDecided(document_id=document, revision=1, decision=ReviewAnswer.LOOK_AGAIN)
    assert event.reason == "it was put right there"


async def test_what_waits_for_its_connection_has_that_tried_again(
    api: RunningApi, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[tuple[str, ...]] = []
    monkeypatch.setattr(acts, "retry_connection", lambda *which, actor: tried.append((*which, actor)))
    await progressed(api, document, DocumentState.PLANNED, attention=Attention.CONNECTION)
    answer = await act(api, document, "retry", {})
    assert (answer.status, await answer.json()) == (200, {"connection": "nilvera"})
    assert (tried, api.producer.records) == ([(SHOP, "nilvera", "shop")], [])


async def test_what_waits_for_nobody_is_not_tried_again(api: RunningApi, document: str) -> None:
    answer = await act(api, document, "retry", {})
    body = await answer.json(content_type=None)
    assert (answer.status, body["errors"][0]["code"]) == (409, "ACT_NOT_POSSIBLE")
    assert "tried again by itself" in body["description"]
