"""What an order fixes of its document's identity itself: used as it is, or refused by its name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from providers.base import UnpreparableError, reference_of
from tests.providers.examples import FACTS, ISSUED_AT, command, connected, prepared_by

ETTN = "0f8fad5b-d9cb-469f-a165-70867728950e"
NUMBER = "QZX2026000000007"


def bringing(days_back: int = 0, **info: Any) -> InvoiceCommand:
    """An order of the second of May in Turkey, whose document is asked for then."""
    return command(invoice_info=InvoiceInfo(**info), issue_date_days_back=days_back)


def refusals(made: InvoiceCommand, name: str = "nilvera", **options: str) -> set[tuple[str, str]]:
    with pytest.raises(UnpreparableError) as refused:
        prepared_by(name, made, DocumentType.EARSIV, **options)
    return {(error.path.removeprefix("$.order.invoice_info."), error.code) for error in refused.value.errors}


def test_the_orders_own_ettn_is_our_name_for_the_document_in_small_letters() -> None:
    prepared = prepared_by("nilvera", bringing(uuid=ETTN.upper()), DocumentType.EARSIV)
    assert (prepared.reference, prepared.brought) == (ETTN, (ETTN,))
    assert f'"UUID":"{ETTN}"' in prepared.request.replace(" ", "")


def test_without_one_it_is_the_document_id_and_nothing_is_held() -> None:
    made = command()
    prepared = prepared_by("nilvera", made, DocumentType.EARSIV)
    assert (prepared.reference, prepared.brought) == (made.document_id, ())


def test_a_provider_that_gives_ettns_itself_refuses_the_orders_by_its_name() -> None:
    assert ("UUID", "NOT_AT_THIS_PROVIDER") in refusals(bringing(uuid=ETTN), "gib-earsiv")


def test_a_whole_number_is_used_where_we_number_and_refused_where_the_provider_does() -> None:
    made = bringing(invoice_serie_or_number=NUMBER)
    prepared = prepared_by("nilvera", made, DocumentType.EARSIV, numbers="ours")
    assert (prepared.number, prepared.brought) == (NUMBER, (NUMBER,))
    assert refusals(made) == {("InvoiceSerieOrNumber", "NOT_AT_THIS_PROVIDER")}


def test_an_orders_number_goes_before_one_that_was_given_to_it() -> None:
    made = bringing(invoice_serie_or_number=NUMBER)
    prepared = prepared_by("nilvera", made, DocumentType.EARSIV, number="ABC2026000000001", numbers="ours")
    assert prepared.number == NUMBER


def test_a_number_of_another_year_than_its_day_is_refused() -> None:
    made = bringing(invoice_serie_or_number="QZX2025000000007")
    assert refusals(made, numbers="ours") == {("InvoiceSerieOrNumber", "NUMBER_YEAR")}


@pytest.mark.parametrize(
    ("day", "days_back", "is_taken"),
    [
        (datetime(2026, 5, 1, 21, 0, tzinfo=UTC), 0, True),  # 00:00 on the second in Turkey
        (datetime(2026, 5, 1, 20, 59, tzinfo=UTC), 0, False),
        (datetime(2026, 5, 1, 20, 59, tzinfo=UTC), 1, True),
        (datetime(2026, 4, 29, 20, 59, tzinfo=UTC), 2, False),
        (datetime(2026, 5, 2, 20, 59, tzinfo=UTC), 0, True),  # later on the same day
        (datetime(2026, 5, 2, 21, 0, tzinfo=UTC), 366, False),  # never ahead
    ],
)
def test_the_orders_day_is_bounded_by_the_policy_against_the_time_of_the_request(
    day: datetime, days_back: int, *, is_taken: bool
) -> None:
    made = replace(bringing(days_back, issue_date=day), occurred_at=ISSUED_AT)
    if not is_taken:
        assert ("IssueDate", "ISSUE_DATE_OUT_OF_BOUND") in refusals(made)
        return
    prepared = prepared_by("nilvera", made, DocumentType.EARSIV)
    assert prepared.issued_at == min(day, ISSUED_AT)


def test_an_attempt_on_another_day_has_the_same_day_and_the_same_answer() -> None:
    made, adapter = bringing(issue_date=ISSUED_AT), connected("nilvera")
    for later in (timedelta(0), timedelta(days=3)):
        assert adapter.prepare(made, FACTS, DocumentType.EARSIV, ISSUED_AT + later).issued_at == ISSUED_AT


def test_a_document_is_asked_for_by_the_ettn_that_is_ours_to_give() -> None:
    ours, theirs = connected("nilvera").capabilities, connected("gib-earsiv").capabilities
    assert [reference_of("id", ETTN.upper(), each) for each in (ours, theirs)] == [ETTN, "id"]
    assert reference_of("id", None, ours) == "id"
