"""The buyer gets it by e-mail: by itself where the connection says so, and again where a person asks for it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from providers.base import Done, Issued, MailTaken, NotSent, Prepared, Refused, SendsMail, Unknown
from providers.registry import provider
from tests.contract.bench import Bench, bench_of
from tests.contract.case import NOWHERE, Case
from tests.contract.cases import CASES
from tests.contract.test_contract import SECONDS

BUYER = "alici@example.test"
NO_ADDRESS = "yok"
ADDRESS = "muhasebe@example.test"
# To a commercial buyer QNB mails nothing: an e-Fatura is in their mailbox.
OF_EARSIV_ALONE = frozenset({"qnb-esolutions", "sovos"})


def with_email(case: Case, contact: str) -> Case:
    buyer = replace(case.person.buyer, email=contact)
    return replace(case, person=replace(case.person, buyer=buyer))


async def mails(bench: Bench) -> list[str]:
    return [each["to"] for each in (await bench.record())["mails"]]


def mails_by_itself(case: Case) -> bool:
    gives = provider(case.name).capabilities().mails_buyer is not None
    return gives and (case.name not in OF_EARSIV_ALONE or case.document_type == "EARSIV")


MAILING_BY_ITSELF = [*filter(mails_by_itself, CASES)]
ASKED = [case for case in CASES if case.document_type in provider(case.name).capabilities().mails]


@pytest.mark.parametrize("case", MAILING_BY_ITSELF, ids=str)
@pytest.mark.parametrize(("mail", "expected"), [("buyer", [BUYER]), ("none", [])])
async def test_the_buyers_address_goes_to_where_the_provider_mails_as_the_connection_says(
    case: Case, mail: str, expected: list[str]
) -> None:
    async with bench_of(with_email(replace(case, options={**case.options, "mail": mail}), BUYER)) as bench:
        assert bench.adapter.capabilities.mails_buyer is (mail == "buyer")
        assert isinstance(await bench.create(bench.prepared()), Done)
        assert await mails(bench) == expected


@pytest.mark.parametrize("case", MAILING_BY_ITSELF, ids=str)
async def test_without_the_option_it_is_as_the_capabilities_have_it(case: Case) -> None:
    async with bench_of(with_email(case, BUYER)) as bench:
        assert isinstance(await bench.create(bench.prepared()), Done)
        assert await mails(bench) == ([BUYER] if bench.adapter.capabilities.mails_buyer else [])


@pytest.mark.parametrize("case", MAILING_BY_ITSELF, ids=str)
async def test_an_option_that_is_none_of_its_values_is_refused(case: Case) -> None:
    with pytest.raises(ValueError, match="option mail must be none or buyer"):
        case.connect(NOWHERE, mail="everybody")


@pytest.fixture(params=ASKED, ids=str)
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Bench, Prepared]]:
    """A document at a provider that mails one when it is asked to, and has mailed none by itself."""
    async with bench_of(with_email(request.param, NO_ADDRESS)) as bench:
        prepared = bench.prepared()
        assert isinstance(await bench.create(prepared), Done)
        yield bench, prepared


async def send(bench: Bench, prepared: Prepared, address: str = ADDRESS) -> MailTaken | NotSent | Refused | Unknown:
    assert isinstance(bench.adapter, SendsMail)
    issued = Issued(reference=prepared.reference, document_type=prepared.document_type, number=prepared.number)
    return await bench.adapter.send_mail(issued, address, SECONDS)


async def test_a_mail_that_is_asked_for_goes_to_this_address(asked: tuple[Bench, Prepared]) -> None:
    assert await send(*asked) == MailTaken()
    assert await mails(asked[0]) == [ADDRESS]


async def test_a_second_mail_is_a_second_one(asked: tuple[Bench, Prepared]) -> None:
    assert [await send(*asked), await send(*asked)] == [MailTaken(), MailTaken()]
    assert await mails(asked[0]) == [ADDRESS, ADDRESS]


@pytest.mark.parametrize("fault", ["LOST_ANSWER", "UNREADABLE", "ERROR_IN_200", "GATEWAY_AFTER"])
async def test_after_a_lost_answer_it_is_not_known_whether_it_went(asked: tuple[Bench, Prepared], fault: str) -> None:
    await asked[0].next_faults(fault, now=True)
    outcome = await send(*asked)
    assert isinstance(outcome, Unknown)
    assert ADDRESS not in outcome.why


async def test_a_document_that_is_not_there_is_mailed_to_nobody(asked: tuple[Bench, Prepared]) -> None:
    bench, _ = asked
    outcome = await send(bench, bench.prepared("never sent"))
    assert isinstance(outcome, Refused | Unknown)
    assert await mails(bench) == []


async def test_a_login_that_is_refused_mails_nothing(asked: tuple[Bench, Prepared]) -> None:
    bench, prepared = asked
    stranger = bench.case.connect(bench.url, "wrong-key")
    outcome = await send(replace(bench, adapter=stranger), prepared)
    await stranger.close()
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner
    assert await mails(bench) == []


async def test_a_provider_that_is_down_was_not_shown_to_have_refused(asked: tuple[Bench, Prepared]) -> None:
    bench, prepared = asked
    await bench.change(down=True)
    assert isinstance(await send(bench, prepared), NotSent | Unknown)
