"""A list's state is in its address: what it is narrowed to, and where it goes on. Nothing of it is remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, TypeVar

from app.web.screen.page import url
from app.web.screen.words.text import Label, Language, Text

E = TypeVar("E", bound=Enum)
ROWS: Final = 50
AFTER: Final = "after"
SINCE, SHOWN, FIRST = "since", "shown", "first"


def one_of(kind: type[E], text: str | None) -> E | None:
    """The member of this value; None for a text that is none."""
    return next((each for each in kind if each.value == text), None)


def a_date(text: str | None) -> date | None:
    """A date of ISO 8601; None for a text that is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def news_of(query: Mapping[str, str]) -> tuple[int, frozenset[str], bool]:
    """What `ListAddress.news` has written: since when, of which rows, and whether new ones would be among them."""
    since = query.get(SINCE, "")
    shown = frozenset(query.get(SHOWN, "").split()[:ROWS])
    return int(since) if since.isdecimal() else 0, shown, query.get(FIRST) == "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One thing that the list is narrowed to, and the address of the list without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A view that many ask for: its text and its address."""

    text: Text
    to: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAddress:
    """The address of a list: `path` below the screen's stem, and its filters by name as they are written there."""

    path: str
    filters: Mapping[str, str]

    def to(self, **changed: str | None) -> str:
        """The list with these filters changed, from its beginning; None takes one away."""
        return url(self.path, **{**self.filters, **changed})

    def news(self, since: int, shown: Sequence[str], *, is_first: bool) -> str:
        """The address of the list's news. `since`: the change behind which they begin; `shown`: the rows' ids."""
        told = {SINCE: f"{since}", SHOWN: " ".join(shown), FIRST: "yes" if is_first else None}
        return url(f"/news{self.path}", **self.filters, **told)

    def chips(self, names: Mapping[str, Text], values: Mapping[str, str], language: Language) -> list[Chip]:
        """One for each filter, with what it is called. `values`: in words, where the filter's own is a code."""
        return [
            Chip(name=text.in_(language), value=values.get(name, self.filters[name]), without=self.to(**{name: None}))
            for name, text in names.items()
            if name in self.filters
        ]

    def tabs(self, name: str, known: Sequence[tuple[str | None, Text]]) -> list[Tab]:
        """A tab for each value of one filter."""
        now = self.filters.get(name)
        return [Tab(text=text, to=self.to(**{name: value}), is_current=now == value) for value, text in known]


def words_of(labels: Mapping[E, Label], language: Language) -> list[tuple[str, str]]:
    """The values of a filter with what they are called, for its field."""
    return [(str(value.value), label.text.in_(language)) for value, label in labels.items()]
