"""The same store on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, insert

from app.domain.numbers import NumberFate
from app.settings import Settings
from app.store import (
    ChangeKind,
    GapKind,
    Progress,
    RequestState,
    Store,
    StoreError,
    StoreUnavailableError,
    Turn,
    database,
    new_key,
)
from app.store.database import open_database, writing
from app.store.tables import allotments, metadata
from tests.store.configurations import NOW, POLICY, PROVIDER, SECRET, SHOP, business
from tests.store.test_api_requests import ORDER
from tests.store.test_numbers import MARKET, TAXPAYER, close_number, configured, gaps, given, number_of, wanted

pytestmark = pytest.mark.postgresql
THREADS = 4
ROUNDS = 5


@pytest.fixture
def settings(postgresql_url: str) -> Iterator[Settings]:
    chosen = Settings(database=postgresql_url, secret_key=SecretStr(new_key()))
    yield chosen
    engine = open_database(chosen.database)
    with writing(engine) as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    engine.dispose()


def test_what_was_applied_is_what_the_workers_are_told_and_twice_is_once(settings: Settings) -> None:
    with Store.open(settings, clock=lambda: NOW) as store:
        store.apply([business()], actor="ayşe")
        again = store.apply([business()], actor="ayşe")
        connection = store.connection(SHOP, PROVIDER)
        assert {change.kind for change in again} == {ChangeKind.UNCHANGED}
        assert store.policy(SHOP) == POLICY
        assert connection is not None and connection.secrets == {"api_key": SECRET}
        assert store.mark_needs_owner(SHOP, PROVIDER, 1, "401")
        assert store.connections(SHOP)[0].needs_owner
        assert store.audit_records()[0].at == NOW


def test_of_those_who_take_a_session_at_once_one_has_it(settings: Settings) -> None:
    with Store.open(settings) as store, ThreadPoolExecutor(THREADS) as threads:
        sessions = store.sessions()
        (hold,) = [hold for hold in threads.map(lambda _: sessions.take("f" * 64, 20.0), range(THREADS)) if hold]
        sessions.keep(hold, "the token")
        sessions.give_back(hold)
        again = sessions.take("f" * 64, 20.0)
    assert again is not None
    assert again.token == "the token"


def test_those_who_open_and_apply_at_once_come_one_after_the_other(settings: Settings) -> None:
    def apply_in_turn(own: int) -> None:
        with Store.open(settings) as store:
            for number in range(ROUNDS):
                policy = replace(POLICY, hold_minutes=1 + own * ROUNDS + number)
                store.apply([business(policy=policy)], actor=f"thread {own}")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(apply_in_turn, range(THREADS)))
    with Store.open(settings) as store:
        holds = [entry.differences["hold_minutes"] for entry in store.audit_records() if entry.part == "policy"]
    assert len(holds) == THREADS * ROUNDS
    assert all(earlier[1] == later[0] for earlier, later in pairwise(holds))


def test_those_who_take_numbers_at_once_get_each_of_them_once_and_no_gap(settings: Settings) -> None:
    def take(own: int) -> list[str]:
        with Store.open(settings) as store:
            code = (SHOP, MARKET)[own % 2]
            return [number_of(store.numbers(), wanted(own * 100 + n, business=code)) for n in range(20)]

    configured(Store.open(settings)).close()

    with ThreadPoolExecutor(THREADS) as threads:
        taken = [number for numbers in threads.map(take, range(THREADS)) for number in numbers]
    assert sorted(taken) == [f"ORN2026{n:09}" for n in range(1, 81)]


def test_everybody_who_prepares_the_same_command_at_once_gets_one_number(settings: Settings) -> None:
    def take(_: int) -> str:
        with Store.open(settings) as store:
            return number_of(store.numbers(), wanted(1))

    configured(Store.open(settings)).close()
    with ThreadPoolExecutor(THREADS) as threads:
        assert set(threads.map(take, range(THREADS))) == {"ORN2026000000001"}


def test_a_number_comes_back_and_goes_out_again_and_a_lost_store_is_raised(settings: Settings) -> None:
    with Store.open(settings) as store:
        numbers, register = configured(store).numbers(), store.number_audit()
        for number in (1, 2):
            number_of(numbers, wanted(number))
        close_number(numbers, wanted(1), NumberFate.FREE, "ORN2026000000001")
        close_number(numbers, wanted(2), NumberFate.VOID, "ORN2026000000002")
        assert number_of(numbers, wanted(3)) == "ORN2026000000001"
        close_number(numbers, wanted(3), NumberFate.USED)
        assert register.behind({(TAXPAYER, "ORN", 2026): 6}) == {(TAXPAYER, "ORN", 2026): 2}
        assert register.raise_to([given(6, 6)]) == ()
        assert number_of(numbers, wanted(4)) == "ORN2026000000007"
        assert gaps(store) == [
            ("ORN2026000000002", GapKind.VOID),
            ("ORN2026000000003", GapKind.UNKNOWN),
            ("ORN2026000000007", GapKind.OPEN),
        ]
        assert [(str(each.highest), each.used) for each in register.series()] == [("ORN2026000000007", 2)]


def test_whoever_is_frozen_while_a_number_is_given_keeps_nobody_waiting_for_ever(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    frozen = open_database(settings.database)
    configured(Store.open(settings)).close()
    with Store.open(settings) as store, pytest.raises(StoreUnavailableError, match="ended the session"):
        _freeze(frozen, lambda: _tried(store, 3))
    frozen.dispose()


def _freeze(engine: Engine, meanwhile: Callable[[], str]) -> None:
    """After a second its session is ended, and with it its transaction."""
    with writing(engine, about=TAXPAYER) as connection:
        connection.execute(insert(allotments), [row_of("frozen")])
        assert meanwhile() == "ORN2026000000001"


def _tried(store: Store, times: int) -> str:
    for _ in range(times):
        with suppress(StoreUnavailableError):
            return number_of(store.numbers(), wanted(1))
    raise AssertionError("it waits for ever")


def row_of(command: str) -> dict[str, object]:
    row = {"business": SHOP, "series": "ORN", "year": 2026, "sequence": 1, "revision": 0, "document_id": "d"}
    row["taxpayer"] = TAXPAYER
    return {**row, "document_type": "EARSIV", "issued_at": NOW, "issue_date": NOW.date(), "command_id": command}


def test_the_database_itself_refuses_a_second_holder_of_a_number(settings: Settings) -> None:
    engine = open_database(settings.database)
    with pytest.raises(StoreError, match="uq_allotments_held"), writing(engine) as connection:
        connection.execute(insert(allotments), [row_of("a"), row_of("b")])
    engine.dispose()


def test_a_server_that_does_not_answer_is_waited_for() -> None:
    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        Store.open(Settings(database="postgresql://nobody:hidden@127.0.0.1:1/nothing"))


def test_of_requests_that_come_at_once_one_is_sent_and_what_became_of_it_is_noted(settings: Settings) -> None:
    with Store.open(settings) as store, ThreadPoolExecutor(THREADS) as threads:
        requests = store.api_requests()
        found = [one for each in threads.map(lambda _: requests.work([ORDER], []), range(THREADS)) for one in each]
        assert sorted(each.turn for each in found) == [Turn.SEND, *[Turn.WAIT] * (THREADS - 1)]
        request_id = found[0].request.internal_request_id
        noted = Progress(internal_request_id=request_id, state=RequestState.ACCEPTED, partition=1, offset=2**40)
        (again,) = requests.work([ORDER], [noted])
        requests.checkpoint()
    assert (again.turn, again.request.internal_request_id) == (Turn.REPLAY, request_id)


def test_requests_that_come_while_old_ones_are_forgotten_are_sent_once_each(settings: Settings) -> None:
    """Each of them finds its row, or none, and never one that vanishes under it."""
    with Store.open(settings) as store, ThreadPoolExecutor(THREADS) as threads:
        requests = store.api_requests()
        asked = [replace(ORDER, request_key=f"order-{number}") for number in range(200)]
        first = [begun.request.internal_request_id for begun in requests.work(asked, [])]
        accepted = [Progress(internal_request_id=each, state=RequestState.ACCEPTED) for each in first]
        requests.work([], accepted)
        later = datetime.now(UTC) + timedelta(days=1)
        sweeps = threads.map(lambda _: requests.sweep(later, most=20), range(10))
        again = list(threads.map(lambda each: requests.work([each], [])[0], asked))
        list(sweeps)
    assert [each.request.internal_request_id for each in again] == first
    assert {each.turn for each in again} <= {Turn.SEND, Turn.REPLAY}
