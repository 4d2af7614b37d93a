from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.documents import DocumentState, Intent
from app.operations.corrections import named_invoice
from app.operations.errors import NotFoundError, NotPossibleError
from tests.planning.events import Log, document_id, placed, requested

NUMBER = "ORN2026000000001"


@pytest.fixture
def log() -> Log:
    log = Log()
    log.append(placed())
    log.append(requested("1", invoice_reference="INV-1"))
    return log


def test_an_invoice_is_known_by_reference_number_and_id(log: Log) -> None:
    (latest,) = [replace(status, number=NUMBER) for status in log.all.statuses]
    for name in ("INV-1", NUMBER, document_id("1"), document_id("1")[:8]):
        assert named_invoice([latest], name) == latest


@pytest.mark.parametrize("name", ["", "I", "inv-1", document_id("1")[:7]])
def test_what_is_no_name_of_it_is_not_found(log: Log, name: str) -> None:
    with pytest.raises(NotFoundError, match="has no invoice"):
        named_invoice(log.all.statuses, name)


def test_of_several_the_one_counts_that_has_not_ended(log: Log) -> None:
    (latest,) = log.all.statuses
    ended = replace(latest, document_id="ended", state=DocumentState.REJECTED)
    assert named_invoice([ended, latest], "INV-1") == latest
    assert named_invoice([ended], "INV-1") == ended


def test_several_that_have_not_ended_are_named_by_their_ids(log: Log) -> None:
    (latest,) = log.all.statuses
    with pytest.raises(NotPossibleError, match="other"):
        named_invoice([latest, replace(latest, document_id="other")], "INV-1")


def test_what_takes_an_invoice_back_is_none(log: Log) -> None:
    (latest,) = log.all.statuses
    with pytest.raises(NotFoundError):
        named_invoice([replace(latest, intent=Intent.RETURN)], "INV-1")
