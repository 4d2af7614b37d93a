"""What KolayBi's answers and words mean."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Absent, Done, Outcome, Refused, Unclear, Unknown
from providers.kolaybi import answers
from providers.kolaybi.options import Encoding
from providers.kolaybi.rows import Row, row_in
from providers.kolaybi.simulator.bodies import nested
from providers.transport.http import Reply

S = DocumentState
OFFICIAL = {"document_id": 1001, "no": "KLB2026000000001", "uuid": "7f0c2b9e-3a56-4a3e-9d4e-1f2a3b4c5d6e"}


def reply(status: int, **body: Any) -> Reply:
    return Reply(status=status, text=json.dumps(body))


def row(**changes: Any) -> Row:
    found = row_in({**OFFICIAL, **changes})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (reply(200, success=True, data={"document_id": 7, "grand_total": "120.00"}), Done),
        (reply(200, success=True, data={"grand_total": "120.00"}), Unknown),
        (reply(200, success=False, code=10400, message="no", data=[]), Refused),
        (reply(400, success=False, code=10400, message="no", data=[]), Refused),
        (reply(422, success=False, errors={"name": ["is short"]}), Refused),
        (reply(400, success=False, error={"message": "no"}), Refused),
        (reply(408, success=False, code=10408, message="later"), Unknown),
        (reply(425, success=False, code=10425, message="later"), Unknown),
        (reply(400, message="a gateway's"), Unknown),
        (reply(500, success=False, code=10500, message="an error"), Unknown),
    ],
)
def test_an_invoice_is_made_by_its_id_alone_and_refused_in_kolaybis_own_form_alone(said: Reply, kind: type) -> None:
    outcome: Outcome = answers.invoice_made(said)
    assert isinstance(outcome, kind)


def test_a_refusal_has_every_sentence_once() -> None:
    said = reply(
        422, success=False, code=10400, message="no", description="no", errors={"name": ["is short", "is bad"]}
    )
    refused = answers.refused(said)
    assert refused is not None
    assert [(error.code, error.message) for error in refused.errors] == [
        ("KOLAYBI_10400", "no"),
        ("KOLAYBI_10400", "is short"),
        ("KOLAYBI_10400", "is bad"),
    ]


@pytest.mark.parametrize(
    ("status", "scenario", "state"),
    [
        (None, "EARSIVFATURA", S.ISSUED),
        ("sent", "EARSIVFATURA", S.ISSUED),
        ("sent_to_receiver", "EARSIVFATURA", S.ISSUED),
        ("sent_to_receiver", "TEMELFATURA", S.DELIVERED),
        ("approved", "TICARIFATURA", S.ACCEPTED),
        ("accepted", "TICARIFATURA", S.ACCEPTED),
        ("approved", "TEMELFATURA", S.ISSUED),
        ("rejected", "TICARIFATURA", S.REJECTED_BY_BUYER),
        ("rejected", "EARSIVFATURA", S.REJECTED),
        ("cancelled", "EARSIVFATURA", S.CANCELLED),
        ("READY", "TEMELFATURA", S.PROCESSING),
        ("waiting", "TEMELFATURA", S.PROCESSING),
        ("another word", "TEMELFATURA", S.PROCESSING),
    ],
)
def test_a_document_is_in_the_state_of_its_word(status: str | None, scenario: str, state: DocumentState) -> None:
    assert answers.state_of(row(status=status, document_scenario=scenario)) is state


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Done),
        ({"no": None, "uuid": None, "status": "draft"}, Absent),
        ({"no": None, "status": "DRAFT"}, Absent),
        ({"no": None, "uuid": None, "status": "NEW"}, Absent),
        ({"no": None, "uuid": None, "status": "not_sent"}, Absent),
        ({"no": None, "status": "waiting"}, Done),
        ({"no": None, "uuid": None, "status": "sent"}, Unclear),
        ({"no": None, "uuid": None, "status": "another word"}, Unclear),
    ],
)
def test_an_invoice_has_its_document_only_with_number_and_uuid(changes: dict[str, Any], kind: type) -> None:
    assert isinstance(answers.e_document_in(row(**changes)), kind)


@pytest.mark.parametrize(
    "shown",
    [
        {"document_id": 1001, "no": "N1", "uuid": "U1", "status": "sent", "scenario": "TEMELFATURA", "grand_total": 1},
        {
            "commercial_doc_id": "1001",
            "document_no": "N1",
            "document_uuid": "U1",
            "document_status": "sent",
            "document_scenario": "TEMELFATURA",
            "total": {"grand_total": "1.00"},
        },
    ],
)
def test_an_invoice_is_the_same_under_each_calls_names(shown: dict[str, Any]) -> None:
    found = row_in(shown)
    assert found is not None
    assert (found.id, found.number, found.ettn, found.status) == ("1001", "N1", "U1", "sent")
    assert (found.total, found.document_type) == (Decimal(1), DocumentType.EFATURA)


@pytest.mark.parametrize("total", ["1.234,56", "120.00 TL", "NaN", [], {"TRY": "120.00"}, True])
def test_a_total_that_cannot_be_read_is_no_total_that_is_not_shown(total: object) -> None:
    assert row_in({**OFFICIAL, "grand_total": total}) is None
    assert row(grand_total="").total is None


@pytest.mark.parametrize(
    ("shown", "buyer", "is_different"),
    [
        ("2000000002", "2000000002", False),
        ("3000000003", "2000000002", True),
        (None, "2000000002", False),
        ("3000000003", "11111111111", False),
    ],
)
def test_an_invoice_to_another_tax_number_is_different(shown: str | None, buyer: str, *, is_different: bool) -> None:
    found = row(associate={"identity_no": shown}, grand_total="120.00", currency="TRY")
    assert (answers.difference(found, Decimal("120.00"), "TRY", buyer) is not None) is is_different


def test_a_body_is_the_same_as_a_form_and_as_json() -> None:
    body: dict[str, Any] = {
        "contact_id": 5,
        "yes": True,
        "nothing": None,
        "items": [{"name": "Çay & kek"}, {"name": "[x]"}],
    }
    form = Encoding.FORM.written(body)
    assert "items%5B0%5D%5Bname%5D=%C3%87ay+%26+kek" in form
    assert nested(parse_qsl(form)) == {"contact_id": "5", "yes": "1", "items": [{"name": "Çay & kek"}, {"name": "[x]"}]}
    assert json.loads(Encoding.JSON.written(body)) == body
