"""What is known of each provider (facts.toml), and where an adapter's capabilities claim more of it, or less."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.domain.documents import DocumentType
from providers.base import Capabilities, Drafts, LookUp

FACTS: Final = Path(__file__).parent / "facts.toml"
UNKNOWN: Final = "U"
# Where something is known from, the surest first.
SOURCES: Final[Mapping[str, str]] = {
    "O": "its public documentation",
    "OC": "public copies of its documentation",
    "OU": "its operator's documentation",
    "OD": "Odoo's module",
    "L": "reports of real calls",
    "C": "code of clients",
    "G": "guesses",
}
# Made up for tests and demonstrations: nothing is known of it that its simulator does not do.
MADE_UP: Final = frozenset({"testbook"})
# What its capabilities have no word for.
NO_CLAIM: Final = frozenset({"amounts"})
# Asking by list is less than asking by reference: it can find several.
ASKED: Final[Mapping[str, frozenset[str]]] = {
    "NONE": frozenset(),
    "BY_LIST": frozenset({"by list"}),
    "BY_REFERENCE": frozenset({"by list", "by reference"}),
}
Known = Mapping[str, tuple[Any, str]]


@cache
def facts() -> Mapping[str, Mapping[DocumentType, Known]]:
    """Provider → document type → line → (value, mark)."""
    read = tomllib.loads(FACTS.read_text("utf-8"))
    return {
        name: {DocumentType(kind): {line: (v, mark) for line, (v, mark) in lines.items()} for kind, lines in of.items()}
        for name, of in read.items()
    }


def _holds(claim: object) -> frozenset[str]:
    return frozenset({"yes"} if claim else ())


def _sends_again(what: Capabilities) -> frozenset[str]:
    return _holds(what.look_up is not LookUp.NONE or what.unique_reference)


def _is_over(what: Capabilities, known: list[float]) -> bool:
    return bool(known) and what.quota.requests / what.quota.seconds > known[0] / known[1]


# What an adapter claims of a document type, and what is known, as sets: more of them is the stronger claim.
CLAIMED: Final[Mapping[str, Callable[[Capabilities, DocumentType], frozenset[str]]]] = {
    "takes_our_id": lambda what, _: _holds(what.takes_ettn),
    "refuses_repeats": lambda what, _: _holds(what.unique_reference),
    "look_up": lambda what, _: ASKED[what.look_up],
    "consistent": lambda what, _: _holds(what.visibility_seconds <= 0),
    "sends_again": lambda what, _: _sends_again(what),
    "cancels": lambda what, kind: _holds(kind in what.cancels),
    "withdraws": lambda what, kind: _holds(kind in what.withdraws),
    "sends_drafts": lambda what, _: _holds(what.drafts is Drafts.SENT_OFF),
    "signs": lambda what, kind: _holds(kind in what.signs),
    "buyer_answers": lambda what, kind: _holds(kind in what.buyer_answers),
    "mails": lambda what, kind: _holds(kind in what.mails),
    "files": lambda what, _: frozenset(what.downloads),
    "register": lambda what, _: _holds(what.taxpayer_lookup),
    "numbers": lambda what, _: frozenset({what.numbering}),
    "one_session": lambda what, _: _holds(not what.one_session),
    "requests": lambda _, __: frozenset(),
}
KNOWN: Final[Mapping[str, Callable[[Any], frozenset[str]]]] = {
    "look_up": ASKED.__getitem__,
    "sends_again": lambda value: _holds(value == "lookup_first"),
    "files": frozenset,
    "numbers": frozenset,
    "one_session": lambda value: _holds(not value),
    "requests": lambda _: frozenset(),
}


def stronger(what: Capabilities) -> list[str]:
    """The lines in which these capabilities claim what is not known, each as `document type: line`."""
    known = facts()[what.provider]
    unknown = [f"{kind}: documents" for kind in sorted(what.document_types - known.keys())]
    for kind in sorted(what.document_types & known.keys()):
        lines = known[kind]
        unknown += [f"{kind}: {line}" for line in CLAIMED if _claimed(what, kind, line) - _known(lines, line)]
        unknown += [f"{kind}: requests"] if _is_over(what, lines["requests"][0]) else []
    return unknown


def weaker(what: Capabilities) -> Mapping[str, list[str]]:
    """The lines in which less is claimed than is known, each with its document types."""
    short: dict[str, list[str]] = {}
    for kind, lines in sorted(facts()[what.provider].items()):
        if kind not in what.document_types:
            short.setdefault("documents", []).append(kind)
            continue
        for line in sorted(CLAIMED.keys() - {"numbers"}):
            if _known(lines, line) - _claimed(what, kind, line):
                short.setdefault(line, []).append(kind)
    return short


def sources(name: str) -> list[str]:
    """Where that which a provider can do is known from, in words, the surest first."""
    marks = {mark for lines in facts()[name].values() for value, mark in lines.values() if value}
    return [words for mark, words in SOURCES.items() if mark in marks]


def _claimed(what: Capabilities, kind: DocumentType, line: str) -> frozenset[str]:
    return CLAIMED[line](what, kind)


def _known(lines: Known, line: str) -> frozenset[str]:
    return KNOWN.get(line, _holds)(lines[line][0])
