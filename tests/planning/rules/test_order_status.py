"""The shop's words for where an order is, under the trigger STATUS and under the others."""

from datetime import date
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.orders import LinesCancelled, OrderStatusChanged
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, policy, progressed, requested

WHOLE = ("1", "2", "3")
SHIPPED = OrderStatusChanged(status="SHIPPED")


def by_status(*statuses: str, **more: Any) -> Log:
    log = Log()
    log.policy = policy(Trigger.STATUS, trigger_statuses=statuses or ("SHIPPED", "DELIVERED"), **more)
    return log


def test_a_status_of_the_policy_plans_what_is_open() -> None:
    log = by_status()
    assert not log.append(placed()).commands
    effects = log.append(SHIPPED)
    (command,), (outcome,) = effects.commands, effects.outcomes
    assert (command.action, command.document_id) == (Action.ISSUE, document_id(*WHOLE))
    assert (outcome.verdict, [each.lines for each in outcome.documents]) == (Verdict.OK, [WHOLE])


def test_the_documents_have_what_the_status_says_of_the_shipment() -> None:
    log = by_status()
    log.append(placed())
    changed = OrderStatusChanged(
        status="SHIPPED", dispatch_date=date(2026, 11, 2), carrier="Deneme Kargo", tracking_code="DNM1"
    )
    (command,) = log.append(changed).commands
    assert command.order is not None
    order = command.order
    assert (order.dispatch_date, order.carrier, order.tracking_code) == (date(2026, 11, 2), "Deneme Kargo", "DNM1")


def test_another_status_plans_nothing() -> None:
    log = by_status()
    log.append(placed())
    effects = log.append(OrderStatusChanged(status="PACKED"))
    assert not effects.commands
    assert effects.outcomes[0].verdict is Verdict.OK
    assert log.line_status("1") is LineStatus.OPEN


def test_a_later_status_of_the_policy_plans_nothing_twice() -> None:
    log = by_status()
    log.append(placed())
    log.append(SHIPPED)
    assert not log.append(OrderStatusChanged(status="DELIVERED")).commands
    assert log.outcome(OrderStatusChanged(status="DELIVERED")).verdict is Verdict.DUPLICATE


@pytest.mark.parametrize("trigger", [Trigger.SHIPMENT, Trigger.MANUAL, Trigger.ORDER_PLACED])
def test_under_another_trigger_a_status_is_remembered_and_plans_nothing(trigger: Trigger) -> None:
    log = Log(trigger)
    log.append(placed())
    effects = log.append(SHIPPED)
    assert not effects.commands
    assert log.state is not None
    assert log.state.status == "SHIPPED"


def test_a_status_that_overtook_its_order_plans_when_the_order_comes() -> None:
    log = by_status()
    assert log.outcome(SHIPPED).verdict is Verdict.HELD
    (command,) = log.append(placed()).commands
    assert command.document_id == document_id(*WHOLE)


def test_lines_that_were_shipped_or_cancelled_before_are_not_planned_again() -> None:
    log = by_status()
    log.append(placed())
    log.append(requested("1"))
    log.append(cancelled("2"))
    (command,) = log.append(SHIPPED).commands
    assert command.document_id == document_id("3")


def test_what_a_cancellation_leaves_open_is_planned_again_after_the_status() -> None:
    log = by_status()
    log.append(placed())
    log.append(SHIPPED)
    log.append(LinesCancelled(line_references=("2",)))
    (command,) = log.append(progressed(document_id(*WHOLE), DocumentState.CANCELLED)).commands
    assert (command.action, command.document_id) == (Action.ISSUE, document_id("1", "3"))


def test_an_order_from_before_the_business_came_is_not_planned() -> None:
    log = by_status(active_from=date(2026, 11, 2))
    log.append(placed())
    effects = log.append(SHIPPED)
    assert not effects.commands
    assert effects.outcomes[0].reason == "BEFORE_ACTIVE_FROM"


def test_the_documents_go_to_the_provider_of_the_day_of_the_status() -> None:
    log = by_status()
    log.append(placed())
    log.policy = policy(Trigger.STATUS, provider="testbook", trigger_statuses=("SHIPPED",))
    (command,) = log.append(SHIPPED).commands
    assert command.provider == "testbook"


def test_an_order_of_which_everything_was_cancelled_says_so() -> None:
    log = by_status()
    log.append(placed())
    log.append(cancelled(*WHOLE))
    assert log.outcome(SHIPPED).reason == "ALL_LINES_CANCELLED"
