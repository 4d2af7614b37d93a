"""What Sovos's answers mean, value by value."""

from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Absent, Different, Done, NotSent, Outcome, Prepared, Refused, Unclear, Unknown
from providers.formats.elements import Element, written
from providers.formats.ubl import UblSummary, summary_of
from providers.sovos import earsiv_answers, efatura_answers, faults
from providers.sovos.connection import options_of
from providers.sovos.files import content_in, summary_in
from providers.transport.soap import Answer, SoapFault
from tests.providers.examples import ISSUED_AT
from tests.providers.sovos.bench import OPTIONS
from tests.providers.two_services import NUMBER

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
ENVELOPE = "1f8fad5b-d9cb-469f-a165-70867728950e"
EARSIV = "http://fitcons.com/earchive/invoice"
EINVOICE = "http:/fitcons.com/eInvoice/"
READ = options_of({**OPTIONS, "rejected_statuses": "40"})


def prepared(number: str | None = NUMBER) -> Prepared:
    return Prepared(
        reference=UUID, document_type=DocumentType.EARSIV, issued_at=ISSUED_AT, request="<a/>", number=number
    )


def earsiv(name: str, **fields: Any) -> Element:
    return written(EARSIV, name, fields, qualified=False)


def efatura(name: str, **fields: Any) -> Element:
    return written(EINVOICE, name, fields, qualified=True)


def fault(code: int | None, message: str = "a sentence", name: str = "ProcessingFault", **more: Any) -> SoapFault:
    fields = {"Code": None if code is None else str(code), "Message": message}
    return SoapFault(code="Server", text="fault", detail=written(EINVOICE, name, fields, qualified=True), **more)


def success(**row: Any) -> Element:
    results = {"preCheckSuccess": {"UUID": UUID, "InvoiceNumber": NUMBER, **row}}
    return earsiv("sendInvoiceResponseType", Result={"Result": "SUCCESS"}, preCheckSuccessResults=results)


def error(description: str) -> Element:
    results = {"preCheckError": {"UUID": UUID, "ErrorCode": "17", "ErrorDesc": description}}
    # With 200 and SUCCESS beside it: the errors are read first.
    return earsiv("sendInvoiceResponseType", Result={"Result": "SUCCESS"}, preCheckErrorResults=results)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (success(), Done),
        (success(UUID=UUID.upper()), Done),
        (success(UUID=None, Filename=f"{UUID}.zip"), Done),
        (success(UUID=None), Unknown),
        (success(UUID=ENVELOPE), Unknown),
        (success(InvoiceNumber="ABC2026000000008"), Unknown),
        (success(InvoiceNumber=None), Done),
        (earsiv("sendInvoiceResponseType", Result={"Result": "SUCCESS"}), Unknown),
        (earsiv("sendInvoiceResponseType", Result={"Result": "FAIL"}), Unknown),
        (earsiv("sendInvoiceResponseType"), Unknown),
        (earsiv("otherResponseType", Result={"Result": "SUCCESS"}), Unknown),
        (error("the schema"), Refused),
        (fault(7, "schema", name="processingFaultType"), Refused),
        (fault(7, "Unauthorized", name="processingFaultType"), NotSent),
        (fault(7, "Kadıköy does not exist", name="processingFaultType"), NotSent),
        (fault(1300), NotSent),
        (fault(1200), NotSent),
        (SoapFault(code="Client", text="Unauthorized"), NotSent),
        (SoapFault(code="Server", text="something broke"), Unknown),
        (fault(3011, name="OtherFault"), Unknown),
        (Unknown(why="lost"), Unknown),
        (NotSent(why="closed"), NotSent),
    ],
)
def test_the_outcome_of_sending_an_earsiv(answer: Answer, kind: type[Outcome]) -> None:
    assert isinstance(earsiv_answers.created(answer, prepared()), kind)


@pytest.mark.parametrize(
    ("said", "is_doubtful"),
    [
        ("Fatura sistemde MEVCUT", True),
        ("BELGE KAYITLI", True),
        ("UUID already exists", True),
        ("UUID ALREADY EXİSTS", True),
        ("schema error", False),
    ],
)
def test_an_error_that_may_be_of_an_earlier_attempt_is_told_by_its_words(said: str, is_doubtful: bool) -> None:
    refused = earsiv_answers.created(error(said), prepared())
    assert isinstance(refused, Refused)
    assert earsiv_answers.may_be_there(refused) is is_doubtful


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"statusCode": "20"}, DocumentState.PROCESSING),
        ({"statusCode": "105"}, DocumentState.PROCESSING),
        ({"statusCode": "129"}, DocumentState.PROCESSING),
        ({"statusCode": "130"}, DocumentState.ISSUED),
        ({"statusCode": "150"}, DocumentState.ISSUED),
        ({"statusCode": "140"}, DocumentState.CANCELLED),
        ({"statusCode": "40"}, DocumentState.REJECTED),
        ({"statusCode": "901"}, Absent),
        ({"statusCode": "130", "UUID": None}, Absent),
        ({"statusCode": "130", "UUID": ENVELOPE}, Unclear),
        ({"statusCode": "signed"}, Unclear),
        ({"statusCode": "130", "invoiceNumber": "17"}, Unclear),
        ({}, Unclear),
    ],
)
def test_the_state_of_an_earsiv(fields: dict[str, Any], state: Any) -> None:
    answer = earsiv("getStatusResponseType", **{"UUID": UUID, "invoiceNumber": NUMBER, **fields})
    found = earsiv_answers.state_in(answer, UUID, READ)
    if isinstance(state, DocumentState):
        assert isinstance(found, Done)
        assert (found.state, found.number, bool(found.errors)) == (state, NUMBER, state is DocumentState.REJECTED)
    else:
        assert isinstance(found, state)


def test_the_list_of_earsiv_has_one_document_or_none() -> None:
    def listed(*uuids: str) -> Any:
        rows = [{"invoiceUUID": uuid} for uuid in uuids]
        return earsiv_answers.row_in(earsiv("detailedInvoiceQueryResponse", invoice=rows), UUID)

    assert listed() == Absent()
    assert isinstance(listed(UUID), Element)
    assert isinstance(listed(UUID, UUID), Unclear)
    assert isinstance(listed(ENVELOPE), Unclear)
    assert isinstance(earsiv_answers.row_in(earsiv("somethingElse"), UUID), Unclear)
    assert isinstance(earsiv_answers.row_in(fault(7), UUID), Unclear)


def summary() -> UblSummary:
    xml = (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
        'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
        'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        f"<cbc:UUID>{UUID}</cbc:UUID><cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>100.00</cbc:TaxExclusiveAmount>"
        "<cbc:PayableAmount>120.00</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>"
    )
    return summary_of(xml)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"invoiceID": NUMBER, "invoiceAmount": "120"}, None),
        ({"invoiceID": NUMBER, "invoiceAmount": "100.0"}, None),
        ({"invoiceID": NUMBER, "invoiceAmount": "121.00"}, Different),
        ({"invoiceID": "ABC2026000000008", "invoiceAmount": "120.00"}, Different),
        ({"invoiceID": NUMBER, "invoiceAmount": "much"}, Unclear),
    ],
)
def test_a_row_is_of_our_document_by_number_and_amount(row: dict[str, str], kind: Any) -> None:
    found = earsiv_answers.compared_row(earsiv("invoice", **row), summary(), NUMBER)
    assert found is None if kind is None else isinstance(found, kind)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"Result": "SUCCESS", "invoiceCancellation": {"code": "1", "message": "OK"}}, Done),
        ({"Result": {"Result": "SUCCESS"}, "invoiceCancellation": {"code": "1"}}, Done),
        ({"Result": "SUCCESS", "invoiceCancellation": {"code": "2"}}, Unknown),
        ({"Result": "FAIL", "invoiceCancellation": {"code": "0", "message": "no"}}, Refused),
        ({"Result": "FAIL"}, Unknown),
        ({}, Unknown),
    ],
)
def test_the_outcome_of_a_cancellation(fields: dict[str, Any], kind: type[Outcome]) -> None:
    answer = earsiv("invoiceCancellationServiceResponseType", **fields)
    assert isinstance(earsiv_answers.cancelled(answer, summary()), kind)


@pytest.mark.parametrize("code", [1000, 1010, 1020, 1080, 1101, 1111, 1112, 3013, 3014])
def test_what_efatura_refuses_was_not_made(code: int) -> None:
    outcome = efatura_answers.created(fault(code), prepared())
    assert isinstance(outcome, Refused)
    assert outcome.errors[0].code == f"SOVOS_{code}"


@pytest.mark.parametrize("code", [3010, 3011, 3012, 3201, 3410, 9999, None])
def test_what_is_there_already_and_what_is_not_in_the_tables_is_unknown(code: int | None) -> None:
    assert isinstance(efatura_answers.created(fault(code), prepared()), Unknown)


@pytest.mark.parametrize("code", [1100, 1110, 1200])
def test_what_the_owner_has_to_set_right_was_not_made(code: int) -> None:
    outcome = efatura_answers.created(fault(code), prepared())
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


def test_too_many_calls_wait_as_long_as_asked_or_a_minute() -> None:
    asked = faults.not_made(fault(1300, retry_after=7.0))
    unasked = faults.not_made(fault(1300))
    assert isinstance(asked, NotSent)
    assert isinstance(unasked, NotSent)
    assert (asked.retry_after, unasked.retry_after) == (7.0, 60.0)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"UUID": UUID, "EnvUUID": ENVELOPE, "ID": NUMBER}, Done),
        ({"UUID": UUID, "ID": NUMBER}, Unknown),
        ({"UUID": ENVELOPE, "EnvUUID": ENVELOPE, "ID": NUMBER}, Unknown),
        ({"UUID": UUID, "EnvUUID": ENVELOPE, "ID": "17"}, Unknown),
        ({"UUID": UUID, "EnvUUID": ENVELOPE, "ID": "ABC2026000000008"}, Unknown),
    ],
)
def test_the_outcome_of_sending_an_efatura(row: dict[str, str], kind: type[Outcome]) -> None:
    assert isinstance(efatura_answers.created(efatura("sendUBLResponse", Response=row), prepared()), kind)
    assert isinstance(efatura_answers.created(efatura("sendUBLResponse", Response=[row, row]), prepared()), Unknown)


STATES = {
    "10": DocumentState.PROCESSING,
    "20": DocumentState.PROCESSING,
    "30": DocumentState.PROCESSING,
    "40": DocumentState.PROCESSING,
    "50": DocumentState.REJECTED,
    "60": None,
    "70": None,
    "80": DocumentState.REJECTED,
    "90": DocumentState.PROCESSING,
    "100": DocumentState.DELIVERED,
    "110": DocumentState.REJECTED,
    "120": DocumentState.ACCEPTED,
    "130": DocumentState.REJECTED_BY_BUYER,
    "140": DocumentState.DELIVERED,
    "150": None,
    "": None,
}


@pytest.mark.parametrize(("code", "state"), STATES.items())
def test_the_state_of_an_efatura(code: str, state: DocumentState | None) -> None:
    row = {"UUID": UUID, "EnvUUID": ENVELOPE, "ID": NUMBER, "StatusCode": code, "StatusDescription": "words"}
    found = efatura_answers.status_in(efatura("getInvoiceStatusResponse", InvoiceStatusResponse=row), UUID)
    if state is None:
        assert isinstance(found, Unclear)
        return
    assert isinstance(found, Done)
    assert (found.state, found.reference, found.ettn, found.number) == (state, ENVELOPE, UUID, NUMBER)
    assert bool(found.errors) == (state in {DocumentState.REJECTED, DocumentState.REJECTED_BY_BUYER})
    assert found.returned == ("140 words" if code == "140" else None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (fault(3410), Absent),
        (fault(3420), Absent),
        (fault(3430), Unclear),
        (fault(None), Unclear),
        (fault(3410, name="Other"), Unclear),
        (efatura("getInvoiceStatusResponse"), Unclear),
        (efatura("otherResponse"), Unclear),
        (Unknown(why="lost"), Unclear),
    ],
)
def test_an_efatura_is_absent_only_by_the_fault_that_says_so(answer: Answer, kind: type) -> None:
    assert isinstance(efatura_answers.status_in(answer, UUID), kind)


@pytest.mark.parametrize(
    ("code", "state"), [("1200", DocumentState.PROCESSING), ("1300", DocumentState.DELIVERED), ("1163", None)]
)
def test_an_envelope_says_the_state_of_the_document_in_its_row(code: str, state: DocumentState | None) -> None:
    row = efatura("UBLList", UUID=UUID, EnvUUID=ENVELOPE, ID=NUMBER)
    answer = efatura("getEnvelopeStatusResponse", Response={"UUID": ENVELOPE, "ResponseCode": code})
    found = efatura_answers.envelope_in(answer, row, UUID)
    assert isinstance(found, Unclear) if state is None else isinstance(found, Done) and found.state is state


def test_the_register_has_aliases_of_the_number_that_was_asked_for() -> None:
    def listed(*rows: dict[str, str]) -> Any:
        return efatura_answers.aliases_in(efatura("getUserListResponse", User=list(rows)), "2000000002")

    assert listed() == []
    assert listed({"Identifier": "2000000002", "Alias": "urn:mail:a"}) == ["urn:mail:a"]
    assert isinstance(listed({"Identifier": "3000000003", "Alias": "urn:mail:a"}), Unclear)
    assert isinstance(listed({"Identifier": "2000000002"}), Unclear)


def test_a_field_is_a_file_packed_or_not_and_nothing_else_is() -> None:
    assert content_in("JVBERi0xLjQ=") == b"%PDF-1.4"
    assert content_in("no base64!") is content_in("") is content_in("UEsDBAo=") is None
    assert summary_in("JVBERi0xLjQ=") is None
