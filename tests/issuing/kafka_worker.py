"""An issuer on a real Kafka, for the books of one shop.

python -m tests.issuing.kafka_worker BOOTSTRAP PREFIX DATA_DIR PROVIDER_URL
"""

import sys
from pathlib import Path

from app.issuing.agent import build
from app.issuing.execution.taxpayers import Freshness
from app.issuing.ports import ConnectionId, ProviderConnection
from app.operations.workers.store_ports import StoreNumbers
from app.store import NumberStore
from app.stream.processing.application import run
from app.stream.serialization.codec import Codec
from app.stream.settings import StreamSettings
from app.stream.topics.names import Topics
from providers.base import ConnectionSettings
from providers.testbook.adapter import TestbookAdapter
from tests.harness.fake_numbers import number_engine
from tests.harness.issuing_builders import ACCOUNT, FACTS, PROVIDER

PARTITIONS = 2
OPTIONS = {"max_call_seconds": "3", "visibility_seconds": "0.5", "give_up_seconds": "0.5"}


class OneShop:
    """One connection, made when it is first asked for: its client belongs to the worker's event loop."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection: ProviderConnection | None = None

    async def get(self, which: ConnectionId) -> ProviderConnection:
        assert which.business == "shop"
        if self.connection is None:
            secrets = {"api_key": f"sandbox-{FACTS.seller.tax_number}"}
            adapter = TestbookAdapter(ConnectionSettings(base_url=self.url, secrets=secrets, options=OPTIONS))
            self.connection = ProviderConnection(
                adapter=adapter, facts=FACTS, revision=1, account=ACCOUNT, resend_after_absence=True
            )
        return self.connection

    async def mark_needs_owner(self, which: ConnectionId, revision: int, why: str) -> None:
        raise AssertionError((which, revision, why))


if __name__ == "__main__":
    bootstrap, prefix, data_dir, url = sys.argv[1:]
    settings = StreamSettings(
        bootstrap=bootstrap,
        app_id=f"{prefix}issuer",
        data_dir=Path(data_dir),
        session_timeout=6,
        rebalance_timeout=20,
        max_call_seconds=3,
        log_level="INFO",
    )
    numbers = StoreNumbers(NumberStore(number_engine()), dict)
    run(
        build(
            settings,
            Topics(prefix),
            Codec(),
            OneShop(url),
            numbers,
            provider=PROVIDER,
            partitions=PARTITIONS,
            freshness=Freshness(),
        )
    )
