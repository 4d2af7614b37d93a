"""An order that is invoiced when its shop says so: the whole of it, with the shipment that the shop names."""

from dataclasses import replace
from typing import Any

from app.domain.orders import OrderStatusChanged
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.generator import Expected, GeneratedOrder, OrderStep
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import SHIPPED, WITHDRAWN, clean
from tests.testbed.chaos.planting import planted, says

LEFT = OrderStatusChanged(status="SHIPPED", dispatch_date=evidence.AT.date(), carrier="Deneme Kargo")


def by_status(**changes: Any) -> list[Defect]:
    """The clean run, whose shipped order is invoiced by its status."""
    run = clean()
    said = evidence.submitted(2, SHIPPED, LEFT)
    answered = evidence.outcome(2, SHIPPED, "OrderStatusChanged", documents=evidence.found(SHIPPED))
    first = evidence.command(SHIPPED)
    assert first.order is not None
    content = replace(first.order, dispatch_date=LEFT.dispatch_date, carrier=LEFT.carrier)
    values: dict[str, Any] = {
        "submitted": (run.submitted[0], said, *run.submitted[2:]),
        "outcomes": (run.outcomes[0], answered, *run.outcomes[2:]),
        "commands": (replace(first, order=content), *run.commands[1:]),
        "generated": (generated(said.event), evidence.generated(WITHDRAWN)),
    }
    return planted(**{**values, **changes})


def generated(said: Any) -> GeneratedOrder:
    order = evidence.generated(SHIPPED)
    steps = (order.steps[0], OrderStep(event=said, verdict=Verdict.OK))
    return replace(order, steps=steps, expected=Expected(documents=(("1", "2"),)))


def test_what_the_status_plans_is_as_it_must_be() -> None:
    assert by_status() == []


def test_a_lost_document_is_found() -> None:
    defects = by_status(statuses=clean().statuses[3:], made=(), commands=clean().commands[1:])
    says(defects, DefectKind.LOST, SHIPPED, "no document over lines 1, 2")


def test_a_shipment_that_the_shop_has_not_named_is_found() -> None:
    says(by_status(commands=clean().commands), DefectKind.WRONG, "has the shipment")


def test_an_outcome_that_does_not_name_the_document_is_found() -> None:
    answered = evidence.outcome(2, SHIPPED, "OrderStatusChanged")
    outcomes = (clean().outcomes[0], answered, *clean().outcomes[2:])
    says(by_status(outcomes=outcomes), DefectKind.WRONG, "OrderStatusChanged (OK) names no document")
