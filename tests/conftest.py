"""What every test shares: one broker, two hypothesis profiles, and skips that CI does not accept."""

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.harness.brokers import BrokerUnavailable, broker

# The short profile draws the same examples each time, so that a change is judged by the change; the long one searches.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("short", PATIENT, max_examples=25, derandomize=True)
settings.register_profile("long", PATIENT, max_examples=2000)
settings.load_profile(os.environ.get("FATURAFLOW_HYPOTHESIS", "short"))
# What the README's walk exports belongs to a developer's installation, and no test may see it.
for name in ("ACTOR", "DATABASE", "SECRET_KEY", "SECRET_KEY_FILE", "TOPIC_PREFIX"):
    os.environ.pop(f"FATURAFLOW_{name}", None)


@pytest.fixture(scope="session")
def bootstrap() -> Iterator[str]:
    """One Kafka for the whole run: the one that is up, or an embedded one that ends with the run."""
    try:
        with broker() as address:
            yield address
    except BrokerUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where everything is installed, a skip hides a broken set-up: `FATURAFLOW_NO_SKIPS=1` makes it a failure."""
    report = yield
    if report.skipped and os.environ.get("FATURAFLOW_NO_SKIPS") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and FATURAFLOW_NO_SKIPS=1: {report.longrepr}"
    return report
