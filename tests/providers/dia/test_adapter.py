"""What is DİA's own: records without legal effect, its cards, its totals, its words and its credits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.parties import Buyer, Person
from providers.base import (
    Absent,
    Different,
    Done,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.reads import CheckAsked, CheckState, Subject
from providers.dia.answers import PAUSE_SECONDS
from providers.dia.invoices import TOTAL_UNSEEN
from tests.contract.cases import EFA
from tests.providers.dia.bench import SECONDS, WORDS, Desk, issued, opened
from tests.providers.examples import (
    ADDRESS,
    CONSUMER,
    LINE,
    NEEDED_OPTIONS,
    SELLER_VKN,
    TAXPAYER,
    UNREGISTERED_VKN,
    connected,
)

S = DocumentState


async def test_a_record_waits_for_a_person_and_is_never_asked_about_while_its_words_are_not_known() -> None:
    async with opened() as desk:
        prepared, done = await desk.made()
        await desk.send_off(prepared)
        found = await desk.adapter.find_prepared(await desk.asked(prepared), SECONDS)
        assert desk.adapter.capabilities.poll_until == {}
    assert (done.state, done.number, done.payable) == (S.AWAITING_SIGNATURE, None, Decimal("120.00"))
    # Whatever has been done with it, a person says so.
    assert isinstance(found, Done)
    assert (found.state, found.number) == (S.AWAITING_SIGNATURE, None)


async def test_the_words_of_an_account_say_when_a_record_is_legal_and_under_which_number() -> None:
    async with opened(**WORDS) as desk:
        prepared, done = await desk.made()
        before = await desk.adapter.poll(prepared, done, SECONDS)
        await desk.send_off(prepared)
        after = await desk.adapter.poll(prepared, done, SECONDS)
        assert desk.adapter.capabilities.poll_until.keys() == {DocumentType.SALES_INVOICE}
    assert isinstance(before, Done)
    assert isinstance(after, Done)
    assert (before.state, before.number) == (S.AWAITING_SIGNATURE, None)
    assert (after.state, after.number) == (S.ISSUED, "DIA2026000000001")
    assert after.ettn


async def test_words_never_seen_before_are_a_document_on_its_way() -> None:
    async with opened(**WORDS) as desk:
        prepared, done = await desk.made()
        await desk.switch(words=["Zarf işleniyor", "Hata", ""])
        await desk.send_off(prepared)
        found = await desk.adapter.poll(prepared, done, SECONDS)
    assert isinstance(found, Done)
    assert (found.state, found.number) == (S.PROCESSING, None)


async def test_another_total_of_dia_s_is_in_the_answer_and_different_in_a_look_up() -> None:
    async with opened() as desk:
        await desk.switch(total="0.01")
        prepared, done = await desk.made()
        found = await desk.adapter.find_prepared(await desk.asked(prepared), SECONDS)
    assert done.payable == Decimal("120.01")
    assert isinstance(found, Different)
    assert "120.01, not 120.00" in found.detail


async def test_a_total_that_is_not_shown_is_said_to_the_one_who_makes_it_legal() -> None:
    async with opened(total_column="genel_toplam") as desk:
        _, done = await desk.made()
    assert done.payable is None
    assert done.errors == (TOTAL_UNSEEN,)


async def test_one_buyer_is_one_card_and_another_address_is_added_to_it() -> None:
    moved = replace(CONSUMER.buyer.address, street="Başka Sokak 2")
    async with opened() as desk:
        first = await desk.contact(desk.prepared("first"))
        again = await desk.contact(desk.prepared("second"))
        other = await desk.contact(
            desk.prepared("third", person=replace(CONSUMER, buyer=replace(CONSUMER.buyer, address=moved)))
        )
        (card,) = await desk.cards()
    assert first.reference == again.reference
    assert other.reference != first.reference
    assert other.reference.partition("/")[0] == first.reference.partition("/")[0]
    assert [each["adres1"] for each in card["m_adresler"]] == ["Deneme Sokak 1", "Başka Sokak 2"]


async def test_a_card_that_was_given_another_tax_number_is_a_question_and_no_buyer_of_ours() -> None:
    async with opened() as desk:
        contact = await desk.contact(desk.prepared(person=TAXPAYER))
        await _renumber(desk, contact, UNREGISTERED_VKN)
        asked = StepInput(Step.CONTACT, desk.prepared("second", person=TAXPAYER))
        assert isinstance(await desk.adapter.find_prepared(asked, SECONDS), Different)
        assert isinstance(await desk.adapter.create(asked, SECONDS), Unknown)
        assert len(await desk.cards()) == 1


async def test_a_record_of_a_card_that_has_another_tax_number_by_now_is_a_question() -> None:
    """The card was found before it was changed."""
    async with opened() as desk:
        prepared = desk.prepared(person=TAXPAYER)
        asked = await desk.asked(prepared)
        await _renumber(desk, asked.made[Step.CONTACT], UNREGISTERED_VKN)
        outcome = await desk.adapter.create(asked, SECONDS)
        assert isinstance(outcome, Unknown)
        assert "buyer" in outcome.why
        assert isinstance(await desk.adapter.find_prepared(asked, SECONDS), Different)


async def _renumber(desk: Desk, contact: Done, number: str) -> None:
    kart = {"_key": int(contact.reference.partition("/")[0]), "verginumarasi": number}
    token = await desk.session(disconnect_same_user="True")
    await desk.call("scf_carikart_guncelle", session_id=token, firma_kodu=34, donem_kodu=1, kart=kart)


async def test_a_card_of_the_merchant_s_own_is_found_by_its_tax_number() -> None:
    async with opened() as desk:
        token = await desk.session(disconnect_same_user="True")
        kart = {"carikartkodu": "120.01.007", "unvan": "ÖRNEK SANAYİ", "verginumarasi": TAXPAYER.buyer.tax_number}
        made = await desk.call("scf_carikart_ekle", session_id=token, firma_kodu=34, donem_kodu=1, kart=kart)
        contact = await desk.contact(desk.prepared(person=TAXPAYER))
        assert len(await desk.cards()) == 1
    assert contact.reference.startswith(f"{made['key']}/")


async def test_consumers_of_one_name_are_two_cards_where_the_address_is_not_sent() -> None:
    async with opened(mail="none") as desk:
        made = [
            await desk.contact(
                desk.prepared(email, person=Person(buyer=Buyer(name="Ayşe Örnek", address=ADDRESS, email=email)))
            )
            for email in ("a@example.test", "b@example.test", "A@example.test")
        ]
    assert made[0] == made[2] != made[1]


async def test_the_final_consumer_s_card_is_found_by_its_code() -> None:
    async with opened() as desk:
        first = await desk.contact(desk.prepared("first", person=None))
        again = await desk.contact(desk.prepared("second", person=None))
        assert len(await desk.cards()) == 1
    assert first.reference == again.reference


async def test_a_line_is_entered_under_the_card_of_its_code_or_refused() -> None:
    own = (replace(LINE, sku="SKU-1"),)
    async with opened(products="match") as desk:
        prepared = desk.prepared(lines=own)
        refused = await desk.create(prepared)
        token = await desk.session(disconnect_same_user="True")
        await desk.call(
            "scf_stokkart_ekle", session_id=token, firma_kodu=34, donem_kodu=1, kart={"stokkartkodu": "SKU-1"}
        )
        made = await desk.create(prepared)
    assert isinstance(refused, Refused)
    assert refused.errors[0].code == "NO_CARD"
    assert isinstance(made, Done)


async def test_two_records_under_one_reference_are_a_question() -> None:
    async with opened() as desk:
        prepared, _ = await desk.made()
        await desk.create(prepared)
        found = await desk.adapter.find_prepared(await desk.asked(prepared), SECONDS)
    assert isinstance(found, Different)
    assert "DİA has 2 of it" in found.detail


async def test_a_record_that_is_made_beside_another_of_its_reference_is_a_question_at_once() -> None:
    """The other one has appeared late, after an absence was believed."""
    async with opened() as desk:
        prepared, _ = await desk.made()
        outcome = await desk.create(prepared)
    assert isinstance(outcome, Unknown)
    assert "DİA has 2 of it" in outcome.why


async def test_a_record_is_found_in_its_own_period_alone() -> None:
    async with opened(donem_kodu="2026=1 2027=2") as desk:
        prepared, done = await desk.made()
        of_a_day = issued(prepared, done)
        found = await desk.adapter.find_issued(replace(of_a_day, issue_date=None), SECONDS)
        elsewhere = await desk.adapter.find_issued(replace(of_a_day, issue_date=date(2027, 1, 2)), SECONDS)
    assert isinstance(found, Done)
    assert found.reference == done.reference
    assert elsewhere == Absent()


async def test_what_has_an_e_document_is_not_deleted_and_the_refusal_says_why() -> None:
    async with opened(**WORDS) as desk:
        prepared, done = await desk.made()
        await desk.send_off(prepared)
        outcome = await desk.adapter.withdraw(issued(prepared, done), SECONDS)
    assert isinstance(outcome, Refused)
    assert [(each.code, "Gönderildi" in each.message) for each in outcome.errors] == [("NO_DRAFT", True)]


async def test_two_records_of_one_reference_are_both_named_where_one_is_to_be_deleted() -> None:
    async with opened() as desk:
        prepared, done = await desk.made()
        await desk.create(prepared)
        outcome = await desk.adapter.withdraw(replace(issued(prepared, done), provider_reference=None), SECONDS)
    assert isinstance(outcome, Refused)
    assert done.reference in outcome.errors[0].message


async def test_a_firm_or_a_period_that_is_not_the_company_s_is_refused() -> None:
    async with opened(firma_kodu="35") as desk:
        asked = StepInput(Step.CONTACT, desk.prepared())
        assert isinstance(await desk.adapter.find_prepared(asked, SECONDS), Unclear)
    async with opened(donem_kodu="2026=99") as desk:
        asked = StepInput(Step.CONTACT, desk.prepared())
        assert isinstance(await desk.adapter.find_prepared(asked, SECONDS), Unclear)


async def test_a_number_that_is_written_over_our_reference_makes_no_record_absent() -> None:
    async with opened(**WORDS) as desk:
        prepared, done = await desk.made()
        await desk.send_off(prepared)
        await desk.switch(belgeno={done.reference: "DIA2026000000001"})
        polled = await desk.adapter.poll(prepared, done, SECONDS)
        found = await desk.adapter.find_issued(issued(prepared, done), SECONDS)
    assert isinstance(polled, Done)
    assert polled.state is S.ISSUED
    assert isinstance(found, Done)


async def test_a_record_that_is_gone_is_absent_and_one_with_a_number_keeps_its_state() -> None:
    async with opened(**WORDS) as desk:
        prepared, done = await desk.made()
        await desk.switch(delete=[done.reference])
        assert await desk.adapter.poll(prepared, done, SECONDS) == Absent()
        legal = replace(done, state=S.ISSUED, number="DIA2026000000001")
        assert isinstance(await desk.adapter.poll(prepared, legal, SECONDS), Unclear)


async def test_a_tenant_s_own_required_field_is_refused_in_its_words() -> None:
    async with opened() as desk:
        await desk.switch(needs=["_key_scf_odeme_plani"])
        outcome = await desk.create(desk.prepared())
    assert isinstance(outcome, Refused)
    assert "_key_scf_odeme_plani alanı zorunludur." in outcome.errors[0].message
    async with opened(odeme_plani="PESIN") as desk:
        await desk.switch(needs=["_key_scf_odeme_plani"])
        assert isinstance(await desk.create(desk.prepared()), Done)


@asynccontextmanager
async def sending(**options: str) -> AsyncIterator[Desk]:
    """An account of which the names of the services that send and cancel are known."""
    async with opened(**WORDS, efa_send=EFA[0], efa_cancel=EFA[1], **options, simulated={"efa": EFA}) as desk:
        yield desk


async def legal(desk: Desk, prepared: Prepared, record: Done) -> Outcome:
    asked = await desk.asked(prepared)
    return await desk.adapter.create(
        StepInput(Step.E_DOCUMENT, prepared, {**asked.made, Step.INVOICE: record}), SECONDS
    )


async def test_a_record_is_a_draft_where_a_service_makes_it_legal_and_then_it_is() -> None:
    async with sending() as desk:
        prepared, record = await desk.made()
        made = await legal(desk, prepared, record)
    assert desk.adapter.capabilities.steps == (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT)
    assert record.state is S.DRAFT
    assert isinstance(made, Done)
    assert (made.state, made.number, made.reference) == (S.ISSUED, "DIA2026000000001", record.reference)


async def test_a_record_that_comes_to_another_total_is_not_sent() -> None:
    async with sending() as desk:
        await desk.switch(total="0.01")
        prepared, record = await desk.made()
        outcome = await legal(desk, prepared, record)
        states = [each["state"] for each in (await desk.record())["documents"]]
    assert isinstance(outcome, Unknown)
    assert "120.01, not 120.00" in outcome.why
    assert states == ["DRAFT"]


async def test_what_was_sent_is_no_draft_again_while_its_word_is_late() -> None:
    async with sending() as desk:
        prepared, record = await desk.made()
        await desk.switch(words=["", "", ""])
        made = await legal(desk, prepared, record)
        assert isinstance(made, Done)
        polled = await desk.adapter.poll(prepared, made, SECONDS)
    assert isinstance(polled, Done)
    assert {made.state, polled.state} == {S.PROCESSING}


async def test_a_name_that_dia_does_not_know_is_the_owner_s() -> None:
    async with opened(**WORDS, efa_send="efa_yok") as desk:
        prepared, record = await desk.made()
        outcome = await legal(desk, prepared, record)
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner


async def test_without_a_service_that_cancels_a_person_does_it_in_dia() -> None:
    async with opened(**WORDS) as desk:
        prepared, done = await desk.made()
        assert isinstance(await desk.adapter.cancel(issued(prepared, done), SECONDS), Refused)
    assert desk.adapter.capabilities.cancels == frozenset()


async def test_without_credits_nothing_is_sent_and_the_owner_is_asked() -> None:
    async with opened() as desk:
        asked = await desk.asked(desk.prepared())
        await desk.switch(credits=0)
        outcome = await desk.adapter.create(asked, SECONDS)
        found = await desk.adapter.find_prepared(asked, SECONDS)
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner
    assert isinstance(found, Unclear)
    assert found.needs_owner


async def test_without_credits_the_check_says_what_is_missing_of_both() -> None:
    async with opened() as desk:
        await desk.switch(credits=0)
        checked = {each.subject: each for each in await desk.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)}
    assert (checked[Subject.CREDITS].state, checked[Subject.CREDITS].said) == (CheckState.WRONG, "0 left")
    assert (checked[Subject.LOGIN].state, "CREDIT_ERROR" in checked[Subject.LOGIN].said) == (CheckState.UNCLEAR, True)


async def test_too_many_calls_wait_half_a_minute_where_dia_says_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.transport.http.retry_after", lambda _, __: None)
    async with opened() as desk:
        asked = await desk.asked(desk.prepared())
        await desk.misbehave("TOO_MANY")
        outcome = await desk.adapter.create(asked, SECONDS)
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == PAUSE_SECONDS


async def test_codes_may_be_numbers() -> None:
    async with opened() as desk:
        await desk.switch(codes="number")
        await desk.made()
        await desk.misbehave("ERROR_IN_200")
        assert isinstance(await desk.create(desk.prepared("second")), Unknown)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"firma_kodu": "35"}, "firma_kodu 35"),
        ({"donem_kodu": "2026=99"}, "donem_kodu 99"),
        ({"sube_key": "9"}, "sube_key 9"),
        ({"depo_key": "9"}, "depo_key 9"),
    ],
)
async def test_a_code_that_the_user_has_not_is_found_by_the_check(options: dict[str, str], missing: str) -> None:
    async with opened(**options) as desk:
        checked = {each.subject: each for each in await desk.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)}
    assert checked[Subject.LOGIN].state is CheckState.WRONG
    assert missing in checked[Subject.LOGIN].said
    assert checked[Subject.CREDITS].state is CheckState.FINE


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"firma_kodu": ""}, "firma_kodu"),
        ({"donem_kodu": "3"}, "donem_kodu"),
        ({"sube_key": "x"}, "sube_key"),
        ({"currencies": "TRY"}, "currencies"),
        ({"products": "create"}, "products"),
        ({"product": ""}, "product"),
        ({"states": "Gönderildi"}, "states"),
        ({"states": "Gönderildi=DRAFT"}, "states"),
        ({"states": "Gönderildi=ISSUED"}, "number_column"),
        ({"efa_send": "efa_ornek"}, "states"),
        ({"efa_send": "ornek"}, "efa_send"),
        ({"vat": "bank"}, "vat"),
        ({"disconnect_same_user": "yes"}, "disconnect_same_user"),
    ],
)
def test_an_option_that_cannot_be_is_named(options: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=f"option {named} "):
        connected("dia", **options)


def test_the_companies_of_one_user_are_different_accounts() -> None:
    one, other = connected("dia"), connected("dia", firma_kodu="35")
    assert one.account != other.account
    assert NEEDED_OPTIONS["dia"]["firma_kodu"] in one.account
