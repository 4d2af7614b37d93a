"""`Prepared`: the request is fixed once, before the first attempt; whatever comes later asks for the same document."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentState, DocumentType
from app.issuing.decisions.decisions import Attempt, Find
from app.issuing.execution.document_type import choose
from app.issuing.execution.executor import Executor
from app.issuing.execution.gate import CallResult, Gate
from app.issuing.ports import ProviderConnection
from app.testbed.chaos.check.defects import DefectKind
from providers.base import Prepared, Registration
from tests.faults.in_memory import Run, crash, zombie
from tests.harness.simulated_time import SimulatedClock
from tests.harness.whole_pipeline import Fault, WholePipeline

ASKS_THE_REGISTER = {"taxpayer_lookup": True}
# The simulation begins at noon in Istanbul; this is five seconds before midnight.
BEFORE_MIDNIGHT = 12 * 3600.0 - 5.0


class PreparesAnew(Executor):
    """A worker without the cure: each call makes its request from what is true now."""

    async def _attempt(
        self, partition: int, attempt: Attempt, connection: ProviderConnection, gate: Gate
    ) -> CallResult:
        prepared = await self._anew(partition, attempt, connection, gate)
        return await super()._attempt(partition, replace(attempt, prepared=prepared), connection, gate)

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        ask = self._finder.find

        async def find(partition: int, find: Find, connection: ProviderConnection, gate: Gate) -> CallResult:
            prepared = await self._anew(partition, find, connection, gate)
            return await ask(partition, replace(find, prepared=prepared), connection, gate)

        self._finder.find = find  # type: ignore[method-assign]

    async def _anew(self, partition: int, call: Attempt | Find, connection: ProviderConnection, gate: Gate) -> Prepared:
        command = self._facts.command(partition, call.command_id)
        chosen = await choose(command, connection, self._taxpayers, gate)
        assert isinstance(chosen, DocumentType)
        return connection.adapter.prepare(command, connection.facts, chosen, SimulatedClock().now())


def two_houses(pipeline: WholePipeline) -> None:
    """At this provider e-Fatura and e-Arşiv do not know of each other, as at most of them."""
    pipeline.issuer.ledger.by_type = True


def registers(pipeline: WholePipeline) -> None:
    """The buyer becomes a registered taxpayer."""
    pipeline.issuer.behaviour.registration = Registration.REGISTERED


def registered_meanwhile(fault: Fault, **more: Any) -> Run:
    return Run(fault, provider=ASKS_THE_REGISTER, before=two_houses, meanwhile=registers, **more)


POINTS = pytest.mark.parametrize("point", ["booked", "write Answered"])
WAYS = pytest.mark.parametrize("befalls", [crash, zombie], ids=["dies", "wakes"])


@POINTS
@WAYS
def test_a_buyer_who_registers_between_crash_and_look_up_has_one_document(
    point: str, befalls: Callable[[str], Fault]
) -> None:
    run = registered_meanwhile(befalls(point))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


@POINTS
@WAYS
def test_prepared_anew_a_buyer_who_registers_between_crash_and_look_up_gets_an_efatura_beside_the_earsiv(
    point: str, befalls: Callable[[str], Fault]
) -> None:
    run = registered_meanwhile(befalls(point), executor=PreparesAnew)
    assert (run.documents, run.says(DefectKind.DOUBLE, "made 2 documents")) == (2, True)
    made = {prepared.document_type for prepared in run.pipeline.issuer.ledger.contents.values()}
    assert made == {DocumentType.EARSIV, DocumentType.EFATURA}


@POINTS
def test_a_document_that_is_looked_up_after_midnight_is_known_again(point: str) -> None:
    run = Run(crash(point), begins=BEFORE_MIDNIGHT)
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


@POINTS
def test_prepared_anew_a_document_that_is_looked_up_after_midnight_is_taken_for_a_strangers(point: str) -> None:
    run = Run(crash(point), begins=BEFORE_MIDNIGHT, executor=PreparesAnew)
    assert run.ended[1] is Attention.NEEDS_REVIEW
    assert run.says(DefectKind.WRONG, "was accepted by testbook, and ends in review")
