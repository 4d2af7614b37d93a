"""What happens to made-up orders, from the ordinary to the faulty, and what must come of it under each trigger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.testbed.generator.drafts import Draft, dearer, written_otherwise
from app.testbed.generator.expectation import Expected, Step
from app.testbed.generator.people import company_with_wrong_number, some_number

Story = tuple[Sequence[Step], Expected]

UNKNOWN_LINE: Final = "no-such-line"
# What an explicit request over the whole order meets: nothing, a document, or a document that waits for it.
WHOLE_REQUEST: Final[Mapping[Trigger, Verdict]] = MappingProxyType(
    {Trigger.ORDER_PLACED: Verdict.DUPLICATE, Trigger.SHIPMENT: Verdict.OK, Trigger.MANUAL: Verdict.OK}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How a story is told, how often of a hundred, and under which triggers it can be."""

    name: str
    tell: Callable[[Draft], Story]
    weight: int
    triggers: frozenset[Trigger] = frozenset(Trigger)
    fewest_goods: int = 1
    digital: bool = False


def _ok(draft: Draft) -> Step:
    return Step(event=draft.placed(), verdict=Verdict.OK)


def _whole(draft: Draft) -> Expected:
    return Expected(documents=(tuple(sorted(draft.lines)),))


def _by_order_alone(draft: Draft) -> Expected:
    """What the order plans before anybody asks for an invoice."""
    if draft.trigger is Trigger.SHIPMENT:
        return Expected(documents=(), open=tuple(sorted(draft.lines)))
    return Expected(documents=(tuple(sorted(draft.lines)),), awaiting_approval=draft.trigger is Trigger.MANUAL)


def ordinary(draft: Draft) -> Story:
    """One order; where goods are invoiced when they leave, one shipment."""
    steps = [_ok(draft)]
    if draft.trigger is not Trigger.SHIPMENT:
        return steps, _by_order_alone(draft)
    steps.append(Step(event=draft.request(draft.lines), verdict=Verdict.OK))
    return steps, _whole(draft)


def asked_for_as_a_whole(draft: Draft) -> Story:
    """Order and request back to back: how digital goods come, and what releases a document that waits."""
    request = Step(event=draft.request(draft.lines), verdict=WHOLE_REQUEST[draft.trigger])
    return [_ok(draft), request], _whole(draft)


def request_before_order(draft: Draft) -> Story:
    """The request overtakes its order, is held, and is answered once the order is there."""
    request = Step(event=draft.request(draft.lines), verdict=WHOLE_REQUEST[draft.trigger])
    return [request, _ok(draft)], _whole(draft)


def several_shipments(draft: Draft) -> Story:
    """Each shipment gets its own document; sometimes the last one has not left yet."""
    parcels = [draft.first_parcel, *((line,) for line in draft.goods[1:])]
    unshipped = parcels.pop() if draft.chance.randrange(3) == 0 else ()
    requests = [
        Step(event=draft.request(parcel, number), verdict=Verdict.OK) for number, parcel in enumerate(parcels, start=1)
    ]
    documents = tuple(tuple(sorted(parcel)) for parcel in parcels)
    return [_ok(draft), *requests], Expected(documents=documents, open=unshipped)


def cancelled_before_shipping(draft: Draft) -> Story:
    """A line is cancelled, the others are shipped; then somebody asks for the cancelled one after all."""
    cancelled = draft.goods[-1:]
    shipped = tuple(line for line in draft.lines if line not in cancelled)
    steps = [
        _ok(draft),
        Step(event=draft.cancel(cancelled), verdict=Verdict.OK),
        Step(event=draft.request(shipped), verdict=Verdict.OK),
        Step(event=draft.request(cancelled, shipment=2), verdict=Verdict.REJECTED),
    ]
    expected = Expected(documents=(tuple(sorted(shipped)),), cancelled=cancelled)
    return steps, expected


def overlapping_requests(draft: Draft) -> Story:
    """The second shipment names a line of the first: refused as a whole, right the next time."""
    first, second = draft.first_parcel, draft.goods[1:]
    steps = [
        _ok(draft),
        Step(event=draft.request(first), verdict=Verdict.OK),
        Step(event=draft.request((first[0], *second), shipment=2), verdict=Verdict.REJECTED),
        Step(event=draft.request(second, shipment=3), verdict=Verdict.OK),
    ]
    expected = Expected(documents=(tuple(sorted(first)), tuple(sorted(second))))
    return steps, expected


def written_again_otherwise(draft: Draft) -> Story:
    """The same order a second time in other digits: a duplicate, not a conflict."""
    again = Step(event=draft.placed(written_otherwise(draft.body)), verdict=Verdict.DUPLICATE)
    return [_ok(draft), again], _by_order_alone(draft)


def conflicting_content(draft: Draft) -> Story:
    """The same reference with another price: refused, the first content stands."""
    conflict = Step(event=draft.placed(dearer(draft.body)), verdict=Verdict.REJECTED)
    return [_ok(draft), conflict], _by_order_alone(draft)


def wrong_tax_number(draft: Draft) -> Story:
    """A company's VKN with a wrong check digit: nothing of the order is taken."""
    person = company_with_wrong_number(some_number(draft.chance), draft.chance)
    step = Step(event=draft.placed(person=person), verdict=Verdict.REJECTED)
    return [step], Expected(documents=())


def unknown_line(draft: Draft) -> Story:
    """A request for a line that the order has not."""
    request = Step(event=draft.request((draft.goods[0], UNKNOWN_LINE)), verdict=Verdict.REJECTED)
    return [_ok(draft), request], _by_order_alone(draft)


_BY_SHIPMENT: Final = frozenset({Trigger.SHIPMENT})
SCENARIOS: Final = (
    Scenario(name="ordinary", tell=ordinary, weight=44),
    Scenario(name="asked for as a whole", tell=asked_for_as_a_whole, weight=6),
    Scenario(name="digital goods", tell=asked_for_as_a_whole, weight=10, digital=True),
    Scenario(name="request before order", tell=request_before_order, weight=6),
    Scenario(name="several shipments", tell=several_shipments, weight=12, triggers=_BY_SHIPMENT, fewest_goods=2),
    Scenario(
        name="cancelled before shipping",
        tell=cancelled_before_shipping,
        weight=6,
        triggers=_BY_SHIPMENT,
        fewest_goods=2,
    ),
    Scenario(name="overlapping requests", tell=overlapping_requests, weight=3, triggers=_BY_SHIPMENT, fewest_goods=2),
    Scenario(name="written again otherwise", tell=written_again_otherwise, weight=4),
    Scenario(name="conflicting content", tell=conflicting_content, weight=3),
    Scenario(name="wrong tax number", tell=wrong_tax_number, weight=3),
    Scenario(name="unknown line", tell=unknown_line, weight=3),
)
