"""Whatever a provider does, a step moves only along the table."""

import asyncio
import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.domain.commands import Action
from app.domain.documents import DocumentType
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.issue_state import status_of
from app.issuing.decisions.step_status import TRANSITIONS, Rules, StepState
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.keys import FINAL_NAME
from providers.base import Absent, Different, LookUp, NotSent, Refused, Step, Unclear
from tests.harness.issuing_builders import command, decision, done
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import SimulatedClock, simulate

CREATES = st.sampled_from(
    (
        "BOOKS",
        "LOST_BEFORE",
        "LOST_AFTER",
        "LATE",
        NotSent(why="busy"),
        Refused(errors=()),
        Refused(errors=(), instead=DocumentType.EFATURA),
    )
)
FINDINGS = st.sampled_from((Absent(), Different(detail="x"), Unclear(why="502"), done("other")))


def look(process: Process, rules: Rules, states: list[StepState]) -> None:
    """Notes where the step stands, as long as the command is not finished."""
    entry = process.journal.entry(0, command().command_id.encode())
    if FINAL_NAME not in entry:
        command_facts = CommandFacts(command_id=command().command_id).read(entry)
        states.append(status_of(Step.INVOICE, command_facts, rules, SimulatedClock().now()).state)


async def walk(issuer: OneIssuer, verdict: ReviewAnswer) -> list[StepState]:
    process = issuer.process()
    rules = Rules(capabilities=issuer.capabilities)
    states = [StepState.QUEUED]
    process.journal.after_put = lambda: look(process, rules, states)
    await process.admit(command())
    for _ in range(100):
        await asyncio.sleep(1)
        look(process, rules, states)
    await process.admit(command(Action.REVIEW, revision=1, review=decision(verdict, number="N")))
    await process.finish(100)
    await process.scheduler.drain(20)
    return states


@given(
    creates=st.lists(CREATES, max_size=4),
    findings=st.lists(FINDINGS, max_size=4),
    is_unique=st.booleans(),
    verdict=st.sampled_from(ReviewAnswer),
)
def test_a_step_moves_only_along_its_table(
    *,
    creates: list[object],
    findings: list[object],
    is_unique: bool,
    verdict: ReviewAnswer,
) -> None:
    issuer = OneIssuer(unique_reference=is_unique, look_up=LookUp.BY_REFERENCE)
    issuer.behaviour.creates = list(creates)
    issuer.behaviour.findings = list(findings)
    states = simulate(walk(issuer, verdict))
    moves = {(before, after) for before, after in itertools.pairwise(states) if before is not after}
    assert {move for move in moves if move[1] not in TRANSITIONS[move[0]]} == set()


def test_every_state_stands_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(StepState)
    reached = {StepState.QUEUED}.union(*TRANSITIONS.values())
    assert reached == set(StepState)
