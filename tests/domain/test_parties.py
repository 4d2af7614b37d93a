"""Tax numbers are judged by their check digits; the anonymous consumer's is the one exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.tr import tckimlik

from app.domain.parties import is_tckn, is_vkn
from app.domain.text import printable


@pytest.mark.parametrize("number", ["7750409379", "1460415308", "4840847211"])
def test_the_tax_numbers_of_real_institutions_are_valid(number: str) -> None:
    assert is_vkn(number)


@pytest.mark.parametrize("number", ["1288331521", "3333333304", "775040937", "77504093790", "775040937X", ""])
def test_wrong_check_digits_lengths_and_letters_are_not(number: str) -> None:
    assert not is_vkn(number)


def test_a_person_s_number_has_two_check_digits_and_the_anonymous_consumer_s_is_taken() -> None:
    assert is_tckn("10000000146")
    assert is_tckn("11111111111")
    assert not is_tckn("12345678901")


@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.integers(0, 99))
def test_a_person_s_number_is_judged_as_the_reference_library_judges_it(first: str, wrong: int) -> None:
    right = first + tckimlik.calc_check_digits(first)
    assert is_tckn(right) == tckimlik.is_valid(right)
    other = f"{first}{wrong:02d}"
    assert is_tckn(other) == tckimlik.is_valid(other)


@pytest.mark.parametrize("number", ["", "1000000014", "100000001466", "1000000014X", "١٠٠٠٠٠٠٠١٤٦", "01000000146"])
def test_what_is_not_eleven_digits_is_nobody_s_number(number: str) -> None:
    assert not is_tckn(number)


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "a\nb", "\ud800", "a\u2066b"])
def test_what_deceives_a_reader_may_not_stand_in_a_document(text: str) -> None:
    with pytest.raises(ValueError, match="may not stand in a document"):
        printable(text)


@pytest.mark.parametrize("text", ["Çay bardağı 6'lı", "İĞÜŞÖÇ ığüşöç", "non\u00a0breaking", "emoji 🎁"])
def test_honest_names_are_taken_as_they_are(text: str) -> None:
    assert printable(text) == text
