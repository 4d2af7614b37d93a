"""Where we number: what a number is asked for, and what becomes of it."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.domain.policy import DocumentTypeChoice
from app.issuing.journal.encoding import decode
from app.issuing.journal.keys import FINAL_NAME
from app.issuing.ports import NoConnection
from app.store import GapKind
from providers.base import LookUp, Numbering, Refused, Registration, UnpreparableError
from tests.harness.issuing_builders import command, decision, document_id, done
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import START, simulate

OURS: dict[str, Any] = {"numbering": Numbering.OURS}
REFUSED = Refused(errors=(FieldError(path="$", code="NO", message="no"),))
LATER = date(2030, 1, 1)
FIRST, SECOND = "ORN2025000000001", "ORN2025000000002"


def numbered(number: int = 1, **more: Any) -> Any:
    return command(number=number, earsiv_series="ORN", efatura_series="EFA", **more)


def gaps(issuer: OneIssuer) -> list[tuple[str, GapKind]]:
    return [(str(gap.first), gap.kind) for gap in issuer.register.gaps(LATER)]


def borne(issuer: OneIssuer) -> list[str]:
    """The numbers of what the provider made."""
    return sorted(number for numbers in issuer.ledger.documents.values() for number in numbers)


def told(issuer: OneIssuer, number: int = 1) -> list[str | None]:
    return [body.number for body in issuer.progress() if body.document_id == document_id(number)]


async def run(issuer: OneIssuer, *commands: Any, seconds: float = 600.0) -> None:
    process = issuer.process()
    await process.admit(*commands)
    await process.finish(seconds)
    await process.scheduler.drain(20)


# --- the number and its date -----------------------------------------------------------------------------------------


def test_the_number_is_fixed_before_the_first_attempt_and_told_with_the_document() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.creates = ["LOST_BEFORE", "LOST_AFTER"]
    simulate(run(issuer, numbered()))
    assert borne(issuer) == [FIRST]
    assert told(issuer)[-1] == FIRST
    assert issuer.progress()[-1].issue_date == START.date()


def test_a_crash_at_the_allotment_over_midnight_keeps_number_and_date_together() -> None:
    issuer = OneIssuer(**OURS)

    async def story() -> None:
        await asyncio.sleep(timedelta(hours=11, minutes=59, seconds=59).total_seconds())
        first = issuer.process("allotted")
        life = asyncio.create_task(first.admit(numbered()))
        await first.fate.frozen.wait()
        await asyncio.sleep(3600)
        second = issuer.process()
        await second.admit(numbered(), numbered(2))
        await second.finish(600)
        await second.scheduler.drain(20)
        await life
        first.fate.bury()

    simulate(story())
    assert [(body.number, f"{body.issue_date}") for body in issuer.progress()] == [
        (FIRST, "2025-03-03"),
        (SECOND, "2025-03-04"),
    ]
    assert gaps(issuer) == []


def test_a_document_that_the_provider_wants_as_another_type_gives_its_number_to_the_next() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.creates = [Refused(errors=(), instead=DocumentType.EFATURA)]
    simulate(run(issuer, numbered(), seconds=60))
    simulate(run(issuer, numbered(2), seconds=60))
    assert borne(issuer) == ["EFA2025000000001", FIRST]
    assert gaps(issuer) == []


# --- what becomes of a number that is not used -----------------------------------------------------------------------


def test_an_order_that_cannot_become_a_document_takes_no_number() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.unpreparable = UnpreparableError(REFUSED.errors)
    simulate(run(issuer, numbered()))
    assert issuer.states()[-1] == (DocumentState.REJECTED, None)
    assert issuer.register.series() == ()


def test_a_series_of_the_other_type_is_refused_with_the_reason() -> None:
    issuer = OneIssuer(**OURS)
    simulate(run(issuer, command(earsiv_series="EFA")))
    last = issuer.progress()[-1]
    assert (last.state, [error.code for error in last.errors]) == (DocumentState.REJECTED, ["SERIES_NOT_DECLARED"])


def test_a_refused_number_is_used_next_and_a_doubtful_one_never() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.creates = [REFUSED]
    simulate(run(issuer, numbered(1)))
    issuer.behaviour.creates = ["LOST_BEFORE", REFUSED]
    simulate(run(issuer, numbered(2)))
    simulate(run(issuer, numbered(3)))
    assert borne(issuer) == [SECOND]
    assert gaps(issuer) == [(FIRST, GapKind.VOID)]


def test_a_document_that_fails_after_it_was_taken_leaves_a_gap_that_is_told() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.state = DocumentState.REJECTED
    simulate(run(issuer, numbered()))
    assert gaps(issuer) == [(FIRST, GapKind.VOID)]


def test_a_provider_that_numbers_otherwise_is_believed_and_our_number_is_a_gap_that_is_told() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.creates = [done(number="XYZ2025000000009")]
    simulate(run(issuer, numbered()))
    assert told(issuer)[-1] == "XYZ2025000000009"
    assert gaps(issuer) == [(FIRST, GapKind.VOID)]


def test_a_provider_that_tells_no_number_has_taken_ours() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.creates = [done(number=None)]
    simulate(run(issuer, numbered()))
    assert told(issuer)[-1] == FIRST
    assert gaps(issuer) == []


@pytest.mark.parametrize(
    ("verdict", "number", "left"),
    [
        (ReviewAnswer.CONFIRM_ISSUED, FIRST, []),
        (ReviewAnswer.CONFIRM_ISSUED, None, []),
        (ReviewAnswer.CONFIRM_ISSUED, "ABC2025000000007", [(FIRST, GapKind.VOID)]),
        (ReviewAnswer.REJECT, None, [(FIRST, GapKind.VOID)]),
    ],
)
def test_a_person_s_word_says_what_becomes_of_the_number(
    verdict: ReviewAnswer, number: str | None, left: list[tuple[str, GapKind]]
) -> None:
    issuer = OneIssuer(look_up=LookUp.NONE, **OURS)
    issuer.behaviour.creates = ["LOST_BEFORE"]
    review = command(Action.REVIEW, revision=1, review=decision(verdict, number=number))

    async def story() -> None:
        process = issuer.process()
        await process.admit(numbered())
        await process.finish(60)
        await process.admit(review)
        await process.finish(60)
        await process.scheduler.drain(20)

    simulate(story())
    assert gaps(issuer) == left


def test_a_withdrawal_frees_what_a_dead_worker_was_given_before_it_could_write_it_down() -> None:
    issuer = OneIssuer(**OURS)

    async def story() -> None:
        first = issuer.process("allotted")
        await first.admit(numbered())
        await first.fate.frozen.wait()
        second = issuer.idle_process(first.fate.__class__())
        second.connections.known["shop"] = NoConnection(why="the store is away")
        second.begin()
        await second.admit(numbered(), command(Action.WITHDRAW))
        await second.finish(60)
        await second.scheduler.drain(20)
        first.fate.bury()

    simulate(story())
    assert issuer.states()[-1] == (DocumentState.CANCELLED, None)
    assert gaps(issuer) == [(FIRST, GapKind.RELEASED)]


# --- a database that is away -----------------------------------------------------------------------------------------


def test_while_no_number_can_be_given_nothing_is_sent_and_nothing_is_refused() -> None:
    issuer = OneIssuer(**OURS)

    async def story() -> None:
        process = issuer.process()
        process.numbers.is_away = True
        await process.admit(numbered())
        await process.finish(60)
        assert issuer.ledger.creates == 0
        assert issuer.states() == []
        process.numbers.is_away = False
        await process.finish(600)

    simulate(story())
    assert borne(issuer) == [FIRST]


def test_while_a_number_cannot_be_settled_its_command_does_not_end() -> None:
    issuer = OneIssuer(**OURS)
    issuer.behaviour.creates = [REFUSED]

    async def story() -> None:
        process = issuer.process()
        process.journal.after_put = lambda: _away_after_the_answer(issuer, process)
        await process.admit(numbered())
        await process.finish(60)
        assert issuer.states() == []
        process.journal.after_put = lambda: None
        process.numbers.is_away = False
        await process.finish(600)

    simulate(story())
    assert issuer.states()[-1] == (DocumentState.REJECTED, None)
    assert gaps(issuer) == [(FIRST, GapKind.RELEASED)]


def _away_after_the_answer(issuer: OneIssuer, process: Any) -> None:
    if any("Answered" in fact for fact in issuer.facts(numbered().command_id)):
        process.numbers.is_away = True


def test_a_withdrawal_without_a_connection_waits_for_no_database() -> None:
    issuer = OneIssuer(**OURS)

    async def story() -> None:
        process = issuer.idle_process(issuer.process().fate.__class__())
        process.connections.known["shop"] = NoConnection(why="the store is away")
        process.numbers.is_away = True
        process.begin()
        await process.admit(numbered(), command(Action.WITHDRAW))
        await process.finish(60)

    simulate(story())
    assert issuer.states()[-1] == (DocumentState.CANCELLED, None)


# --- what the journal remembers --------------------------------------------------------------------------------------


def test_the_last_fact_of_a_command_remembers_its_number() -> None:
    issuer = OneIssuer(**OURS)
    simulate(run(issuer, numbered()))
    (final,) = [value for (_, key), value in issuer.changelog.items() if key.endswith(FINAL_NAME)]
    fact: Any = decode("Reported", final)
    assert (fact.number.number, fact.number.fate, fact.number.issued_at) == (FIRST, "USED", START)


def test_a_buyer_s_register_is_asked_before_a_number_is_taken() -> None:
    issuer = OneIssuer(taxpayer_lookup=True, **OURS)
    issuer.behaviour.registration = Registration.REGISTERED
    simulate(run(issuer, numbered(choice=DocumentTypeChoice.AUTO, tax_number="1234567890")))
    assert borne(issuer) == ["EFA2025000000001"]
    assert gaps(issuer) == []


def sequences(numbers: Sequence[str]) -> list[int]:
    return [int(number[-9:]) for number in numbers]


def test_hundred_documents_at_once_are_numbered_without_a_gap() -> None:
    issuer = OneIssuer(**OURS)
    simulate(run(issuer, *(numbered(number) for number in range(100))))
    assert sequences(borne(issuer)) == list(range(1, 101))
