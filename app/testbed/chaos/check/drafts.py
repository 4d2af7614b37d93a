"""Drafts that a person approves first: none becomes legal unseen, and what becomes legal is the draft that was seen."""

from app.domain.commands import Action
from app.domain.documents import DocumentState, DocumentStatus
from app.domain.orders import DocumentApproved
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.defects import Defects, double, lost, wrong
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.vocabulary import DEAD, LEGAL


def drafts(index: EvidenceIndex) -> Defects:
    """Every document of a business that approves its drafts."""
    approved = {
        submitted.event.body.document_id
        for submitted in index.evidence.submitted
        if isinstance(submitted.event.body, DocumentApproved) and index.verdict(submitted) is Verdict.OK
    }
    commanded = {command.document_id for command in index.commands.values() if command.action is Action.APPROVE}
    for name, document in index.documents.items():
        if document.latest.business not in index.evidence.drafts_first:
            continue
        made = index.made.get(name, ())
        if (document.latest.state in LEGAL or any(not each.ended for each in made)) and name not in approved:
            yield wrong(f"document {name} became legal, and no person had approved its draft")
        if name in approved and name not in commanded:
            yield lost(f"document {name} was approved, and its issuer was not told")
        if name in commanded and name not in approved:
            yield wrong(f"document {name} has an APPROVE command, and no person had approved it")
        if len(made) > 1 + index.confirmed_absent[name]:
            yield double(f"document {name} was made {len(made)} times: another one than the draft that was seen")
        yield from _left(index, name, document.latest)
        if (command := index.asked.get(name)) is not None and not command.draft_first:
            yield wrong(f"the ISSUE command of document {name} lets it become legal unseen")


def _left(index: EvidenceIndex, name: str, latest: DocumentStatus) -> Defects:
    """A draft is there as long as its document is one, and not longer."""
    is_left = name in index.evidence.left_drafts
    if is_left and latest.state in DEAD | LEGAL:
        yield wrong(f"document {name} is {latest.state}, and its draft is left at {latest.provider}")
    if not is_left and latest.state is DocumentState.DRAFT:
        yield lost(f"document {name} is a draft, and {latest.provider} has none")
