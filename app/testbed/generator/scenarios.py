"""What happens to made-up orders, from the ordinary to the faulty, and what must come of it under each trigger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.testbed.generator.content import OrderContent, dearer, written_otherwise
from app.testbed.generator.expectation import Expected, OrderStep
from app.testbed.generator.people import company_with_wrong_number, some_number

ScenarioResult = tuple[Sequence[OrderStep], Expected]

UNKNOWN_LINE: Final = "no-such-line"
# What an explicit request over the whole order meets: nothing, a document, or a document that waits for it.
WHOLE_REQUEST: Final[Mapping[Trigger, Verdict]] = MappingProxyType(
    {
        Trigger.ORDER_PLACED: Verdict.DUPLICATE,
        Trigger.SHIPMENT: Verdict.OK,
        Trigger.STATUS: Verdict.OK,
        Trigger.MANUAL: Verdict.OK,
    }
)
# Under these the order alone plans nothing.
ASKED: Final = frozenset({Trigger.SHIPMENT, Trigger.STATUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How such an order is made, how many of a hundred are such, and under which triggers."""

    name: str
    make: Callable[[OrderContent], ScenarioResult]
    weight: int
    triggers: frozenset[Trigger] = frozenset(Trigger)
    fewest_goods: int = 1
    digital: bool = False


def _ok(content: OrderContent) -> OrderStep:
    return OrderStep(event=content.placed(), verdict=Verdict.OK)


def _whole(content: OrderContent) -> Expected:
    return Expected(documents=(tuple(sorted(content.lines)),))


def _by_order_alone(content: OrderContent) -> Expected:
    """What the order plans before an invoice is asked for."""
    if content.trigger in ASKED:
        return Expected(documents=(), open=tuple(sorted(content.lines)))
    return Expected(documents=(tuple(sorted(content.lines)),), awaiting_approval=content.trigger is Trigger.MANUAL)


def ordinary(content: OrderContent) -> ScenarioResult:
    """One order; where goods are invoiced when they leave, one shipment, or the status that says so."""
    steps = [_ok(content)]
    if content.trigger not in ASKED:
        return steps, _by_order_alone(content)
    leaves = content.shipped() if content.trigger is Trigger.STATUS else content.request(content.lines)
    steps.append(OrderStep(event=leaves, verdict=Verdict.OK))
    return steps, _whole(content)


def asked_for_as_a_whole(content: OrderContent) -> ScenarioResult:
    """Order and request back to back: how digital goods come, and what releases a document that waits."""
    request = OrderStep(event=content.request(content.lines), verdict=WHOLE_REQUEST[content.trigger])
    return [_ok(content), request], _whole(content)


def request_before_order(content: OrderContent) -> ScenarioResult:
    """The request overtakes its order, is held, and is answered once the order is there."""
    request = OrderStep(event=content.request(content.lines), verdict=WHOLE_REQUEST[content.trigger])
    return [request, _ok(content)], _whole(content)


def several_shipments(content: OrderContent) -> ScenarioResult:
    """Each shipment gets its own document; sometimes the last one has not left yet."""
    parcels = [content.first_parcel, *((line,) for line in content.goods[1:])]
    unshipped = parcels.pop() if content.chance.randrange(3) == 0 else ()
    requests = [
        OrderStep(event=content.request(parcel, number), verdict=Verdict.OK)
        for number, parcel in enumerate(parcels, start=1)
    ]
    documents = tuple(tuple(sorted(parcel)) for parcel in parcels)
    return [_ok(content), *requests], Expected(documents=documents, open=unshipped)


def cancelled_before_shipping(content: OrderContent) -> ScenarioResult:
    """A line is cancelled, the others are shipped; then the cancelled one is asked for after all."""
    cancelled = content.goods[-1:]
    shipped = tuple(line for line in content.lines if line not in cancelled)
    steps = [
        _ok(content),
        OrderStep(event=content.cancel(cancelled), verdict=Verdict.OK),
        OrderStep(event=content.request(shipped), verdict=Verdict.OK),
        OrderStep(event=content.request(cancelled, shipment=2), verdict=Verdict.REJECTED),
    ]
    expected = Expected(documents=(tuple(sorted(shipped)),), cancelled=cancelled)
    return steps, expected


def overlapping_requests(content: OrderContent) -> ScenarioResult:
    """The second shipment names a line of the first: refused as a whole, right the next time."""
    first, second = content.first_parcel, content.goods[1:]
    steps = [
        _ok(content),
        OrderStep(event=content.request(first), verdict=Verdict.OK),
        OrderStep(event=content.request((first[0], *second), shipment=2), verdict=Verdict.REJECTED),
        OrderStep(event=content.request(second, shipment=3), verdict=Verdict.OK),
    ]
    expected = Expected(documents=(tuple(sorted(first)), tuple(sorted(second))))
    return steps, expected


def written_again_otherwise(content: OrderContent) -> ScenarioResult:
    """The same order a second time in other digits: a duplicate, not a conflict."""
    again = OrderStep(event=content.placed(written_otherwise(content.body)), verdict=Verdict.DUPLICATE)
    return [_ok(content), again], _by_order_alone(content)


def conflicting_content(content: OrderContent) -> ScenarioResult:
    """The same reference with another price: refused, the first content remains."""
    conflict = OrderStep(event=content.placed(dearer(content.body)), verdict=Verdict.REJECTED)
    return [_ok(content), conflict], _by_order_alone(content)


def wrong_tax_number(content: OrderContent) -> ScenarioResult:
    """A company's VKN with a wrong check digit: nothing of the order is taken."""
    person = company_with_wrong_number(some_number(content.chance), content.chance)
    step = OrderStep(event=content.placed(person=person), verdict=Verdict.REJECTED)
    return [step], Expected(documents=())


def unknown_line(content: OrderContent) -> ScenarioResult:
    """A request for a line that the order has not."""
    request = OrderStep(event=content.request((content.goods[0], UNKNOWN_LINE)), verdict=Verdict.REJECTED)
    return [_ok(content), request], _by_order_alone(content)


_BY_SHIPMENT: Final = frozenset({Trigger.SHIPMENT})
SCENARIOS: Final = (
    Scenario(name="ordinary", make=ordinary, weight=44),
    Scenario(name="asked for as a whole", make=asked_for_as_a_whole, weight=6),
    Scenario(name="digital goods", make=asked_for_as_a_whole, weight=10, digital=True),
    Scenario(name="request before order", make=request_before_order, weight=6),
    Scenario(name="several shipments", make=several_shipments, weight=12, triggers=_BY_SHIPMENT, fewest_goods=2),
    Scenario(
        name="cancelled before shipping",
        make=cancelled_before_shipping,
        weight=6,
        triggers=_BY_SHIPMENT,
        fewest_goods=2,
    ),
    Scenario(name="overlapping requests", make=overlapping_requests, weight=3, triggers=_BY_SHIPMENT, fewest_goods=2),
    Scenario(name="written again otherwise", make=written_again_otherwise, weight=4),
    Scenario(name="conflicting content", make=conflicting_content, weight=3),
    Scenario(name="wrong tax number", make=wrong_tax_number, weight=3),
    Scenario(name="unknown line", make=unknown_line, weight=3),
)
