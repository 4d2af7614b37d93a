"""The planner's sequence: an order's entry is written after everything that it causes, never before."""

from collections.abc import Iterable
from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.stream.ownership.epoch import Epoch
from app.stream.records import InRecord, Record
from app.testbed.chaos.check.defects import DefectKind
from tests.faults.in_memory import Run
from tests.harness.members import PlannerMember
from tests.harness.topics import Now, WayOut
from tests.harness.whole_pipeline import Fault

COMMAND, OUTCOME, STATUS = "invoice-commands.testbook.v1", "order-outcomes.v1", "document-status.v1"


class EntryFirst(PlannerMember):
    """The stage the other way round: what a batch causes leaves when its entries are written."""

    def way_out(self, now: Now) -> Any:
        self._late: list[Record] = []
        self._really = WayOut(self.topics, self.fate, now)

        async def collect(records: Iterable[Record]) -> None:
            self._late += records

        return collect

    async def on_batch(self, epoch: Epoch, records: list[InRecord]) -> None:
        await super().on_batch(epoch, records)
        late, self._late = self._late, []
        await self._really(late)


@pytest.mark.parametrize("topic", [COMMAND, OUTCOME, STATUS])
@pytest.mark.parametrize("side", ["publish", "published"])
def test_what_a_crash_kept_from_leaving_leaves_with_the_redelivery(topic: str, side: str) -> None:
    run = Run(Fault("planner", f"{side} {topic}"))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


@pytest.mark.parametrize("point", ["write documents", "written documents", "write orders", "written orders", "commit"])
def test_what_has_left_before_a_crash_leaves_again_as_the_same_and_makes_nothing_new(point: str) -> None:
    run = Run(Fault("planner", point))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


def test_with_the_entry_first_a_crash_loses_the_invoice() -> None:
    run = Run(Fault("planner", f"publish {COMMAND}"), planner=EntryFirst)
    assert run.documents == 0
    assert run.says(DefectKind.LOST, "has no outcome")
    assert run.says(DefectKind.LOST, "no document over lines 1, 2, 3")


def test_with_the_entry_first_a_crash_after_the_command_loses_its_outcome_and_its_status() -> None:
    run = Run(Fault("planner", f"published {COMMAND}"), planner=EntryFirst)
    assert run.says(DefectKind.LOST, "has no outcome")
    assert run.says(DefectKind.GAP, "has no status 1")


def test_with_the_entry_first_a_crash_after_the_outcome_leaves_a_gap_in_the_statuses() -> None:
    run = Run(Fault("planner", f"published {OUTCOME}"), planner=EntryFirst)
    assert run.says(DefectKind.GAP, "has no status 1")
