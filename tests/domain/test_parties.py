"""Tax numbers are judged by their check digits; the anonymous consumer's is the one exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from stdnum.tr import tckimlik

from app.domain.order_checks import buyer_errors
from app.domain.parties import (
    Address,
    Buyer,
    hidden_email,
    is_mailbox,
    is_tckn,
    is_vkn,
    usable_email,
    usable_phone,
)
from app.domain.text import Website, printable


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
    with pytest.raises(ValueError, match="a document may not contain"):
        printable(text)


@pytest.mark.parametrize("text", ["Çay bardağı 6'lı", "İĞÜŞÖÇ ığüşöç", "non\u00a0breaking", "emoji 🎁"])
def test_honest_names_are_taken_as_they_are(text: str) -> None:
    assert printable(text) == text


BUYER = {"name": "Ayşe Örnek", "address": {"street": "Örnek Cad. 5\nDaire 3", "district": "Çankaya", "city": "Ankara"}}


@pytest.mark.parametrize("said", ["", "0532.123.45.67", "dahili 12", "0212 555 11 22 (dahili 12)", "yok", " 0532 \n"])
def test_no_shape_of_a_buyers_contact_keeps_an_order_from_its_invoice(said: str) -> None:
    buyer = TypeAdapter(Buyer).validate_python({**BUYER, "phone": said, "email": said})
    assert (buyer.phone, buyer.email) == (said.strip(), said.strip())
    assert buyer.address.street == "Örnek Cad. 5 Daire 3"


def test_what_is_written_like_a_number_or_an_address_is_told_from_what_is_not() -> None:
    assert [usable_phone(said) for said in ("0532.123.45.67", "+90 (532) 123-45/67", "dahili 12", "", None)] == [
        *("0532.123.45.67", "+90 (532) 123-45/67"),
        *(None, None, None),
    ]
    assert [usable_email(said) for said in ("ayse@example.test", "yok", "a b@c", "", None)] == [
        "ayse@example.test",
        *(None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("name", "codes"), [("Ayşe Örnek", []), ("Ayşe Nur Örnek", []), ("Ayşe", ["FAMILY_NAME_REQUIRED"])]
)
def test_a_shop_with_one_field_for_names_can_name_a_person(name: str, codes: list[str]) -> None:
    address = Address(street="Sokak 1", district="Merkez", city="Ankara")
    buyer = Buyer(name=name, tax_number="10000000146", address=address)
    assert [error.code for error in buyer_errors(buyer, "$.person.buyer")] == codes
    placeholder = Buyer(name=name, tax_number="11111111111", address=address)
    assert not list(buyer_errors(placeholder, "$.person.buyer"))


@pytest.mark.parametrize(
    "said", ["hemen.invalid", "https://hemen.invalid", "https://www.hemen.invalid/a?b=1", "Hemen.invalid", "a.tr;b.tr"]
)
def test_a_website_is_an_address_or_a_host(said: str) -> None:
    assert TypeAdapter(Website).validate_python(said) == said


@pytest.mark.parametrize("said", ["", "hemen", "https://", "ftp://hemen.invalid", "hemen invalid", "a.tr;", "a.tr\n"])
def test_what_is_no_web_address_is_none(said: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Website).validate_python(said)


@pytest.mark.parametrize("address", ["a@b.co", "alici+fatura@posta.example.test", "o'neil_1@x-y.example"])
def test_a_mail_can_be_sent_to_one_plain_address(address: str) -> None:
    assert is_mailbox(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "alici", "alici@", "@example.test", "alici@example", "a b@example.test", "alıcı@example.test",
        "a@b.co,c@d.co", "a@b.co;c@d.co", "Alıcı <a@b.co>", "a@b.co\nBcc: c@d.co", "a@b.co\n", "a..b@example.test",
        ".a@example.test", "a@-x.example", "a@x..example", f"{'a' * 65}@example.test", f"a@{'b' * 64}.test",
        f"a@{'b.' * 130}co", '"a"@example.test', "a@b@c.test",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_none(address: str) -> None:
    assert not is_mailbox(address)


def test_an_address_is_shown_by_its_first_letter_and_its_domain() -> None:
    assert hidden_email("muhasebe@example.test") == "m***@example.test"
