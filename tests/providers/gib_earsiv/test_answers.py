"""The portal's sentences: what each is taken for."""

import json
from typing import Any

import pytest

from app.domain.documents import DocumentState
from providers.base import NotSent, Refused, Unclear, Unknown
from providers.gib_earsiv import answers
from providers.gib_earsiv.answers import Said
from providers.transport.http import Reply

ROW = {
    "belgeNumarasi": "GIB2026000000917",
    "aliciVknTckn": "10000000078",
    "aliciUnvanAdSoyad": "",
    "belgeTarihi": "20-11-2026",
    "belgeTuru": "FATURA",
    "onayDurumu": "Onaylanmadı",
    "ettn": "0f8fad5b-d9cb-469f-a165-70867728950e",
}


def reply(body: Any) -> Reply:
    return Reply(status=200, text=body if isinstance(body, str) else json.dumps(body))


def envelope(text: str, kind: str = "2") -> Reply:
    return reply({"error": "1", "messages": [{"type": kind, "text": text}]})


def outcome_of(answer: Reply) -> object:
    said = answers.said_in(answer)
    assert isinstance(said, Said)
    return answers.created(said)


def test_only_the_sentence_of_success_has_made_a_draft() -> None:
    assert outcome_of(reply({"data": "Faturanız BAŞARIYLA oluşturulmuştur.", "metadata": {}})) is None
    assert isinstance(outcome_of(reply({"data": "", "metadata": {}})), Unknown)
    assert isinstance(outcome_of(reply({"data": None, "metadata": {}})), Unknown)


@pytest.mark.parametrize(
    "answer",
    [
        reply({"data": "Ettn ya eksik ya boş ya da 36 uzunluk sınırına uymuyor."}),
        envelope("Form parametrelerinde sorun var"),
        envelope("Bu mükellef (VKN/TCKN: …) e-Arşiv Portal Fatura'nın ekranından fatura kesemez"),
        reply({"data": {"hata": "Form parametrelerinde sorun var"}}),
    ],
)
def test_a_known_refusal_is_refused(answer: Reply) -> None:
    assert isinstance(outcome_of(answer), Refused)


@pytest.mark.parametrize(
    "answer",
    [
        envelope("Teknik bir hata oluştu"),
        envelope("ARJUNA016053: Could not commit transaction"),
        envelope("Hiç bilinmeyen bir cümle"),
        reply({"error": "1", "messages": ["Genel Sistem Hatası:java.lang.NullPointerException"]}),
    ],
)
def test_any_other_failure_of_a_write_is_unknown(answer: Reply) -> None:
    assert isinstance(outcome_of(answer), Unknown)


@pytest.mark.parametrize(
    "sentence",
    ["Bu Mükellef Kullanıcı Bilgilerini Güncellemedi", "Service Not Found", "Bu işlem için yetkiniz yok"],
)
def test_what_is_to_be_put_right_at_the_portal_or_in_the_connection_waits_for_its_owner(sentence: str) -> None:
    said = outcome_of(envelope(sentence))
    assert isinstance(said, NotSent)
    assert said.needs_owner


@pytest.mark.parametrize(
    "answer",
    [
        envelope("Oturum zamanaşımına uğradı", "4"),
        reply("<html><body>Oturum Süreniz Dolmuştur</body></html>"),
        reply([{"type": "4", "text": "x"}]),
        envelope("Oturum geçersiz (clientIP)"),
    ],
)
def test_a_session_ends_in_four_forms(answer: Reply) -> None:
    assert answers.is_session_over(answer)


def test_a_page_of_a_firewall_ends_no_session() -> None:
    assert not answers.is_session_over(reply("<html><title>Request blocked</title></html>"))
    assert not answers.is_session_over(reply({"data": "Oturum", "metadata": {}}))


def test_a_second_session_is_waited_for_and_a_wrong_password_waits_for_its_owner() -> None:
    assert answers.session_in(reply({"token": "abc"})) == "abc"
    second = answers.session_in(envelope("Sisteme aynı anda birden fazla giriş yapamazsınız."))
    wrong = answers.session_in(envelope("Kullanıcı bilgilerine ulaşılamadı {0}", "6"))
    assert isinstance(second, NotSent)
    assert isinstance(wrong, NotSent)
    assert (second.needs_owner, second.retry_after) == (False, 900.0)
    assert wrong.needs_owner


def test_a_login_without_a_token_that_says_nothing_is_no_refusal() -> None:
    said = answers.session_in(reply({"token": ""}))
    assert isinstance(said, NotSent)
    assert not said.needs_owner


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Onaylandı", DocumentState.ISSUED),
        ("Onaylanmadı", DocumentState.AWAITING_SIGNATURE),
        ("Silinmiş", DocumentState.CANCELLED),
    ],
)
def test_a_row_has_its_state(word: str, state: DocumentState) -> None:
    rows = answers.rows_in(Said(data=[{**ROW, "onayDurumu": word}]))
    assert isinstance(rows, tuple)
    (row,) = rows
    assert isinstance(row, answers.Row)
    assert (row.done.state, row.number, row.ettn) == (state, ROW["belgeNumarasi"], ROW["ettn"])


def test_an_empty_list_is_null_and_one_row_that_is_no_document_makes_it_unclear() -> None:
    assert answers.rows_in(Said(data=None)) == ()
    assert isinstance(answers.rows_in(Said(data=[ROW, {**ROW, "ettn": None}])), Unclear)


def test_a_row_in_an_unknown_state_is_in_the_list_without_one() -> None:
    rows = answers.rows_in(Said(data=[{**ROW, "onayDurumu": "Bekliyor"}, ROW]))
    assert isinstance(rows, tuple)
    assert [type(row) for row in rows] == [answers.Entry, answers.Row]
    assert rows[0].approval == "Bekliyor"
