"""One spelling for each reference, something to be seen in each name, and the same answer on every Python."""

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain import text
from app.domain.field_errors import field_errors
from app.domain.text import Code, Name, Note, Reference, folded, printable

REFERENCES, NAMES, NOTES, CODES = (TypeAdapter[str](kind) for kind in (Reference, Name, Note, Code))
INVISIBLE = ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u3164", "\u115f", "\ufe0f", "\U000e0041", "\u2800"]


def code(kind: TypeAdapter[str], said: str) -> str:
    with pytest.raises(ValidationError) as refused:
        kind.validate_python(said)
    (error,) = field_errors(refused.value)
    return error.code


@pytest.mark.parametrize("said", ["S-1001", "SİPARİŞ-Ğ1", "S 1", "注文1", "S/1\\2", "№ 7", "\U0001f381"])
def test_a_reference_that_is_spelt_in_one_way_is_taken(said: str) -> None:
    assert REFERENCES.validate_python(said) == said


@pytest.mark.parametrize(
    "said",
    [" ", "S-1 ", " S-1", "S-1\u00a0", "S\u00a01", "S\u30001", "S-1\n", "S\t1", "SI\u0307PARI\u0307S\u0327", "e\u0301"],
)
def test_another_spelling_of_what_looks_the_same_is_refused(said: str) -> None:
    assert code(REFERENCES, said) == "UNSUITABLE"


@pytest.mark.parametrize("hidden", [*INVISIBLE, "\u202e", "\u200e", "\u2028", "\x00", "\ue000", "\ufffe"])
def test_a_reference_has_no_character_that_a_reader_does_not_see(hidden: str) -> None:
    assert code(REFERENCES, f"S{hidden}1") == "UNSUITABLE"


@pytest.mark.parametrize("said", ["", " ", "\u00a0", "\n", "\t \n", *INVISIBLE, "\u200b \ufeff"])
@pytest.mark.parametrize("kind", [NAMES, CODES])
def test_a_name_in_which_nothing_is_to_be_seen_is_refused_as_if_it_were_empty(
    kind: TypeAdapter[str], said: str
) -> None:
    assert code(kind, said) == "TOO_SHORT"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Örnek Cad. 5\nDaire 3", "Örnek Cad. 5 Daire 3"),
        ("Örnek Cad. 5 \r\n\r\n Daire 3\r\n", "Örnek Cad. 5 Daire 3"),
        ("a\u2028b\tc\x85d", "a b c d"),
        (" Ayşe\u00a0", "Ayşe"),
        ("Ayşe  Örnek", "Ayşe  Örnek"),
        ("non\u00a0breaking", "non\u00a0breaking"),
    ],
)
@pytest.mark.parametrize("kind", [NAMES, NOTES])
def test_a_name_and_a_note_are_one_line_without_blanks_at_its_edges(
    kind: TypeAdapter[str], said: str, kept: str
) -> None:
    assert kind.validate_python(said) == kept
    assert kind.validate_python(kept) == kept


@pytest.mark.parametrize("said", ["Çıkartma \U0001fae8", "\U0001fae9", "\U0001f468\u200d\U0001f467", "\u0378"])
def test_a_character_that_is_newer_than_this_python_is_taken(said: str) -> None:
    """U+1FAE8 is of Unicode 15, U+1FAE9 of 16; U+0378 may be one some day."""
    assert printable(said) == NAMES.validate_python(said) == said


def test_no_rule_asks_for_what_differs_from_python_to_python() -> None:
    """What is printable by the running Python is only a short way to the answer that the lists give anyway."""
    differing = [
        chr(number) for number in range(0x110000) if chr(number).isprintable() and text._UNPRINTABLE.search(chr(number))
    ]
    assert not differing


@pytest.mark.parametrize(
    "said", ["Hızlı İnci Kargo", "HIZLI İNCİ KARGO", "HIZLI INCI KARGO", "hızlı inci kargo", "Hızlı I\u0307nci Kargo"]
)
def test_a_name_is_the_same_in_every_case_and_with_every_i(said: str) -> None:
    assert folded(said) == folded("Hızlı İnci Kargo")


def test_names_that_differ_in_another_letter_are_two() -> None:
    assert folded("Şahin Kargo") != folded("Sahin Kargo")
