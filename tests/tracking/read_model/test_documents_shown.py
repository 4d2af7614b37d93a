"""Documents in lists: what each is for and about, whom it is linked to, how many are in which state, and their sums."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentState, DocumentType, Intent
from app.domain.errors import FieldError
from app.domain.parties import Address, Buyer, Person
from app.stream.records import InRecord
from app.tracking.read_model.filters import DocumentFilter, OrderFilter
from app.tracking.read_model.rows import DocumentRow, RateSum
from tests.harness.pipeline import order, request
from tests.planning.credits import NUMBER, credit_document, granted, invoiced, issued, returned
from tests.planning.events import BUSINESS, ORDER, START, Log, document_id, line, placed, progressed, requested
from tests.planning.rules.test_amendment import amended
from tests.planning.rules.test_correction import CHEAPER, GIVEN_BACK, RIGHT, SOMEBODY, WRONG, correction
from tests.tracking.read_model.installation import TOPICS, Installation

TCKN, VKN = "10000000146", "1234567890"
DAY = date(2026, 11, 2)
ADDRESS = Address(street="Deneme Sokak 1", district="Merkez", city="Ankara")
CONSUMER = Person(buyer=Buyer(name="Deneme", family_name="Alıcı", tax_number=TCKN, address=ADDRESS))
COMPANY = Person(buyer=Buyer(name="Örnek Kırtasiye", tax_number=VKN, address=ADDRESS))


def bring(installation: Installation, log: Log) -> None:
    """Projects what a log holds and has caused."""
    by_topic: dict[str, list[Any]] = {
        TOPICS.order_log: log.events,
        TOPICS.order_outcomes: log.all.outcomes,
        TOPICS.document_status: log.all.statuses,
        TOPICS.order_notices: log.all.notices,
    }
    codec = installation.pipeline.codec
    for topic, records in by_topic.items():
        kept = installation.pipeline.on(topic)
        for offset, each in enumerate(records[len(kept) :], start=len(kept)):
            value, key = codec.write(each), f"{BUSINESS}/{ORDER}".encode()
            kept.append(
                InRecord(topic=topic, partition=0, offset=offset, timestamp_ms=0, key=key, value=value, headers=())
            )
    installation.project()


def rows(installation: Installation, **wanted: Any) -> dict[str, DocumentRow]:
    found = installation.queries.documents(DocumentFilter(**wanted)).rows
    return {row.latest.document_id: row for row in found}


def row(installation: Installation, document: str) -> DocumentRow:
    return rows(installation)[document]


def test_a_return_and_its_invoice_name_each_other(installation: Installation) -> None:
    log = invoiced()
    log.append(returned("R-1", _1=2))
    log.append(granted("G-1", _2="5.00"))
    bring(installation, log)
    invoice, back, lowered = document_id("1", "2"), credit_document(log, 0), credit_document(log, 1)
    assert row(installation, invoice).credited_by == (back, lowered)
    shown = row(installation, back)
    assert (shown.latest.intent, shown.credit_reference, shown.original) == (Intent.RETURN, "R-1", invoice)
    assert (shown.kind, shown.payable) == ("IADE", Decimal("200.00"))
    assert [*rows(installation, intent=Intent.RETURN)] == [back]
    assert [*rows(installation, intent=Intent.PRICE_DIFFERENCE)] == [lowered]
    assert [*rows(installation, q="r1")] == [back]


def test_a_line_says_how_many_pieces_came_back_and_what_was_credited(installation: Installation) -> None:
    log = invoiced()
    log.append(returned("R-1", _1=2))
    log.append(granted("G-1", _1="10.00", _2="5.00"))
    bring(installation, log)
    order = installation.queries.order(BUSINESS, ORDER)
    assert order is not None
    assert [(each.returned, each.credited) for each in order.lines] == [("2", "210.00"), ("0", "5.00")]


def test_a_wrong_invoice_and_the_right_one_name_each_other(installation: Installation) -> None:
    log = invoiced()
    log.append(correction(CHEAPER), person=SOMEBODY)
    log.append(GIVEN_BACK)
    bring(installation, log)
    wrong, right = row(installation, WRONG), row(installation, RIGHT)
    assert (wrong.latest.corrected_by, right.latest.corrects) == (RIGHT, WRONG)
    assert (wrong.buyer_name, right.buyer_name) == (None, "Ayşe Örnek")
    assert wrong.payable is not None
    assert right.payable == wrong.payable - Decimal("10.00")


def test_an_amended_order_shows_its_buyer_and_its_lines_as_they_are_now(installation: Installation) -> None:
    log = Log()
    log.append(placed(line("1"), line("2"), customer_number="M-1"), person=CONSUMER)
    bring(installation, log)
    (before,) = installation.queries.orders().rows
    log.append(amended(line("2", "80.00")), person=COMPANY, actor="ayse", reason="company invoice wanted")
    bring(installation, log)
    order = installation.queries.order(BUSINESS, ORDER)
    assert order is not None
    assert (before.amended_at, order.row.amended_at) == (None, log.events[-1].received_at)
    assert (order.row.buyer_name, order.row.buyer_tax_number) == ("Örnek Kırtasiye", VKN)
    assert [each.unit_price for each in order.lines] == ["100.00", "80.00"]
    assert (before.payable, order.row.payable) == (Decimal("200.00"), Decimal("180.00"))
    (change,) = (each for each in order.tracked.events if each.event_type == "OrderAmended")
    assert change.logged is not None
    assert (change.logged.actor, change.references, change.buyer is not None) == ("ayse", ("2",), True)
    for words in ("kirtasiye", "alici", VKN, TCKN, "M-1"):
        assert [each.order_reference for each in installation.queries.orders(OrderFilter(q=words)).rows] == [ORDER]


def test_a_document_has_all_that_a_bookkeeper_looks_for(installation: Installation) -> None:
    log = Log()
    log.append(placed(line("1"), line("2", "110.00", vat_rate=Decimal(10)), customer_number="M-1"), person=COMPANY)
    log.append(requested("1", "2", dispatch_date=DAY, due_date=date(2026, 12, 2)))
    planned = document_id("1", "2")
    bring(installation, log)
    assert [*rows(installation, issue_by=date(2026, 11, 9))] == [planned]
    assert [*rows(installation, issue_by=date(2026, 11, 8))] == []
    log.append(issued(planned, document_type=DocumentType.EARSIV, ettn=planned))
    bring(installation, log)
    shown = row(installation, planned)
    assert (shown.buyer_name, shown.buyer_tax_number) == ("Örnek Kırtasiye", VKN)
    assert (shown.kind, shown.profile, shown.currency) == ("SATIS", "EARSIVFATURA", "TRY")
    assert (shown.taxable, shown.vat, shown.payable) == (Decimal("183.33"), Decimal("26.67"), Decimal("210.00"))
    assert [(each.rate, each.taxable, each.vat) for each in shown.rates] == [
        (Decimal(10), Decimal("100.00"), Decimal("10.00")),
        (Decimal(20), Decimal("83.33"), Decimal("16.67")),
    ]
    assert (shown.dispatch_date, shown.due_date) == (DAY, date(2026, 12, 2))
    assert (shown.issue_until, shown.object_until) == (None, date(2026, 11, 10))
    assert [*rows(installation, issue_by=date(2027, 1, 1))] == []


def test_a_document_is_found_by_whatever_a_person_has_at_hand(installation: Installation) -> None:
    log = Log()
    log.append(placed(line("1"), customer_number="M-17"), person=CONSUMER)
    log.append(requested("1"))
    ettn = document_id("1")
    log.append(issued(ettn, ettn=ettn))
    bring(installation, log)
    for words in (ORDER, NUMBER, NUMBER[-6:], ettn.upper(), "ALICI", "m-17", TCKN):
        assert [*rows(installation, q=words)] == [ettn], words
        assert len(installation.queries.orders(OrderFilter(q=words)).rows) == 1, words
    assert [*rows(installation, tax_number=TCKN)] == [*rows(installation, ettn=ettn.upper())] == [ettn]
    assert [*rows(installation, tax_number=VKN)] == [*rows(installation, q="another")] == []


def test_the_last_words_of_a_provider_stay_until_there_are_others(installation: Installation) -> None:
    log = Log()
    log.append(placed(line("1")))
    log.append(requested("1"))
    refused = FieldError(path="$", code="PROVIDER", message="the buyer's tax office is missing")
    log.append(progressed(document_id("1"), DocumentState.PROCESSING))
    bring(installation, log)
    assert row(installation, document_id("1")).said is None
    log.append(progressed(document_id("1"), DocumentState.REJECTED, errors=(refused,)))
    bring(installation, log)
    assert row(installation, document_id("1")).said == "the buyer's tax office is missing"


def test_days_are_turkeys(installation: Installation) -> None:
    log = Log()
    late = START.replace(hour=21, minute=30)  # half past midnight of the third in Turkey
    log.append(placed(line("1")), received_at=late)
    log.append(requested("1"), received_at=late)
    bring(installation, log)
    third = DAY + timedelta(days=1)
    assert [*rows(installation, began_from=third, began_to=third)] == [document_id("1")]
    assert [*rows(installation, began_to=DAY)] == []
    assert [*rows(installation, began_before=late)] == []
    assert [*rows(installation, began_before=late + timedelta(seconds=1))] == [document_id("1")]


async def several(installation: Installation) -> None:
    """Documents and orders in several states."""
    for number in range(6):
        reference = f"S-{number}"
        await installation.submit(order(reference, lines=2), request(reference, "1"))
    found = sorted(installation.queries.documents().rows, key=lambda each: each.latest.order_reference)
    states = [DocumentState.ISSUED, DocumentState.ISSUED, DocumentState.REJECTED, DocumentState.DRAFT]
    for each, state in zip(found, states, strict=False):
        latest = each.latest
        await installation.progress(latest.order_reference, latest.document_id, state)
    fifth = found[4].latest
    doubt = {"attention": Attention.NEEDS_REVIEW, "review_revision": 1}
    await installation.progress(fifth.order_reference, fifth.document_id, DocumentState.PROCESSING, **doubt)


@pytest.mark.parametrize("narrowed", [{}, {"business": BUSINESS}, {"waits": True}, {"q": "s-3"}])
async def test_a_count_opens_exactly_the_rows_that_it_counted(
    installation: Installation, narrowed: dict[str, Any]
) -> None:
    await several(installation)
    counts = installation.queries.document_counts(DocumentFilter(**narrowed))
    assert sum(each.count for each in counts) == len(rows(installation, **narrowed))
    states = Counter[DocumentState]()
    for each in counts:
        states[each.state] += each.count
        both = rows(installation, **narrowed, state=each.state).values()
        assert sum(found.latest.attention == each.attention for found in both) == each.count
    for state, count in states.items():
        assert len(rows(installation, **narrowed, state=state)) == count


def test_a_month_is_summed_by_type_currency_and_rate_of_what_is_legal(installation: Installation) -> None:
    log = invoiced(line("1", quantity=Decimal(3)), line("2", "50.00", vat_rate=Decimal(10)), line("3", "10.00"))
    log.append(returned("R-1", _1=1))
    log.append(issued(credit_document(log), number="EAR2026000000002", issue_date=date(2026, 12, 1)))
    bring(installation, log)
    november = DocumentFilter(business=BUSINESS, issued_from=date(2026, 11, 1), issued_to=date(2026, 11, 30))
    assert installation.queries.vat_sums(november) == (
        rate_sum("SATIS", "10", "45.45", "4.55"),
        rate_sum("SATIS", "20", "258.33", "51.67"),
    )
    december = DocumentFilter(issued_from=date(2026, 12, 1))
    assert installation.queries.vat_sums(december) == (rate_sum("IADE", "20", "83.33", "16.67"),)
    assert installation.queries.vat_sums(DocumentFilter(business="ANOTHER")) == ()


def rate_sum(kind: str, rate: str, taxable: str, vat: str) -> RateSum:
    amounts = {"taxable": Decimal(taxable), "vat": Decimal(vat)}
    return RateSum(kind=kind, currency="TRY", rate=Decimal(rate), documents=1, **amounts)


def test_a_cancelled_invoice_is_in_no_sum(installation: Installation) -> None:
    log = invoiced()
    log.append(progressed(document_id("1", "2"), DocumentState.CANCELLED))
    bring(installation, log)
    assert installation.queries.vat_sums(DocumentFilter()) == ()
