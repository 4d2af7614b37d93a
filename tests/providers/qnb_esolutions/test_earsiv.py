"""QNB's e-Arşiv at its simulator: what is special to it beside the contract."""

import logging
from dataclasses import replace

import pytest

from app.domain.documents import DocumentState, DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import Sending
from app.domain.parties import Buyer, Person
from providers.base import Absent, Different, Done, NotSent, Outcome, Refused, Unclear, Unknown, UnpreparableError
from providers.base.reads import CheckAsked, CheckState
from providers.qnb_esolutions import earsiv_answers as answers
from providers.qnb_esolutions.adapter import QnbAdapter
from providers.qnb_esolutions.earsiv_answers import Result
from tests.providers.examples import ADDRESS, FACTS, REGISTERED_VKN, SELLER, SELLER_VKN, command
from tests.providers.qnb_esolutions.bench import bench_with, settings_for
from tests.providers.two_services import KEY, NUMBER, SECONDS

UUID = "6f1c1a52-5a8e-4b5e-9d0e-0123456789ab"


def needs_owner(outcome: object) -> bool:
    return isinstance(outcome, NotSent) and outcome.needs_owner


@pytest.mark.parametrize("code", ["AE00014", "AE00020", "AE00051"])
async def test_a_repeat_is_looked_up_where_it_is_refused_and_is_the_same_where_it_is_taken(code: str) -> None:
    async with bench_with() as bench:
        bench.switch(repeat_code=code)
        prepared = bench.prepared()
        first = await bench.create(prepared)
        assert isinstance(await bench.create(prepared), Unknown)
        bench.switch(earsiv_repeat="same")
        assert await bench.create(prepared) == first
        assert len(bench.simulator.record.of(SELLER_VKN)) == 1


async def test_a_document_is_issued_with_its_number_in_the_answer() -> None:
    async with bench_with() as bench:
        done = await bench.create(bench.prepared())
        assert isinstance(done, Done)
        assert (done.state, done.number) == (DocumentState.ISSUED, NUMBER)


async def test_qnb_numbers_from_the_series_of_the_policy() -> None:
    async with bench_with(numbers="provider") as bench:
        prepared = bench.prepared(number=None)
        assert ">ABC2026000000000<" in prepared.request
        done = await bench.create(prepared)
        assert isinstance(done, Done)
        assert done.number == "ABC2026000000001"
        with pytest.raises(UnpreparableError, match="QNB numbers from a series"):
            bench.prepared(command(earsiv_series=None), number=None)


async def test_a_number_of_ours_that_another_document_has_is_different() -> None:
    async with bench_with() as bench:
        await bench.create(bench.prepared())
        second = bench.prepared(command("second"))
        assert isinstance(await bench.create(second), Unknown)
        found = await bench.find(second)
        assert isinstance(found, Different)
        assert NUMBER in found.detail


@pytest.mark.parametrize("sending", Sending)
async def test_how_it_is_sent_is_a_note_and_a_reference(sending: Sending) -> None:
    async with bench_with() as bench:
        info = InvoiceInfo(send_type=sending)
        prepared = bench.prepared(command(invoice_info=info, website=None))
        assert isinstance(await bench.create(prepared), Done)
        sent = bench.simulator.archive.sent[SELLER_VKN, prepared.reference]
        assert f"Gönderim Şekli: {sending.name}" in sent.notes
        assert sent.references["SendingType"] == sending.name


async def test_a_document_without_the_note_is_refused() -> None:
    async with bench_with() as bench:
        prepared = bench.prepared()
        outcome = await bench.create(replace(prepared, request=prepared.request.replace("Gönderim Şekli", "Yol")))
        assert isinstance(outcome, Refused)
        assert outcome.errors[0].code == "QNB_AE00003"


async def test_a_buyer_who_is_registered_is_refused_for_an_efatura_and_one_without_a_name_is_refused() -> None:
    async with bench_with() as bench:
        company = Person(buyer=Buyer(name="Örnek Ltd. Şti.", tax_number=REGISTERED_VKN, address=ADDRESS))
        registered = await bench.create(bench.prepared(command(person=company)))
        assert isinstance(registered, Refused)
        assert registered.instead is DocumentType.EFATURA
        nobody = await bench.create(bench.prepared(command("nobody", person=None)))
        assert isinstance(nobody, Refused)
        assert nobody.errors[0].code == "QNB_AE00313"


async def test_what_the_owner_has_to_set_right_waits_and_makes_nothing() -> None:
    async with bench_with(branch="Kadıköy") as bench:
        assert needs_owner(await bench.create(bench.prepared()))
        other = replace(FACTS, seller=replace(SELLER, tax_number=REGISTERED_VKN))
        assert needs_owner(await bench.create(bench.prepared(facts=other)))
        bench.switch(verified=False)
        assert needs_owner(await bench.create(bench.prepared()))
        assert bench.simulator.record.of(SELLER_VKN) == ()


async def test_an_erp_code_that_is_not_registered_is_not_known_to_have_made_nothing() -> None:
    async with bench_with(erp_code="OTHER") as bench:
        assert isinstance(await bench.create(bench.prepared()), Unknown)
        assert await bench.find(bench.prepared()) == Absent()


async def test_a_wrong_login_is_tried_once_and_a_user_is_blocked_after_a_few() -> None:
    async with bench_with({"username": "seller", "password": "wrong"}) as bench:
        prepared = bench.prepared()
        assert needs_owner(await bench.create(prepared))
        assert bench.simulator.record.counts["create"] == 1
        for _ in range(5):
            await bench.create(prepared)
        right = QnbAdapter(settings_for(bench.url))
        checked = await right.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
        await right.close()
        assert checked[0].state is CheckState.WRONG


async def test_a_failed_document_is_unclear_until_its_code_is_set() -> None:
    async with bench_with() as bench:
        prepared = bench.prepared()
        bench.simulator._misbehaviour.change(b'{"next": ["STATUS_ERROR"]}')
        done = await bench.create(prepared)
        assert isinstance(done, Done)
        assert done.state is DocumentState.PROCESSING
        assert isinstance(await bench.adapter.poll(prepared, done, SECONDS), Unclear)
        certain = QnbAdapter(settings_for(bench.url, rejected_codes="AE00043"))
        rejected = await certain.poll(prepared, done, SECONDS)
        await certain.close()
        assert isinstance(rejected, Done)
        assert rejected.state is DocumentState.REJECTED


async def test_what_is_still_processed_is_neither_compared_nor_cancelled() -> None:
    async with bench_with() as bench:
        bench.simulator._misbehaviour.change(b'{"next": ["LATE_STATUS"]}')
        issued = await bench.made(bench.prepared())
        assert isinstance(await bench.find(bench.prepared()), Unclear)
        assert isinstance(await bench.adapter.cancel(issued, SECONDS), NotSent)


async def test_a_check_for_another_business_than_the_accounts_is_wrong() -> None:
    async with bench_with() as bench:
        (login,) = await bench.adapter.check(CheckAsked(tax_number=REGISTERED_VKN), SECONDS)
        assert login.state is CheckState.WRONG


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((f"AE{code:05}", Refused) for code in (3, 4, 5, 6, 7, 13, 16, 17, 18, 19, 42, 84, 85, 89, 313)),
        *((f"AE{code:05}", NotSent) for code in (8, 12, 52, 87, 88)),
        *((f"AE{code:05}", Unknown) for code in (0, 1, 2, 9, 14, 20, 43, 44, 50, 51, 91, 92, 777)),
        ("", Unknown),
        ("ok", Unknown),
    ],
)
def test_each_result_code_of_a_sending_has_its_outcome(code: str, kind: type[Outcome]) -> None:
    prepared = QnbAdapter(settings_for("https://api.example")).prepare(
        command(), FACTS, DocumentType.EARSIV, command().occurred_at, NUMBER
    )
    assert isinstance(answers.created(Result(code=code, said="", extra={}, content=""), prepared), kind)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({}, Done),
        ({"faturaNo": NUMBER, "uuid": UUID.upper()}, Done),
        ({"faturaNo": "ABC2026000000999"}, Unknown),
        ({"uuid": "00000000-0000-4000-8000-000000000000"}, Unknown),
    ],
)
def test_a_cancellation_is_believed_only_of_the_document_that_was_asked_for(
    said: dict[str, str], kind: type[Outcome]
) -> None:
    result = Result(code="AE00000", said="", extra=said, content="")
    assert isinstance(answers.cancelled(result, UUID, NUMBER), kind)


@pytest.mark.parametrize(
    "options",
    [
        {"tax_number": ""}, {"tax_number": "12"}, {"erp_code": ""}, {"internet_sale": "somewhere"},
        {"rejected_codes": "43"}, {"branc": "x"},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused_at_once(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"must be|unknown options"):
        QnbAdapter(settings_for("https://api.example", **options))


async def test_no_secret_is_in_what_is_kept_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    secret = "artificial-<secret>-4711"
    caplog.set_level(logging.DEBUG)
    async with bench_with({"username": "seller", "password": secret}) as bench:
        prepared = bench.prepared()
        said = [
            await bench.create(prepared),
            await bench.find(prepared),
            *await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS),
        ]
        shown = f"{said} {prepared} {settings_for(bench.url, {'username': 'a', 'password': secret})} {caplog.text}"
    assert "-4711" not in shown
    assert KEY not in shown
