"""Every error code that a provider's documentation or its clients list, and the outcome of a create that it answers.

REFUSED: nothing was made, and the same would be refused again. NOT_SENT: nothing was made; OWNER where the account or
the connection is what is wrong. LOOKED_UP: something may be there. What no list has is LOOKED_UP, too.
"""

import json
from collections.abc import Mapping
from typing import Final

import pytest
from lxml import etree

from app.domain.documents import DocumentType
from providers.base import NotSent, Outcome, Prepared, Refused, Unknown
from providers.hepsiburada_efaturam import answers as hepsiburada
from providers.kolaybi import answers as kolaybi
from providers.nilvera import answers as nilvera
from providers.qnb_esolutions import earsiv_answers as qnb
from providers.qnb_esolutions import efatura_answers as qnb_efatura
from providers.sovos import efatura_answers as sovos
from providers.transport.http import Reply, classify
from providers.transport.soap import SoapFault
from providers.trendyol_efaturam import answers as trendyol
from providers.trendyol_efaturam import problems
from tests.providers.examples import ISSUED_AT

UUID: Final = "7f0c2b9e-3a56-4a3e-9d4e-1f2a3b4c5d6e"
SENT: Final = Prepared(reference=UUID, document_type=DocumentType.EFATURA, issued_at=ISSUED_AT, request="{}")
Codes = Mapping[str, tuple[object, ...]]
REFUSED: Final = "REFUSED"
NOT_SENT: Final = "NOT_SENT"
OWNER: Final = "NOT_SENT, for the owner"
LOOKED_UP: Final = "LOOKED_UP"

# Status and code.
NILVERA: Final[Codes] = {
    REFUSED: (
        (400, 2004), (404, 3000), (404, 3001), (404, 3009), (409, 1000), (422, 2004), (422, 2015), (422, 2024),
        (422, 2025), (422, 2051), (422, 2052), (422, 2053), (422, 2054), (422, 2059), (422, 2060), (422, 2061),
        (422, 2063), (422, 2065), (422, 2100), (422, 9999),
    ),
    NOT_SENT: ((422, 2057), (429, 9999)),
    OWNER: ((401, 9999), (403, 9999), (404, 3017), (404, 3030), (422, 2000), (422, 2075), (422, 2078)),
    LOOKED_UP: (
        (404, 9999), (409, 1001), (409, 1004), (409, 1005), (409, 1015), (409, 9999), (500, 9999), (503, 2004),
    ),
}  # fmt: skip
# Status and name.
TRENDYOL: Final[Codes] = {
    REFUSED: (
        (404, "TargetAliasNotFound"), (404, "TaxPayerNotFound"), (404, "InvoiceTaxIdNotFound"),
        (404, "CorporatePrefixNotFound"), (404, "CorporateDefaultPrefixNotFound"), (404, "InvoiceAddressNotFound"),
        (409, "InvoiceUblBuildFailed"), (409, "InvoiceOperationRestricted"), (409, "InvoiceIdNotSet"),
        (409, "CorporatePrefixIsUnusable"), (409, "ReceiverAndSenderEmailsAreSame"), (409, "ScenarioNotValid"),
        (422, "UBLValidationFailed"), (422, "MultipleAliasesExist"), (422, "Validation"), (422, "Another"),
    ),
    NOT_SENT: ((429, "Another"),),
    OWNER: (
        (401, "Another"), (403, "Another"), (404, "StylesheetWithCodeNotFound"), (404, "ApplicationNotFound"),
        (404, "CorporateNotFound"), (409, "ApplicationMismatch"), (409, "InsufficientCredit"),
    ),
    LOOKED_UP: (
        (404, "Another"), (409, "InvoiceUuidCantBeUsed"), (409, "InvoiceIdAlreadyExists"),
        (409, "InvoiceCouldNotBeSaved"), (409, "Another"), (500, "ConnectionError"), (500, "Another"),
    ),
}  # fmt: skip
# Status and code; what a 404 is, the Channel decides.
KOLAYBI: Final[Codes] = {
    REFUSED: ((200, 10400), (201, 10400), (400, 10400), (409, 10400), (422, 10400)),
    NOT_SENT: ((429, 10429),),
    OWNER: ((401, 10401), (403, 10401)),
    LOOKED_UP: ((408, 10408), (425, 10425), (500, 10500), (503, 10400)),
}
# Of the e-Fatura service's faults.
SOVOS: Final[Codes] = {
    REFUSED: (1000, 1010, 1020, 1080, 1101, 1111, 1112, 3013, 3014),
    NOT_SENT: (1300,),
    OWNER: (1100, 1110, 1200),
    LOOKED_UP: (3010, 3011, 3012, 3201, 3210, 3211, 3215, 3220, 3230, 3240, 3410, 3420, 3430, 3440, 3450, 3610, 9999),
}
QNB: Final[Codes] = {
    REFUSED: (3, 4, 5, 6, 7, 13, 16, 17, 18, 19, 42, 84, 85, 89, 313),
    OWNER: (8, 12, 52, 87, 88),
    LOOKED_UP: (1, 2, 9, 11, 14, 20, 43, 44, 50, 51, 53, 91, 92, 93, 999),
}
# Of the connectorService's faults, which have a text and no code.
QNB_EFATURA: Final[Codes] = {
    REFUSED: ("Hash hatası", "schematronControl failed: cbc:ID"),
    OWNER: ("username.pwd.mismatch", "[EF0556] kullanıcı doğrulanmamış"),
    LOOKED_UP: ("Sistem hatası", "", "belge zaten kayıtlı"),
}
# Sentences: the service has no codes. A refusal is left open here: the document is asked for before it is believed.
HEPSIBURADA: Final[Codes] = {
    OWNER: ("Kullanıcı adı veya şifre hatalı.", "Yetkiniz yok.", "The password is wrong"),
    LOOKED_UP: ("", "Bu ETTN ile daha önce fatura gönderilmiştir.", "Zaman aşımı", "Unexpected error"),
}


def outcome_of(answer: Outcome) -> str:
    if isinstance(answer, Refused):
        return REFUSED
    if isinstance(answer, NotSent):
        return OWNER if answer.needs_owner else NOT_SENT
    assert isinstance(answer, Unknown)
    return LOOKED_UP


def listed(codes: Codes) -> list[tuple[object, str]]:
    return [(code, outcome) for outcome, having_it in codes.items() for code in having_it]


@pytest.mark.parametrize(("code", "outcome"), listed(NILVERA))
def test_nilveras_codes(code: tuple[int, int], outcome: str) -> None:
    status, number = code
    reply = Reply(status=status, text=json.dumps({"Errors": [{"Code": number, "Description": "said"}]}))
    answer = classify(reply, nilvera.is_own) or nilvera.created(reply, SENT)
    assert outcome_of(answer) == outcome


@pytest.mark.parametrize(("code", "outcome"), listed(KOLAYBI))
def test_kolaybis_codes(code: tuple[int, int], outcome: str) -> None:
    status, number = code
    body = {"data": [], "success": False, "code": number, "message": "said"}
    reply = Reply(status=status, text=json.dumps(body))
    assert outcome_of(classify(reply, kolaybi.is_own) or kolaybi.invoice_made(reply)) == outcome


@pytest.mark.parametrize(("code", "outcome"), listed(TRENDYOL))
def test_trendyols_problems(code: tuple[int, str], outcome: str) -> None:
    status, name = code
    body = {"type": f"https://api.trendyol.com/etransformation/{name}Problem", "title": name, "status": status}
    reply = Reply(status=status, text=json.dumps(body))
    answer = classify(reply, problems.is_own) or trendyol.created(reply, SENT)
    assert outcome_of(answer) == outcome


@pytest.mark.parametrize(("code", "outcome"), listed(SOVOS))
def test_sovoss_faults(code: int, outcome: str) -> None:
    detail = etree.fromstring(f"<ProcessingFault><Code>{code}</Code><Message>said</Message></ProcessingFault>")
    answer = sovos.created(SoapFault(code="Server", text="said", detail=detail), SENT)
    assert outcome_of(answer) == outcome


@pytest.mark.parametrize(("code", "outcome"), listed(QNB))
def test_qnbs_result_codes(code: int, outcome: str) -> None:
    result = qnb.Result(code=f"AE{code:05}", said="said", extra={}, content="")
    assert outcome_of(qnb.created(result, SENT)) == outcome


@pytest.mark.parametrize(("text", "outcome"), listed(QNB_EFATURA))
def test_qnbs_faults(text: str, outcome: str) -> None:
    answer = qnb_efatura.created(SoapFault(code="Server", text=text), SENT)
    assert outcome_of(answer) == outcome


@pytest.mark.parametrize(("sentence", "outcome"), listed(HEPSIBURADA))
def test_hepsiburadas_sentences(sentence: str, outcome: str) -> None:
    said = hepsiburada.Said(succeeded=False, message=sentence, value=None)
    answer = hepsiburada.login_failure(said) or hepsiburada.failure(said)
    assert answer is not None
    assert outcome_of(answer) == outcome
