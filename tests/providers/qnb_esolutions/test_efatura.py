"""QNB's e-Fatura at its simulator: what is special to it beside the contract."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from app.documents.checking import Mode
from app.domain.documents import DocumentState, DocumentType
from providers.base import Absent, Done, NotSent, Prepared, Refused, Registration, Unclear, Unknown
from providers.base.reads import CheckAsked, CheckState, Subject
from providers.formats.elements import written
from providers.qnb_esolutions import efatura_answers as answers
from providers.qnb_esolutions.adapter import QnbAdapter
from providers.qnb_esolutions.connection import ENVIRONMENTS, LIVE, LIVE_TOO, services_of
from providers.qnb_esolutions.efatura import NAMESPACE
from providers.transport.soap import SoapFault
from providers.transport.two_services import mode_of
from tests.providers.examples import REGISTERED_VKN, SELLER_VKN, TAXPAYER, UNREGISTERED_VKN, command
from tests.providers.qnb_esolutions.bench import bench_with, settings_for
from tests.providers.two_services import KEY, NUMBER, SECONDS

EFATURA = DocumentType.EFATURA
GB = {"sender_alias": "urn:mail:defaultgb@example.test"}
REFERENCE = "7f0c2b9e-3a56-4a3e-9d4e-1f2a3b4c5d6e"


async def test_what_is_processed_is_not_delivered_yet_and_what_is_queued_is_not_compared() -> None:
    async with bench_with(status_seconds=60.0, **GB) as bench:
        prepared = bench.prepared(kind=EFATURA)
        done = await bench.create(prepared)
        assert isinstance(done, Done)
        assert (done.state, done.number) == (DocumentState.PROCESSING, NUMBER)
        assert isinstance(await bench.find(prepared), Unclear)


async def test_a_lower_case_checksum_is_refused() -> None:
    async with bench_with(hash="lower", **GB) as bench:
        outcome = await bench.create(bench.prepared(kind=EFATURA))
        assert isinstance(outcome, Refused)
        assert outcome.errors[0].message == "Hash hatası"


async def test_a_repeat_that_is_refused_is_unknown_and_one_that_is_taken_fails_later() -> None:
    async with bench_with(**GB) as bench:
        prepared = bench.prepared(kind=EFATURA)
        await bench.create(prepared)
        assert isinstance(await bench.create(prepared), Unknown)
        bench.switch(efatura_repeat="taken")
        assert isinstance(await bench.create(prepared), Done)


@pytest.mark.parametrize("words", ["Bulunamadı", "BULUNAMADI", "bulunamadi"])
async def test_absence_is_unclear_until_its_words_are_set(words: str) -> None:
    async with bench_with(**GB) as bench:
        assert isinstance(await bench.find(bench.prepared(kind=EFATURA)), Unclear)
    async with bench_with(absent_words=words, **GB) as bench:
        assert await bench.find(bench.prepared(kind=EFATURA)) == Absent()


@pytest.mark.parametrize("said", ["Hash hatası", "HASH HATASI: belge", "SCHEMATRONCONTROL FAİLED"])
def test_a_refusal_is_known_by_its_words_in_either_case(said: str) -> None:
    sent = Prepared(reference="u", document_type=EFATURA, issued_at=datetime(2026, 5, 1, tzinfo=UTC), request="")
    assert isinstance(answers.created(SoapFault(code="Server", text=said), sent), Refused)


async def test_a_buyer_without_a_mailbox_gets_an_earsiv_instead() -> None:
    async with bench_with(**GB) as bench:
        unregistered = replace(TAXPAYER, buyer=replace(TAXPAYER.buyer, tax_number=UNREGISTERED_VKN))
        outcome = await bench.create(bench.prepared(command(person=unregistered), EFATURA))
        assert isinstance(outcome, Refused)
        assert outcome.instead is DocumentType.EARSIV


async def test_the_register_is_asked_of_a_buyer_with_a_number_alone() -> None:
    async with bench_with(**GB) as bench:
        assert await bench.adapter.registration(REGISTERED_VKN, SECONDS) is Registration.REGISTERED
        assert await bench.adapter.registration(UNREGISTERED_VKN, SECONDS) is Registration.NOT_REGISTERED
        assert await bench.adapter.registration("11111111111", SECONDS) is Registration.NOT_REGISTERED
        assert bench.simulator.record.counts["registration"] == 2


async def test_each_product_has_its_own_user() -> None:
    secrets = {"username": "a", "password": "wrong", "efatura_username": "b", "efatura_password": KEY}
    async with bench_with(secrets, **GB) as bench:
        refused = await bench.create(bench.prepared())
        assert isinstance(refused, NotSent)
        assert refused.needs_owner
        assert isinstance(await bench.create(bench.prepared(kind=EFATURA)), Done)
        checked = await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
        states = {each.subject: each.state for each in checked}
        fine = dict.fromkeys((Subject.CREDITS, Subject.TAXPAYERS), CheckState.FINE)
        assert states == {Subject.LOGIN: CheckState.WRONG, **fine}


async def test_a_refused_login_of_both_products_is_not_tried_again_at_the_second() -> None:
    async with bench_with({"username": "a", "password": "wrong"}, **GB) as bench:
        checked = await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
        assert [each.state for each in checked] == [CheckState.WRONG, CheckState.NOT_ASKED, CheckState.NOT_ASKED]
        assert bench.simulator.record.counts["registration"] == bench.simulator.record.counts["credits"] == 0


async def test_an_account_without_credits_is_wrong_and_says_what_is_left_of_each_kind() -> None:
    async with bench_with(**GB) as bench:
        bench.simulator.behaviour.credits = 0
        checked = {each.subject: each for each in await bench.adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)}
        assert checked[Subject.CREDITS].state is CheckState.WRONG
        assert checked[Subject.CREDITS].said == "ARSIV: 0 left; FATURA: 0 left"


def test_a_connection_without_efatura_or_with_sure_refusals_may_repeat() -> None:
    repeats = [{}, GB, {**GB, "repeats": "refused"}]
    adapters = [QnbAdapter(settings_for("https://api.example", **options)) for options in repeats]
    assert [each.capabilities.unique_reference for each in adapters] == [True, False, True]
    assert [EFATURA in each.capabilities.document_types for each in adapters] == [False, True, True]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"durum": "1"}, DocumentState.PROCESSING),
        ({"durum": "3", "gonderimDurumu": "2", "ulastiMi": "false"}, DocumentState.PROCESSING),
        ({"durum": "3", "gonderimCevabiKodu": "1220"}, DocumentState.PROCESSING),
        ({"durum": "3", "gonderimCevabiKodu": "0", "ulastiMi": "true"}, DocumentState.DELIVERED),
        ({"durum": "3", "yanitDurumu": "2", "ulastiMi": "true"}, DocumentState.ACCEPTED),
        ({"durum": "3", "yanitDurumu": "1", "ulastiMi": "true"}, DocumentState.REJECTED_BY_BUYER),
        ({"durum": "2"}, DocumentState.REJECTED),
        ({"durum": "3", "gonderimDurumu": "0"}, DocumentState.REJECTED),
        ({"durum": "3", "gonderimCevabiKodu": "1172"}, DocumentState.REJECTED),
        ({"durum": "3", "gonderimCevabiKodu": "1215"}, DocumentState.REJECTED),
        ({"durum": "3", "gonderimCevabiKodu": "1163"}, None),
        ({"durum": "3", "gonderimCevabiKodu": "4711"}, None),
        ({"durum": "3", "gonderimDurumu": "-2"}, None),
        ({"durum": "9"}, None),
        ({}, None),
        ({"durum": "3", "ettn": "another"}, None),
    ],
)
def test_each_state_of_an_efatura(fields: dict[str, str], state: DocumentState | None) -> None:
    answer = written(NAMESPACE, "gidenBelgeDurumSorgulaExtResponse", {"return": fields}, qualified=False)
    found = answers.status_in(etree.fromstring(etree.tostring(answer)), REFERENCE, ())
    assert isinstance(found, Unclear) if state is None else isinstance(found, answers.Status)
    assert not isinstance(found, answers.Status) or found.done.state is state


@pytest.mark.parametrize(
    ("base_url", "options", "addresses", "mode"),
    [
        ("https://earsivtest.qnbesolutions.com.tr/", {},
         ("earsivtest.qnbesolutions.com.tr/earsiv/ws/EarsivWebService",
          "erpefaturatest1.qnbesolutions.com.tr/efatura/ws/connectorService"), Mode.TEST),
        ("https://connector.qnbesolutions.com.tr", {},
         ("earsiv.qnbesolutions.com.tr/earsiv/ws/EarsivWebService",
          "connector.qnbesolutions.com.tr/connector/ws/connectorService"), Mode.PRODUCTION),
        ("https://proxy.example", {"efatura_url": "https://other.example/ws"},
         ("proxy.example/earsiv/ws/EarsivWebService", "other.example/ws"), Mode.TEST),
    ],
)  # fmt: skip
def test_both_services_are_at_the_addresses_of_the_same_environment(
    base_url: str, options: dict[str, str], addresses: tuple[str, str], mode: Mode
) -> None:
    settings = settings_for(base_url, **options)
    services = services_of(settings)
    found = [services[kind].http._base_url for kind in (DocumentType.EARSIV, EFATURA)]
    assert found == [f"https://{address}" for address in addresses]
    assert mode_of(settings, ENVIRONMENTS, (LIVE, LIVE_TOO)) is mode


@pytest.mark.parametrize(
    "options",
    [{**GB, "numbers": "provider"}, {"hash": "none"}, {"repeats": "never"}, {"efatura_url": "http://bank.example"}],
)
def test_options_of_efatura_that_make_no_sense_are_refused_at_once(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"must be|https"):
        QnbAdapter(settings_for("https://api.example", **options))
