"""What only Paraşüt has: jobs, sums of its own, products, pages that come late, drafts that are left."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import exact_json
from app.domain.documents import DocumentState, DocumentType
from app.domain.invoice_details import LineDetails, WithheldVat
from app.domain.parties import Buyer, Person
from app.domain.time import legal_date
from providers.base import Absent, Done, Issued, NotSent, Prepared, Refused, Step, StepInput, Unclear
from providers.base.reads import DocumentFile, FileForm
from providers.parasut.adapter import ParasutAdapter
from providers.simulation.rounding import Rounding
from tests.contract.bench import Bench
from tests.providers.examples import ADDRESS, FACTS, ISSUED_AT, LINE, command
from tests.providers.parasut.bench import EFATURA, SECONDS, counts, legal_step, made, opened, switch

S = DocumentState
OPEN = tuple[Bench, ParasutAdapter]


@pytest.fixture
async def at() -> AsyncIterator[OPEN]:
    async with opened() as found:
        yield found


def issued(prepared: Prepared, done: Done) -> Issued:
    return Issued(
        reference=prepared.reference,
        document_type=prepared.document_type,
        provider_reference=done.reference,
        issue_date=legal_date(prepared.issued_at),
    )


async def formalised(at: OPEN, prepared: Prepared, *faults: str) -> Done:
    bench, adapter = at
    asked = await legal_step(bench, prepared)
    await bench.next_faults(*faults, now=True)
    done = await adapter.create(asked, SECONDS)
    assert isinstance(done, Done), done
    return done


async def polled(at: OPEN, prepared: Prepared, done: Done) -> Done:
    seen = await at[1].poll(prepared, done, SECONDS)
    assert isinstance(seen, Done), seen
    return seen


async def test_one_address_in_two_spellings_is_one_contact(at: OPEN) -> None:
    _, adapter = at
    for name, email in (("Ayşe Örnek", "ayse@example.test"), ("AYŞE ÖRNEK", "Ayse@Example.test")):
        person = Person(buyer=Buyer(name=name, address=ADDRESS, email=email))
        prepared = adapter.prepare(command(name, person=person), FACTS, DocumentType.EARSIV, ISSUED_AT)
        asked = StepInput(Step.CONTACT, prepared)
        found = await adapter.find_prepared(asked, SECONDS)
        if found == Absent():
            await adapter.create(asked, SECONDS)
    assert (await counts(at[0]))["contacts"] == 1


async def test_a_document_is_followed_by_its_job_and_then_by_its_sales_invoice(at: OPEN) -> None:
    bench, _ = at
    prepared = bench.prepared()
    done = await formalised(at, prepared, "LATE_STATUS")
    assert (done.state, done.number) == (S.PROCESSING, None)
    assert done.job
    assert await polled(at, prepared, done) == done
    assert (await counts(bench)).get("status", 0) == 1  # what was looked at before the legal step


async def test_an_e_document_that_appears_after_its_job_is_waited_for(at: OPEN) -> None:
    bench, _ = at
    await switch(bench, appears_in=600)
    prepared = bench.prepared()
    done = await formalised(at, prepared)
    assert (await polled(at, prepared, done)).state is S.PROCESSING


async def test_a_refused_job_leaves_the_draft_with_its_reasons_and_makes_no_second_sales_invoice(at: OPEN) -> None:
    bench, adapter = at
    prepared = bench.prepared()
    done = await formalised(at, prepared, "STATUS_ERROR")
    seen = await polled(at, prepared, done)
    assert (seen.state, [error.message for error in seen.errors]) == (S.DRAFT, ["e-Arşiv oluşturulamadı"])
    # A person puts it right and sends it off in the panel, as this does.
    again = await adapter.create(await legal_step(bench, prepared), SECONDS)
    assert isinstance(again, Done) and again.state is S.ISSUED
    assert (await polled(at, prepared, seen)).state is S.ISSUED
    assert (await counts(bench))["sales_invoice"] == 1


async def test_a_job_that_is_forgotten_without_an_e_document_is_a_draft_and_says_so(at: OPEN) -> None:
    bench, _ = at
    prepared = bench.prepared()
    done = await formalised(at, prepared, "STATUS_ERROR")
    await switch(bench, job_seconds=0)
    seen = await polled(at, prepared, done)
    assert (seen.state, [error.code for error in seen.errors]) == (S.DRAFT, ["PARASUT_JOB"])


async def test_a_job_that_is_forgotten_with_an_e_document_is_issued(at: OPEN) -> None:
    bench, _ = at
    prepared = bench.prepared()
    done = await formalised(at, prepared)
    await switch(bench, job_seconds=0)
    assert (await polled(at, prepared, replace(done, state=S.PROCESSING, job="1"))).state is S.ISSUED


async def test_another_total_at_the_provider_makes_no_legal_document(at: OPEN) -> None:
    bench, adapter = at
    prepared = bench.prepared()
    dearer = bench.prepared(lines=(replace(LINE, unit_price=Decimal("41.00")),))
    outcome = await adapter.create(StepInput(Step.E_DOCUMENT, dearer, await made(bench, prepared)), SECONDS)
    assert isinstance(outcome, Refused)
    assert "120.00" in outcome.errors[0].message and "123.00" in outcome.errors[0].message
    assert (await counts(bench)).get("create", 0) == 0


@pytest.mark.parametrize("rounding", Rounding)
async def test_prices_with_vat_in_them_come_to_their_total_however_parasut_rounds(at: OPEN, rounding: Rounding) -> None:
    bench, _ = at
    await switch(bench, rounding=rounding)
    prices = ("0.99", "3.39", "2.75")
    lines = tuple(
        replace(LINE, line_reference=price, quantity=Decimal(1), unit_price=Decimal(price)) for price in prices
    )
    prepared = bench.prepared(lines=lines)
    assert (await made(bench, prepared))[Step.INVOICE].payable == Decimal("7.13")
    assert (await formalised(at, prepared)).number


async def test_a_total_that_no_prices_come_to_is_not_made_legal(at: OPEN) -> None:
    bench, adapter = at
    line = replace(LINE, quantity=Decimal(1), unit_price=Decimal("0.99"))
    asked = await legal_step(bench, bench.prepared(lines=(line,)))
    assert asked.made[Step.INVOICE].payable == Decimal("1.00")
    outcome = await adapter.create(asked, SECONDS)
    assert isinstance(outcome, Refused)
    assert "its total is 1.00 (0.83 + 0.17), not 0.99 (0.83 + 0.16)" in outcome.errors[0].message


async def test_the_engine_is_given_what_was_computed_there(at: OPEN) -> None:
    bench, _ = at
    assert (await made(bench, bench.prepared()))[Step.INVOICE].payable == Decimal("120.00")


async def test_an_e_document_for_a_buyer_without_a_mailbox_is_refused_before_it_is_asked_for() -> None:
    async with opened(EFATURA) as (bench, adapter):
        prepared = bench.prepared()
        asked = await legal_step(bench, prepared)
        number = bench.case.person.buyer.tax_number
        async with bench.http.put(f"{bench.url}/_simulator/taxpayers", json={"unregistered": [number]}):
            pass
        outcome = await adapter.create(asked, SECONDS)
        assert isinstance(outcome, Refused)
        assert outcome.errors[0].code == "BUYER_NOT_REGISTERED"


async def test_withheld_vat_goes_with_the_e_document_by_the_ids_of_its_lines(at: OPEN) -> None:
    bench, _ = at
    line = replace(LINE, details=LineDetails(withholding=WithheldVat(code="606")))
    prepared = bench.prepared(lines=(line,))
    done = await formalised(at, prepared)
    assert done.state is S.ISSUED
    content = (await bench.contents())[prepared.reference]
    assert '"detail_id": 9001001, "vat_withholding_code": "606"' in content


@pytest.mark.parametrize(("products", "expected"), [("match", Refused), ("create", Done)])
async def test_a_product_that_is_missing_is_made_where_the_connection_lets_it(products: str, expected: type) -> None:
    async with opened(products=products) as (bench, adapter):
        prepared = adapter.prepare(
            bench.command(lines=(replace(LINE, sku="BRD-1"), replace(LINE, sku="BRD-1", line_reference="L2"))),
            FACTS,
            bench.case.document_type,
            ISSUED_AT,
        )
        contact = await adapter.create(StepInput(Step.CONTACT, prepared), SECONDS)
        assert isinstance(contact, Done)
        asked = StepInput(Step.INVOICE, prepared, {Step.CONTACT: contact})
        outcome = await adapter.create(asked, SECONDS)
        assert isinstance(outcome, expected), outcome
        if isinstance(outcome, Done):
            await adapter.create(asked, SECONDS)
            assert (await counts(bench))["products"] == 1
            document = exact_json.loads((await bench.contents())[prepared.reference])
            named = [each["relationships"] for each in document["data"]["relationships"]["details"]["data"]]
            assert named == [{"product": {"data": {"id": "77", "type": "products"}}}] * 2
        else:
            assert isinstance(outcome, Refused) and outcome.errors[0].code == "NO_CARD"


async def test_a_page_that_is_not_ready_is_unclear_and_one_whose_address_has_ended_is_asked_for_anew(at: OPEN) -> None:
    bench, adapter = at
    prepared = bench.prepared()
    document = issued(prepared, await formalised(at, prepared))
    await switch(bench, pages_wait=1, page_seconds=0)
    late = await adapter.download(document, FileForm.PDF, SECONDS)
    ended = await adapter.download(document, FileForm.PDF, SECONDS)
    assert isinstance(late, Unclear) and late.why == "Paraşüt has no page of it yet"
    assert isinstance(ended, Unclear) and "/pages/" not in ended.why
    await switch(bench, page_seconds=3600)
    assert isinstance(await adapter.download(document, FileForm.PDF, SECONDS), DocumentFile)


async def test_a_draft_is_deleted_and_what_has_an_e_document_is_not(at: OPEN) -> None:
    bench, adapter = at
    draft, legal = bench.prepared(), bench.prepared("second")
    invoice = (await made(bench, draft))[Step.INVOICE]
    withdrawn = await adapter.withdraw(issued(draft, invoice), SECONDS)
    assert isinstance(withdrawn, Done) and withdrawn.state is S.CANCELLED
    assert await adapter.find_issued(issued(draft, invoice), SECONDS) == Absent()
    done = await formalised(at, legal)
    refused = await adapter.withdraw(issued(legal, done), SECONDS)
    assert isinstance(refused, Refused)
    assert (await adapter.find_issued(issued(legal, done), SECONDS)) == done


@pytest.mark.parametrize("fault", ["LOST_ANSWER", "LOST_BEFORE", "ERROR_AFTER"])
async def test_after_a_lost_answer_of_the_legal_step_the_same_sales_invoice_goes_on(at: OPEN, fault: str) -> None:
    bench, adapter = at
    prepared = bench.prepared()
    asked = await legal_step(bench, prepared)
    await bench.next_faults(fault, now=True)
    await adapter.create(asked, SECONDS)
    again = await adapter.create(asked, SECONDS)
    assert isinstance(again, Done) and again.number
    record = await bench.record()
    assert [document["number"] for document in record["documents"]] == [again.number]
    assert record["counts"]["sales_invoice"] == 1


async def test_a_company_that_the_login_does_not_open_needs_the_owner(at: OPEN) -> None:
    bench, _ = at
    other = bench.case.connect(bench.url, company_id="4711")
    assert isinstance(other, ParasutAdapter)
    said = await other.create(StepInput(Step.CONTACT, bench.prepared()), SECONDS)
    assert isinstance(said, NotSent) and said.needs_owner
    await other.close()


@pytest.mark.parametrize("company", ["", "abc", "12/3"])
async def test_a_company_that_is_no_number_is_refused_at_once(at: OPEN, company: str) -> None:
    with pytest.raises(ValueError, match="option company_id must be"):
        at[0].case.connect(at[0].url, company_id=company)
