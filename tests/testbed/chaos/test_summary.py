"""A run is OK when nothing was found and enough was shown."""

from dataclasses import replace

from app.testbed.chaos.check.bad_input import BadInput
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.faults.schedule import PROVIDER_KINDS, FaultKind
from app.testbed.chaos.summary import ACTS, AFTER_SALES, COUNTED_AS, RunSummary

FULL = RunSummary(
    seed=7,
    seconds=60,
    day="2026-11-21",
    variants=("AVRO", "POSTGRESQL", "STORE_RESTORED"),
    orders=1100,
    events=2500,
    documents=1150,
    in_review=3,
    states={"ISSUED": 1147},
    faults=dict.fromkeys(FaultKind, 1),
    injected={
        "nilvera": {"LOST_ANSWER": 4, "TOO_MANY": 9, "LATE_STATUS": 3, "GATEWAY_READ": 5},
        "testbook": {"LOST_BEFORE": 2, "HIDDEN": 1, "GATEWAY_BEFORE": 3, "GATEWAY_AFTER": 2},
    },
    made={"nilvera": 700, "testbook": 450},
    bad_input=dict.fromkeys(BadInput, 2),
    refused={"CONTENT_CONFLICT": 30},
    decided={"CONFIRM_ABSENT": 3},
    acts=dict.fromkeys(ACTS, 1),
    after_sales=dict.fromkeys(AFTER_SALES, 1),
    overdue=0,
    split_orders=40,
    rebuild={"orders_repeated": 400, "commands_repeated": 800},
    lookups=12,
    exits={},
    quiet_after=5.0,
    rebuilt_in=12.0,
    checked_in=3.0,
)


def test_a_full_run_without_findings_is_ok_and_its_summary_has_every_field() -> None:
    said = FULL.as_dict()
    assert said["ok"] is True
    assert (said["kills"], said["freezes"], said["lost_answers"], said["lookups"]) == (1, 1, 6, 12)
    assert (said["orders"], said["documents"], said["in_review"]) == (1100, 1150, 3)
    assert [said[name] for name in ("lost", "double", "gaps", "wrong")] == [0, 0, 0, 0]


def test_a_finding_is_counted_and_the_run_is_not_ok() -> None:
    found = replace(FULL, defects=[Defect(kind=DefectKind.GAP, sentence="document d has no status 2")])
    assert (found.ok, found.as_dict()["gaps"]) == (False, 1)
    assert found.as_dict()["replay"] == "faturaflow chaos --seconds 60 --seed 7 --day 2026-11-21"


def test_a_full_run_in_which_a_provider_made_nothing_or_failed_no_caller_is_not_ok() -> None:
    assert "testbook made no document" in replace(FULL, made={**FULL.made, "testbook": 0}).shortcomings
    silent = replace(FULL, injected={**FULL.injected, "sovos": {}})
    assert silent.shortcomings == ["sovos failed none of its callers"]


def test_a_full_run_with_few_orders_is_not_ok() -> None:
    assert not replace(FULL, orders=999).ok


def test_a_full_run_in_which_one_kind_never_happened_is_not_ok() -> None:
    for kind in FaultKind:
        assert not replace(FULL, faults={**FULL.faults, kind: 0}).ok, kind


def test_a_full_run_in_which_no_call_met_a_fault_is_not_ok() -> None:
    """The window was opened, and no call came meanwhile."""
    for kind in PROVIDER_KINDS:
        names = COUNTED_AS.get(kind, (kind.value,))
        injected = {provider: {**of, names[0]: 0} for provider, of in FULL.injected.items()}
        assert replace(FULL, injected=injected).ok is (kind is FaultKind.DOWN), kind


def test_a_full_run_without_a_kind_of_bad_input_is_not_ok() -> None:
    for kind in BadInput:
        assert not replace(FULL, bad_input={**FULL.bad_input, kind: 0}).ok, kind


def test_a_full_run_without_changed_split_or_decided_orders_or_a_rebuild_is_not_ok() -> None:
    assert not replace(FULL, refused={"NOTHING_TO_INVOICE": 3}).ok
    assert not replace(FULL, split_orders=0).ok
    assert not replace(FULL, decided={}).ok
    for act in ACTS:
        assert not replace(FULL, acts={**FULL.acts, act: 0}).ok, act
    for each in AFTER_SALES:
        assert not replace(FULL, after_sales={**FULL.after_sales, each: 0}).ok, each
    assert not replace(FULL, rebuild={"orders_repeated": 400, "commands_repeated": 0}).ok


def test_where_hours_are_minutes_a_hold_and_a_silence_must_have_fallen_due() -> None:
    minutes = replace(FULL, variants=("MINUTES",), refused={**FULL.refused, "ORDER_NOT_FOUND": 2}, overdue=1)
    assert minutes.ok
    assert not replace(minutes, overdue=0).ok
    assert not replace(minutes, refused=FULL.refused).ok


def test_a_short_run_is_asked_for_no_more_than_its_promises() -> None:
    assert replace(FULL, seconds=40, orders=700, faults={FaultKind.KILL: 1}).ok


def test_a_worker_that_no_start_again_helps_is_not_ok() -> None:
    assert not replace(FULL, complaints=["planner-1 ended with 72"]).ok
