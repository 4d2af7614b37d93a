"""No secret and no person in what is kept of an answer."""

import pytest

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from providers.base import Absent, Different, Done, NotSent, Refused, Unclear, Unknown
from providers.masking import Mask, masked, personal, without_secrets
from providers.texts import plain

BUYER = personal(["Ayşe Örnek", "Deneme Sokak 1", "B", None, 5], names=["Ayşe Örnek"])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("buyer 10000000078 or VKN 1111111114", "buyer *** or VKN ***"),
        ("ayse@example.test, TR33 0006 1005 1978 6457 8413 26", "***, ***"),
        ("TR330006100519786457841326", "***"),
        ("ABC2026000000001 of 2026-11-02, 120.00, 4711", "ABC2026000000001 of 2026-11-02, 120.00, 4711"),
        ("7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001", "7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001"),
        ("AYŞE of Deneme Sokak 1", "*** of ***"),
        ("Mrs Örnek, an Örneklem, B", "Mrs ***, an Örneklem, B"),
    ],
)
def test_what_is_personal_is_hidden_and_nothing_else(text: str, kept: str) -> None:
    assert BUYER(text) == kept


def test_a_mask_takes_the_longer_of_two_values_first() -> None:
    assert personal(["Deneme", "Deneme Sokak"])("Deneme Sokak, Deneme") == "***, ***"


@pytest.mark.parametrize("most", [18, 22, 24])
def test_what_a_cut_has_left_of_a_value_is_hidden_too(most: int) -> None:
    mask = personal(["Deneme Sokak 1 Kat 2"])
    cut = plain('to "Deneme Sokak 1 Kat 2" or nowhere', most)
    assert (mask(cut), mask(f"refused ({cut})")) == ('to "***…', 'refused (to "***…)')


def test_a_secret_is_found_as_json_writes_it() -> None:
    assert without_secrets('{"a": "x\\"yöz", "b": "x\\"y\\u00f6z"}', ['x"yöz']) == '{"a": "***", "b": "***"}'


@pytest.mark.parametrize(
    "written",
    [
        "a+b/c=ö",
        r"a\u002Bb\/c\u003dö",
        r"a\u002bb/c=\u00F6",
        "a&#43;b/c=&#xF6;",
        "a%2Bb%2Fc%3D%C3%B6",
        "a%2bb/c=%c3%b6",
    ],
    ids=["as it is", "PHP and .NET", "other hexadecimals", "XML", "in an address", "in small letters"],
)
def test_a_secret_is_found_however_a_provider_writes_it(written: str) -> None:
    assert without_secrets(f'"key {written}."', ["a+b/c=ö"]) == '"key ***."'


def test_a_secret_that_is_a_part_of_another_leaves_nothing_of_it() -> None:
    assert without_secrets("key-4711-more", ["key-4711", "key-4711-more"]) == "***"


@pytest.mark.parametrize("said", ["YILDIZ KARDEŞLER", "yıldız kardeşler", "Yildiz Kardeşler"])
def test_a_value_is_hidden_whichever_i_an_answer_writes_whole_or_cut(said: str) -> None:
    mask = personal(["Yıldız Kardeşler"])
    assert mask(f"to {said} in") == "to *** in"
    assert mask(f"to {said[:10]}…") == "to ***…"


def test_every_text_of_an_answer_is_masked() -> None:
    error = FieldError(path="$", code="C", message="Örnek is unknown")
    hide = lambda said: masked(said, lambda: BUYER)  # noqa: E731 - one line for five
    assert hide(NotSent(why="Örnek", needs_owner=True)) == NotSent(why="***", needs_owner=True)
    assert hide(Unknown(why="Örnek")) == Unknown(why="***")
    assert hide(Unclear(why="Örnek", retry_after=1.0)) == Unclear(why="***", retry_after=1.0)
    assert hide(Different(detail="Örnek")) == Different(detail="***")
    refused = hide(Refused(errors=(error,)))
    assert isinstance(refused, Refused)
    assert refused.errors[0].message == "*** is unknown"
    done = hide(Done(reference="r", state=DocumentState.REJECTED, number="N1", errors=(error,)))
    assert isinstance(done, Done)
    assert (done.number, done.errors[0].message) == ("N1", "*** is unknown")


def test_a_mask_is_not_made_for_an_answer_without_a_text() -> None:
    def never() -> Mask:
        raise AssertionError

    for said in (Absent(), Done(reference="r", state=DocumentState.ISSUED), True):
        assert masked(said, never) == said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('{"username":"kasa-ayse…', '{"username":"***…'),
        ('{"username":"kasa-…', '{"username":"***…'),
        ("user=kasa%…", "user=***…"),
        ("the credits of kasa-ayse are 4", "the credits of *** are 4"),
        ("the credits are 4…", "the credits are 4…"),
    ],
)
def test_a_user_s_name_is_hidden_from_what_is_said_of_an_account_whole_or_cut(said: str, shown: str) -> None:
    assert Mask(users=("kasa-ayse",)).of_the_owner(said) == shown
