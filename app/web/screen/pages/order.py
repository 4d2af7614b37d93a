"""One order: its lines, its documents, and everything that happened to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.documents import INVOICING
from app.domain.errors import FieldError
from app.store import Role
from app.tracking.read_model.rows import LineRow
from app.tracking.read_model.timeline import TimelineEntry
from app.web.screen.page import Answer, NotThereError, Page, Shown, Visit
from app.web.screen.pages.documents import WORDS
from app.web.screen.pages.orders import PATH, why
from app.web.screen.words.happenings import EVENTS, NOTICES
from app.web.screen.words.states import ATTENTIONS, INVOICED, LINES, ORDERS, VERDICTS, state_of
from app.web.screen.words.text import Label, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One entry of the timeline. `labels`: what it came to. `actor` and `reason`: of what a person did."""

    at: datetime
    text: Text
    labels: tuple[Label, ...] = ()
    document_id: str | None = None
    number: str | None = None
    errors: tuple[FieldError, ...] = ()
    code: str | None = None
    actor: str | None = None
    reason: str | None = None


async def show(visit: Visit) -> Answer:
    """The page."""
    business, reference = visit.path["business"], visit.path["reference"]
    found = await visit.ask(lambda queries: queries.order(business, reference))
    if found is None:
        raise NotThereError
    legal = {each.latest.document_id for each in found.documents if each.latest.state in INVOICING}

    def label_of(line: LineRow) -> Label:
        return INVOICED if line.document_id in legal else LINES[line.state]

    values = {
        "row": found.row,
        "label": ORDERS[found.row.state],
        "reasons": why(found.row, visit),
        "lines": found.lines,
        "label_of": label_of,
        "documents": found.documents,
        "happenings": [happening_of(entry) for entry in reversed(found.timeline) if not _is_said_twice(entry)],
        "numbers": {row.latest.document_id: row.latest.number for row in found.documents},
    }
    return Shown(template="order.html", values={**WORDS, **values})


def happening_of(entry: TimelineEntry) -> Happening:
    """The entry in words."""
    if entry.status is not None:
        status = entry.status
        attention = (ATTENTIONS[status.attention],) if status.attention else ()
        return Happening(
            at=entry.at,
            text=Text("Belge", "Document"),
            labels=(state_of(status), *attention),
            document_id=status.document_id,
            number=status.number,
            errors=status.errors,
        )
    if entry.notice is not None:
        return Happening(at=entry.at, text=_text(NOTICES.get(entry.notice.body.type), entry.notice.body.type))
    assert entry.event is not None
    name = _text(EVENTS.get(entry.event.event_type), entry.event.event_type)
    if entry.outcome is not None:
        answer = entry.outcome
        return Happening(
            at=entry.at, text=name, labels=(VERDICTS[answer.verdict],), errors=answer.errors, code=answer.reason
        )
    logged = entry.event.logged
    return Happening(
        at=entry.at, text=name, actor=logged.actor if logged else None, reason=logged.reason if logged else None
    )


def _is_said_twice(entry: TimelineEntry) -> bool:
    """An event whose answer is an entry of its own, and that no person has sent."""
    event = entry.event
    if event is None or entry.outcome is not None:
        return False
    return bool(event.answers) and (event.logged is None or event.logged.actor is None)


def _text(known: Text | None, word: str) -> Text:
    return known or Text(word, word)


ALL: Final = (Page(name="order", path=f"{PATH}/{{business}}/{{reference:.+}}", least=Role.VIEWER, show=show),)
