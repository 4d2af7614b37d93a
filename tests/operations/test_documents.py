"""What may be asked of a document: the event that asks, or why there is none; and what a command is about."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import DocumentCancellationRequested, RerouteRequested
from app.domain.policy import Trigger
from app.operations import documents
from app.operations.document_acts import cancellation_of, reroute_of
from app.operations.documents import DocumentContent, find_document, list_documents
from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.tracking.documents import track
from tests.planning.events import Log, document_id, placed, progressed

DOCUMENT = document_id("1", "2", "3")
S = DocumentState


def status(state: DocumentState = S.ISSUED, **changes: object) -> DocumentStatus:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, S.ISSUED, number="N1"))
    return replace(log.all.statuses[-1], state=state, sequence=1, **changes)  # type: ignore[arg-type]


def test_a_cancellation_names_its_document_and_reason() -> None:
    asked = DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice")
    assert cancellation_of(status(), "placed twice") == asked


@pytest.mark.parametrize("state", [S.CANCELLED, S.REJECTED, S.DELIVERED])
def test_what_the_planner_would_refuse_is_refused_before_it_is_written(state: DocumentState) -> None:
    with pytest.raises(NotPossibleError, match=DOCUMENT):
        cancellation_of(status(state), "placed twice")


def test_a_dead_document_that_waits_for_a_person_can_be_cancelled() -> None:
    latest = status(S.REJECTED, attention=Attention.NEEDS_REVIEW)
    assert cancellation_of(latest, "placed twice").document_id == DOCUMENT


def test_a_cancellation_has_a_reason() -> None:
    with pytest.raises(RefusedInputError):
        cancellation_of(status(), " \t")


def test_a_reroute_names_its_document_and_provider() -> None:
    assert reroute_of(status(S.PLANNED), "testbook") == RerouteRequested(document_id=DOCUMENT, connection="testbook")


@pytest.mark.parametrize("state", [S.ISSUED, S.CANCEL_PENDING, S.REJECTED])
def test_only_what_is_not_issued_yet_is_rerouted(state: DocumentState) -> None:
    with pytest.raises(NotPossibleError):
        reroute_of(status(state), "testbook")


def test_a_reroute_to_what_is_no_connections_name_is_another_error_than_one_to_where_it_is() -> None:
    with pytest.raises(RefusedInputError):
        reroute_of(status(S.PLANNED), "Nowhere/else")
    with pytest.raises(NotPossibleError):
        reroute_of(status(S.PLANNED), status().connection)


def test_a_document_can_be_moved_between_two_connections_at_its_provider() -> None:
    asked = reroute_of(status(S.PLANNED), "second-login")
    assert asked == RerouteRequested(document_id=DOCUMENT, connection="second-login")


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents whose ids begin with the same letters."""
    ids = (f"{DOCUMENT}a", f"{DOCUMENT}b")
    monkeypatch.setattr(documents, "all_documents", lambda: track(status(document_id=each) for each in ids))


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("beginning", [DOCUMENT, "nothing"])
def test_an_id_that_fits_none_or_several_finds_nothing(beginning: str) -> None:
    with pytest.raises(NotFoundError):
        find_document(beginning)


@pytest.mark.usefixtures("two")
def test_a_list_counts_what_its_limit_leaves_out() -> None:
    found = list_documents(limit=1)
    assert (len(found.latest), found.total) == (1, 2)
    assert list_documents(state=S.PLANNED, limit=1).total == 0


def test_a_document_is_about_an_amount_and_a_buyer() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    (command,) = log.all.commands
    assert command.order is not None
    content = documents._content(command.order, None)
    assert content == DocumentContent(
        amount=content.amount, currency=command.order.currency, buyer=None, buyer_tax_number=None
    )
    assert content.amount > Decimal(0)
