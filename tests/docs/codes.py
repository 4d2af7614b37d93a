"""The tables of the pages that follow from the code; `python -m tests.docs.codes` brings the pages up to date.

A table is known by the first cell of its head. Its rows begin with a word of the code, go on with what the code says of
it, and end with what a person has written, which is kept. A row that is new has nothing there yet.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from app.domain.documents import Attention, DocumentState
from app.domain.invoice_info.enums import InvoiceType
from app.domain.late_errors import LATE_ERRORS
from app.domain.outcomes import Verdict
from app.issuing.decisions.progress_reports import QUESTIONS
from app.planning.batch import CODES
from app.planning.state import HeldFor
from app.settings import Settings
from app.stream.ownership.exits import EXIT_CODES
from app.stream.serialization.errors import UnreadableCode
from app.tracking.orders import Stuck
from app.web.api.acts import Acts
from app.web.api.callbacks import Callbacks
from app.web.api.catalogue import PROBLEMS
from app.web.api.corrections import Corrections
from app.web.api.reading import Reading
from app.web.api.request_status import RequestStatusHandlers
from app.web.api.submission import Submission
from app.web.api.table import operations
from providers.base import Capabilities, Drafts, LookUp
from providers.registry import PROVIDERS, provider
from tests.contract.facts import MADE_UP, sources, weaker
from tests.contract.header_fields import places
from tests.docs import extraction

DOCS: Final = extraction.ROOT / "docs"
TROUBLE: Final = DOCS / "when-something-does-not-happen.md"
CONFIGURATION: Final = DOCS / "configuration.md"
ABILITIES: Final = DOCS / "providers" / "capabilities.md"
README: Final = extraction.ROOT / "README.md"
API: Final = DOCS / "api.md"
PAGES: Final = (TROUBLE, CONFIGURATION, ABILITIES, README, API)
Rows = Mapping[str, tuple[str, ...]]
MAILS: Final = {None: "no", False: "if `mail: buyer`", True: "unless `mail: none`"}
ASKED: Final = {LookUp.NONE: "no", LookUp.BY_REFERENCE: "yes", LookUp.BY_LIST: "by list"}
DRAFTS: Final = {Drafts.NONE: "nothing", Drafts.SENT_OFF: "a draft", Drafts.SIGNED: "all"}


@cache
def tables_of(page: Path) -> Mapping[str, Rows]:
    """For each table of a page: the word that begins a row → the cells that the code gives."""
    if page == ABILITIES:
        known = {name: provider(name).capabilities() for name in PROVIDERS}
        return {
            "provider": {n: _abilities(c) for n, c in known.items()},
            "of": {n: _limits(c) for n, c in known.items()},
            "carried": {n: _carried(c) for n, c in known.items()},
            "short": {n: (_unused(c),) for n, c in known.items() if n not in MADE_UP},
            "field": places(),
        }
    if page == README:
        return {"connection": {n: _in_short(provider(n).capabilities()) for n in PROVIDERS if n not in MADE_UP}}
    if page == API:
        return {"operation": _operations(), "problem": _problems()}
    if page == CONFIGURATION:
        return {"setting": _settings(), "variable": dict.fromkeys(_variables(), ())}
    return {
        "verdict": dict.fromkeys(Verdict, ()),
        "reason": dict.fromkeys(extraction.outcome_reasons() | set(HeldFor), ()),
        "state": dict.fromkeys(DocumentState, ()),
        "attention": dict.fromkeys(Attention, ()),
        "question": {str(cause): (sentence,) for cause, sentence in QUESTIONS.items()},
        "stuck": dict.fromkeys(Stuck, ()),
        "exit code": {str(int(code)): (code.meaning, code.remedy) for code in EXIT_CODES},
        "dead letter": dict.fromkeys({*UnreadableCode, *CODES.values(), *extraction.dead_letter_reasons()}, ()),
        "late code": {code: (str(known_late),) for code, known_late in LATE_ERRORS.items()},
        "code": {code: (sentence,) for code, sentence in extraction.error_codes().items()},
    }


@dataclass(slots=True)
class Found:
    """What a page has: `lines` as they should be, the words by table, and those with nothing written beside them."""

    lines: list[str] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)


def read(page: Path) -> Found:
    """The page with the code's cells; new rows stand at the end of the last table of their kind."""
    found, tables, kind = Found(), tables_of(page), ""
    ends: dict[str, tuple[int, int]] = {}
    for line in page.read_text().splitlines():
        cells = _cells(line)
        if not cells:
            kind = ""
        elif not kind:
            kind = cells[0] if cells[0] in tables else "another"
        elif kind != "another" and (word := cells[0].strip("`")) in tables[kind]:
            line = _row(word, tables[kind][word], cells[len(tables[kind][word]) + 1 :])  # noqa: PLW2901
            found.words.setdefault(kind, []).append(word)
            found.empty += [word] if "" in _cells(line) else []
        elif kind != "another" and not cells[0].startswith("---"):
            continue
        found.lines.append(line)
        ends[kind] = (len(found.lines), len(cells))
    for kind, (at, width) in sorted(ends.items(), key=lambda end: -end[1][0]):
        found.lines[at:at] = _new_rows(tables.get(kind, {}), found.words.get(kind, []), width)
    return found


def _new_rows(rows: Rows, known: list[str], width: int) -> Iterator[str]:
    for word, cells in sorted(rows.items()):
        if word not in known:
            yield _row(word, cells, [""] * (width - 1 - len(cells)))


def _row(word: str, given: tuple[str, ...], written: list[str]) -> str:
    return f"| {' | '.join((f'`{word}`', *given, *written))} |"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("|") else []


def _operations() -> Rows:
    """Each operation of the HTTP API: its method and path, its scope, and its sentence."""
    nothing: Any = None
    submission = Submission(nothing, nothing)
    table = operations(
        submission,
        Corrections(submission, nothing),
        RequestStatusHandlers(nothing, nothing),
        Reading(nothing, nothing),
        Acts(submission, nothing),
        callbacks=Callbacks(nothing),
    )
    stem = "/accounting/v1/"
    return {
        each.name: (f"{each.method} `{each.path.removeprefix(stem)}`", f"`{each.scope}`", each.summary)
        for each in table
    }


def _problems() -> Rows:
    """Each refusal of the HTTP API: its status, whether an event is stored, its sentence, and what to do."""
    return {code: (f"{kind.status:d}", str(kind.stored), kind.sentence, kind.todo) for code, kind in PROBLEMS.items()}


def _abilities(what: Capabilities) -> tuple[str, ...]:
    """Documents, steps, whether a repeat is refused, look-up, numbers, register, cancellations, drafts and so on."""
    return (
        _listed(what.document_types),
        " → ".join(what.steps),
        "yes" if what.unique_reference else "no",
        ASKED[what.look_up],
        str(what.numbering),
        "yes" if what.taxpayer_lookup else "no",
        _listed(what.cancels),
        DRAFTS[what.drafts],
        _listed(what.buyer_answers),
        _listed(what.downloads),
        _listed(what.links),
        _listed(what.lists),
        _listed(what.checks),
        MAILS[what.mails_buyer],
        _listed(what.mails),
    )


def _carried(what: Capabilities) -> tuple[str, ...]:
    """Invoice types beside a sale, and details of an order that its form of a document has a place for."""
    return (_listed(each.name for each in what.invoice_types if each is not InvoiceType.SATIS), _listed(what.details))


def _in_short(what: Capabilities) -> tuple[str, ...]:
    """Documents, cancellations, look-up, register, files, and what the adapter was checked against."""
    return (
        _listed(what.document_types),
        _listed(what.cancels),
        ASKED[what.look_up],
        "yes" if what.taxpayer_lookup else "no",
        _listed(what.downloads),
        f"a simulator built from {', '.join(sources(what.provider))}",
    )


def _unused(what: Capabilities) -> str:
    """What is known that the provider can do, and this version does not use."""
    return ", ".join(f"`{line}` ({', '.join(kinds)})" for line, kinds in weaker(what).items()) or "nothing"


def _limits(what: Capabilities) -> tuple[str, ...]:
    """Requests in a time, calls at once, the longest call, waits before an absence is believed and given up, polls."""
    quota = f"{what.quota.requests} in {what.quota.seconds:g} s"
    seconds = (what.max_call_seconds, what.visibility_seconds, what.give_up_seconds, what.poll_seconds)
    return (quota, str(what.concurrency), *(f"{each:g} s" for each in seconds))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "none"


def _settings() -> Rows:
    """Each setting's variable, its default, and its docstring."""
    said = _docstrings(Path(extraction.ROOT / "app/settings.py"), "Settings")
    return {
        f"FATURAFLOW_{name.upper()}": (_shown(info.default), said.get(name, ""))
        for name, info in Settings.model_fields.items()
    }


def _shown(default: object) -> str:
    return "none" if default in {None, ""} else f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def _docstrings(path: Path, name: str) -> dict[str, str]:
    """The sentence under each field of a class."""
    body = next(node.body for node in ast.parse(path.read_text()).body if getattr(node, "name", "") == name)
    said: dict[str, str] = {}
    for before, after in pairwise(body):
        match before, after:
            case ast.AnnAssign(target=ast.Name(id=known)), ast.Expr(value=ast.Constant(value=str(sentence))):
                said[known] = " ".join(sentence.split())
            case _:
                pass
    return said


def _variables() -> set[str]:
    return {name for name in extraction.variables() if name not in _settings()}


def main() -> None:
    """Writes the pages."""
    for page in PAGES:
        page.write_text("\n".join(read(page).lines) + "\n")


if __name__ == "__main__":
    main()
