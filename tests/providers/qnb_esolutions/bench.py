"""A connection to the simulated QNB, with what the simulator keeps within reach."""

from contextlib import AbstractAsyncContextManager

from providers.base import ConnectionSettings
from providers.qnb_esolutions.adapter import QnbAdapter
from providers.qnb_esolutions.simulator.service import QnbESolutions
from tests.providers import two_services
from tests.providers.examples import SELLER_VKN
from tests.providers.two_services import LOGIN

OPTIONS = {"tax_number": SELLER_VKN, "erp_code": "ERP1", "internet_sale": "paths"}
Bench = two_services.Bench[QnbESolutions, QnbAdapter]


def settings_for(url: str, secrets: dict[str, str] | None = None, **options: str) -> ConnectionSettings:
    return ConnectionSettings(base_url=url, secrets=secrets or LOGIN, options={**OPTIONS, **options})


def bench_with(
    secrets: dict[str, str] | None = None, status_seconds: float = 0.0, **options: str
) -> AbstractAsyncContextManager[Bench]:
    return two_services.opened(
        QnbESolutions, lambda url: QnbAdapter(settings_for(url, secrets, **options)), status_seconds
    )
