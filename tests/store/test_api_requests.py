from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.store import IncomingRequest, Progress, RequestState, Store, Turn, new_key
from app.store.api_requests import IN_DOUBT_AFTER, ApiRequestStore
from tests.store.configurations import NOW, SHOP

ORDER = IncomingRequest(
    business=SHOP,
    request_key="order-1",
    operation="createOrder",
    order_reference="S-1",
    customer_number="C-1",
    digest="a" * 64,
    client="shop",
    places_order=True,
)
INVOICE = replace(ORDER, request_key="invoice-1", operation="createInvoice", places_order=False)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def requests(tmp_path: Path, clock: Clock) -> ApiRequestStore:
    settings = Settings(database=f"sqlite:///{tmp_path}/test.db", secret_key=SecretStr(new_key()))
    return Store.open(settings, clock=clock).api_requests()


def begun(requests: ApiRequestStore, request: IncomingRequest = ORDER) -> tuple[Turn, str]:
    (found,) = requests.work([request], [])
    return found.turn, found.request.internal_request_id


def noted(requests: ApiRequestStore, request_id: str, state: RequestState) -> None:
    requests.work([], [Progress(internal_request_id=request_id, state=state)])


def test_a_request_is_sent_once_and_then_replayed(requests: ApiRequestStore) -> None:
    turn, request_id = begun(requests)
    noted(requests, request_id, RequestState.ACCEPTED)
    assert turn is Turn.SEND
    assert begun(requests) == (Turn.REPLAY, request_id)


def test_of_twins_in_one_transaction_one_is_sent(requests: ApiRequestStore) -> None:
    assert [each.turn for each in requests.work([ORDER, ORDER], [])] == [Turn.SEND, Turn.WAIT]


def test_what_became_of_several_is_noted_together(requests: ApiRequestStore) -> None:
    first, second = begun(requests)[1], begun(requests, INVOICE)[1]
    requests.work(
        [],
        [
            Progress(internal_request_id=first, state=RequestState.ACCEPTED, partition=1, offset=2),
            Progress(internal_request_id=second, state=RequestState.UNKNOWN),
        ],
    )
    states = [found.state for each in (first, second) if (found := requests.find(each))]
    assert states == [RequestState.ACCEPTED, RequestState.UNKNOWN]


@pytest.mark.parametrize(
    ("state", "same", "other"),
    [
        (RequestState.PENDING, Turn.WAIT, Turn.REUSED),
        (RequestState.ACCEPTED, Turn.REPLAY, Turn.REUSED),
        (RequestState.UNKNOWN, Turn.SEND, Turn.REUSED),
        (RequestState.NOT_SENT, Turn.SEND, Turn.SEND),
        (RequestState.REJECTED, Turn.SEND, Turn.SEND),
    ],
)
def test_what_a_repeat_is_depends_on_how_far_the_first_has_come(
    requests: ApiRequestStore, state: RequestState, same: Turn, other: Turn
) -> None:
    for number, (body, turn) in enumerate((("a", same), ("b", other))):
        request = replace(ORDER, request_key=f"k-{number}")
        noted(requests, begun(requests, request)[1], state)
        assert begun(requests, replace(request, digest=body * 64))[0] is turn


def test_a_try_after_a_refusal_has_an_id_of_its_own_and_one_in_doubt_has_not(requests: ApiRequestStore) -> None:
    first = begun(requests)[1]
    noted(requests, first, RequestState.UNKNOWN)
    assert begun(requests)[1] == first
    noted(requests, first, RequestState.REJECTED)
    second = begun(requests)[1]
    assert second != first
    found = requests.find_by_key(SHOP, "order-1")
    assert found is not None
    assert (found.try_no, found.internal_request_id) == (2, second)


def test_a_delivery_that_is_known_late_changes_no_refusal(requests: ApiRequestStore) -> None:
    request_id = begun(requests)[1]
    noted(requests, request_id, RequestState.REJECTED)
    noted(requests, request_id, RequestState.ACCEPTED)
    found = requests.find(request_id)
    assert found is not None
    assert found.state is RequestState.REJECTED


def test_a_request_whose_process_has_ended_is_sent_again_after_a_while(requests: ApiRequestStore, clock: Clock) -> None:
    request_id = begun(requests)[1]
    clock.now += IN_DOUBT_AFTER
    assert begun(requests)[0] is Turn.WAIT
    clock.now += timedelta(seconds=1)
    assert begun(requests) == (Turn.SEND, request_id)


def test_an_order_is_known_under_its_customer_alone(requests: ApiRequestStore) -> None:
    begun(requests)
    assert begun(requests, replace(INVOICE, customer_number="C-2"))[0] is Turn.OTHER_CUSTOMER
    assert begun(requests, INVOICE)[0] is Turn.SEND


def test_an_order_that_came_another_way_may_have_any_customer(requests: ApiRequestStore) -> None:
    assert begun(requests, INVOICE)[0] is Turn.SEND


def test_the_oldest_requests_are_forgotten_a_few_at_a_time(requests: ApiRequestStore, clock: Clock) -> None:
    for number in range(5):
        clock.now = NOW + timedelta(days=number)
        request_id = begun(requests, replace(ORDER, request_key=f"order-{number}"))[1]
        noted(requests, request_id, RequestState.ACCEPTED)
    before = NOW + timedelta(days=4)
    assert [requests.sweep(before, most=3), requests.sweep(before, most=3)] == [3, 1]
    left = [number for number in range(5) if requests.find_by_key(SHOP, f"order-{number}")]
    assert left == [4]


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.PENDING])
def test_what_became_of_a_request_does_not_keep_it(requests: ApiRequestStore, state: RequestState) -> None:
    noted(requests, begun(requests)[1], state)
    assert requests.sweep(NOW + timedelta(seconds=1)) == 1


def test_a_request_that_is_pending_is_never_forgotten(requests: ApiRequestStore) -> None:
    request_id = begun(requests)[1]
    assert requests.sweep(NOW + timedelta(days=1000)) == 0
    assert requests.find(request_id) is not None


def test_a_forgotten_request_has_its_id_again(requests: ApiRequestStore) -> None:
    first = begun(requests)
    noted(requests, first[1], RequestState.ACCEPTED)
    requests.sweep(NOW + timedelta(days=1))
    assert begun(requests) == first


def test_other_content_under_a_forgotten_key_has_another_id(requests: ApiRequestStore) -> None:
    first = begun(requests)[1]
    noted(requests, first, RequestState.ACCEPTED)
    requests.sweep(NOW + timedelta(days=1))
    turn, second = begun(requests, replace(ORDER, digest="b" * 64))
    assert (turn, second == first) == (Turn.SEND, False)
