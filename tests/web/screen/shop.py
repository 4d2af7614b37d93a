"""What a shop has on an ordinary day: documents in every state, with what went wrong at some of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.documents import Attention, DocumentState, DocumentType, Evidence
from app.domain.errors import FieldError
from app.tracking.read_model.filters import DocumentFilter
from tests.harness.pipeline import order, request
from tests.tracking.read_model.installation import Installation

_S, _A = DocumentState, Attention
# State, attention, whether it has a number, and what is known of it beside that.
DAY: list[tuple[DocumentState, Attention | None, bool, dict[str, Any]]] = [
    (_S.ISSUED, None, True, {"document_type": DocumentType.EARSIV}),
    (_S.DELIVERED, None, True, {"document_type": DocumentType.EFATURA}),
    (_S.ACCEPTED, None, True, {"document_type": DocumentType.EFATURA}),
    (_S.PROCESSING, None, False, {"document_type": DocumentType.EARSIV}),
    (_S.PROCESSING, _A.UNCERTAIN, False, {"document_type": DocumentType.EARSIV}),
    (_S.PROCESSING, _A.OVERDUE, False, {"document_type": DocumentType.EFATURA}),
    (_S.PLANNED, _A.NEEDS_REVIEW, False, {"document_type": DocumentType.EARSIV}),
    (_S.PLANNED, _A.CONNECTION, False, {}),
    (_S.PLANNED, _A.AWAITING_APPROVAL, False, {}),
    (_S.AWAITING_SIGNATURE, None, False, {"document_type": DocumentType.EARSIV}),
    (
        _S.REJECTED,
        None,
        False,
        {
            "errors": (
                FieldError(
                    path="$.person.tax_number", code="TAX_NUMBER_INVALID", message="is neither a VKN nor a TCKN"
                ),
                FieldError(path="$", code="NILVERA_STATUS_ERROR", message="Alıcı VKN bulunamadı"),
            )
        },
    ),
    (_S.REJECTED_BY_BUYER, None, True, {"document_type": DocumentType.EFATURA}),
    (_S.CANCELLED, None, True, {"document_type": DocumentType.EARSIV}),
    (_S.CANCELLED, None, False, {}),
    (_S.CANCEL_PENDING, None, True, {"document_type": DocumentType.EARSIV}),
    (_S.PLANNED, None, False, {}),
]
PEOPLE = [
    {"name": "Işıl", "family_name": "Deneme", "tax_number": "10000000146"},
    {"name": "Örnek Çağrı Merkezi ve Dış Ticaret Anonim Şirketi", "tax_number": "1234567890", "tax_office": "Örnek"},
    {"name": "Gülşah Öğünç", "family_name": "Deneme"},
    None,
]
ADDRESS = {"street": "Deneme Sokak 1", "district": "Kadıköy", "city": "İstanbul"}
GOODS = [("Çay bardağı, ince belli, altılı", "2", "1249.90", "20"), ("Kuru üzüm 500 g", "3", "84.50", "1")]
DECISION = "TR-1007"
REFUSED = "TR-1011"
WAITING = "TR-1009"


async def an_ordinary_day(installation: Installation) -> None:
    """One order for each of DAY, a minute apart."""
    for number, (state, attention, has_number, known) in enumerate(DAY, start=1):
        reference = f"TR-{1000 + number}"
        installation.pipeline.now += timedelta(minutes=7)
        await installation.submit(placed(reference, number), request(reference, "1", "2"))
        if (state, attention) == (_S.PLANNED, None):
            continue
        document = document_of(installation, reference)
        at = installation.pipeline.now
        installation.pipeline.now += timedelta(minutes=1)
        evidence = (
            Evidence(at=at, what="SENT", detail="create, attempt 1"),
            Evidence(at=at + timedelta(seconds=30), what="ANSWERED", detail="create, attempt 1: Unknown timed out"),
            Evidence(at=at + timedelta(seconds=40), what="LOOKED_UP", detail='create: Unclear Nilvera: "waiting"'),
        )
        name = {"number": f"EAR2026{number:09d}", "issue_date": at.date(), "ettn": document} if has_number else {}
        before = [_S.ISSUED] if state in {_S.CANCELLED, _S.CANCEL_PENDING, _S.DELIVERED} and has_number else []
        for each in (*before, state):
            more = {"attention": attention, "evidence": evidence, **known, **name}
            await installation.progress(reference, document, each, **more, command_id=f"c{each}")

    await installation.submit(order("TR-1101", lines=2), request("TR-1102", "1"))
    await installation.submit({**order("TR-1103"), "gift": True})


def placed(reference: str, number: int) -> dict[str, Any]:
    """An order of two lines by one of PEOPLE."""
    lines = [
        {"line_reference": f"{at}", "name": name, "quantity": quantity, "unit_price": price, "vat_rate": rate}
        for at, (name, quantity, price, rate) in enumerate(GOODS, start=1)
    ]
    buyer = PEOPLE[number % len(PEOPLE)]
    person = {"person": {"buyer": {**buyer, "address": ADDRESS}}} if buyer else {}
    made = order(reference)
    return {**made, "body": {**made["body"], "lines": lines}, **person}


def document_of(installation: Installation, reference: str) -> str:
    found = installation.queries.documents(DocumentFilter(order_reference=reference))
    return found.rows[0].latest.document_id
