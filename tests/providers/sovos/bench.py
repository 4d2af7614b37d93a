"""A connection to the simulated Sovos, with what the simulator keeps within reach."""

from contextlib import AbstractAsyncContextManager

from providers.base import ConnectionSettings
from providers.sovos.adapter import SovosAdapter
from providers.sovos.simulator.service import Sovos
from tests.providers import two_services
from tests.providers.examples import SELLER_VKN
from tests.providers.two_services import LOGIN

ALIAS = f"urn:mail:defaultgb@{SELLER_VKN}.example"
OPTIONS = {"tax_number": SELLER_VKN, "sender_alias": ALIAS, "internet_sale": "paths"}
Bench = two_services.Bench[Sovos, SovosAdapter]


def settings_for(url: str, secrets: dict[str, str] | None = None, **options: str) -> ConnectionSettings:
    return ConnectionSettings(base_url=url, secrets=secrets or LOGIN, options={**OPTIONS, **options})


def bench_with(
    secrets: dict[str, str] | None = None, status_seconds: float = 0.0, **options: str
) -> AbstractAsyncContextManager[Bench]:
    return two_services.opened(Sovos, lambda url: SovosAdapter(settings_for(url, secrets, **options)), status_seconds)
