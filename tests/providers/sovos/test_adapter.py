"""Sovos's adapter at its simulator: what is special to it beside the contract."""

import base64
import logging
from dataclasses import replace
from decimal import Decimal

import pytest
from aiohttp import web

from app.domain.documents import DocumentState, DocumentType
from providers.base import (
    Absent,
    Different,
    Done,
    NotSent,
    Refused,
    Registration,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.reads import CheckAsked, CheckState, DocumentFile, FileForm, Subject
from providers.formats.elements import written
from providers.simulation import soap
from providers.simulation.record import Booking
from providers.simulation.server import running
from providers.sovos.adapter import SovosAdapter
from providers.sovos.connection import services_of
from tests.providers.examples import (
    FACTS,
    ISSUED_AT,
    LINE,
    REGISTERED_VKN,
    SELLER,
    SELLER_VKN,
    TAXPAYER,
    TCKN,
    UNREGISTERED_VKN,
    command,
)
from tests.providers.sovos.bench import ALIAS, bench_with, settings_for
from tests.providers.two_services import KEY, LOGIN, NUMBER, SECONDS

EFATURA = DocumentType.EFATURA


@pytest.mark.parametrize("wsdl", ["2.0", "2.1"])
async def test_an_efatura_is_found_and_followed_with_either_description_of_the_service(wsdl: str) -> None:
    async with bench_with(wsdl=wsdl) as bench:
        bench.switch(wsdl=wsdl)
        prepared = bench.prepared(kind=EFATURA)
        assert await bench.find(prepared) == Absent()
        done = await bench.create(prepared)
        found = await bench.find(prepared)
        assert isinstance(done, Done)
        assert isinstance(found, Done)
        assert (found.reference, found.number, found.state) == (done.reference, NUMBER, DocumentState.DELIVERED)


async def test_an_account_with_the_older_description_says_nothing_to_the_newer_question() -> None:
    async with bench_with() as bench:
        bench.switch(wsdl="2.0")
        prepared = bench.prepared(kind=EFATURA)
        await bench.create(prepared)
        assert isinstance(await bench.find(prepared), Unclear)


async def test_a_repeated_earsiv_is_looked_up_where_it_is_refused_and_is_the_same_where_it_is_taken() -> None:
    async with bench_with() as bench:
        prepared = bench.prepared()
        first = await bench.create(prepared)
        assert isinstance(await bench.create(prepared), Unknown)
        bench.switch(earsiv_repeat="same")
        assert await bench.create(prepared) == first
        assert len(bench.simulator.record.of(SELLER_VKN)) == 1


async def test_a_refusal_in_unknown_words_is_not_believed_of_a_document_that_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("providers.sovos.earsiv_answers.ALREADY", ())
    async with bench_with() as bench:
        prepared = bench.prepared()
        await bench.create(prepared)
        assert isinstance(await bench.create(prepared), Unknown)


async def test_a_refusal_of_a_document_that_is_absent_is_one() -> None:
    async with bench_with() as bench:
        prepared = bench.prepared()
        outcome = await bench.create(replace(prepared, request=prepared.request.replace(">120.00<", ">121.00<")))
        assert isinstance(outcome, Refused)
        assert outcome.errors[0].code == "SOVOS_9001"


async def test_an_efatura_that_is_there_already_is_unknown_by_uuid_and_by_number() -> None:
    async with bench_with() as bench:
        prepared = bench.prepared(kind=EFATURA)
        await bench.create(prepared)
        for again in (prepared, bench.prepared(command("second", TAXPAYER), EFATURA)):
            outcome = await bench.create(again)
            assert isinstance(outcome, Unknown)
            assert "already there" in outcome.why


async def test_a_buyer_without_a_mailbox_gets_an_earsiv_instead() -> None:
    async with bench_with() as bench:
        unregistered = replace(TAXPAYER, buyer=replace(TAXPAYER.buyer, tax_number=UNREGISTERED_VKN))
        outcome = await bench.create(bench.prepared(command(person=unregistered), EFATURA))
        assert isinstance(outcome, Refused)
        assert outcome.instead is DocumentType.EARSIV


async def test_a_document_that_is_not_signed_yet_is_compared_by_its_row() -> None:
    async with bench_with(status_seconds=60.0) as bench:
        prepared = bench.prepared()
        await bench.create(prepared)
        found = await bench.find(prepared)
        assert isinstance(found, Done)
        assert (found.state, found.number) == (DocumentState.PROCESSING, NUMBER)
        dearer = bench.prepared(command(lines=(replace(LINE, unit_price=Decimal("41.00")),)))
        assert isinstance(await bench.find(dearer), Different)
        assert isinstance(await bench.find(bench.prepared(number="ABC2026000000008")), Different)


async def test_a_document_that_comes_into_sight_between_two_questions_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench_with() as bench:
        prepared = bench.prepared()
        await bench.create(prepared)
        seen = iter([False])
        visible = Booking.is_visible
        monkeypatch.setattr(Booking, "is_visible", lambda booking: next(seen, True) and visible(booking))
        found = await bench.find(prepared)
        assert isinstance(found, Done)
        assert found.number == NUMBER


async def test_a_failed_earsiv_stays_in_processing_until_its_statuses_are_set() -> None:
    async with bench_with() as bench:
        prepared = bench.prepared()
        bench.simulator._misbehaviour.change(b'{"next": ["STATUS_ERROR"]}')
        done = await bench.create(prepared)
        assert isinstance(done, Done)
        followed = await bench.adapter.poll(prepared, done, SECONDS)
        assert isinstance(followed, Done)
        assert followed.state is DocumentState.PROCESSING
        careless = SovosAdapter(settings_for(bench.url, rejected_statuses="30, 40"))
        rejected = await careless.poll(prepared, done, SECONDS)
        await careless.close()
        assert isinstance(rejected, Done)
        assert rejected.state is DocumentState.REJECTED
        assert rejected.errors[0].code == "SOVOS_STATUS_40"


async def test_a_cancellation_reads_number_and_total_from_the_signed_document() -> None:
    async with bench_with() as bench:
        issued = await bench.made(bench.prepared(command(currency="EUR", exchange_rate=Decimal("48.5"))))
        outcome = await bench.adapter.cancel(replace(issued, number=None), SECONDS)
        assert isinstance(outcome, Done)
        assert (outcome.state, outcome.number) == (DocumentState.CANCELLED, NUMBER)


async def test_what_is_not_signed_yet_is_not_cancelled_and_nothing_is_sent() -> None:
    async with bench_with(status_seconds=60.0) as bench:
        issued = await bench.made(bench.prepared())
        assert isinstance(await bench.adapter.cancel(issued, SECONDS), NotSent)
        assert bench.simulator.record.counts["cancel"] == 0


async def test_a_broken_pdf_is_not_given_and_the_page_is() -> None:
    async with bench_with() as bench:
        bench.switch(pdf_works=False)
        issued = await bench.made(bench.prepared(kind=EFATURA))
        assert isinstance(await bench.adapter.download(issued, FileForm.PDF, SECONDS), Unclear)
        assert isinstance(await bench.adapter.download(issued, FileForm.HTML, SECONDS), DocumentFile)


async def test_an_image_that_is_not_there_yet_is_unclear() -> None:
    async with bench_with(status_seconds=60.0) as bench:
        issued = await bench.made(bench.prepared())
        assert isinstance(await bench.adapter.download(issued, FileForm.PDF, SECONDS), Unclear)


async def test_what_the_owner_has_to_set_right_waits_and_makes_nothing() -> None:
    async with bench_with(branch="Kadıköy") as bench:
        assert needs_owner(await bench.create(bench.prepared()))
        other = replace(FACTS, seller=replace(SELLER, tax_number=REGISTERED_VKN))
        assert needs_owner(await bench.create(bench.prepared(facts=other)))
        bench.switch(ip_allowed=False, branches=("default", "Kadıköy"))
        assert needs_owner(await bench.create(bench.prepared()))
        assert bench.simulator.record.of(SELLER_VKN) == ()
    async with bench_with(sender_alias="urn:mail:other@example.test") as bench:
        assert needs_owner(await bench.create(bench.prepared(kind=EFATURA)))


def needs_owner(outcome: object) -> bool:
    return isinstance(outcome, NotSent) and outcome.needs_owner


async def test_each_product_has_its_own_user_where_it_is_given_one() -> None:
    secrets = {"username": "a", "password": "wrong-password", "efatura_username": "b", "efatura_password": KEY}
    async with bench_with(secrets) as bench:
        assert needs_owner(await bench.create(bench.prepared()))
        assert isinstance(await bench.create(bench.prepared(kind=EFATURA)), Done)
        checked = await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
        states = {each.subject: each.state for each in checked}
        assert states == {Subject.LOGIN: CheckState.WRONG, Subject.TAXPAYERS: CheckState.FINE}


async def test_a_check_for_another_business_than_the_accounts_is_wrong() -> None:
    async with bench_with() as bench:
        login, _ = await bench.adapter.check(CheckAsked(tax_number=REGISTERED_VKN), SECONDS)
        assert (login.subject, login.state) == (Subject.LOGIN, CheckState.WRONG)


async def test_the_register_is_asked_of_a_buyer_with_a_number_alone() -> None:
    async with bench_with() as bench:
        assert await bench.adapter.registration(REGISTERED_VKN, SECONDS) is Registration.REGISTERED
        assert await bench.adapter.registration(UNREGISTERED_VKN, SECONDS) is Registration.NOT_REGISTERED
        assert await bench.adapter.registration("11111111111", SECONDS) is Registration.NOT_REGISTERED
        assert bench.simulator.record.counts["registration"] == 2


async def test_mail_is_sent_where_the_connection_says_so() -> None:
    async with bench_with(mail="buyer") as bench:
        prepared = bench.prepared()
        assert isinstance(await bench.create(prepared), Done)
        said = bench.simulator.archive.sent[SELLER_VKN, prepared.reference].references
    assert {name: value for name, value in said.items() if name != value} == {
        "CUST_INV_ID": prepared.reference,
        "EREPSENDT": "ELEKTRONIK",
        "OUTPUT_TYPE": "0100",
        "TRANSPORT_TYPE": "99",
    }


@pytest.mark.parametrize(
    ("base_url", "options", "addresses"),
    [
        ("https://earsivwstest.fitbulut.com", {}, ("earsivwstest.fitbulut.com", "efaturawstest.fitbulut.com")),
        ("https://efaturaws.fitbulut.com/", {}, ("earsivws.fitbulut.com", "efaturaws.fitbulut.com")),
        ("https://proxy.example", {}, ("proxy.example", "proxy.example")),
        (
            "https://proxy.example",
            {"earsiv_url": "https://bank.example/ClientEArsivServicesPort.svc"},
            ("bank.example", "proxy.example"),
        ),
    ],
)
def test_both_services_are_at_the_addresses_of_the_same_environment(
    base_url: str, options: dict[str, str], addresses: tuple[str, str]
) -> None:
    services = services_of(settings_for(base_url, **options))
    found = [services[kind].http._base_url for kind in (DocumentType.EARSIV, EFATURA)]
    paths = ("/ClientEArsivServicesPort.svc", "/ClientEInvoiceServices/ClientEInvoiceServicesPort.svc")
    assert found == [f"https://{host}{path}" for host, path in zip(addresses, paths, strict=True)]


@pytest.mark.parametrize(
    "options",
    [
        {"tax_number": ""}, {"tax_number": "12"}, {"wsdl": "3"}, {"internet_sale": "somewhere"}, {"mail": "x"},
        {"rejected_statuses": "30;40"}, {"signed_status": "soon"}, {"earsiv_url": "http://bank.example"},
        {"branc": "x"},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused_at_once(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"must be|is missing|unknown options|option earsiv_url is not an https"):
        SovosAdapter(settings_for("https://api.example", **options))


SECRET = "artificial-<secret>-4711"


async def test_no_secret_is_in_what_is_kept_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    encoded = base64.b64encode(f"seller:{SECRET}".encode()).decode()
    async with bench_with({"username": "seller", "password": SECRET}) as bench:
        prepared = bench.prepared()
        said = [
            await bench.create(prepared),
            await bench.find(prepared),
            *await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS),
            bench.adapter.settings,
            bench.adapter,
            caplog.text,
        ]
    assert not [each for each in said if SECRET in repr(each) or encoded in repr(each)]
    assert needs_owner(said[0])


@pytest.mark.parametrize("name", ["ProcessingFault", "processingFaultType", "Other"])
async def test_a_fault_that_repeats_the_secret_and_the_buyer_is_kept_without_them(name: str) -> None:
    echo = f"{SECRET} of {TCKN}, ayse@example.test, AYŞE"
    detail = written("http:/fitcons.com/eInvoice/", name, {"Code": "1010", "Message": echo}, qualified=True)

    async def answer(_: web.Request) -> web.Response:
        return soap.fault(echo, detail=detail)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with running(application) as url:
        adapter = SovosAdapter(settings_for(url, {"username": "seller", "password": SECRET}))
        prepared = adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT, NUMBER)
        asked = StepInput(Step.INVOICE, prepared)
        kept = f"{await adapter.create(asked, SECONDS)} {await adapter.find_prepared(asked, SECONDS)}"
        await adapter.close()
    assert "*** of ***, ***, ***" in kept
    assert not [each for each in (SECRET, TCKN, "ayse@", "AYŞE") if each in kept]


def test_the_same_document_is_prepared_alike_and_its_account_has_a_name() -> None:
    adapter = SovosAdapter(settings_for("https://api.example"))
    made = [adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT, NUMBER) for _ in range(2)]
    assert made[0] == made[1]
    assert adapter.account == LOGIN["username"]
    assert ALIAS not in made[0].request
