import runpy
import time

import pytest
from aiokafka.errors import IllegalGenerationError, NoError, RebalanceInProgressError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

from app.stream.faust_patches.coordinator import renew_by_answers
from app.stream.ownership import lease
from app.stream.ownership.lease import LEASE_MARGIN_SECONDS, Lease
from tests.stream.fakes import Aborted, Clock, abort

SESSION = 6.0


def test_the_lease_ends_a_margin_before_the_session() -> None:
    clock = Clock()
    lease = Lease(SESSION, clock=clock, abort=abort)
    clock.now += SESSION - LEASE_MARGIN_SECONDS
    lease.check()
    clock.now += 0.1
    with pytest.raises(Aborted, match="lease"):
        lease.check()
    assert not lease.overdue
    clock.now += LEASE_MARGIN_SECONDS
    assert lease.overdue


def test_a_late_answer_never_shortens_the_lease() -> None:
    clock = Clock()
    lease = Lease(SESSION, clock=clock, abort=abort)
    lease.renew(clock.now + 3)
    lease.renew(clock.now + 1)
    clock.now += 3
    assert lease.age == 0


class Coordinator:
    """Takes two seconds for an answer."""

    def __init__(self, clock: Clock, answer: type[Exception]) -> None:
        self._clock, self.error_code = clock, answer.errno

    async def _send_req(self, _request: object) -> "Coordinator":
        self._clock.now += 2
        return self


def request(of: type) -> object:
    return of.__new__(of)


@pytest.mark.parametrize(
    ("kind", "answer", "age"),
    [
        (HeartbeatRequest, NoError, 2),
        (HeartbeatRequest, RebalanceInProgressError, 2),
        (HeartbeatRequest, IllegalGenerationError, 7),
        (SyncGroupRequest, NoError, 2),
        (SyncGroupRequest, RebalanceInProgressError, 7),
        (JoinGroupRequest, NoError, 7),
        (OffsetCommitRequest, NoError, 7),
    ],
)
async def test_a_heartbeat_and_a_sync_renew_it_from_before_they_were_sent(
    kind: type, answer: type[Exception], age: float
) -> None:
    clock = Clock()
    lease = Lease(SESSION, clock=clock, abort=abort)
    coordinator = Coordinator(clock, answer)
    renew_by_answers(coordinator, lease)
    clock.now += 5
    assert await coordinator._send_req(request(kind)) is coordinator
    assert lease.age == age


def test_where_linux_s_clock_since_boot_is_missing_another_one_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    boottime = runpy.run_path(lease.__file__)["boottime"]
    assert 0 < boottime() <= boottime()
