"""Clean runs with something after a sale: a piece comes back, an invoice is corrected, a draft is approved."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain import identity
from app.domain.commands import Action, Cancellation, InvoiceCommand
from app.domain.documents import DocumentReference, DocumentState, DocumentStatus, DocumentType, Intent
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import ReturnedInvoice
from app.domain.notices import CreditedLine, LinesCredited, OrderNotice
from app.domain.orders import DocumentApproved, InvoiceCorrected, OrderLine, OrderReturned, ReturnedLine
from app.testbed.chaos.check.evidence import Calls, CreditPolicy, KnownLine, MadeDocument, MadeLine, RunEvidence
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import AT, NUMBER, SHIPPED, SHOP, clean, outcome, submitted

INVOICE = evidence.document_id(SHIPPED, "1", "2")
REFERENCE = "R-1"
RETURN = identity.document_id(SHOP, SHIPPED, Intent.RETURN, identity.scope_of((REFERENCE, INVOICE)), 0)
RETURN_NUMBER, CORRECTED_NUMBER = "DNA2026000000002", "DNA2026000000003"
SUCCESSOR = identity.document_id(SHOP, SHIPPED, Intent.INVOICE, identity.scope_of(("1", "2")), 1)


def asked(quantity: int = 1, line: str = "2") -> OrderReturned:
    returned = (ReturnedLine(line_reference=line, quantity=Decimal(quantity)),)
    return OrderReturned(return_reference=REFERENCE, return_date=AT.date(), lines=returned)


def notice(number: int = 1, amount: str = "50.00", quantity: int = 1, **more: Any) -> OrderNotice:
    credited = CreditedLine(line_reference="2", quantity=Decimal(quantity), amount=Decimal(amount))
    body = LinesCredited(
        intent=Intent.RETURN,
        reference=REFERENCE,
        day=AT.date(),
        lines=(credited,),
        original=INVOICE,
        document_id=RETURN,
    )
    return OrderNotice(
        notice_id=f"n{number}",
        business=SHOP,
        order_reference=SHIPPED,
        body=replace(body, **more),
        occurred_at=AT,
        caused_by="e6",
    )


def of_return(state: DocumentState, sequence: int) -> DocumentStatus:
    number = RETURN_NUMBER if state is DocumentState.ISSUED else None
    return replace(
        evidence.status(SHIPPED, sequence, state),
        document_id=RETURN,
        intent=Intent.RETURN,
        lines=("2",),
        number=number,
        ettn=RETURN if number else None,
        credit_reference=REFERENCE,
        original=INVOICE,
    )


def return_command(number: str = NUMBER) -> InvoiceCommand:
    lines = tuple(replace(each, quantity=Decimal(1)) for each in evidence.placed().lines if each.line_reference == "2")
    info = InvoiceInfo(
        invoice_type=InvoiceType.IADE,
        return_invoice_info=(ReturnedInvoice(invoice_number=number, issue_date=AT.date()),),
    )
    return replace(
        evidence.command(SHIPPED),
        command_id=identity.command_id(RETURN, "nilvera", Action.ISSUE, 0),
        document_id=RETURN,
        order=replace(evidence.content(), intent=Intent.RETURN, lines=lines, invoice_info=info),
    )


def return_at_provider(**more: Any) -> MadeDocument:
    line = MadeLine(name="Ürün 2", quantity=Decimal(1), net=Decimal("41.67"), vat=Decimal("8.33"))
    names = {"reference": RETURN, "ettn": RETURN, "number": RETURN_NUMBER}
    return evidence.made(**{**names, "lines": (line,), "payable": Decimal("50.00"), **more})


def named(document: str, intent: Intent, lines: tuple[str, ...]) -> tuple[DocumentReference, ...]:
    (reference,) = evidence.found(SHIPPED)
    return (replace(reference, document_id=document, intent=intent, lines=lines),)


def returned() -> RunEvidence:
    """One of two pieces of line 2 has come back, and a document is issued over it."""
    known, run = clean().lines, clean()
    lines = {**known[SHOP, SHIPPED], "2": KnownLine(status="PART_RETURNED", document_id=INVOICE)}
    return replace(
        run,
        submitted=(*run.submitted, submitted(6, SHIPPED, asked())),
        outcomes=(*run.outcomes, outcome(6, SHIPPED, "OrderReturned", documents=named(RETURN, Intent.RETURN, ("2",)))),
        statuses=(*run.statuses, of_return(DocumentState.PLANNED, 1), of_return(DocumentState.ISSUED, 2)),
        commands=(*run.commands, return_command()),
        made=(*run.made, return_at_provider()),
        calls=(*run.calls, Calls(provider="nilvera", reference=RETURN, said=("CREATE",))),
        lines={**known, (SHOP, SHIPPED): lines},
        notices=(notice(),),
        credit_policies={SHOP: CreditPolicy(returns_earsiv=True)},
    )


def registered() -> RunEvidence:
    """The same where the business has returns registered only."""
    run = returned()
    return replace(
        run,
        outcomes=(*run.outcomes[:-1], outcome(6, SHIPPED, "OrderReturned", reason="REGISTERED_ONLY")),
        statuses=run.statuses[:-2],
        commands=run.commands[:-1],
        made=run.made[:-1],
        calls=run.calls[:-1],
        notices=(notice(document_id=None),),
        credit_policies={},
    )


# --- corrections ------------------------------------------------------------------------------------------------------


def right_lines() -> tuple[OrderLine, ...]:
    """Line 1 costs ten lira less."""
    return tuple(
        replace(each, unit_price=Decimal("40.00")) if each.line_reference == "1" else each
        for each in evidence.placed().lines
    )


def of_invoice(sequence: int, state: DocumentState, **more: Any) -> DocumentStatus:
    """What the wrong invoice becomes."""
    issued = evidence.status(SHIPPED, 3, DocumentState.ISSUED)
    return replace(issued, sequence=sequence, state=state, **more)


def of_successor(sequence: int, state: DocumentState, **more: Any) -> DocumentStatus:
    number = CORRECTED_NUMBER if state is DocumentState.ISSUED else None
    return replace(
        evidence.status(SHIPPED, sequence, state),
        document_id=SUCCESSOR,
        attempt=1,
        number=number,
        ettn=SUCCESSOR if number else None,
        corrects=INVOICE,
        **more,
    )


def correction() -> InvoiceCorrected:
    return InvoiceCorrected(
        correction_reference="D-1", document_id=INVOICE, reason="wrong price", lines=right_lines()[:1]
    )


def corrected_at_provider(**more: Any) -> MadeDocument:
    lines = (
        MadeLine(name="Ürün 1", quantity=Decimal(1), net=Decimal("33.33"), vat=Decimal("6.67")),
        evidence.LINES[1],
    )
    names = {"reference": SUCCESSOR, "ettn": SUCCESSOR, "number": CORRECTED_NUMBER}
    return evidence.made(**{**names, "lines": lines, "payable": Decimal("140.00"), **more})


def corrected() -> RunEvidence:
    """The first invoice was wrong, and another one has taken its place."""
    run, issued = clean(), evidence.command(SHIPPED)
    cancelling = replace(
        evidence.command(SHIPPED, Action.CANCEL),
        command_id=identity.command_id(INVOICE, "nilvera", Action.CANCEL, 1),
        revision=1,
        cancellation=Cancellation(
            reason="wrong price",
            document_type=DocumentType.EARSIV,
            ettn=INVOICE,
            number=NUMBER,
            issue_date=AT.date(),
            review_revision=0,
        ),
    )
    again = replace(
        issued,
        command_id=identity.command_id(SUCCESSOR, "nilvera", Action.ISSUE, 0),
        document_id=SUCCESSOR,
        order=replace(evidence.content(), lines=right_lines()),
    )
    known = {line: KnownLine(status="INVOICED", document_id=SUCCESSOR) for line in ("1", "2")}
    return replace(
        run,
        submitted=(*run.submitted, submitted(6, SHIPPED, correction())),
        outcomes=(
            *run.outcomes,
            outcome(6, SHIPPED, "InvoiceCorrected", documents=named(SUCCESSOR, Intent.INVOICE, ("1", "2"))),
        ),
        statuses=(
            *run.statuses,
            of_invoice(4, DocumentState.CANCEL_PENDING),
            of_invoice(5, DocumentState.CANCELLED),
            of_invoice(6, DocumentState.CANCELLED, corrected_by=SUCCESSOR),
            of_successor(1, DocumentState.PLANNED),
            of_successor(2, DocumentState.ISSUED),
        ),
        commands=(*run.commands, cancelling, again),
        made=(evidence.made(cancelled=True), corrected_at_provider()),
        calls=(*run.calls, Calls(provider="nilvera", reference=SUCCESSOR, said=("CREATE",))),
        lines={**run.lines, (SHOP, SHIPPED): known},
    )


# --- drafts -----------------------------------------------------------------------------------------------------------


def approved() -> RunEvidence:
    """The business looks at its drafts, and a person has approved that of the shipped order."""
    run = clean()
    approval = replace(
        evidence.command(SHIPPED, Action.APPROVE), command_id=identity.command_id(INVOICE, "nilvera", Action.APPROVE, 0)
    )
    drafts = tuple(replace(each, draft_first=each.action is Action.ISSUE) for each in run.commands)
    return replace(
        run,
        submitted=(*run.submitted, submitted(6, SHIPPED, DocumentApproved(document_id=INVOICE), actor="chaos")),
        outcomes=(*run.outcomes, outcome(6, SHIPPED, "DocumentApproved", documents=evidence.found(SHIPPED))),
        commands=(*drafts, approval),
        drafts_first=frozenset({SHOP}),
    )
