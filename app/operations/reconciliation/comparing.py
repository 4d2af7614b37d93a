"""A provider's rows of a day beside our documents: what agrees, what differs, and what is to be asked for. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from app.domain.documents import DEAD, LEGAL, UNFINISHED, UNSIGNED, DocumentState, DocumentStatus, DocumentType
from app.domain.reconciliation import Discrepancy
from app.operations.provider_lists import ComparedDocument, compared_rows
from providers.base import Absent, Done, Finding, Unclear
from providers.base.reads import ListedDocument

# A provider that adds up lines otherwise may come to one kuruş more or less, and shows no other amount.
ROUNDING: Final = Decimal("0.01")


class Amount(NamedTuple):
    """What the buyer has to pay."""

    payable: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One discrepancy: our document, the provider's row, or both. `subject` names it for good."""

    kind: Discrepancy
    ours: DocumentStatus | None
    row: ListedDocument | None
    amount: Amount | None = None
    there: DocumentState | None = None
    said: str = ""

    @property
    def subject(self) -> str:
        """Our document where it is one; a second row of it is the provider's."""
        if self.ours is not None and self.kind is not Discrepancy.MISSING_HERE:
            return self.ours.document_id
        assert self.row is not None
        return self.row.ettn or self.row.provider_reference


@dataclass(slots=True)
class Compared:
    """What a comparison has found so far; `missing`: ours, legal, and in no row, each to be asked for.

    `unanswered`: the documents of which the provider did not say what they are. The counts are those of
    `DayReconciled`.
    """

    differences: list[Difference] = field(default_factory=list)
    missing: list[DocumentStatus] = field(default_factory=list)
    unanswered: list[DocumentStatus] = field(default_factory=list)
    listed: int = 0
    agreeing: int = 0
    others: int = 0
    not_listed: int = 0
    amounts_unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDocuments:
    """Ours: those of the connection, and those of every connection. `amounts` by document id, where they are known."""

    connection: Sequence[DocumentStatus]
    everything: Sequence[DocumentStatus] = ()
    amounts: Mapping[str, Amount] = field(default_factory=dict)

    def of_day(self, day: date) -> Iterator[DocumentStatus]:
        """What is legal and dated on this day in Turkey."""
        return (each for each in self.connection if each.state in LEGAL and each.issue_date == day)


def compare_day(
    rows: Sequence[ListedDocument],
    ours: OwnDocuments,
    day: date,
    types: frozenset[DocumentType],
    *,
    others_expected: bool,
) -> Compared:
    """Every row with our document, and every document of ours with its row.

    `types`: those that the provider lists; of others nothing is known. `others_expected`: documents of other programs
    in the same account are no discrepancy.
    """
    found = Compared(listed=len(rows))
    own = {each.document_id for each in ours.connection}
    seen: set[str] = set()
    # Of two rows of one document that which has not ended is it.
    living_first = sorted(rows, key=lambda row: row.state in DEAD)
    for each in compared_rows(living_first, ours.connection, ours.everything):
        assert each.listed is not None
        if each.ours is None:
            _unknown(found, each.listed, expected=others_expected)
        elif each.ours.document_id not in own:
            found.others += 1
        elif each.ours.document_id in seen:
            _second(found, each.listed, each.ours)
        else:
            seen.add(each.ours.document_id)
            _known(found, each, ours.amounts.get(each.ours.document_id))
    for document in ours.of_day(day):
        if document.document_type not in types:
            found.not_listed += 1
        elif document.document_id not in seen:
            found.missing.append(document)
    return found


def _second(found: Compared, row: ListedDocument, ours: DocumentStatus) -> None:
    """Another row of a document that has one."""
    if not _may_be_legal(row):
        found.others += 1
        return
    said = f"it is a second one of document {ours.document_id}"
    found.differences.append(Difference(kind=Discrepancy.MISSING_HERE, ours=ours, row=row, there=row.state, said=said))


def _may_be_legal(row: ListedDocument) -> bool:
    return row.state is None or row.state in LEGAL


def _unknown(found: Compared, row: ListedDocument, *, expected: bool) -> None:
    """A draft of somebody else's is nobody's invoice, and one that has ended there is none any more."""
    if expected or not _may_be_legal(row):
        found.others += 1
        return
    found.differences.append(Difference(kind=Discrepancy.MISSING_HERE, ours=None, row=row, there=row.state))


def _known(found: Compared, each: ComparedDocument, amount: Amount | None) -> None:
    row, ours = each.listed, each.ours
    assert row is not None
    assert ours is not None
    kinds = [*_differing(row, ours, amount)]
    if ours.state in LEGAL and (amount is None or row.payable is None):
        found.amounts_unknown += 1
    for kind, said in kinds:
        found.differences.append(Difference(kind=kind, ours=ours, row=row, amount=amount, there=row.state, said=said))
    found.agreeing += not kinds


def _differing(row: ListedDocument, ours: DocumentStatus, amount: Amount | None) -> Iterator[tuple[Discrepancy, str]]:
    if why := other_state(row.state, ours.state):
        yield Discrepancy.OTHER_STATE, why
    elif ours.state in LEGAL and amount is not None and (said := _other_amount(row, amount)):
        yield Discrepancy.OTHER_AMOUNT, said


def other_state(there: DocumentState | None, here: DocumentState) -> str:
    """Why the states contradict each other: legal on one side alone; empty where they do not, or may not yet."""
    if here in LEGAL and there in DEAD | UNSIGNED:
        return f"it is {there} there, and {here} here"
    if there in LEGAL and here in DEAD | UNFINISHED:
        return f"it is {there} there, and {here} here"
    return ""


def _other_amount(row: ListedDocument, amount: Amount) -> str:
    if row.payable is None:
        return ""
    if row.currency is not None and row.currency != amount.currency:
        return f"it is in {row.currency} there, and in {amount.currency} here"
    if abs(row.payable - amount.payable) > ROUNDING:
        return f"it is {row.payable} there, and {amount.payable} here"
    return ""


def answered(found: Compared, document: DocumentStatus, answer: Finding, amount: Amount | None) -> None:
    """Counts what the provider says of one document that is in no row: a list may be late, or count days otherwise."""
    match answer:
        case Done(state=there):
            if why := other_state(there, document.state):
                kind = Discrepancy.OTHER_STATE
                found.differences.append(
                    Difference(kind=kind, ours=document, row=None, amount=amount, there=there, said=why)
                )
            else:
                found.agreeing += 1
        case Unclear():
            found.unanswered.append(document)
        case Absent():
            found.differences.append(_missing_there(document, amount, "not in its list, and not found"))
        case _:
            found.differences.append(_missing_there(document, amount, f"not in its list; {answer.detail}"))


def _missing_there(document: DocumentStatus, amount: Amount | None, said: str) -> Difference:
    return Difference(kind=Discrepancy.MISSING_THERE, ours=document, row=None, amount=amount, said=said)


def known_by_connection(
    documents: Iterable[DocumentStatus], business: str, connection: str
) -> tuple[DocumentStatus, ...]:
    """Those of one connection."""
    return tuple(each for each in documents if (each.business, each.connection) == (business, connection))
