"""Intake gives every record its one way on: its order's log, a refusal with every error, or the dead letters."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.orders import LoggedEvent, OrderRefused
from app.domain.outcomes import OrderOutcome
from app.domain.policy import RULES_VERSION, Policy, Trigger
from app.intake.agent import Intake, PoliciesUnavailableError
from app.stream.errors import OwnershipLost
from app.stream.ownership.epoch import Epoch
from app.stream.records import MOST_BYTES, InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.topics.names import Topics

TOPICS = Topics()
CODEC = Codec()
POLICY = Policy(provider="nilvera", trigger=Trigger.SHIPMENT)
ORDER: dict[str, Any] = {
    "business": "ORNEK",
    "order_reference": "S-1",
    "request_id": "r-1",
    "body": {
        "type": "OrderPlaced",
        "order_date": "2026-11-01",
        "lines": [{"line_reference": "1", "name": "Çay", "quantity": 1, "unit_price": "10.00", "vat_rate": 20}],
    },
}


class StoredPolicies:
    """Policies in memory and behind it; `away` many reads fail first."""

    def __init__(self, *, fresh: dict[str, Policy] | None = None, away: int = 0) -> None:
        self.fresh = fresh or {}
        self.stored = {"ORNEK": POLICY}
        self.away = away
        self.reads: list[set[str]] = []
        self.connections_read: list[str] = []

    def peek(self, business: str) -> Policy | None:
        return self.fresh.get(business)

    async def read(self, businesses: set[str]) -> dict[str, Policy]:
        self.reads.append(businesses)
        if len(self.reads) <= self.away:
            raise PoliciesUnavailableError("the database is away")
        return {business: self.stored[business] for business in businesses & self.stored.keys()}

    async def connections(self, business: str) -> dict[str, str]:
        self.connections_read.append(business)
        if len(self.connections_read) <= self.away:
            raise PoliciesUnavailableError("the database is away")
        return {"nilvera": "nilvera", "testbook": "testbook", "second-login": "nilvera"}


class Upstream:
    """Records as they lie on the order topic, and what intake published for them."""

    def __init__(self, policies: StoredPolicies | None = None, *, most: int = MOST_BYTES) -> None:
        self.published: list[Record] = []
        self.policies = policies or StoredPolicies()
        self.epoch = Epoch(1, [(TOPICS.orders, 0)])
        outgoing = RecordBuilder(TOPICS, CODEC, app="intake", most=most)
        self.intake = Intake(publish=self._publish, outgoing=outgoing, codec=CODEC, policies=self.policies)

    async def _publish(self, records: Iterable[Record]) -> None:
        self.published += records

    async def send(self, *values: Any, key: bytes | None = b"any", offset: int = 7) -> list[Record]:
        records = [
            InRecord(
                topic=TOPICS.orders,
                partition=2,
                offset=offset + n,
                timestamp_ms=1_793_000_000_000,
                key=key,
                value=json.dumps(value).encode() if isinstance(value, dict) else value,
                headers=(("correlation-id", b"c-1"),),
            )
            for n, value in enumerate(values)
        ]
        before = len(self.published)
        await self.intake.on_batch(self.epoch, records)
        return [record for record in self.published[before:] if not is_about_a_refusal(record)]


def is_about_a_refusal(record: Record) -> bool:
    """What the order's log is told beside the answer."""
    return record.topic == TOPICS.order_log and b'"OrderRefused"' in (record.value or b"")


def changed(**parts: Any) -> dict[str, Any]:
    return {**ORDER, **parts}


def body(**parts: Any) -> dict[str, Any]:
    return changed(body={**ORDER["body"], **parts})


async def test_a_record_goes_into_its_orders_log_stamped_and_under_its_orders_key() -> None:
    (record,) = await Upstream().send(ORDER, key=None)
    event = CODEC.read(LoggedEvent, record.value)
    assert (record.topic, record.key) == (TOPICS.order_log, b"ORNEK/S-1")
    assert (event.policy, event.rules_version, event.request_id) == (POLICY, RULES_VERSION, "r-1")
    assert event.received_at.timestamp() == 1_793_000_000
    assert dict(record.headers)["correlation-id"] == b"c-1"


async def test_a_redelivered_record_has_the_same_id_and_a_repeated_one_has_not() -> None:
    upstream = Upstream()
    first, again, repeat = [
        CODEC.read(LoggedEvent, record.value)
        for offset in (7, 7, 8)
        for record in await upstream.send(ORDER, offset=offset)
    ]
    assert first == again
    assert first.event_id != repeat.event_id


async def test_an_event_that_its_orders_log_would_not_take_is_refused_and_its_neighbour_goes_on() -> None:
    small, large = await Upstream(most=1000).send(ORDER, body(note="x" * 900))
    assert small.topic == TOPICS.order_log
    outcome = CODEC.read(OrderOutcome, large.value)
    assert (outcome.verdict, outcome.reason, outcome.request_id) == ("REJECTED", "CONTENT_INVALID", "r-1")
    assert [(error.path, error.code) for error in outcome.errors] == [("$", "TOO_LARGE")]


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param({"surprise": 1}, id="refused_record"),
        pytest.param({"order_date": "2026-11-01", "invoice_info": {"InvoiceType": "IPTAL"}}, id="wrong"),
        pytest.param({"note": "x" * 900}, id="too large"),
    ],
)
async def test_an_order_that_is_refused_is_told_to_its_log_for_what_waits_for_it(spoilt: dict[str, Any]) -> None:
    upstream = Upstream(most=1000)
    (answer,) = await upstream.send(body(**spoilt))
    (told,) = filter(is_about_a_refusal, upstream.published)
    event = CODEC.read(LoggedEvent, told.value)
    assert (told.key, event.order_reference) == (b"ORNEK/S-1", "S-1")
    assert event.body == OrderRefused(event_id=CODEC.read(OrderOutcome, answer.value).event_id)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(changed(body={"type": "LinesCancelled", "line_references": []}), id="no order"),
        pytest.param(changed(business="NOBODY"), id="unknown business"),
        pytest.param(changed(business="NOBODY", body={"type": "OrderPlaced"}), id="refused_record, unknown business"),
        pytest.param(changed(business="no business"), id="no business"),
    ],
)
async def test_only_the_refusal_of_an_order_of_a_known_business_is_told_to_a_log(value: dict[str, Any]) -> None:
    upstream = Upstream()
    await upstream.send(value)
    assert not any(record.topic == TOPICS.order_log for record in upstream.published)


async def test_an_answer_that_its_topic_would_not_take_is_a_dead_letter_and_its_neighbour_goes_on() -> None:
    refused_record = body(lines=[{"line_reference": f"x\u202e{n}"} for n in range(20)])
    small, large = await Upstream(most=1000).send(ORDER, refused_record)
    assert small.topic == TOPICS.order_log
    assert large.topic == TOPICS.dead_letters(TOPICS.orders, "intake")
    assert dict(large.headers)["dlq-reason"] == b"ANSWER_TOO_LARGE"


async def test_every_error_of_a_records_shape_stands_in_one_refusal() -> None:
    lines = [{"line_reference": "", "name": "a\u202eb", "quantity": "NaN", "unit_price": "x", "vat_rate": 120}]
    (record,) = await Upstream().send(body(lines=lines, order_date="tomorrow", surprise=1))
    outcome = CODEC.read(OrderOutcome, record.value)
    assert (outcome.verdict, outcome.reason, outcome.event_type) == ("REJECTED", "SHAPE_INVALID", "OrderPlaced")
    assert {error.path for error in outcome.errors} == {
        "$.body.lines[0].line_reference",
        "$.body.lines[0].name",
        "$.body.lines[0].quantity",
        "$.body.lines[0].unit_price",
        "$.body.lines[0].vat_rate",
        "$.body.order_date",
        "$.body.surprise",
    }
    assert outcome.request_id == "r-1"


async def test_an_invoice_request_with_a_quantity_or_a_price_is_refused() -> None:
    request = {"type": "InvoiceRequested", "line_references": ["1"], "quantity": 1, "unit_price": "5"}
    (record,) = await Upstream().send(changed(body=request))
    outcome = CODEC.read(OrderOutcome, record.value)
    assert [error.path for error in outcome.errors] == ["$.body.quantity", "$.body.unit_price"]


@pytest.mark.parametrize(
    "internal",
    [
        {"type": "DocumentProgressed", "document_id": "d", "command_id": "c", "state": "ISSUED"},
        {"type": "HoldExpired", "event_ids": ["e"]},
    ],
)
async def test_nobody_can_submit_what_only_our_own_writers_say(internal: dict[str, Any]) -> None:
    (record,) = await Upstream().send(changed(body=internal))
    assert CODEC.read(OrderOutcome, record.value).verdict == "REJECTED"


@pytest.mark.parametrize("stamp", [{"policy": {"provider": "nilvera"}}, {"event_id": "mine"}, {"rules_version": 9}])
async def test_nobody_can_submit_a_stamp_of_their_own(stamp: dict[str, Any]) -> None:
    (record,) = await Upstream().send(changed(**stamp))
    assert CODEC.read(OrderOutcome, record.value).reason == "SHAPE_INVALID"


async def test_an_unknown_business_is_refused_after_the_store_was_asked_past_the_memory() -> None:
    upstream = Upstream()
    (record,) = await upstream.send(changed(business="FREMD"))
    assert CODEC.read(OrderOutcome, record.value).reason == "UNKNOWN_BUSINESS"
    assert upstream.policies.reads == [{"FREMD"}]


async def test_a_batch_asks_the_store_once_and_a_fresh_policy_not_at_all() -> None:
    upstream = Upstream(StoredPolicies(fresh={"ORNEK": POLICY}))
    await upstream.send(ORDER, changed(business="A"), changed(business="B"), ORDER)
    assert upstream.policies.reads == [{"A", "B"}]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, b"NO_VALUE"),
        (b'{"business": "ORNEK", "order', b"NOT_JSON"),
        (b"\xff\xfe", b"NOT_JSON"),
        (b"[" * 100_000, b"NESTED_TOO_DEEP"),
        (b'"' + b"x" * 1_100_000 + b'"', b"TOO_LARGE"),
        (b"\x00\x00\x00\x00\x09abc", b"UNKNOWN_SCHEMA"),
        (b'{"body": {"type": "OrderPlaced"}}', b"NO_IDENTITY"),
        (b'{"business": "no spaces", "order_reference": "1"}', b"NO_IDENTITY"),
        (b"[]", b"NO_IDENTITY"),
    ],
)
async def test_what_cannot_be_read_is_a_dead_letter_with_its_bytes_and_the_next_record_goes_on(
    value: bytes | None, code: bytes
) -> None:
    dead, fine = await Upstream().send(value, ORDER)
    assert (dead.topic, dead.value) == (TOPICS.dead_letters(TOPICS.orders, "intake"), value)
    assert dict(dead.headers)["dlq-reason"] == code
    assert fine.topic == TOPICS.order_log


async def test_a_store_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.ownership.epoch.WAIT_SECONDS", 0.0)
    upstream = Upstream(StoredPolicies(away=3))
    (record,) = await upstream.send(ORDER)
    assert record.topic == TOPICS.order_log
    assert len(upstream.policies.reads) == 4


async def test_a_batch_that_waits_when_its_partition_is_taken_away_is_given_up() -> None:
    upstream = Upstream(StoredPolicies(away=1000))
    upstream.epoch.end()
    with pytest.raises(OwnershipLost):
        await upstream.send(ORDER)
    assert not upstream.published


def reroute(to: str, **more: Any) -> dict[str, Any]:
    return changed(body={"type": "RerouteRequested", "document_id": "d" * 36, "connection": to}, **more)


async def test_a_move_is_stamped_with_the_policy_for_the_new_provider() -> None:
    upstream = Upstream(StoredPolicies(fresh={"ORNEK": POLICY}))
    moved, placed = await upstream.send(reroute("testbook"), ORDER)
    event = CODEC.read(LoggedEvent, moved.value)
    assert event.policy == Policy(provider="testbook", trigger=Trigger.SHIPMENT)
    assert CODEC.read(LoggedEvent, placed.value).policy == POLICY
    assert upstream.policies.connections_read == ["ORNEK"]


async def test_a_move_to_another_login_at_the_same_provider_is_stamped_with_both_names() -> None:
    (moved,) = await Upstream(StoredPolicies(fresh={"ORNEK": POLICY})).send(reroute("second-login"))
    policy = CODEC.read(LoggedEvent, moved.value).policy
    assert policy == replace(POLICY, provider="nilvera", connection="second-login")


async def test_a_move_to_a_provider_without_a_connection_is_left_to_the_planner_to_refuse() -> None:
    """The connection may be there when the record comes again, and one event has one answer."""
    (record,) = await Upstream().send(reroute("sovos"))
    assert record.topic == TOPICS.order_log
    assert CODEC.read(LoggedEvent, record.value).policy is None


async def test_connections_that_cannot_be_read_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.ownership.epoch.WAIT_SECONDS", 0.0)
    upstream = Upstream(StoredPolicies(fresh={"ORNEK": POLICY}, away=2))
    (record,) = await upstream.send(reroute("testbook"))
    assert record.topic == TOPICS.order_log


async def test_an_unknown_business_has_no_connections_to_be_asked_for() -> None:
    upstream = Upstream()
    (record,) = await upstream.send(reroute("testbook", business="FREMD"))
    assert CODEC.read(OrderOutcome, record.value).reason == "UNKNOWN_BUSINESS"
    assert not upstream.policies.connections_read


async def test_a_cancellation_needs_its_reason() -> None:
    body_ = {"type": "DocumentCancellationRequested", "document_id": "d" * 36, "reason": ""}
    (record,) = await Upstream().send(changed(body=body_))
    assert [error.path for error in CODEC.read(OrderOutcome, record.value).errors] == ["$.body.reason"]
