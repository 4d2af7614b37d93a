"""What is Trendyol's alone: mailboxes, the search, slow cancellations, addresses of files, the second version."""

import asyncio

import aiohttp
import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.payment import Payment, PaymentMethod
from app.domain.time import legal_date
from providers.base import (
    Absent,
    Different,
    Done,
    Issued,
    NotSent,
    Numbering,
    Refused,
    Registration,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.reads import Days, DocumentFile, DocumentLink, FileForm
from tests.providers.examples import ISSUED_AT, REGISTERED_VKN, TCKN, UNREGISTERED_VKN
from tests.providers.trendyol_efaturam.bench import SECONDS, Bench, bench_of

PDF, XML = FileForm.PDF, FileForm.XML


async def found(bench: Bench, name: str = "first") -> object:
    return await bench.adapter.find_prepared(StepInput(Step.INVOICE, bench.earsiv(name)), SECONDS)


@pytest.mark.parametrize(
    ("tax_number", "expected"),
    [
        (REGISTERED_VKN, Registration.REGISTERED),
        (UNREGISTERED_VKN, Registration.NOT_REGISTERED),
        (TCKN, Registration.NOT_REGISTERED),
        ("11111111111", Registration.NOT_REGISTERED),
    ],
)
async def test_the_register_is_asked(tax_number: str, expected: Registration) -> None:
    async with bench_of() as bench:
        assert await bench.adapter.registration(tax_number, SECONDS) is expected


async def test_a_buyer_who_left_the_register_gets_an_earsiv_and_nothing_is_sent() -> None:
    async with bench_of() as bench:
        await bench.taxpayers(unregistered=[REGISTERED_VKN])
        outcome = await bench.create(bench.efatura())
        assert isinstance(outcome, Refused)
        assert outcome.instead is DocumentType.EARSIV
        assert "create" not in await bench.counts()


async def test_of_several_mailboxes_an_efatura_goes_to_the_default_one() -> None:
    async with bench_of() as bench:
        await bench.switch(mailboxes=3)
        prepared = bench.efatura()
        assert isinstance(await bench.create(prepared), Done)
        assert bench.body(prepared)["targetAlias"] == f"urn:mail:defaultpk@{REGISTERED_VKN}.example"


async def test_an_earsiv_names_no_mailbox_and_the_company_of_the_token() -> None:
    async with bench_of() as bench:
        prepared = bench.earsiv()
        await bench.create(prepared)
        body = bench.body(prepared)
    assert "targetAlias" not in body
    assert (body["companyId"], body["userId"]) == (1111111114, 500)


async def test_what_is_found_must_show_its_sum_unless_the_operator_says_otherwise() -> None:
    async with bench_of() as bench:
        await bench.create(bench.earsiv())
        await bench.switch(searchable=False)
        unseen = await found(bench)
        assert isinstance(unseen, Unclear)
        assert "search" in unseen.why
    async with bench_of(compare="uuid") as bench:
        await bench.create(bench.earsiv())
        await bench.switch(searchable=False)
        assert isinstance(await found(bench), Done)
        assert "look_up" not in await bench.counts()


async def test_an_efatura_whose_answer_was_lost_gets_its_number_from_the_search() -> None:
    async with bench_of() as bench:
        await bench.faults("LOST_ANSWER")
        prepared = bench.efatura()
        assert isinstance(await bench.create(prepared), Unknown)
        again = await bench.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)
        assert isinstance(again, Done)
        assert again.number == "EFA2026000000001"


async def test_a_repeat_is_a_conflict_that_is_looked_up_compared_and_adopted() -> None:
    async with bench_of() as bench:
        prepared = bench.earsiv()
        first = await bench.create(prepared)
        repeated = await bench.create(prepared)
        assert isinstance(repeated, Unknown)
        assert "already there" in repeated.why
        adopted = await found(bench)
        assert isinstance(first, Done) and isinstance(adopted, Done)
        assert (adopted.number, adopted.ettn) == (first.number, first.ettn)


async def test_statuses_that_come_as_text_are_the_same() -> None:
    async with bench_of() as bench:
        await bench.switch(status_as_text=True)
        await bench.create(bench.earsiv())
        again = await found(bench)
        assert isinstance(again, Done)
        assert again.state is DocumentState.ISSUED


@pytest.mark.parametrize(
    ("answer", "state"), [("accepted", DocumentState.ACCEPTED), ("returned", DocumentState.REJECTED_BY_BUYER)]
)
async def test_without_a_search_a_buyers_answer_is_the_status_s(answer: str, state: DocumentState) -> None:
    async with bench_of(compare="uuid") as bench:
        prepared = bench.efatura(efatura_profile="TICARIFATURA")
        done = await bench.create(prepared)
        assert isinstance(done, Done)
        await bench.answer(prepared, answer)
        followed = await bench.adapter.poll(prepared, done, SECONDS)
        assert isinstance(followed, Done)
        assert (followed.state, followed.returned) == (state, None)


async def test_an_answer_whose_kind_the_search_does_not_show_is_asked_for_again() -> None:
    async with bench_of() as bench:
        prepared = bench.efatura(efatura_profile="TICARIFATURA")
        done = await bench.create(prepared)
        assert isinstance(done, Done)
        await bench.answer(prepared, "accepted")
        await bench.switch(searchable=False)
        assert isinstance(await bench.adapter.poll(prepared, done, SECONDS), Unclear)


async def test_the_path_of_an_efatura_s_status_is_the_operators() -> None:
    async with bench_of(efatura_status="/api/invoice/documents/earchive/status") as bench:
        prepared = bench.efatura()
        await bench.create(prepared)
        asked = StepInput(Step.INVOICE, prepared)
        assert await bench.adapter.find_prepared(asked, SECONDS) == Absent()


async def test_a_cancellation_that_takes_its_time_is_unknown_first_and_found_later() -> None:
    async with bench_of() as bench:
        await bench.switch(cancel_seconds=0.2)
        issued = await bench.issued(bench.earsiv())
        outcome = await bench.adapter.cancel(issued, SECONDS)
        assert isinstance(outcome, Unknown)
        assert "not say so yet" in outcome.why
        for _ in range(100):
            again = await bench.adapter.find_issued(issued, SECONDS)
            assert isinstance(again, Done)
            if again.state is DocumentState.CANCELLED:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it was never cancelled")


async def test_a_document_of_another_number_is_not_the_one_that_is_meant() -> None:
    async with bench_of() as bench:
        issued = await bench.issued(bench.earsiv())
        other = Issued(reference=issued.reference, document_type=issued.document_type, number="ABC2026000000099")
        assert isinstance(await bench.adapter.find_issued(other, SECONDS), Different)


@pytest.mark.parametrize("kind", ["temporary", "permanent"])
async def test_a_file_is_behind_either_kind_of_address(kind: str) -> None:
    async with bench_of(document_url=kind) as bench:
        issued = await bench.issued(bench.earsiv())
        assert isinstance(await bench.adapter.download(issued, PDF, SECONDS), DocumentFile)


async def test_a_link_is_the_permanent_address_whatever_files_are_fetched_by() -> None:
    async with bench_of(document_url="temporary") as bench:
        issued = await bench.issued(bench.earsiv())
        link = await bench.adapter.link(issued, SECONDS)
        assert isinstance(link, DocumentLink)
        assert link.is_permanent
        await bench.switch(temporary_opens=False)
        assert isinstance(await bench.adapter.download(issued, PDF, SECONDS), Unclear)
        async with aiohttp.ClientSession() as anybody, anybody.get(link.url) as response:
            assert (await response.read()).startswith(b"%PDF-")


async def test_a_list_takes_no_amount_whose_unit_is_not_known_and_the_day_in_turkey() -> None:
    async with bench_of() as bench:
        await bench.issued(bench.earsiv())
        day = legal_date(ISSUED_AT)
        rows = await bench.adapter.list_issued(Days(first=day, last=day), SECONDS)
        assert isinstance(rows, tuple)
        assert [(row.issue_date, row.payable) for row in rows] == [(day, None)]


async def test_xml_that_is_not_made_yet_is_unclear_and_the_pdf_is_there() -> None:
    async with bench_of() as bench:
        await bench.switch(xml=False)
        issued = await bench.issued(bench.earsiv())
        assert isinstance(await bench.adapter.download(issued, XML, SECONDS), Unclear)
        assert isinstance(await bench.adapter.download(issued, PDF, SECONDS), DocumentFile)


async def test_a_file_of_a_document_that_is_being_prepared_is_unclear() -> None:
    async with bench_of() as bench:
        await bench.faults("LATE_STATUS")
        issued = await bench.issued(bench.earsiv())
        waiting = await bench.adapter.download(issued, PDF, SECONDS)
        assert isinstance(waiting, Unclear)
        assert "being prepared" in waiting.why


@pytest.mark.parametrize("circumstances", [{"credits": 0}, {"application": False}])
async def test_what_the_account_lacks_waits_for_its_owner(circumstances: dict[str, object]) -> None:
    async with bench_of() as bench:
        await bench.switch(**circumstances)
        outcome = await bench.create(bench.earsiv())
        assert isinstance(outcome, NotSent)
        assert outcome.needs_owner


@pytest.mark.parametrize("circumstances", [{"listed": False}, {"blocked": ["bardağı"]}])
async def test_a_page_of_the_firewall_is_unknown_and_never_the_owner_s_fault(circumstances: dict[str, object]) -> None:
    async with bench_of() as bench:
        await bench.create(bench.earsiv("before"))
        await bench.switch(**circumstances)
        outcome = await bench.create(bench.earsiv())
        assert isinstance(outcome, Unknown)
        assert "a page" in outcome.why


async def test_the_second_version_makes_the_same_document_in_decimals() -> None:
    async with bench_of(earsiv_api="v2") as bench:
        prepared = bench.earsiv(earsiv_series=None)
        done = await bench.create(prepared)
        assert isinstance(done, Done)
        assert done.number == "TRY2026000000001"
        assert bench.body(prepared)["invoiceTotal"]["payableAmount"] == 120
        again = await bench.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)
        assert isinstance(again, Done)


async def test_a_document_that_was_prepared_for_one_version_stays_of_it() -> None:
    async with bench_of(earsiv_api="v2") as second, bench_of() as first:
        prepared = first.earsiv()
        assert isinstance(await second.create(prepared), Done)
        assert second.body(prepared)["invoiceTotal"]["payableAmount"] == 12000


async def test_our_number_is_the_document_s() -> None:
    async with bench_of(numbers="ours") as bench:
        assert bench.adapter.capabilities.numbering is Numbering.OURS


async def test_a_payment_without_a_web_site_is_no_sale_on_the_internet() -> None:
    async with bench_of() as bench:
        payment = Payment(method=PaymentMethod.TRANSFER)
        prepared = bench.earsiv(website=None, carrier=None, payment=payment)
        assert isinstance(await bench.create(prepared), Done)
        assert bench.body(prepared)["paymentInfo"] == {"paymentMeans": "EFT"}
