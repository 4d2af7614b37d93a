"""A login leaves this machine only under TLS."""

import pytest

from app.domain.addresses import is_safe_address

CONTAINERS = {"FATURAFLOW_PLAIN_HTTP_HOSTS": "sandbox-nilvera, sandbox-other"}


@pytest.mark.parametrize(
    "url", ["https://api.example", "http://127.0.0.1:8700", "http://localhost:1", "http://[::1]:1", "http://127.9.9.9"]
)
def test_tls_and_loopback_are_safe(url: str) -> None:
    assert is_safe_address(url, {})


@pytest.mark.parametrize(
    "url", ["http://api.example", "http://10.0.0.1", "ftp://localhost", "http://localhost.example", "//127.0.0.1", ""]
)
def test_everything_else_is_not(url: str) -> None:
    assert not is_safe_address(url, CONTAINERS)


def test_a_host_that_the_environment_allows_is() -> None:
    assert is_safe_address("http://sandbox-nilvera:8700", CONTAINERS)
    assert not is_safe_address("http://sandbox-nilvera:8700", {})
