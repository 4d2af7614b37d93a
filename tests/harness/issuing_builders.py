"""Values for the tests of the issuing engine."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain import identity
from app.domain.commands import Action, Cancellation, DocumentOrder, InvoiceCommand, ReviewDecision
from app.domain.documents import DocumentState, DocumentType, Intent
from app.domain.orders import OrderLine, OrderType, ReviewAnswer
from app.domain.parties import Address, BusinessFacts, Buyer, Person, Seller
from app.domain.policy import DocumentTypeChoice
from app.issuing.decisions.step_status import Rules
from app.issuing.journal import facts
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import admitted, encode
from app.issuing.journal.facts import Fact
from app.issuing.journal.keys import FactName, name_of
from providers.base import (
    Capabilities,
    Done,
    LookUp,
    NotSent,
    Prepared,
    Quota,
    Refused,
    Step,
    Unknown,
)
from tests.harness.simulated_time import START

PROVIDER = "testbook"
ADDRESS = Address(street="Bağdat Cad. 1", district="Kadıköy", city="İstanbul")
SELLER = Seller(name="Deneme A.Ş.", tax_number="1234567890", tax_office="Kadıköy", address=ADDRESS)
FACTS = BusinessFacts(seller=SELLER)
ACCOUNT = facts.ProviderAccount(address="https://provider.invalid", fingerprint="a" * 64)
OTHER_ACCOUNT = facts.ProviderAccount(address="https://provider.invalid", fingerprint="b" * 64)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def document_id(number: int = 1, business: str = "shop") -> str:
    return identity.document_id(business, f"order-{number}", "INVOICE", "scope", 0)


def command(
    action: Action = Action.ISSUE,
    *,
    number: int = 1,
    revision: int = 0,
    business: str = "shop",
    connection: str = PROVIDER,
    review: ReviewDecision | None = None,
    choice: DocumentTypeChoice = DocumentTypeChoice.EARSIV,
    tax_number: str | None = None,
    earsiv_series: str | None = None,
    efatura_series: str | None = None,
    draft_first: bool = False,
) -> InvoiceCommand:
    document = document_id(number, business)
    issue = action is Action.ISSUE
    return InvoiceCommand(
        command_id=identity.command_id(document, connection, action, revision),
        action=action,
        revision=revision,
        document_id=document,
        business=business,
        order_reference=f"order-{number}",
        provider=PROVIDER,
        connection=connection,
        occurred_at=START,
        caused_by="00000000-0000-0000-0000-000000000000",
        order=replace(order(choice), earsiv_series=earsiv_series, efatura_series=efatura_series) if issue else None,
        person=Person(buyer=Buyer(name="Ayşe", family_name="Yılmaz", tax_number=tax_number, address=ADDRESS))
        if issue
        else None,
        review=review,
        cancellation=cancellation() if action is Action.CANCEL else None,
        draft_first=draft_first,
    )


def cancellation(document_type: DocumentType | None = DocumentType.EARSIV, review_revision: int = 0) -> Cancellation:
    return Cancellation(
        reason="the buyer has changed their mind",
        document_type=document_type,
        ettn=None,
        number="N1",
        issue_date=START.date(),
        review_revision=review_revision,
    )


def order(choice: DocumentTypeChoice = DocumentTypeChoice.EARSIV) -> DocumentOrder:
    line = OrderLine(
        line_reference="1", name="Kitap", quantity=Decimal(1), unit_price=Decimal(10), vat_rate=Decimal(20)
    )
    return DocumentOrder(
        intent=Intent.INVOICE,
        order_date=START.date(),
        order_type=OrderType.PHYSICAL_GOODS,
        currency="TRY",
        exchange_rate=None,
        prices_include_vat=True,
        lines=(line,),
        payment=None,
        website=None,
        note=None,
        carrier=None,
        shipment_reference=None,
        invoice_reference=None,
        dispatch_date=None,
        due_date=None,
        tracking_code=None,
        document_type=choice,
        earsiv_series=None,
        efatura_series=None,
        efatura_profile="TEMELFATURA",
    )


def decision(verdict: ReviewAnswer, revision: int = 1, number: str | None = None) -> ReviewDecision:
    return ReviewDecision(revision=revision, decision=verdict, number=number, ettn=None, actor="ops")


def capabilities(**changes: Any) -> Capabilities:
    defaults: dict[str, Any] = {
        "provider": PROVIDER,
        "steps": (Step.INVOICE,),
        "document_types": frozenset({DocumentType.EARSIV, DocumentType.EFATURA}),
        "unique_reference": True,
        "look_up": LookUp.BY_REFERENCE,
        "visibility_seconds": 5.0,
        "give_up_seconds": 5.0,
        "max_call_seconds": 10.0,
        "quota": Quota(requests=100, seconds=1.0),
        "concurrency": 4,
        "taxpayer_lookup": False,
        "unknown_buyer": DocumentType.EARSIV,
        "cancels": frozenset({DocumentType.EARSIV}),
    }
    return Capabilities(**{**defaults, **changes})


def rules(*, resend_after_absence: bool = False, **changes: Any) -> Rules:
    return Rules(
        capabilities=capabilities(**changes),
        resend_after_absence=resend_after_absence,
        account=ACCOUNT,
        account_since=at(-3600),
    )


def prepared(revision: int = 0, document_type: DocumentType = DocumentType.EARSIV) -> Prepared:
    return Prepared(
        reference=document_id(), document_type=document_type, issued_at=START, request="{}", revision=revision
    )


def done(reference: str = "r1", state: DocumentState = DocumentState.ISSUED, **more: Any) -> Done:
    return Done(reference=reference, state=state, **{"number": "N1", **more})


def attempting(
    started: float = 0.0, prepared_id: str = "0-w", account: facts.ProviderAccount | None = ACCOUNT
) -> facts.Attempting:
    return facts.Attempting(started=at(started), deadline=at(started + 10), prepared=prepared_id, account=account)


def answered(
    outcome: NotSent | Refused | Unknown | Done, seconds: float = 1.0, prepared_id: str = "0-w"
) -> facts.Answered:
    return facts.Answered(at=at(seconds), prepared=prepared_id, outcome=outcome)


def looked_up(
    finding: Any, began: float, covers: tuple[str, ...] = ("1-w",), account: facts.ProviderAccount | None = ACCOUNT
) -> facts.LookedUp:
    return facts.LookedUp(began=at(began), at=at(began + 0.5), covers=covers, finding=finding, account=account)


def named(fact: Fact, identifier: str = "", step: Step | None = Step.INVOICE) -> tuple[FactName, Fact]:
    stepped = isinstance(fact, facts.Attempting | facts.Answered | facts.LookedUp)
    return name_of(type(fact), identifier, step if stepped else None), fact


def command_facts(
    *named_facts: tuple[FactName, Fact], of: InvoiceCommand | None = None, offset: int = 0
) -> CommandFacts:
    """The facts of a command: these, admitted, and prepared unless they say otherwise."""
    of = of or command()
    result = CommandFacts(command_id=of.command_id)
    result.file(*named(admitted(of, offset)))
    for name, fact in named_facts:
        result.file(name, fact)
    if of.action is Action.ISSUE and not result.prepared and result.steps:
        result.file(*named(prepared(), "0-w"))
    return result


def entry(named_facts: Mapping[FactName, Fact]) -> dict[bytes, bytes]:
    return {str(name).encode(): encode(fact) for name, fact in named_facts.items()}
