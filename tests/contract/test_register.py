"""The register of e-Fatura taxpayers, at every provider that has it."""

import pytest

from providers.base import Registration, Unclear
from tests.contract.bench import Bench
from tests.contract.cases import FIRST
from tests.providers.examples import REGISTERED_VKN, UNREGISTERED_VKN

WITH_THE_REGISTER = [case for case in FIRST if case.capabilities.taxpayer_lookup]

pytestmark = pytest.mark.parametrize("bench", WITH_THE_REGISTER, ids=str, indirect=True)
SECONDS = 5.0


@pytest.mark.parametrize(
    ("number", "expected"),
    [(REGISTERED_VKN, Registration.REGISTERED), (UNREGISTERED_VKN, Registration.NOT_REGISTERED)],
)
async def test_a_buyer_is_registered_or_not(bench: Bench, number: str, expected: Registration) -> None:
    assert await bench.adapter.registration(number, SECONDS) is expected


async def test_a_register_that_does_not_answer_decides_nothing(bench: Bench) -> None:
    await bench.change(down=True)
    assert isinstance(await bench.adapter.registration(REGISTERED_VKN, SECONDS), Unclear)


async def test_a_login_that_is_refused_decides_nothing_about_a_buyer(bench: Bench) -> None:
    stranger = bench.case.connect(bench.url, "wrong-key")
    said = await stranger.registration(REGISTERED_VKN, SECONDS)
    await stranger.close()
    assert isinstance(said, Unclear)
