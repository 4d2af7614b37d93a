"""One document: whether it is legal, what became of it step by step, and its files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.documents import Attention, DocumentStatus, Evidence
from app.store import Role
from app.tracking.read_model.rows import DocumentDetails
from app.web.screen.asked import asked_of
from app.web.screen.page import Answer, NotThereError, Page, Shown, Visit
from app.web.screen.pages.documents import PATH, WORDS
from app.web.screen.words.errors import sentence_of
from app.web.screen.words.evidence import evidence_text
from app.web.screen.words.states import ATTENTIONS, state_of
from app.web.screen.words.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the document's life: what it came to, and what is known of how. `evidence`: what is new in it."""

    at: datetime
    state: Label
    attention: Label | None
    status: DocumentStatus
    evidence: tuple[Evidence, ...]


async def show(visit: Visit) -> Answer:
    """The page."""
    document_id = visit.path["id"]
    found = await visit.ask(lambda queries: queries.document(document_id))
    if found is None:
        raise NotThereError
    latest = found.row.latest
    links = visit.tools.links.of(latest.document_id) if latest.number is not None else None
    values = {
        "latest": latest,
        "row": found.row,
        "label": state_of(latest),
        "attention": ATTENTIONS.get(latest.attention) if latest.attention else None,
        "links": links,
        "errors": [(error, sentence_of(error)) for error in latest.errors],
        "steps": steps_of(found),
        "may_see": visit.present is not None and visit.present.person.role.includes(Role.OPERATOR),
        "evidence_text": evidence_text,
        "asked": await asked_of(visit, latest),
        "can_approve": latest.attention is Attention.AWAITING_APPROVAL,
    }
    return Shown(template="document.html", values={**WORDS, **values})


def steps_of(found: DocumentDetails) -> list[Step]:
    """The steps, the latest first. Each status repeats the evidence before it; of each only what it adds is shown."""
    seen: set[Evidence] = set()
    steps = []
    for status in found.document.history:
        new = tuple(each for each in status.evidence if each not in seen)
        seen.update(new)
        attention = ATTENTIONS.get(status.attention) if status.attention else None
        steps.append(
            Step(at=status.occurred_at, state=state_of(status), attention=attention, status=status, evidence=new)
        )
    return steps[::-1]


ALL: Final = (Page(name="document", path=f"{PATH}/{{id}}", least=Role.VIEWER, show=show),)
