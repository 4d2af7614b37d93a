"""Contact, sales invoice and e-document: what is made once, and what a wrong total or a refusal leaves."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.parties import Buyer, Person
from providers.base import Absent, Different, Done, NotSent, Refused, Step, StepInput, Unknown
from providers.kolaybi.adapter import KolayBiAdapter
from providers.kolaybi.mapping import parts_of
from providers.simulation.rounding import Rounding
from tests.contract.bench import find
from tests.providers.examples import ADDRESS, CONSUMER, LINE, TAXPAYER, connected
from tests.providers.kolaybi.bench import GENERAL, SECONDS, STEPS, Books, opened

CODED = replace(LINE, sku="SKU-1")
ELSEWHERE = replace(ADDRESS, street="Başka Sokak 2")


def named(name: str, **changes: object) -> Person:
    return Person(buyer=Buyer(name=name, address=ADDRESS, **changes))  # type: ignore[arg-type]


async def test_a_buyer_of_two_orders_is_one_contact(books: Books) -> None:
    first = await books.create(Step.CONTACT, books.prepared())
    again = await books.create(Step.CONTACT, books.prepared("second"))
    assert isinstance(first, Done)
    assert first == again
    assert (await books.counts())["contact"] == 1


async def test_another_address_of_a_buyer_is_added_to_the_contact(books: Books) -> None:
    moved = Person(buyer=replace(CONSUMER.buyer, address=ELSEWHERE))
    first = await books.create(Step.CONTACT, books.prepared())
    second = books.prepared("second", person=moved)
    found = await books.adapter.find_prepared(StepInput(Step.CONTACT, second), SECONDS)
    made = await books.create(Step.CONTACT, second)
    assert isinstance(first, Done)
    assert isinstance(made, Done)
    assert found == Absent()
    assert first.reference.split("/")[0] == made.reference.split("/")[0]
    assert first.reference != made.reference
    counts = await books.counts()
    assert (counts["contact"], counts["address"]) == (1, 1)


async def test_consumers_without_a_number_are_told_apart_by_name_and_mail(books: Books) -> None:
    names = [("Ayşe Örnek", "ayse@example.test"), ("Ayşe Örnek", "a@example.test"), ("Ali Deneme", None)]
    made = [
        await books.create(Step.CONTACT, books.prepared(f"{at}", person=named(name, email=email)))
        for at, (name, email) in enumerate(names * 2)
    ]
    assert len(set(map(str, made))) == 3
    assert (await books.counts())["contact"] == 3


async def test_a_consumer_among_thousands_is_found_by_two_questions(books: Books) -> None:
    """All of them have one placeholder for a number: a list of it has dozens of pages, and ever more."""
    for number in range(101):
        consumer = named(f"Alıcı Örnek{number}", email=f"alici{number}@example.test")
        await books.create(Step.CONTACT, books.prepared(f"{number}", person=consumer))
    before = (await books.ask("GET", "/_simulator/arrivals"))[1]["seconds"]
    again = named("ALICI  ÖRNEK7", email="Alici7@example.test")
    stranger = named("Başka Alıcı")
    found = [
        await books.adapter.find_prepared(StepInput(Step.CONTACT, books.prepared("again", person=each)), SECONDS)
        for each in (again, stranger)
    ]
    after = (await books.ask("GET", "/_simulator/arrivals"))[1]["seconds"]
    assert [type(each) for each in found] == [Done, Absent]
    assert len(after) - len(before) == 3


async def test_consumers_of_one_name_are_two_where_the_address_is_not_sent() -> None:
    async with opened(mail="none", **GENERAL) as books:
        made = [
            await books.create(Step.CONTACT, books.prepared(email, person=named("Ayşe Örnek", email=email)))
            for email in ("a@example.test", "b@example.test", "A@example.test")
        ]
    assert made[0] == made[2] != made[1]


async def test_a_consumer_whom_a_person_has_entered_is_found_by_the_address(books: Books) -> None:
    consumer = named("Ayşe Örnek", email="ayse@example.test")
    contact = parts_of(books.prepared(person=consumer))["contact"]
    entered = {name: value for name, value in contact.items() if name not in {"code", "identity_no"}}
    token = await books.adapter.token(SECONDS)
    assert not isinstance(token, NotSent)
    headers = {"Channel": "sandbox", "Authorization": f"Bearer {token.token}"}
    body = {**entered, "identity_no": "11111111111"}
    assert (await books.ask("POST", "/kolaybi/v1/associates", json=body, headers=headers))[0] == 200
    assert isinstance(await books.create(Step.CONTACT, books.prepared(person=consumer)), Done)
    assert (await books.counts())["contact"] == 1


@pytest.mark.parametrize(
    ("title", "name", "surname"),
    [
        ("Örnek Sanayi Ltd. Şti.", "Örnek Sanayi Ltd.", "Şti."),
        ("Örnek A Ş", "Örnek", "A Ş"),
        ("Örnek", "Örnek", "--"),
    ],
)
async def test_a_company_has_a_surname_too(books: Books, title: str, name: str, surname: str) -> None:
    company = Person(buyer=replace(TAXPAYER.buyer, name=title))
    prepared = books.prepared(person=company)
    contact = parts_of(prepared)["contact"]
    assert (contact["name"], contact["surname"]) == (name, surname)
    made = await books.create(Step.CONTACT, prepared)
    assert await books.adapter.find_prepared(StepInput(Step.CONTACT, prepared), SECONDS) == made


async def test_a_lost_invoice_is_known_by_the_mark_in_its_note(books: Books) -> None:
    await books.create(Step.INVOICE, books.prepared("second"))
    first = await books.up_to(Step.INVOICE, books.prepared())
    await books.faults("LOST_ANSWER")
    assert isinstance(await books.adapter.create(first, SECONDS), Unknown)
    found = await books.adapter.candidates(first, SECONDS)
    assert isinstance(found, tuple)
    assert [each.state for each in found] == [DocumentState.DRAFT]


async def test_an_invoice_without_a_note_is_known_by_all_that_it_shows(books: Books) -> None:
    await books.switch(notes="hidden")
    first, second = books.prepared(), books.prepared("second")
    dearer = books.prepared("third", lines=(replace(LINE, unit_price=Decimal("41.00")),))
    made = [await books.create(Step.INVOICE, each) for each in (first, second, dearer)]
    found = await books.adapter.candidates(StepInput(Step.INVOICE, first), SECONDS)
    assert isinstance(found, tuple)
    assert [each.reference for each in found] == [each.reference for each in made[:2] if isinstance(each, Done)]


async def test_another_total_is_told_with_the_invoice_and_never_made_legal(books: Books) -> None:
    await books.switch(total="0.01")
    prepared = books.prepared()
    asked = await books.up_to(Step.E_DOCUMENT, prepared)
    assert (prepared.payable, asked.made[Step.INVOICE].payable) == (Decimal("120.00"), Decimal("120.01"))
    assert isinstance(await books.adapter.create(asked, SECONDS), Unknown)
    found = await books.adapter.find_prepared(asked, SECONDS)
    assert found == Different(detail=f"invoice {asked.made[Step.INVOICE].reference}: total 120.01, not 120.00")
    assert "create" not in await books.counts()


async def test_what_shows_no_total_is_not_made_legal(books: Books) -> None:
    await books.switch(totals="hidden")
    asked = await books.up_to(Step.E_DOCUMENT, books.prepared())
    assert asked.made[Step.INVOICE].payable is None
    assert isinstance(await books.adapter.create(asked, SECONDS), NotSent)
    assert "create" not in await books.counts()
    await books.switch(totals="shown")
    assert isinstance(await books.adapter.create(asked, SECONDS), Done)


async def test_a_total_of_the_answer_alone_is_enough(books: Books) -> None:
    asked = await books.up_to(Step.E_DOCUMENT, books.prepared())
    await books.switch(totals="hidden")
    assert isinstance(await books.adapter.create(asked, SECONDS), Done)


@pytest.mark.parametrize(("rounding", "total"), [("asked", "1.00"), ("corrected", "0.99")])
async def test_a_kurus_of_vat_is_corrected_where_the_connection_says_so(rounding: str, total: str) -> None:
    """0.99 with VAT is 0.83 and 0.16; 20 % of 0.83 are 0.17."""
    lines = (replace(LINE, quantity=Decimal(1), unit_price=Decimal("0.99")),)
    async with opened(rounding=rounding, **GENERAL) as books:
        made = await books.create(Step.INVOICE, books.prepared(lines=lines))
        assert isinstance(made, Done)
        assert made.payable == Decimal(total)


@pytest.mark.parametrize("rounding", Rounding)
async def test_prices_with_vat_in_them_come_to_their_total_however_kolaybi_rounds(
    books: Books, rounding: Rounding
) -> None:
    """Bases of 0.83, 2.83 and 2.29 with 0.17, 0.57 and 0.46 of VAT would come to 7.15."""
    await books.switch(rounding=rounding)
    prices = ("0.99", "3.39", "2.75")
    lines = tuple(
        replace(LINE, line_reference=price, quantity=Decimal(1), unit_price=Decimal(price)) for price in prices
    )
    made = await books.create(Step.INVOICE, books.prepared(lines=lines))
    assert isinstance(made, Done)
    assert made.payable == Decimal("7.13")


async def test_a_refused_e_document_leaves_one_sales_invoice(books: Books) -> None:
    prepared = books.prepared(
        document_type=DocumentType.EFATURA, person=named("Örnek Ltd. Şti.", tax_number="3000000003")
    )
    asked = await books.up_to(Step.E_DOCUMENT, prepared)
    refused = await books.adapter.create(asked, SECONDS)
    assert isinstance(refused, Refused)
    assert refused.instead is None
    assert "e-Fatura kullanıcısı değildir" in refused.errors[0].message
    assert await books.adapter.find_prepared(asked, SECONDS) == Absent()
    assert (await books.counts())["invoice"] == 1


@pytest.mark.parametrize("at", STEPS)
async def test_another_process_goes_on_from_each_step_and_makes_nothing_twice(books: Books, at: Step) -> None:
    """The first one ends when its answer is lost."""
    asked = await books.up_to(at, books.prepared())
    await books.faults("LOST_ANSWER")
    assert isinstance(await books.adapter.create(asked, SECONDS), Unknown)
    other, made = KolayBiAdapter(books.settings), dict(asked.made)
    for step in STEPS[STEPS.index(at) :]:
        now = StepInput(step, asked.prepared, dict(made))
        found = await find(other, now, SECONDS)
        done = await other.create(now, SECONDS) if found == Absent() else found
        assert isinstance(done, Done)
        made[step] = done
    await other.close()
    counts = await books.counts()
    assert [counts[name] for name in ("contact", "invoice", "create")] == [1, 1, 1]
    assert made[Step.E_DOCUMENT].number == "KLB2026000000001"


async def test_a_second_e_document_of_one_invoice_is_not_asked_for(books: Books) -> None:
    asked = await books.up_to(Step.E_DOCUMENT, books.prepared())
    await books.faults("LOST_ANSWER")
    assert isinstance(await books.adapter.create(asked, SECONDS), Unknown)
    assert isinstance(await books.adapter.create(asked, SECONDS), Unknown)
    assert (await books.counts())["create"] == 1
    assert isinstance(await books.adapter.find_prepared(asked, SECONDS), Done)


async def test_a_uuid_alone_makes_no_document(books: Books) -> None:
    await books.switch(uuid_on_drafts=True)
    asked = await books.up_to(Step.E_DOCUMENT, books.prepared())
    assert await books.adapter.find_prepared(asked, SECONDS) == Absent()


async def test_an_invoice_that_a_person_has_deleted_is_a_question(books: Books) -> None:
    asked = await books.up_to(Step.E_DOCUMENT, books.prepared())
    await books.switch(delete=[asked.made[Step.INVOICE].reference])
    assert isinstance(await books.adapter.find_prepared(asked, SECONDS), Different)
    assert "create" not in await books.counts()


async def test_kolaybi_says_which_kind_it_has_made(books: Books) -> None:
    for person, kind in ((CONSUMER, DocumentType.EARSIV), (TAXPAYER, DocumentType.EFATURA)):
        done = await books.create(Step.E_DOCUMENT, books.prepared(kind.value, person=person))
        assert isinstance(done, Done)
        assert done.document_type is kind


async def test_an_archive_invoice_that_is_asked_for_by_name_is_refused_for_a_registered_buyer() -> None:
    async with opened(scenario="sent", products="general", product="1") as books:
        assert not books.adapter.capabilities.corrects_type
        assert isinstance(await books.create(Step.E_DOCUMENT, books.prepared(person=TAXPAYER)), Refused)
        assert isinstance(await books.create(Step.E_DOCUMENT, books.prepared("second")), Done)


async def test_a_product_is_found_by_its_code_and_made_where_the_owner_allows_it() -> None:
    async with opened(products="create") as books:
        for name in ("first", "second"):
            assert isinstance(await books.create(Step.INVOICE, books.prepared(name, lines=(CODED,))), Done)
        assert (await books.counts())["product"] == 1


async def test_a_missing_product_is_refused_before_the_invoice() -> None:
    async with opened(products="match") as books:
        outcome = await books.create(Step.INVOICE, books.prepared(lines=(CODED,)))
        assert isinstance(outcome, Refused)
        assert [error.code for error in outcome.errors] == ["NO_CARD"]
        assert "invoice" not in await books.counts()


async def test_a_line_without_a_code_goes_under_the_general_product() -> None:
    async with opened(products="match", product="1") as books:
        assert isinstance(await books.create(Step.INVOICE, books.prepared()), Done)


async def test_a_lost_product_holds_the_invoice_up_and_makes_none() -> None:
    async with opened(products="create") as books:
        asked = await books.up_to(Step.INVOICE, books.prepared(lines=(CODED,)))
        await books.faults("LOST_ANSWER")
        assert isinstance(await books.adapter.create(asked, SECONDS), NotSent)
        assert "invoice" not in await books.counts()
        assert isinstance(await books.adapter.create(asked, SECONDS), Done)
        assert (await books.counts())["product"] == 1


def test_a_general_product_must_be_named() -> None:
    with pytest.raises(ValueError, match="option product must be"):
        connected("kolaybi", products="general")
    with pytest.raises(ValueError, match="option products must be one of"):
        connected("kolaybi", products="any")
