"""A provider's list held against ours: which document is which, and what is on one side alone."""

from dataclasses import replace

import pytest

from app.domain.documents import DocumentState, DocumentStatus, DocumentType
from app.domain.policy import Trigger
from app.operations.provider_lists import Match, compared_rows
from providers.base.reads import ListedDocument
from tests.planning.events import Log, document_id, placed, progressed

DOCUMENT = document_id("1", "2", "3")
S = DocumentState


def ours(state: DocumentState = S.ISSUED, **changes: object) -> DocumentStatus:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, S.ISSUED, number="N1"))
    return replace(log.all.statuses[-1], state=state, **changes)  # type: ignore[arg-type]


def row(**changes: object) -> ListedDocument:
    shown = ListedDocument(provider_reference="theirs-1", document_type=DocumentType.EARSIV)
    return replace(shown, **changes)  # type: ignore[arg-type]


def match(shown: ListedDocument, known: DocumentStatus) -> Match:
    (compared,) = compared_rows([shown], [known])
    return compared.match


@pytest.mark.parametrize(
    "shown",
    [row(reference=DOCUMENT), row(ettn=DOCUMENT.upper()), row(provider_reference=DOCUMENT), row(number="N1")],
    ids=["our reference", "ETTN in capitals", "the provider's name", "number, where the row has no other name"],
)
def test_a_row_is_known_by_any_of_its_names(shown: ListedDocument) -> None:
    assert match(shown, ours()) is Match.KNOWN


def test_a_number_of_ours_on_a_document_with_another_ettn_is_not_ours() -> None:
    assert match(row(ettn="0f8fad5b-d9cb-469f-a165-70867728950e", number="N1"), ours()) is Match.UNKNOWN


@pytest.mark.parametrize("connection", ["nilvera", "second-login"])
def test_a_document_of_another_connection_to_the_same_account_is_known_and_said_to_be_its(connection: str) -> None:
    elsewhere = ours(business="MARKET", connection=connection)
    (compared,) = compared_rows([row(ettn=DOCUMENT)], [], [elsewhere])
    assert (compared.match, compared.said) == (Match.KNOWN, f"it is of MARKET's connection {connection}")
    (other,) = compared_rows([row(number="N1")], [], [elsewhere])
    assert other.match is Match.UNKNOWN


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_documents_with_one_ettn_a_row_is_that_which_has_not_ended(*, turned: bool) -> None:
    moved, back = ours(S.CANCELLED, ettn="e-1"), ours(S.ISSUED, ettn="e-1", document_id=document_id("1", attempt=2))
    both = [back, moved] if turned else [moved, back]
    (compared,) = compared_rows([row(ettn="e-1", state=S.ISSUED)], both, both)
    assert (compared.match, compared.ours) == (Match.KNOWN, back)


@pytest.mark.parametrize(
    ("there", "here", "expected"),
    [
        (S.CANCELLED, S.ISSUED, Match.DIFFERENT),
        (S.ISSUED, S.CANCELLED, Match.DIFFERENT),
        (S.REJECTED, S.DELIVERED, Match.DIFFERENT),
        (S.CANCELLED, S.CANCEL_PENDING, Match.KNOWN),
        (S.PROCESSING, S.ISSUED, Match.KNOWN),
        (S.DELIVERED, S.ACCEPTED, Match.KNOWN),
        (None, S.ISSUED, Match.KNOWN),
    ],
)
def test_what_is_legal_on_one_side_alone_is_different(
    there: DocumentState | None, here: DocumentState, expected: Match
) -> None:
    assert match(row(reference=DOCUMENT, state=there), ours(here)) is expected
