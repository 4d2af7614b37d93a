"""KolayBi's adapter: login and Channel, what is found of a document, its states, cancelling and files."""

from dataclasses import replace

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Absent, Different, Done, Issued, NotSent, Refused, Step, Unclear
from providers.base.reads import CheckAsked, CheckState, DocumentFile, FileForm
from tests.providers.examples import SELLER_VKN, TAXPAYER
from tests.providers.kolaybi.bench import GENERAL, SECONDS, SECRETS, Books, opened

WRONG = {"Channel": "another"}


async def test_a_token_that_has_ended_is_renewed_once(books: Books) -> None:
    assert isinstance(await books.create(Step.CONTACT, books.prepared()), Done)
    await books.switch(tokens="expired")
    assert isinstance(await books.create(Step.E_DOCUMENT, books.prepared()), Done)


@pytest.mark.parametrize(("secret", "value"), [("channel", "another"), ("api_key", "wrong")])
async def test_a_login_that_is_refused_is_for_its_owner_and_is_not_repeated(secret: str, value: str) -> None:
    async with opened({**SECRETS, secret: value}) as books:
        for _ in range(2):
            outcome = await books.create(Step.CONTACT, books.prepared())
            assert isinstance(outcome, NotSent)
            assert outcome.needs_owner
        status, arrivals = await books.ask("GET", "/_simulator/arrivals")
        assert (status, len(arrivals["seconds"])) == (200, 1)


async def test_a_404_is_no_absence_while_the_channel_is_wrong(books: Books) -> None:
    issued = await books.issued(books.prepared())
    assert await books.adapter.find_issued(_another(issued), SECONDS) == Absent()
    books.adapter.http.use_login(WRONG)
    found = await books.adapter.find_issued(_another(issued), SECONDS)
    assert isinstance(found, Unclear)
    assert found.needs_owner
    made = await books.create(Step.CONTACT, books.prepared("second"))
    assert isinstance(made, NotSent)
    assert made.needs_owner


async def test_an_invoice_of_which_the_channel_is_wrong_was_not_sent(books: Books) -> None:
    asked = await books.up_to(Step.INVOICE, books.prepared())
    books.adapter.http.use_login(WRONG)
    outcome = await books.adapter.create(asked, SECONDS)
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


async def test_a_refusal_with_200_is_one(books: Books) -> None:
    await books.switch(refuses_in_200=True)
    prepared = books.prepared(document_type=DocumentType.EFATURA)
    assert isinstance(await books.create(Step.E_DOCUMENT, prepared), Refused)


@pytest.mark.parametrize("rows_at", ["data", "data.data", "data.items"])
async def test_lists_are_read_wherever_their_rows_are_and_whatever_they_filter(books: Books, rows_at: str) -> None:
    await books.switch(rows_at=rows_at, filters="ignored", country="coutry")
    first, _ = await books.issued(books.prepared()), await books.issued(books.prepared("second"))
    found = await books.adapter.find_issued(first, SECONDS)
    assert isinstance(found, Done)
    assert (found.reference, found.number) == (first.provider_reference, first.number)
    assert (await books.counts())["contact"] == 1


async def test_a_list_of_several_pages_is_read_whole(books: Books) -> None:
    for number in range(21):
        await books.create(Step.INVOICE, books.prepared(f"{number}"))
    last = await books.up_to(Step.INVOICE, books.prepared("20"))
    found = await books.adapter.candidates(last, SECONDS)
    assert isinstance(found, tuple)
    assert len(found) == 1


@pytest.mark.parametrize("body", ["form", "json"])
@pytest.mark.parametrize("currency", ["upper", "lower"])
async def test_bodies_and_currencies_are_written_as_the_connection_says(body: str, currency: str) -> None:
    async with opened(body=body, currency=currency, **GENERAL) as books:
        assert isinstance(await books.create(Step.E_DOCUMENT, books.prepared()), Done)
        (document,) = (await books.record())["documents"]
        assert (document["payable"], document["currency"]) == ("120.00", "TRY")
        assert document["buyer"] == {"name": "Ayşe Örnek", "address": "Deneme Sokak 1, Kadıköy, İstanbul"}


async def test_the_series_goes_along_where_the_connection_says_so() -> None:
    async with opened(prefix="series", **GENERAL) as books:
        done = await books.create(Step.E_DOCUMENT, books.prepared())
        assert isinstance(done, Done)
        assert done.number == "ABC2026000000001"


async def test_an_e_fatura_is_delivered_when_the_list_of_documents_says_so(books: Books) -> None:
    prepared = books.prepared(person=TAXPAYER)
    done = await books.create(Step.E_DOCUMENT, prepared)
    assert isinstance(done, Done)
    assert done.state is DocumentState.ISSUED
    followed = await books.adapter.poll(prepared, done, SECONDS)
    assert isinstance(followed, Done)
    assert followed.state is DocumentState.DELIVERED


async def test_a_document_without_a_name_is_found_by_our_mark(books: Books) -> None:
    nothing: dict[str, str | None] = {"provider_reference": None, "ettn": None, "number": None}
    issued = await books.issued(books.prepared(), **nothing)
    await books.issued(books.prepared("second"))
    found = await books.adapter.find_issued(issued, SECONDS)
    assert isinstance(found, Done)
    assert found.number == "KLB2026000000001"


@pytest.mark.parametrize("cancelled", ["listed", "gone"])
async def test_a_cancelled_archive_invoice_is_deleted_there_and_found_cancelled(books: Books, cancelled: str) -> None:
    await books.switch(cancelled=cancelled)
    issued = await books.issued(books.prepared())
    outcome = await books.adapter.cancel(issued, SECONDS)
    found = await books.adapter.find_issued(issued, SECONDS)
    assert isinstance(outcome, Done)
    assert isinstance(found, Done)
    assert (outcome.state, found.state, found.number) == (
        DocumentState.CANCELLED,
        DocumentState.CANCELLED,
        issued.number,
    )


async def test_an_e_fatura_is_not_cancelled_here(books: Books) -> None:
    issued = await books.issued(books.prepared(person=TAXPAYER))
    assert isinstance(await books.adapter.cancel(issued, SECONDS), Refused)


@pytest.mark.parametrize("prefix", [False, True])
@pytest.mark.parametrize("form", [FileForm.PDF, FileForm.XML])
async def test_a_file_comes_with_and_without_the_beginning_of_an_address(
    books: Books, form: FileForm, *, prefix: bool
) -> None:
    await books.switch(pdf_prefix=prefix)
    issued = await books.issued(books.prepared())
    assert isinstance(await books.adapter.download(issued, form, SECONDS), DocumentFile)


async def test_a_company_of_another_number_is_wrong(books: Books) -> None:
    for number, state in ((SELLER_VKN, CheckState.FINE), ("1234567890", CheckState.WRONG)):
        (checked,) = await books.adapter.check(CheckAsked(tax_number=number), SECONDS)
        assert checked.state is state


async def test_two_of_one_number_are_different(books: Books) -> None:
    first = await books.issued(books.prepared())
    second = await books.issued(books.prepared("second"), number=first.number)
    assert isinstance(await books.adapter.find_issued(second, SECONDS), Different)


def _another(issued: Issued) -> Issued:
    return replace(issued, provider_reference="4711", ettn=None, number=None)
