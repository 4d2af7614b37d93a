"""Each disturbance explains one end with 70 of each worker that it touches, for a while; any other end is a defect."""

import pytest

from app.stream.ownership.exits import EXIT_CODES
from app.testbed.chaos.check.defects import DefectKind
from app.testbed.chaos.check.exits import FELT_SECONDS, HELPLESS, LEAVE_AND_REPLAY, Disturbance, Exit, unexplained

RESTART = Disturbance(name="BROKER_RESTART", stage=None, began=10.0, ended=10.0)
KILL = Disturbance(name="KILL", stage="planner", began=10.0, ended=10.0)


def ended(code: int = 70, at: float = 20.0, worker: str = "planner-1") -> Exit:
    return Exit(worker=worker, stage=worker.rpartition("-")[0], code=code, at=at)


def found(*exits: Exit, disturbances: tuple[Disturbance, ...] = (RESTART,)) -> list[str]:
    defects = list(unexplained(exits, disturbances))
    assert {defect.kind for defect in defects} <= {DefectKind.WRONG}
    return [defect.sentence for defect in defects]


def test_a_restarted_broker_explains_one_end_of_every_worker() -> None:
    assert found(ended(), ended(worker="intake-1"), ended(worker="issuer-nilvera-2")) == []
    assert len(found(ended(at=20.0), ended(at=30.0))) == 1


def test_a_killed_worker_explains_the_end_of_its_neighbour_and_of_no_other_stage() -> None:
    assert found(ended(worker="planner-2"), disturbances=(KILL,)) == []
    assert len(found(ended(worker="intake-1"), disturbances=(KILL,))) == 1


def test_an_end_before_a_disturbance_or_long_after_it_is_not_explained() -> None:
    assert len(found(ended(at=9.0))) == len(found(ended(at=10.5 + FELT_SECONDS))) == 1


def test_an_end_that_nothing_was_done_for_is_found() -> None:
    (sentence,) = found(ended(), disturbances=())
    assert "planner-1 ended with 70 after 20 s" in sentence


@pytest.mark.parametrize("code", [1, 0, -9, -11])
def test_no_disturbance_explains_another_code(code: int) -> None:
    assert len(found(ended(code))) == 1


def test_a_code_that_asks_for_a_person_is_the_supervisors_to_complain_of() -> None:
    assert found(ended(72), disturbances=()) == []


def test_two_disturbances_explain_two_ends() -> None:
    again = Disturbance(name="FREEZE", stage="planner", began=15.0, ended=25.0)
    assert found(ended(at=20.0), ended(at=30.0), disturbances=(RESTART, again)) == []


def test_every_code_after_which_no_start_helps_is_left_to_the_supervisor() -> None:
    refusals = {int(code) for code in EXIT_CODES if code > LEAVE_AND_REPLAY}
    assert refusals == set(HELPLESS)
    assert found(*(ended(code) for code in sorted(refusals)), disturbances=()) == []
