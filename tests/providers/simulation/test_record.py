"""The record of what a simulator has made."""

from datetime import UTC, datetime
from decimal import Decimal

from providers.simulation.record import BookedBuyer, Booking, BookingState, SimulatorRecord

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
