"""An order that stands still is seen, hears what becomes of its documents, loses nothing, and can be thawed."""

import json
from dataclasses import replace
from typing import Any

from app.domain.documents import Attention, DocumentState
from app.domain.orders import (
    DocumentCancellationRequested,
    DocumentOverdue,
    HoldExpired,
    LoggedEvent,
    OrderEvent,
    OrderThawed,
    ReviewAnswer,
    ReviewDecided,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.batch import BatchFold
from app.planning.effects import Effects
from app.planning.order_entries import encode
from app.stream.serialization.codec import Codec
from tests.planning.events import Log, cancelled, document_id, line, placed, progressed, requested
from tests.planning.fakes import in_record
from tests.planning.test_batch import Memory

WHOLE = ("1", "2", "3")
PLANNED, ISSUED, CANCELLED = DocumentState.PLANNED, DocumentState.ISSUED, DocumentState.CANCELLED
RUBBISH = b'{"event_id": "broken"'


class Story:
    """One order's records, folded one by one as the planner does."""

    def __init__(self, trigger: Trigger = Trigger.ORDER_PLACED) -> None:
        self.log = Log(trigger)
        self.memory = Memory()
        self.last: BatchFold | None = None
        self._offset = 0

    def append(self, body: Any, **more: Any) -> Effects:
        return self.take(self.log.event(body, **more))

    def take(self, event: LoggedEvent | bytes) -> Effects:
        self._offset += 1
        self.last = self.memory.fold([in_record(event, self._offset)])
        (effects,) = self.memory.effects
        self.log.state = next(iter(self.last.orders.values())).state
        return effects

    def thaw(self) -> Effects:
        return self.append(OrderThawed(), actor="ayse", reason="the planner was corrected")


def told(effects: Effects) -> list[tuple[str, Any, Any]]:
    return [(outcome.event_type, outcome.verdict, outcome.reason) for outcome in effects.outcomes]


def attentions(effects: Effects) -> list[tuple[DocumentState, Attention | None]]:
    return [(status.state, status.attention) for status in effects.statuses]


def frozen(trigger: Trigger = Trigger.ORDER_PLACED) -> Story:
    """An order with one document on its way, and a record that nobody can read."""
    story = Story(trigger)
    story.append(placed())
    story.append(requested(*WHOLE))
    story.take(RUBBISH)
    return story


def test_the_documents_of_a_frozen_order_say_so() -> None:
    story = Story()
    story.append(placed())
    assert attentions(story.take(RUBBISH)) == [(PLANNED, Attention.FROZEN)]


def test_a_document_that_asks_for_a_person_goes_on_asking() -> None:
    story = Story()
    story.append(placed())
    story.append(progressed(document_id(*WHOLE), PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    assert attentions(story.take(RUBBISH)) == [(PLANNED, Attention.NEEDS_REVIEW)]


def test_what_waits_in_an_order_that_freezes_is_told_for_what_it_waits_now() -> None:
    story = Story()
    story.append(requested("1"))
    assert told(story.take(RUBBISH)) == [("InvoiceRequested", Verdict.HELD, "ORDER_FROZEN")]


def test_a_frozen_order_hears_what_became_of_its_documents() -> None:
    story = frozen()
    asks = progressed(document_id(*WHOLE), PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1)
    assert attentions(story.append(asks)) == [(PLANNED, Attention.NEEDS_REVIEW)]
    assert attentions(story.append(progressed(document_id(*WHOLE), ISSUED))) == [(ISSUED, None)]
    assert story.log.line_status("1") == "INVOICED"


def test_a_frozen_order_says_that_a_document_is_overdue() -> None:
    story = frozen()
    sequence = story.log.state.documents[document_id(*WHOLE)].sequence
    overdue = DocumentOverdue(document_id=document_id(*WHOLE), sequence=sequence)
    assert attentions(story.append(overdue, policy=None)) == [(PLANNED, Attention.OVERDUE)]


def test_a_frozen_order_plans_nothing_and_decides_nothing() -> None:
    story = Story()
    story.append(placed())
    story.append(cancelled("2"))
    story.take(RUBBISH)
    effects = story.append(progressed(document_id(*WHOLE), CANCELLED))
    assert (effects.commands, effects.outcomes) == ([], [])
    effects = story.append(requested("1"))
    assert told(effects) == [("InvoiceRequested", Verdict.HELD, "ORDER_FROZEN")]


def test_a_thaw_decides_everything_that_waited() -> None:
    story = Story()
    story.append(placed())
    story.append(cancelled("2"))
    story.take(RUBBISH)
    story.append(progressed(document_id(*WHOLE), CANCELLED))
    story.append(requested("1"))
    effects = story.thaw()
    assert told(effects) == [
        ("OrderThawed", Verdict.OK, None),
        ("LinesCancelled", Verdict.OK, None),
        ("InvoiceRequested", Verdict.OK, None),
    ]
    assert [command.document_id for command in effects.commands] == [document_id("1"), document_id("3")]
    assert story.log.state.frozen is None


def test_a_thaw_gives_documents_their_own_attention_back() -> None:
    story = Story(Trigger.MANUAL)
    story.append(placed())
    story.take(RUBBISH)
    assert attentions(story.thaw()) == [(PLANNED, Attention.AWAITING_APPROVAL)]


def test_what_still_waits_after_a_thaw_is_told_for_what() -> None:
    story = Story()
    story.append(requested("1"))
    story.take(RUBBISH)
    assert told(story.thaw())[1:] == [("InvoiceRequested", Verdict.HELD, "ORDER_NOT_ARRIVED")]


def test_a_thaw_says_who_and_why() -> None:
    story = frozen()
    (outcome,) = story.append(OrderThawed()).outcomes
    assert [(error.path, error.code) for error in outcome.errors] == [("$.actor", "REQUIRED"), ("$.reason", "REQUIRED")]
    assert story.log.state.frozen


def test_an_order_that_goes_on_anyway_is_not_thawed() -> None:
    story = Story()
    (outcome,) = story.append(OrderThawed(), actor="ayse", reason="x").outcomes
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "ORDER_NOT_FROZEN")


def poisoned() -> Story:
    """An order without a policy, which no planner can decide: intake stamps one onto each."""
    story = Story()
    story.append(placed(), policy=None)
    return story


def test_a_poisoned_event_that_can_be_read_is_answered_and_waits_with_the_others() -> None:
    story = Story()
    effects = story.append(placed(), policy=None)
    (outcome,) = effects.outcomes
    assert (outcome.verdict, outcome.reason, outcome.errors[0].code) == (Verdict.HELD, "ORDER_FROZEN", "FOLD_FAILED")
    assert story.last is not None and [poison.code for poison in story.last.poisoned] == ["FOLD_FAILED"]
    assert [held.event.body.type for held in story.log.state.held] == ["OrderPlaced"]


def test_a_poisoned_event_for_which_an_order_has_no_room_is_a_dead_letter_and_does_not_wait() -> None:
    story, beside = Story(), {f"field-{number}": "\N{GRINNING FACE}" * 500 for number in range(32)}
    for _ in range(18):
        story.append(DocumentCancellationRequested(document_id="d" * 36, reason="early"), extensions=beside)
    lines = [line(str(number), extensions=beside) for number in range(14)]
    story.append(placed(*lines), policy=None)
    assert story.last is not None and [poison.code for poison in story.last.poisoned] == ["FOLD_FAILED"]
    assert (story.log.state.frozen, len(story.log.state.held)) == ("FOLD_FAILED", 18)
    assert len(encode(story.log.state)) < 1_500_000


def test_a_thaw_with_a_planner_that_is_no_better_is_refused_and_loses_nothing() -> None:
    story = poisoned()
    effects = story.thaw()
    assert told(effects) == [("OrderThawed", Verdict.REJECTED, "ORDER_FROZEN")]
    assert story.last is not None and not story.last.poisoned
    assert (story.log.state.frozen, len(story.log.state.held)) == ("FOLD_FAILED", 1)


def test_a_thaw_with_a_corrected_planner_decides_the_event_that_froze_the_order() -> None:
    story = poisoned()
    story.append(requested("1"))
    (held, request) = story.log.state.held
    corrected = replace(held, event=replace(held.event, policy=story.log.policy))
    story.log.state = replace(story.log.state, held=(corrected, request))
    effects = story.log.append(OrderThawed(), actor="ayse", reason="the planner was corrected")
    assert told(effects) == [
        ("OrderThawed", Verdict.OK, None),
        ("OrderPlaced", Verdict.OK, None),
        ("InvoiceRequested", Verdict.REJECTED, "LINE_CLAIMED"),
    ]


def test_a_hold_that_fell_due_while_its_order_was_frozen_expires_after_the_thaw() -> None:
    story = Story()
    (outcome,) = story.append(requested("1")).outcomes
    story.take(RUBBISH)
    expired = story.log.event(HoldExpired(event_ids=(outcome.event_id,)), policy=None)
    assert not story.take(expired).outcomes
    story.thaw()
    assert told(story.take(expired)) == [("InvoiceRequested", Verdict.REJECTED, "ORDER_NOT_FOUND")]


def test_a_decision_about_a_document_of_a_frozen_order_reaches_its_issuer_after_the_thaw() -> None:
    story = frozen()
    whole = document_id(*WHOLE)
    story.append(progressed(whole, PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    decided = ReviewDecided(document_id=whole, revision=1, decision=ReviewAnswer.CONFIRM_ABSENT)
    assert told(story.append(decided, actor="ayse")) == [("ReviewDecided", Verdict.HELD, "ORDER_FROZEN")]
    assert [command.action for command in story.thaw().commands] == ["REVIEW"]


def test_news_of_a_document_that_a_frozen_order_does_not_know_waits_for_the_thaw() -> None:
    story = Story()
    story.take(RUBBISH)
    story.append(progressed(document_id("1"), ISSUED))
    assert [held.event.body.type for held in story.log.state.held] == ["DocumentProgressed"]


def test_a_thaw_comes_through_the_order_topic_like_every_other_event() -> None:
    value = {"business": "ORNEK", "order_reference": "S-1", "body": {"type": "OrderThawed"}, "actor": "ayse"}
    assert isinstance(Codec().read(OrderEvent, json.dumps(value).encode()).body, OrderThawed)
