"""What only BizimHesap has: a record that is no invoice, two logins, a firewall, and nothing to ask afterwards."""

from contextlib import AbstractAsyncContextManager, nullcontext

import pytest

from app.domain.documents import DocumentState, DocumentType
from providers.base import Done, NotSent, Refused, Unknown
from providers.base.reads import CheckAsked, CheckState
from tests.providers.bizimhesap.bench import SECONDS, opened
from tests.providers.examples import SELLER_VKN


async def test_a_record_waits_for_a_person_and_is_never_polled() -> None:
    async with opened() as desk:
        done = await desk.create(desk.prepared())
        assert isinstance(done, Done)
        assert (done.state, done.number) == (DocumentState.AWAITING_SIGNATURE, None)
        assert desk.adapter.capabilities.poll_until == {}
        assert [each["state"] for each in await desk.documents()] == ["DRAFT"]


async def test_a_number_in_the_answer_is_shown_and_not_believed() -> None:
    async with opened() as desk:
        await desk.switch(eInvoiceNo="ABC2026000000001")
        done = await desk.create(desk.prepared())
    assert isinstance(done, Done)
    assert (done.state, done.number) == (DocumentState.AWAITING_SIGNATURE, None)
    (error,) = done.errors
    assert error.code == "NUMBER_UNCONFIRMED"
    assert "ABC2026000000001" in error.message


async def test_totals_that_are_computed_there_come_to_ours() -> None:
    async with opened() as desk:
        await desk.switch(totals="recomputed")
        await desk.made()
        (document,) = await desk.documents()
    assert document["payable"] == "120.00"


async def test_amounts_may_be_numbers() -> None:
    async with opened(amounts="number") as desk:
        prepared = desk.prepared()
        await desk.create(prepared)
        (document,) = await desk.documents()
    assert '"total":120.00' in prepared.request
    assert document["payable"] == "120.00"


async def test_the_firm_id_may_be_another_text_than_the_token_and_is_in_no_request_that_is_kept() -> None:
    async with opened("another-token", firm_id=f"sandbox-{SELLER_VKN}") as desk:
        prepared = desk.prepared()
        assert isinstance(await desk.create(prepared), Done)
        assert desk.adapter.account == f"sandbox-{SELLER_VKN}"
        assert "sandbox" not in prepared.request


async def test_the_firewall_has_made_nothing_and_the_owner_sets_another_name() -> None:
    async with opened(user_agent="Python-urllib/3.12") as desk:
        outcome = await desk.create(desk.prepared())
        assert await desk.documents() == []
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner
    assert "user_agent" in outcome.why


async def test_a_check_without_the_published_key_names_the_option() -> None:
    async with opened() as desk:
        (checked,) = await desk.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
    assert checked.state is CheckState.WRONG
    assert checked.said.endswith("the option key is not set")


async def test_a_record_is_taken_back_only_where_the_owner_allows_it() -> None:
    async with opened() as usual, opened(cancel="records") as desk:
        assert usual.adapter.capabilities.withdraws == frozenset()
        assert desk.adapter.capabilities.withdraws == {DocumentType.SALES_INVOICE}
        document = await desk.made()
        done = await desk.adapter.withdraw(document, SECONDS)
        again = await desk.adapter.withdraw(document, SECONDS)
        assert isinstance(done, Done)
        assert done.state is DocumentState.CANCELLED
        assert isinstance(again, Refused)
        assert [each["state"] for each in await desk.documents()] == ["CANCELLED"]


async def test_a_service_without_the_call_refuses_to_take_a_record_back() -> None:
    async with opened(cancel="records") as desk:
        document = await desk.made()
        await desk.switch(cancelinvoice="missing")
        assert isinstance(await desk.adapter.withdraw(document, SECONDS), Refused)


@pytest.mark.parametrize("fault", ["LOST_ANSWER", "ERROR_IN_200", "UNREADABLE", "GATEWAY_AFTER", "LOST_BEFORE"])
async def test_a_withdrawal_without_a_sure_answer_is_unknown(fault: str) -> None:
    async with opened(cancel="records") as desk:
        document = await desk.made()
        await desk.misbehave(fault)
        assert isinstance(await desk.adapter.withdraw(document, SECONDS), Unknown)


@pytest.mark.parametrize(("option", "value"), [("amounts", "texts"), ("cancel", "yes")])
async def test_an_option_with_another_word_is_refused(option: str, value: str) -> None:
    with pytest.raises(ValueError, match=option):
        async with opened(**{option: value}):
            pass


async def test_a_quota_of_one_request_in_six_minutes_is_enough_for_its_calls_of_one_request() -> None:
    async with opened(quota_requests="1", quota_seconds="360") as desk:
        taken: list[str] = []

        def permit(kind: str, _: float) -> AbstractAsyncContextManager[None]:
            taken.append(kind)
            return nullcontext()

        desk.adapter.use_permit(permit)
        await desk.create(desk.prepared())
        await desk.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
    assert taken == ["POST", "GET"]
    assert desk.adapter.capabilities.requests_in_a_call == 1
