"""A small clean run as values: a shipped order, a cancelled one and one with a person at work; faults are planted."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.domain import identity
from app.domain.commands import Action, DocumentOrder, InvoiceCommand
from app.domain.documents import Attention, DocumentReference, DocumentState, DocumentStatus, DocumentType, Intent
from app.domain.documents import Evidence as Shown
from app.domain.orders import InvoiceRequested, LinesCancelled, OrderEvent, OrderLine, OrderPlaced, SubmittedBody
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import DocumentTypeChoice
from app.testbed.chaos.check.evidence import (
    Calls,
    KnownLine,
    MadeDocument,
    MadeLine,
    ProviderTraits,
    RunEvidence,
    Submitted,
)
from app.testbed.generator import Expected, GeneratedOrder, OrderStep

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SHOP, COMPANY = "PAZARYERI", "1234567890"
PROVIDERS = {
    "nilvera": ProviderTraits(document_types=frozenset({"EARSIV", "EFATURA"}), refuses_repeats=True),
    "testbook": ProviderTraits(document_types=frozenset({"SALES_INVOICE"}), refuses_repeats=False),
    "books": ProviderTraits(
        document_types=frozenset({"EARSIV", "EFATURA"}),
        refuses_repeats=False,
        names_documents=True,
        makes_from_records=True,
    ),
    "portal": ProviderTraits(document_types=frozenset({"EARSIV"}), refuses_repeats=False, names_documents=True),
}
# One is shipped whole, of the second a person cancels a line while its invoice is on its way.
SHIPPED, WITHDRAWN = "S-1", "S-2"
PAYABLE = Decimal("150.00")
NUMBER = "DNA2026000000001"
LINES = (
    MadeLine(name="Ürün 1", quantity=Decimal(1), net=Decimal("41.67"), vat=Decimal("8.33")),
    MadeLine(name="Ürün 2", quantity=Decimal(2), net=Decimal("83.33"), vat=Decimal("16.67")),
)


def placed() -> OrderPlaced:
    lines = tuple(
        OrderLine(
            line_reference=str(number),
            name=f"Ürün {number}",
            quantity=Decimal(number),
            unit_price=Decimal("50.00"),
            vat_rate=Decimal(20),
        )
        for number in (1, 2)
    )
    return OrderPlaced(order_date=date(2026, 11, 1), lines=lines)


def requested(*references: str) -> InvoiceRequested:
    return InvoiceRequested(line_references=references)


def submitted(number: int, order: str, body: SubmittedBody, actor: str | None = None) -> Submitted:
    event = OrderEvent(business=SHOP, order_reference=order, body=body, actor=actor)
    return Submitted(event_id=f"e{number}", event=event)


def outcome(number: int, order: str, event_type: str, verdict: Verdict = Verdict.OK, **more: Any) -> OrderOutcome:
    values: dict[str, Any] = {"reason": None, "errors": (), "documents": (), **more}
    return OrderOutcome(
        event_id=f"e{number}",
        event_type=event_type,
        business=SHOP,
        order_reference=order,
        request_id=None,
        verdict=verdict,
        occurred_at=AT,
        **values,
    )


def document_id(order: str, *lines: str) -> str:
    return identity.document_id(SHOP, order, Intent.INVOICE, identity.scope_of(lines), 0)


def status(order: str, sequence: int, state: DocumentState, attention: Attention | None = None) -> DocumentStatus:
    issued = state is DocumentState.ISSUED
    return DocumentStatus(
        document_id=document_id(order, "1", "2"),
        sequence=sequence,
        business=SHOP,
        order_reference=order,
        intent=Intent.INVOICE,
        attempt=0,
        state=state,
        attention=attention,
        provider="nilvera",
        connection="nilvera",
        lines=("1", "2"),
        shipment_reference=None,
        invoice_reference=None,
        document_type=DocumentType.EARSIV if issued else None,
        ettn=document_id(order, "1", "2") if issued else None,
        number=NUMBER if issued else None,
        issue_date=AT.date() if issued else None,
        errors=(),
        evidence=(Shown(at=AT, what="SENT"),) if attention else (),
        review_revision=0,
        occurred_at=AT,
        caused_by="e2",
    )


def command(order: str, action: Action = Action.ISSUE) -> InvoiceCommand:
    document = document_id(order, "1", "2")
    return InvoiceCommand(
        command_id=identity.command_id(document, "nilvera", action, 0),
        action=action,
        revision=0,
        document_id=document,
        business=SHOP,
        order_reference=order,
        provider="nilvera",
        connection="nilvera",
        occurred_at=AT,
        caused_by="e2",
        order=content() if action is Action.ISSUE else None,
    )


def content() -> DocumentOrder:
    order = placed()
    return DocumentOrder(
        intent=Intent.INVOICE,
        order_date=order.order_date,
        order_type=order.order_type,
        currency=order.currency,
        exchange_rate=None,
        prices_include_vat=True,
        lines=order.lines,
        payment=None,
        website=None,
        note=None,
        carrier=None,
        shipment_reference=None,
        invoice_reference=None,
        dispatch_date=None,
        due_date=None,
        tracking_code=None,
        document_type=DocumentTypeChoice.AUTO,
        earsiv_series="DNA",
        efatura_series="DNF",
        efatura_profile="TEMELFATURA",
    )


def made(order: str = SHIPPED, **more: Any) -> MadeDocument:
    document = MadeDocument(
        provider="nilvera",
        company=COMPANY,
        reference=document_id(order, "1", "2"),
        number=NUMBER,
        order_reference=order,
        receiver_tax_number="11111111111",
        payable=PAYABLE,
        lines=LINES,
        document_type="EARSIV",
        currency="TRY",
        ettn=document_id(order, "1", "2"),
        issue_date=AT.date(),
        buyer="Nihai Tüketici",
        address="-, Merkez, Ankara",
        booked_at=AT,
    )
    return replace(document, **more)


def generated(order: str) -> GeneratedOrder:
    steps = (
        OrderStep(event=submitted(0, order, placed()).event, verdict=Verdict.OK),
        OrderStep(event=submitted(0, order, requested("1", "2")).event, verdict=Verdict.OK),
    )
    return GeneratedOrder(
        business=SHOP,
        order_reference=order,
        scenario="ordinary",
        steps=steps,
        expected=Expected(documents=(("1", "2"),)),
    )


def found(order: str) -> tuple[DocumentReference, ...]:
    document = document_id(order, "1", "2")
    reference = DocumentReference(
        document_id=document,
        intent=Intent.INVOICE,
        state=DocumentState.PLANNED,
        provider="nilvera",
        connection="nilvera",
        lines=("1", "2"),
    )
    return (reference,)


def clean() -> RunEvidence:
    shipped = document_id(SHIPPED, "1", "2")
    return RunEvidence(
        submitted=(
            submitted(1, SHIPPED, placed()),
            submitted(2, SHIPPED, requested("1", "2")),
            submitted(3, WITHDRAWN, placed()),
            submitted(4, WITHDRAWN, requested("1", "2")),
            submitted(5, WITHDRAWN, LinesCancelled(line_references=("2",)), actor="chaos"),
        ),
        outcomes=(
            outcome(1, SHIPPED, "OrderPlaced"),
            outcome(2, SHIPPED, "InvoiceRequested", documents=found(SHIPPED)),
            outcome(3, WITHDRAWN, "OrderPlaced"),
            outcome(4, WITHDRAWN, "InvoiceRequested", documents=found(WITHDRAWN)),
            outcome(5, WITHDRAWN, "LinesCancelled", Verdict.HELD, reason="WITHDRAWING"),
            outcome(5, WITHDRAWN, "LinesCancelled"),
        ),
        statuses=(
            status(SHIPPED, 1, DocumentState.PLANNED),
            status(SHIPPED, 2, DocumentState.PROCESSING),
            status(SHIPPED, 3, DocumentState.ISSUED),
            status(WITHDRAWN, 1, DocumentState.PLANNED),
            status(WITHDRAWN, 2, DocumentState.CANCELLED),
        ),
        commands=(command(SHIPPED), command(WITHDRAWN), command(WITHDRAWN, Action.WITHDRAW)),
        made=(made(),),
        calls=(Calls(provider="nilvera", reference=shipped, said=("CREATE",)),),
        lines={
            (SHOP, SHIPPED): {line: KnownLine(status="INVOICED", document_id=shipped) for line in ("1", "2")},
            (SHOP, WITHDRAWN): {"1": KnownLine(status="OPEN"), "2": KnownLine(status="CANCELLED")},
        },
        generated=(generated(SHIPPED), generated(WITHDRAWN)),
        companies={SHOP: COMPANY},
        planned_by_order=frozenset(),
        surely_found=frozenset({(SHOP, "nilvera")}),
        series={SHOP: {"EARSIV": "DNA", "EFATURA": "DNF"}},
        places={SHOP: "Merkez, Ankara"},
        providers=PROVIDERS,
    )
