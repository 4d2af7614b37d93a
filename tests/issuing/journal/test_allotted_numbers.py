"""A number store that is lost comes back from the journals alone, and says what it said before."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Any

from app.domain.documents import DocumentType
from app.domain.numbers import NumberFate
from app.issuing.journal.allotted_numbers import given_numbers, known_by
from app.issuing.journal.encoding import admitted, encode
from app.issuing.journal.facts import Admitted
from app.issuing.journal.keys import journal_key, name_of
from app.store import NumberAudit, NumberStore
from app.stream.records import InRecord
from app.stream.table_memory import FOUNDING_KEY
from providers.base import Prepared
from tests.harness.fake_numbers import number_engine
from tests.harness.issuing_builders import SELLER, at
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate
from tests.issuing.decisions.test_numbering import OURS, REFUSED, borne, numbered, run

LATER = date(2030, 1, 1)


def record(key: bytes, value: bytes | None) -> InRecord:
    return InRecord(topic="journal", partition=0, offset=0, timestamp_ms=0, key=key, value=value, headers=())


def changelog(issuer: OneIssuer) -> Iterator[InRecord]:
    yield record(FOUNDING_KEY, b"")
    for (_, key), value in issuer.changelog.items():
        yield record(key, value)


def lived() -> OneIssuer:
    """Refused, used again; void; used; and one that is prepared and lost its worker."""
    issuer = OneIssuer(**OURS)
    stories: list[list[Any]] = [[REFUSED], ["BOOKS"], ["LOST_BEFORE", REFUSED], [REFUSED]]
    for number, creates in enumerate(stories, 1):
        issuer.behaviour.creates = creates
        simulate(run(issuer, numbered(number)))

    async def story() -> None:
        frozen = issuer.process("written Prepared")
        await frozen.admit(numbered(5))
        await frozen.fate.frozen.wait()
        frozen.fate.bury()
        await asyncio.sleep(0)

    simulate(story())
    return issuer


def counts(register: NumberAudit) -> list[tuple[str, int, int, int, int]]:
    return [(str(s.highest), s.used, s.open, s.free, s.void) for s in register.series()]


def test_a_rebuilt_store_says_what_the_lost_one_said() -> None:
    issuer = lived()
    given = list(given_numbers(changelog(issuer)))
    lost, rebuilt = issuer.register, NumberAudit(number_engine())
    assert counts(lost) == [("ORN2025000000003", 1, 1, 0, 1)]
    assert rebuilt.behind(known_by(given).highest) == {(SELLER.tax_number, "ORN", 2025): 0}
    assert rebuilt.raise_to(given) == ()
    assert counts(rebuilt) == counts(lost)
    assert rebuilt.gaps(LATER) == lost.gaps(LATER)
    assert rebuilt.behind(known_by(given).highest) == {}


def test_after_a_rebuild_the_next_worker_goes_on_where_the_last_one_was() -> None:
    issuer = lived()
    given = list(given_numbers(changelog(issuer)))
    issuer.database = number_engine()
    issuer.register.raise_to(given)
    issuer.behaviour.creates = []
    simulate(run(issuer, numbered(6)))
    assert borne(issuer) == ["ORN2025000000001", "ORN2025000000003", "ORN2025000000004"]


def test_what_was_fixed_anew_had_given_its_number_back() -> None:
    records = [record(*entry) for entry in _fixed_twice()]
    found = {str(each.number): each.fate for each in given_numbers(records)}
    assert found == {"ORN2025000000001": NumberFate.FREE, "EFA2025000000001": None}


def test_a_number_whose_facts_were_deleted_was_given_all_the_same() -> None:
    entries = list(_fixed_twice())
    records = [record(*entry) for entry in entries] + [record(key, None) for key, _ in entries]
    assert len(list(given_numbers(records))) == 2


def _fixed_twice() -> Iterator[tuple[bytes, bytes]]:
    of = numbered()
    yield journal_key(of.command_id, name_of(Admitted)), encode(admitted(of, 0))
    for revision, (number, kind) in enumerate(
        [("ORN2025000000001", DocumentType.EARSIV), ("EFA2025000000001", DocumentType.EFATURA)]
    ):
        made: Any = Prepared(
            reference=of.document_id,
            document_type=kind,
            issued_at=at(0),
            request="{}",
            revision=revision,
            number=number,
        )
        yield journal_key(of.command_id, name_of(Prepared, f"{revision}-w")), encode(made)


def test_what_the_provider_numbers_is_not_looked_at() -> None:
    issuer = OneIssuer()
    simulate(run(issuer, numbered()))
    assert list(given_numbers(changelog(issuer))) == []


def test_a_lost_journal_with_its_store_finds_the_document_of_before_under_its_own_number() -> None:
    issuer = OneIssuer(**OURS)
    simulate(run(issuer, numbered()))
    issuer.changelog.clear()
    issuer.events.clear()
    issuer.doubtful_since = at(0)

    async def a_day_later() -> None:
        await asyncio.sleep(24 * 3600)
        await run(issuer, numbered(), numbered(2))

    simulate(a_day_later())
    assert borne(issuer) == ["ORN2025000000001", "ORN2025000000002"]
    assert {body.number for body in issuer.progress()} >= {"ORN2025000000001", "ORN2025000000002"}
    assert issuer.register.gaps(LATER) == ()


def test_a_worker_that_was_started_on_the_journals_takes_no_number_from_an_older_store() -> None:
    issuer = lived()
    behind = NumberStore(number_engine())
    behind.remember(known_by(given_numbers(changelog(issuer))))
    old = OneIssuer(**OURS)

    async def story() -> None:
        process = old.process()
        process.numbers.__dict__["store"] = behind
        await process.admit(numbered(7))
        await process.finish(60)

    simulate(story())
    assert old.ledger.creates == 0
