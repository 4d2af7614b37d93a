"""What accounts with an e-Arşiv and an e-Fatura service share."""

import pytest

from app.documents.checking import Mode
from providers.base import ConnectionSettings
from providers.sovos.connection import ENVIRONMENTS, LIVE, TEST
from providers.transport.two_services import Addresses, mode_of

ELSEWHERE = "https://bank.example"


@pytest.mark.parametrize("kind", LIVE, ids=str)
def test_documents_are_real_where_one_of_the_services_is_the_live_one(kind: object) -> None:
    def mode(base_url: str, **options: str) -> Mode:
        settings = ConnectionSettings(base_url=base_url, secrets={}, options=options)
        return mode_of(settings, ENVIRONMENTS, (LIVE,))

    def option(addresses: Addresses) -> dict[str, str]:
        return {f"{kind}_url".lower(): next(url for each, url in addresses.items() if each == kind)}

    assert mode(next(iter(LIVE.values()))) is Mode.PRODUCTION
    assert mode(ELSEWHERE, **option(LIVE)) is Mode.PRODUCTION
    assert mode(ELSEWHERE, **option(TEST)) is Mode.TEST
