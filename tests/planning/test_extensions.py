"""A producer's own data is kept and passed on, and decides nothing."""

from app.domain.documents import DocumentState
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from tests.planning.events import Log, document_id, line, placed, progressed, requested

SHOP, PARCEL = {"shop": "moda", "basket": "B-7"}, {"parcel": "2 of 3"}


def test_an_outcome_repeats_what_its_event_said_and_a_status_what_the_order_did() -> None:
    log = Log()
    assert log.outcome(placed(), extensions=SHOP).extensions == SHOP
    effects = log.append(requested("1"), extensions=PARCEL)
    assert [outcome.extensions for outcome in effects.outcomes] == [PARCEL]
    assert [status.extensions for status in effects.statuses] == [SHOP]
    news = log.append(progressed(document_id("1"), DocumentState.ISSUED), policy=None)
    assert [status.extensions for status in news.statuses] == [SHOP]


def test_an_order_without_any_passes_on_none() -> None:
    log = Log(Trigger.ORDER_PLACED)
    effects = log.append(placed())
    assert [record.extensions for record in (*effects.outcomes, *effects.statuses)] == [None, None]


def test_a_held_event_is_answered_with_its_own_and_not_with_the_orders() -> None:
    log = Log()
    log.append(requested("1"), extensions=PARCEL)
    effects = log.append(placed(), extensions=SHOP)
    assert {tuple(outcome.extensions or ()) for outcome in effects.outcomes} == {tuple(SHOP), tuple(PARCEL)}


def test_what_a_line_has_beside_goes_with_it_to_the_issuer() -> None:
    log = Log(Trigger.ORDER_PLACED)
    (command,) = log.append(placed(line("1", extensions={"shelf": "A-12"}))).commands
    assert command.order is not None
    assert [each.extensions for each in command.order.lines] == [{"shelf": "A-12"}]


def test_the_same_order_with_other_data_beside_it_is_the_same_order() -> None:
    log = Log()
    log.append(placed(line("1", extensions={"shelf": "A-12"})), extensions=SHOP)
    repeated = log.outcome(placed(line("1", extensions={"shelf": "B-1"})), extensions={"basket": "B-8"})
    assert (repeated.verdict, repeated.extensions) == (Verdict.DUPLICATE, {"basket": "B-8"})
