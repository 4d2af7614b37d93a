"""What follows from the evidence: one sentence, never stronger than what is there. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.documents import DEAD, INVOICING, Attention, DocumentStatus
from app.domain.identity import document_id, scope_of
from app.domain.policy import EXTERNAL
from app.operations.proof.journal import DocumentJournal
from app.operations.proof.provider_words import ProviderWords
from providers.base import Absent, Different, Done, LookUp, Several, Unclear
from providers.base.reads import ListedDocument

# With these a person is still to say what is the case.
OPEN: Final = frozenset({Attention.UNCERTAIN, Attention.NEEDS_REVIEW, Attention.FROZEN})


class Verdict(StrEnum):
    """What is proven."""

    ONCE = "ONCE"
    NOT_PROVEN = "NOT_PROVEN"
    SEVERAL = "SEVERAL"
    """There are signs of a second document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of one document. `payable` is None where the command that asked for it is gone.

    `rivals`: other documents of its order that have one of its lines, and have not surely ended.
    """

    document: DocumentStatus
    rivals: tuple[DocumentStatus, ...]
    journal: DocumentJournal
    provider: ProviderWords
    payable: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The verdict and its sentence; `reasons` are what keeps it from being proven."""

    verdict: Verdict
    sentence: str
    reasons: tuple[str, ...] = ()


def derived_id(document: DocumentStatus) -> str:
    """The id that follows from business, order, intent, scope and try.

    The scope of an invoice are its lines, that of a credit its reference and the invoice that had the lines.
    """
    scope = (document.credit_reference, document.original)
    covered = scope_of((scope[0], scope[1])) if scope[0] and scope[1] else scope_of(document.lines)
    return document_id(document.business, document.order_reference, document.intent, covered, document.attempt)


def conclude(evidence: Evidence) -> Conclusion:
    """ONCE only where our own record, the journal and the provider agree on it, each by what it has."""
    seconds, gaps = tuple(_seconds(evidence)), tuple(_gaps(evidence))
    if seconds:
        reasons = (*seconds, *gaps)
        return Conclusion(
            verdict=Verdict.SEVERAL, sentence=f"More than one may exist: {'; '.join(reasons)}.", reasons=reasons
        )
    if gaps:
        sentence = f"It is not proven that exactly one exists, because {'; '.join(gaps)}."
        return Conclusion(verdict=Verdict.NOT_PROVEN, sentence=sentence, reasons=gaps)
    return Conclusion(verdict=Verdict.ONCE, sentence=_once(evidence))


def _once(evidence: Evidence) -> str:
    document, provider = evidence.document, evidence.provider
    shown = []
    if isinstance(provider.look_up, Done):
        shown.append("its look-up shows one document")
    if provider.live and provider.days is not None:
        shown.append(f"its list from {provider.days.first} to {provider.days.last} has it once")
    number = document.number or document.ettn or document.document_id
    return (
        f"It exists once, as {number}: asked now, {document.provider} says so ({' and '.join(shown)}); no attempt in "
        "the journal is open, and no other document of the order has its lines."
    )


def _seconds(evidence: Evidence) -> Iterator[str]:
    """What speaks for a second document."""
    for rival in evidence.rivals:
        yield f"document {rival.document_id} of the same order has lines of it too, and is {rival.state}"
    if len(evidence.journal.made) > 1:
        yield f"the journal has several documents for it: {', '.join(sorted(evidence.journal.made))}"
    provider = evidence.provider
    if len(provider.live) > 1:
        yield f"its provider's list has it {len(provider.live)} times: {', '.join(map(_name, provider.live))}"
    if isinstance(provider.look_up, Several | Different):
        yield f"its provider shows something else, or more than one: {provider.look_up.detail}"
    if alike := [row for row in provider.others if _is_alike(row, evidence)]:
        names = ", ".join(map(_name, alike))
        yield f"its provider names documents itself, and lists others of the same amount and buyer: {names}"


def _is_alike(row: ListedDocument, evidence: Evidence) -> bool:
    """It could be a second copy: only where no name of ours would be on it."""
    capabilities = evidence.provider.capabilities
    if capabilities is None or capabilities.look_up is not LookUp.BY_LIST or row.state in DEAD:
        return False
    if row.payable is None or evidence.payable is None:
        return False
    ours = {each.buyer_tax_number for each in evidence.provider.live}
    same_buyer = row.buyer_tax_number is None or None in ours or row.buyer_tax_number in ours
    return row.payable == evidence.payable and row.currency in {None, evidence.currency} and same_buyer


def _name(row: ListedDocument) -> str:
    return row.number or row.ettn or row.provider_reference


def _gaps(evidence: Evidence) -> Iterator[str]:
    """What is missing for the proof."""
    yield from _of_ours(evidence.document)
    if evidence.document.provider == EXTERNAL:
        yield "the merchant has issued it himself, and no provider of ours can be asked"
        return
    yield from _of_journal(evidence)
    yield from _of_provider(evidence)


def _of_ours(document: DocumentStatus) -> Iterator[str]:
    if document.state not in INVOICING:
        yield f"it is {document.state} here"
    if document.attention in OPEN:
        yield f"a question about it is open ({document.attention})"
    if derived_id(document) != document.document_id:
        yield "its id does not follow from its order, scope and try"


def _of_journal(evidence: Evidence) -> Iterator[str]:
    journal = evidence.journal
    if not journal.facts:
        yield "the journal has no fact of it"
    if journal.open_attempts:
        yield f"no answer and no look-up has settled attempt {', '.join(journal.open_attempts)}"
    if journal.was_lost and not evidence.provider.live:
        yield f"the journal was lost, and what was sent before {journal.was_lost} is not known"


def _of_provider(evidence: Evidence) -> Iterator[str]:
    provider = evidence.provider
    match provider.look_up:
        case Done(state=state) if state in INVOICING:
            yield from _of_other_number(evidence.document, provider.look_up)
        case Done(state=state):
            yield f"its provider says that it is {state}"
        case Absent():
            yield "its provider says that it has none of it"
        case Unclear(why=why):
            yield f"its provider did not answer the look-up: {why}"
        case _ if not provider.live:
            yield from (each.rstrip(".") for each in provider.why or ("its provider was not asked",))
    if provider.listed is not None:
        if not provider.live:
            yield "its provider's list of these days has it as no legal document"
    elif isinstance(provider.look_up, Done):
        yield from _without_list(evidence)


def _of_other_number(document: DocumentStatus, found: Done) -> Iterator[str]:
    if found.number and document.number and found.number != document.number:
        yield f"its provider has it as {found.number}, and we as {document.number}"


def _without_list(evidence: Evidence) -> Iterator[str]:
    """A look-up alone shows one document of our reference; where the provider names them itself, only its own."""
    capabilities = evidence.provider.capabilities
    if capabilities is None or capabilities.look_up is not LookUp.BY_LIST:
        return
    makers = evidence.journal.possible_makers
    if not evidence.journal.is_whole:
        yield f"{_no_list(evidence)}, and the journal no longer has its attempts"
    elif len(makers) > 1:
        yield f"{_no_list(evidence)}, and {len(makers)} attempts may each have made one"


def _no_list(evidence: Evidence) -> str:
    return f"{evidence.document.provider} names its documents itself and gave no list"
