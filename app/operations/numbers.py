"""The legal numbers that we give: how far each series has come, its gaps, and a store raised to the journals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.numbers import Given, KnownNumbers
from app.issuing.journal.allotted_numbers import given_numbers, known_by
from app.operations.context import bootstrap, topics
from app.settings import settings
from app.store import Gap, SeriesCounts, Store
from app.stream.clients.reader import read_topic, records_of
from app.stream.records import InRecord
from app.stream.topics import identities


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedSeries:
    """A series of which the store knew less than the journals: its last number before and after."""

    taxpayer: str
    series: str
    year: int
    was: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuiltNumbers:
    """What the journals know: `numbers` in all, the series that the store was behind, and what contradicts the store.

    A contradiction is a number that two documents hold.
    """

    numbers: int
    raised: tuple[RaisedSeries, ...]
    contradictions: tuple[Given, ...]


def list_series() -> tuple[SeriesCounts, ...]:
    """Every series in which we have given a number. Raises StoreError."""
    with Store.open(settings()) as store:
        return store.number_audit().series()


def list_gaps(today: date) -> tuple[Gap, ...]:
    """Every number that no legal document bears, or not yet; what is free `today` may still be used.

    Raises StoreError.
    """
    with Store.open(settings()) as store:
        return store.number_audit().gaps(today)


def rebuild_numbers() -> RebuiltNumbers:
    """Raises the number store to the issuers' journals; twice is the same as once. No provider is called.

    The issuers must not run meanwhile. Raises StoreError, UnavailableError and TopicUnreadableError.
    """
    with Store.open(settings()) as store:
        given = list(journal_numbers(read_topic))
        highest, audit = known_by(given).highest, store.number_audit()
        behind = audit.behind(highest)
        contradictions = audit.raise_to(given)
    raised = tuple(
        RaisedSeries(taxpayer=key[0], series=key[1], year=key[2], was=was, now=highest[key])
        for key, was in sorted(behind.items())
    )
    return RebuiltNumbers(numbers=len(given), raised=raised, contradictions=contradictions)


def known_numbers() -> KnownNumbers:
    """What the journals know. Raises as `records_of` does, and UnavailableError."""
    return known_by(journal_numbers(records_of))


def journal_numbers(read: Callable[[str, str], Iterator[InRecord]]) -> Iterator[Given]:
    """Every number in the journals of all providers: a series is the taxpayer's, whichever provider issues in it.

    Raises as `read`, which is given a bootstrap address and a topic.
    """
    names = topics()
    for provider in identities.PROVIDERS:
        app_id = identities.app(identities.issuer(provider), names.prefix).app_id
        yield from given_numbers(read(bootstrap(), names.changelog(app_id, "journal")))
