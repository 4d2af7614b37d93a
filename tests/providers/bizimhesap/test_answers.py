"""What BizimHesap's answers mean."""

import json

import pytest

from providers.base import Done, NotSent, Refused, Unknown
from providers.bizimhesap import answers
from providers.transport.http import Reply

TAKEN = {"error": "", "guid": "8f3a", "url": "https://bizimhesap.example/web/ngn/doc/printout?id=1"}


def reply(body: object, status: int = 200) -> Reply:
    return Reply(status=status, text=body if isinstance(body, str) else json.dumps(body))


def test_a_guid_without_an_error_is_a_record() -> None:
    done = answers.created(reply(TAKEN))
    assert isinstance(done, Done)
    assert done.reference == "8f3a"


@pytest.mark.parametrize("status", [200, 400, 422])
def test_a_sentence_refuses_with_200_as_with_400(status: int) -> None:
    body = {"error": "Geçersiz para birimi.", "guid": "", "url": ""}
    refused = answers.created(reply(body, status))
    assert isinstance(refused, Refused)
    assert [error.message for error in refused.errors] == ["Geçersiz para birimi."]


@pytest.mark.parametrize("sentence", ["FirmId geçersiz.", "Firma bulunamadı.", "FİRMA BULUNAMADI", "Yetkiniz yok."])
def test_a_sentence_about_the_login_is_for_the_owner(sentence: str) -> None:
    outcome = answers.created(reply({"error": sentence, "guid": "", "url": ""}))
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


@pytest.mark.parametrize("status", [404, 405])
def test_an_address_without_the_call_is_for_the_owner_and_refuses_no_document(status: int) -> None:
    outcome = answers.created(reply({"Message": "No HTTP resource was found."}, status))
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "[]",
        {"error": "", "guid": "", "url": ""},
        {"error": "Geçersiz", "guid": "8f3a", "url": ""},
        {"error": None, "guid": "8f3a", "url": ""},
        {"error": "Geçersiz"},
        {**TAKEN, "guid": 17},
        {**TAKEN, "url": 17},
        {**TAKEN, "eInvoiceNo": 17},
        {"resultCode": 1, "errorText": "", "data": {}},
    ],
)
def test_what_is_neither_is_unknown(body: object) -> None:
    assert isinstance(answers.created(reply(body)), Unknown)


def test_a_record_with_another_status_than_200_is_unknown() -> None:
    assert isinstance(answers.created(reply(TAKEN, 202)), Unknown)


@pytest.mark.parametrize(
    "body", [{"error": "", "status": "1"}, {"error": "Fatura bulunamadı.", "status": "1"}], ids=["silent", "said"]
)
def test_a_cancellation_with_status_1_is_refused(body: dict[str, str]) -> None:
    assert isinstance(answers.cancelled(reply(body), "8f3a"), Refused)


@pytest.mark.parametrize("body", [{"error": "x", "status": "0"}, {"status": "0"}, {"error": ""}, "", {"status": 0}])
def test_a_cancellation_that_does_not_say_so_is_unknown(body: object) -> None:
    assert isinstance(answers.cancelled(reply(body), "8f3a"), Unknown)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://bizimhesap.example/printout?id=7", "https://bizimhesap.example/printout?id=7"),
        ("http://bizimhesap.example/printout?id=7", None),
        ("https://bizimhesap.example/two words", None),
        ("https://bizimhesap.example/\n", None),
        (f"https://bizimhesap.example/{'7' * 2000}", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_that_is_kept_opens_over_tls_and_is_one_word(url: str | None, link: str | None) -> None:
    assert answers.link_in(reply({"error": "", "guid": "g", "url": url})) == link
