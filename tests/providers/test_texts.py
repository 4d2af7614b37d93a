"""What an answer's text may be before it is kept."""

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from providers.base import Different, Done, NotSent, Refused, Unclear, Unknown, seen
from providers.texts import MOST_ERRORS, MOST_NUMBER, MOST_TEXT, plain


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Belge reddedildi", "Belge reddedildi"),
        ("  two\n lines\t", "two lines"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07 and \x1b[2K\x1bMblank", "red and blank"),
        ("a\u202egnp.exe\u200b", "a gnp.exe"),
        ("a lone \ud800 half", "a lone half"),
        ("", ""),
    ],
)
def test_a_text_is_one_printable_line(text: str, kept: str) -> None:
    assert plain(text) == kept


@pytest.mark.parametrize("text", ["word " * 10_000, "x" * 10_000_000, "ş\n" * 1_000])
def test_a_long_text_is_cut_and_a_cut_one_stays_as_it_is(text: str) -> None:
    short = plain(text)
    assert len(short) <= MOST_TEXT
    assert plain(short) == short


def test_a_cut_leaves_no_half_of_a_word() -> None:
    assert plain("no customer 10000000078 here", 20) == "no customer …"


def test_every_class_of_an_answer_holds_its_bounds() -> None:
    long = "x\n" * 10_000
    error = FieldError(path=f"$.{long}", code=long, message=long)
    errors = (error,) * 1_000
    for said in (NotSent(why=long), Unknown(why=long), Unclear(why=long), Different(detail=long)):
        assert len(str(said)) < 700
    for listed in (
        Refused(errors=errors).errors,
        Done(reference="r", state=DocumentState.REJECTED, errors=errors).errors,
    ):
        assert len(listed) == MOST_ERRORS
        assert listed[-1].message == "951 more errors are not listed"
        assert max(len(each.path + each.code + each.message) for each in listed) <= 800


def test_a_few_errors_stay_as_they_are() -> None:
    errors = (FieldError(path="$.a", code="BAD", message="kötü"),) * MOST_ERRORS
    assert Refused(errors=errors).errors == errors


@pytest.mark.parametrize("name", ["number", "ettn", "reference"])
@pytest.mark.parametrize("value", [2026000000001, {"a": 1}, ["A"], True, "A" * 101, "A\n1", "\x1b[2K", "ABC2026***001"])
def test_what_no_document_can_have_makes_no_document(name: str, value: object) -> None:
    values = {"reference": "r", "state": DocumentState.ISSUED, name: value}
    assert seen(**values) is None  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        Done(**values)  # type: ignore[arg-type]


def test_a_number_is_never_cut_and_an_empty_one_is_none() -> None:
    assert seen(reference="r", state=DocumentState.ISSUED, number="A" * (MOST_NUMBER + 1)) is None
    assert seen(reference="r", state=DocumentState.ISSUED, number="", ettn=None) == Done(
        reference="r", state=DocumentState.ISSUED
    )
    assert seen(reference="", state=DocumentState.ISSUED) is None


@pytest.mark.parametrize("seconds", ["5", float("nan"), float("inf"), -1.0])
def test_a_time_that_cannot_be_written_down_is_refused(seconds: float) -> None:
    for kind in (NotSent, Unknown, Unclear):
        with pytest.raises((TypeError, ValueError)):
            kind(why="busy", retry_after=seconds)


def test_states_and_types_are_words_that_we_know() -> None:
    assert Done(reference="r", state="ISSUED").state is DocumentState.ISSUED  # type: ignore[arg-type]
    assert Refused(errors=(), instead="EARSIV").instead is DocumentType.EARSIV  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="MERRY"):
        Done(reference="r", state="MERRY")  # type: ignore[arg-type]
