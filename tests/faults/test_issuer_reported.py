"""`Reported`: written after the order's log has the news, before anything is forgotten; so news is neither lost nor
made twice."""

from collections.abc import Iterable

import pytest

from app.domain.documents import DocumentState
from app.issuing.decisions.decisions import Note, ReportProgress
from app.issuing.execution.executor import Executor
from app.issuing.journal.facts import Answered
from app.issuing.journal.keys import KEY_SEPARATOR
from app.issuing.ports import Journal
from app.issuing.scheduling import scheduler
from app.issuing.scheduling.recovery import Unfinished, unfinished
from app.testbed.chaos.check.defects import DefectKind
from tests.faults.in_memory import TAKES_TWICE, Run, crash
from tests.harness.whole_pipeline import Fault, Then, WholePipeline

# The answer is durable, and the order's log does not have it.
UNTOLD = "publish order-log.v1"


class ReportsBeforeItTells(Executor):
    """A worker that writes the fact first."""

    async def note(self, partition: int, decision: Note) -> None:
        if isinstance(decision, ReportProgress):
            await self._facts.write(partition, decision.command_id, decision.fact, decision.label)
        await super().note(partition, decision)


class ForgetsAll(Executor):
    """A worker that leaves nothing of a finished command, not even its last fact."""

    def forget(self, partition: int, command_id: str) -> None:
        key = command_id.encode()
        rests = list(self._journal.entry(partition, key))
        self._journal.forget_all([(partition, key + KEY_SEPARATOR + rest) for rest in rests])


def without_answered(journal: Journal, executor: Executor, partitions: Iterable[int]) -> list[Unfinished]:
    """A recovery that takes what was answered for what was told."""
    mark = Answered.__name__.encode()
    return [
        found
        for found in unfinished(journal, executor, partitions)
        if not any(mark in rest for _, command in found.commands for rest in journal.entry(found.partition, command))
    ]


@pytest.mark.parametrize("point", ["written Answered", UNTOLD])
def test_an_answer_that_a_crash_kept_from_being_told_is_told_by_the_next_process(point: str) -> None:
    run = Run(crash(point))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


@pytest.mark.parametrize("point", ["written Answered", UNTOLD])
def test_taking_an_answer_for_told_loses_the_news_of_an_issued_document(
    point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "unfinished", without_answered)
    run = Run(crash(point))
    assert (run.documents, run.ended) == (1, (DocumentState.PLANNED, None))
    assert run.says(DefectKind.LOST, "stays at PLANNED, and no person is asked")


def test_writing_reported_before_telling_loses_the_news_of_an_issued_document() -> None:
    run = Run(crash(UNTOLD), executor=ReportsBeforeItTells)
    assert (run.documents, run.ended) == (1, (DocumentState.PLANNED, None))
    assert run.says(DefectKind.LOST, "stays at PLANNED, and no person is asked")


@pytest.mark.parametrize("point", ["published order-log.v1", "write Reported", "written Reported"])
def test_news_that_a_crash_kept_from_being_written_down_is_told_again_and_taken_once(point: str) -> None:
    run = Run(crash(point))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


def commits_nothing(pipeline: WholePipeline) -> None:
    pipeline.groups["issuer"].commits = False


def redelivers(pipeline: WholePipeline) -> None:
    pipeline.befall("issuer")


@pytest.mark.parametrize("then", [Then.DIES, Then.REBALANCES])
def test_a_command_that_comes_again_after_its_end_is_known_by_its_last_fact(then: Then) -> None:
    again = Fault("issuer", 0, then)
    run = Run(again, provider=TAKES_TWICE, before=commits_nothing, meanwhile=redelivers)
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


@pytest.mark.parametrize("then", [Then.DIES, Then.REBALANCES])
def test_forgetting_everything_makes_a_second_document_when_the_command_comes_again(then: Then) -> None:
    again = Fault("issuer", 0, then)
    run = Run(again, provider=TAKES_TWICE, before=commits_nothing, meanwhile=redelivers, executor=ForgetsAll)
    assert (run.documents, run.says(DefectKind.DOUBLE, "made 2 documents")) == (2, True)
