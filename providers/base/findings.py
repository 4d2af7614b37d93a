"""What a question about a document, or about a buyer, came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.documents import DocumentState
from app.domain.text import STRICT
from providers.base.outcomes import Done, NotSent, Refused, Unknown, keep, not_one, wait_of
from providers.texts import plain

# A person compares a few; where there are more, these show well enough what is the matter.
MOST_CANDIDATES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The provider says that it has no such document. Believed only twice."""

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    """Another document has our reference: a question for a person."""

    __pydantic_config__ = STRICT

    detail: str

    def __post_init__(self) -> None:
        keep(self, detail=plain(self.detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Documents that may each be ours, and of which none surely is: a question for a person."""

    __pydantic_config__ = STRICT

    candidates: tuple[Done, ...]

    def __post_init__(self) -> None:
        keep(self, candidates=tuple(self.candidates[:MOST_CANDIDATES]))

    @property
    def detail(self) -> str:
        """Their numbers, where they have one."""
        return ", ".join(each.number or each.reference for each in self.candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """The question itself failed; it says nothing about the document or the buyer."""

    __pydantic_config__ = STRICT

    why: str
    retry_after: float | None = None
    needs_owner: bool = False

    def __post_init__(self) -> None:
        keep(self, why=plain(self.why), retry_after=wait_of(self.retry_after), needs_owner=bool(self.needs_owner))


Finding = Done | Absent | Different | Several | Unclear


def not_sent(failure: Unclear) -> NotSent:
    """What comes of a call whose first question failed: what would make something was not sent."""
    return NotSent(why=failure.why, retry_after=failure.retry_after, needs_owner=failure.needs_owner)


def unless_absent(found: Finding) -> NotSent | Unknown | None:
    """Why what was looked for is not made now; None where it is absent, and may be."""
    match found:
        case Absent():
            return None
        case Unclear():
            return not_sent(found)
        case Different() | Several():
            return Unknown(why=found.detail)
        case Done():
            return Unknown(why="it is there already")


def not_meant(found: Absent | Different | Several) -> Refused:
    """The refusal of an act on a document that was not found, or not as the only one: nothing is sent."""
    return not_one("the provider has none of it" if isinstance(found, Absent) else found.detail)


def differing(what: str, shown: Mapping[str, tuple[object, object]]) -> Different | None:
    """What of a document is other than was asked for, as (there, ours) by name; None of either is not compared."""
    different = [
        f"{name} {there}, not {ours}"
        for name, (there, ours) in shown.items()
        if None not in {there, ours} and there != ours
    ]
    return Different(detail=f"{what}: {'; '.join(different)}") if different else None


def cancellation_in(found: Finding) -> Done | Unknown:
    """What a cancellation that was taken has come to, from the document as it is found afterwards."""
    if isinstance(found, Done) and found.state is DocumentState.CANCELLED:
        return found
    state = found.state if isinstance(found, Done) else type(found).__name__
    return Unknown(why=f"it was taken, and the status does not say so yet: {state}")


class Registration(StrEnum):
    """Whether a buyer is in the register of e-Fatura taxpayers."""

    REGISTERED = "REGISTERED"
    NOT_REGISTERED = "NOT_REGISTERED"
