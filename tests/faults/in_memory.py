"""One order through a whole installation in memory, with one fault at one named step; the chaos check judges it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from app.domain.documents import Attention, DocumentState
from app.domain.policy import Trigger
from app.issuing.execution.executor import Executor
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect, DefectKind
from tests.harness.members import PlannerMember
from tests.harness.orders import whole_order
from tests.harness.simulated_time import simulate
from tests.harness.whole_pipeline import Fault, Then, WholePipeline

# A provider that takes the same reference twice, and one whose owner allows to send again what is believed absent.
TAKES_TWICE: Mapping[str, Any] = {"unique_reference": False}
SENDS_AGAIN: Mapping[str, Any] = {"unique_reference": False, "resend_after_absence": True}
ORDER = whole_order()
# When a process that was lost on the way has long begun its effect, and its successor has not begun its own.
MEANWHILE = 15.0


class Run:
    """What became of the order."""

    def __init__(
        self,
        *faults: Fault,
        provider: Mapping[str, Any] | None = None,
        executor: type[Executor] = Executor,
        planner: type[PlannerMember] = PlannerMember,
        before: Callable[[WholePipeline], None] = lambda _: None,
        meanwhile: Callable[[WholePipeline], None] = lambda _: None,
        begins: float = 0.0,
    ) -> None:
        """`before` it begins, `begins` seconds into the simulation; `meanwhile`: a quarter of a minute later."""
        self.pipeline = WholePipeline(
            faults=faults, trigger=Trigger.ORDER_PLACED, provider=provider or {}, planner=planner
        )
        self.pipeline.issuer.executor = executor
        before(self.pipeline)
        simulate(self._live(begins, meanwhile))
        self.defects: list[Defect] = check(self.pipeline.evidence(ORDER))

    async def _live(self, begins: float, meanwhile: Callable[[WholePipeline], None]) -> None:
        await asyncio.sleep(begins)
        asyncio.get_running_loop().call_later(MEANWHILE, meanwhile, self.pipeline)
        self.pipeline.submit(*ORDER.events)
        await self.pipeline.run()
        reached = [step for stage in self.pipeline.groups for step in self.pipeline.steps(stage)]
        missed = [fault.at for fault in self.pipeline.faults if isinstance(fault.at, str) and fault.at not in reached]
        assert not missed, f"no process came to {missed}"

    @property
    def documents(self) -> int:
        """How many legal documents the provider has made."""
        return self.pipeline.issuer.ledger.creates

    @property
    def ended(self) -> tuple[DocumentState, Attention | None]:
        """Where downstream sees the document."""
        last = self.pipeline.statuses()[-1]
        return last.state, last.attention

    def kinds_of(self) -> set[DefectKind]:
        return {defect.kind for defect in self.defects}

    def says(self, kind: DefectKind, words: str) -> bool:
        """Whether the check found this."""
        return any(defect.kind is kind and words in defect.sentence for defect in self.defects)


def crash(at: str) -> Fault:
    """The issuer's process dies at this step, and another one goes on."""
    return Fault("issuer", at)


def zombie(at: str) -> Fault:
    """It only freezes, and goes on when another one has taken over; without a lease it does not notice that."""
    return Fault("issuer", at, Then.WAKES_SOON, has_lease=False)
