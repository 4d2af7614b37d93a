"""Buyers that cannot be mistaken for real ones: right check digits, numbered names, addresses on no street."""

from dataclasses import replace
from random import Random
from typing import Final

from stdnum.tr import tckimlik, vkn

from app.domain.parties import Address, Buyer, Person

# All our numbers lie in two narrow ranges, so that a stray one is known for ours at a glance.
VKN_STEM: Final = 900_000_000
TCKN_STEM: Final = 100_000_000
# From here on, because the stem plus 1 gives a TCKN that is used for tests everywhere.
FIRST_PERSON: Final = 10_000
PEOPLE: Final = 90_000
# City, district, postal code, tax office.
PLACES: Final = (
    ("İstanbul", "Kadıköy", "34710", "Kadıköy"),
    ("İstanbul", "Şişli", "34360", "Şişli"),
    ("İstanbul", "Üsküdar", "34660", "Üsküdar"),
    ("Ankara", "Çankaya", "06420", "Çankaya"),
    ("Ankara", "Keçiören", "06280", "Keçiören"),
    ("İzmir", "Konak", "35260", "Konak"),
    ("Bursa", "Nilüfer", "16110", "Nilüfer"),
    ("Antalya", "Muratpaşa", "07100", "Üçkapılar"),
    ("Konya", "Selçuklu", "42060", "Selçuk"),
    ("Adana", "Seyhan", "01060", "Seyhan"),
    ("Gaziantep", "Şahinbey", "27010", "Şahinbey"),
    ("Eskişehir", "Odunpazarı", "26020", "İki Eylül"),
    ("Kayseri", "Melikgazi", "38030", "Mimar Sinan"),
    ("Diyarbakır", "Yenişehir", "21100", "Gökalp"),
    ("Trabzon", "Ortahisar", "61030", "Hızırbey"),
)
# Of a hundred orders: sold to a company, sold to a person who gave a TCKN; the others gave no number.
COMPANIES_PERCENT: Final = 25
NAMED_PERSONS_PERCENT: Final = 45


def artificial_vkn(number: int) -> str:
    """A company's tax number with a right check digit; `number` from 0 to 99,999."""
    stem = f"{VKN_STEM + number:09d}"
    return stem + str(vkn.calc_check_digit(stem))


def artificial_tckn(number: int) -> str:
    """A person's identity number with right check digits; `number` from 0 to 99,999."""
    stem = f"{TCKN_STEM + number:09d}"
    return stem + str(tckimlik.calc_check_digits(stem))


def with_wrong_check_digit(tax_number: str) -> str:
    """The number, one off in its last digit."""
    return tax_number[:-1] + str((int(tax_number[-1]) + 1) % 10)


def some_number(chance: Random) -> int:
    """Which of the artificial people it is."""
    return FIRST_PERSON + chance.randrange(PEOPLE)


def some_person(chance: Random) -> Person | None:
    """A company, a person, or an anonymous consumer, who has an address and no number, or nothing at all."""
    number = some_number(chance)
    draw = chance.randrange(100)
    if draw < COMPANIES_PERCENT:
        return company(number, chance)
    if draw < COMPANIES_PERCENT + NAMED_PERSONS_PERCENT:
        return consumer(number, chance, tax_number=artificial_tckn(number))
    return consumer(number, chance, tax_number=None) if chance.randrange(2) else None


def company(number: int, chance: Random) -> Person:
    """A buyer with a VKN: an e-Fatura where the provider finds the number registered."""
    place = chance.choice(PLACES)
    return Person(
        buyer=Buyer(
            name=f"Deneme Ticaret {number} Ltd. Şti.",
            tax_number=artificial_vkn(number),
            tax_office=place[3],
            address=_address(place, number),
            email=f"muhasebe{number}@deneme.example",
        )
    )


def consumer(number: int, chance: Random, *, tax_number: str | None) -> Person:
    """A buyer who is a person."""
    return Person(
        buyer=Buyer(
            name="Deneme",
            family_name=f"Alıcı {number}",
            tax_number=tax_number,
            address=_address(chance.choice(PLACES), number),
            email=f"alici{number}@deneme.example",
        )
    )


def company_with_wrong_number(number: int, chance: Random) -> Person:
    """A company whose VKN has a wrong check digit."""
    person = company(number, chance)
    wrong = with_wrong_check_digit(artificial_vkn(number))
    return replace(person, buyer=replace(person.buyer, tax_number=wrong))


def _address(place: tuple[str, str, str, str], number: int) -> Address:
    city, district, postal_code, _ = place
    return Address(street=f"Deneme Sokak No: {number % 100 + 1}", district=district, city=city, postal_code=postal_code)
