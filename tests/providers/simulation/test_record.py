"""The record of what a simulator has made."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

from providers.simulation.record import BookedBuyer, BookedLine, Booking, BookingState, SimulatorRecord

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def draft(reference: str) -> Booking:
    return Booking(
        id=reference,
        reference=reference,
        number="DNA2026000000001",
        company="1111111114",
        document_type="EARSIV",
        order_reference=None,
        issue_date="2026-11-02",
        buyer=BookedBuyer(name="Deneme", tax_number="11111111111"),
        payable=Decimal(120),
        currency="TRY",
        lines=(),
        booked_at=AT,
        visible_at=AT,
        decided_at=AT,
        fails=False,
        is_draft=True,
    )


def test_a_person_signs_the_drafts_that_are_named_and_no_others() -> None:
    record, signed, left, deleted = SimulatorRecord("nilvera"), draft("a"), draft("b"), draft("c")
    for booking in (signed, left, deleted):
        record.book(booking)
    deleted.is_deleted = True
    record.sign(["a", "c", "unknown"])
    assert signed.state() is BookingState.SUCCEEDED
    assert left.state() is BookingState.DRAFT
    assert deleted.state() is BookingState.CANCELLED


def test_what_has_no_legal_effect_is_listed_beside_the_numbers_and_can_be_deleted() -> None:
    record, signed, left, deleted = SimulatorRecord("nilvera"), draft("a"), draft("b"), draft("c")
    for booking in (signed, left, deleted):
        record.book(booking)
    record.sign(["a"])
    record.delete(["a", "c", "unknown"])
    assert record.numbers() == {"numbers": {"a": "DNA2026000000001"}, "drafts": ["b"]}
    rows = record.report(Counter())["documents"]
    assert [(row["state"], row["was_legal"]) for row in rows] == [
        ("SUCCEEDED", True),
        ("DRAFT", False),
        ("CANCELLED", False),
    ]


def test_a_person_corrects_the_vat_of_a_draft_and_its_total_follows() -> None:
    record, booking = SimulatorRecord("nilvera"), draft("a")
    booking.lines = (line("10.00", "2.00"), line("62.18", "12.44"), line("20.00", "4.00"))
    booking.payable = Decimal("110.62")
    record.book(booking)
    record.correct({"a": Decimal("110.60"), "unknown": Decimal(1)})
    assert [str(each.vat) for each in booking.lines] == ["2.00", "12.43", "3.99"]
    assert booking.payable == Decimal("110.60")
    record.correct({"a": Decimal("110.64")})
    assert [str(each.vat) for each in booking.lines] == ["2.01", "12.45", "4.00"]
    record.sign(["a"])
    record.correct({"a": Decimal(1)})
    assert booking.payable == Decimal("110.64")


def line(amount: str, vat: str) -> BookedLine:
    return BookedLine(name="Deneme", quantity=Decimal(1), amount=Decimal(amount), vat=Decimal(vat))
