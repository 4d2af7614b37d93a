"""What an adapter gives is an answer, or silence."""

import asyncio

import pytest

from app.issuing.execution.deadline import NoAnswer, bounded
from providers.base import Done, Finding, Outcome, Unclear, Unknown


async def gives(value: object) -> object:
    return value


@pytest.mark.parametrize("value", [None, "done", {"is": "Done"}, Unclear(why="x")])
async def test_what_is_of_no_kind_that_was_asked_for_is_silence(value: object) -> None:
    answer = await bounded(gives(value), 1.0, Outcome)
    assert isinstance(answer, NoAnswer)
    assert type(value).__name__ in answer.why


async def test_an_answer_of_the_kind_comes_through() -> None:
    unknown, unclear = Unknown(why="x"), Unclear(why="x")
    assert await bounded(gives(unknown), 1.0, Outcome) is unknown
    assert await bounded(gives(unclear), 1.0, Finding) is unclear


async def test_a_value_that_no_answer_can_hold_is_silence() -> None:
    async def number_of_another_type() -> Done:
        return Done(reference="r", state="MERRY")  # type: ignore[arg-type]

    assert isinstance(await bounded(number_of_another_type(), 1.0, Outcome), NoAnswer)


async def test_an_answer_that_comes_too_late_is_silence() -> None:
    assert isinstance(await bounded(asyncio.sleep(60), 0.01, bool), NoAnswer)
