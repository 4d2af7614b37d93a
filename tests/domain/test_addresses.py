"""A login leaves this machine only under TLS, and for an address that requests can go to."""

import pytest

from app.domain.addresses import address_error

CONTAINERS = {"FATURAFLOW_PLAIN_HTTP_HOSTS": "sandbox-nilvera, sandbox-other"}


@pytest.mark.parametrize(
    "url", ["https://api.example", "http://127.0.0.1:8700", "http://localhost:1", "http://[::1]:1", "http://127.9.9.9"]
)
def test_tls_and_loopback_are_safe(url: str) -> None:
    assert address_error(url, {}) is None


@pytest.mark.parametrize(
    "url", ["http://api.example", "http://10.0.0.1", "ftp://localhost", "http://localhost.example", "//127.0.0.1", ""]
)
def test_everything_else_is_not(url: str) -> None:
    assert address_error(url, CONTAINERS) is not None


def test_a_host_that_the_environment_allows_is() -> None:
    assert address_error("http://sandbox-nilvera:8700", CONTAINERS) is None
    assert address_error("http://sandbox-nilvera:8700", {}) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https:///api",
        "https://a b",
        "https://api.example/\nx",
        "https://api.example:99999",
        "https://api.example:0",
        "https://[::1",
        f"https://{'a' * 64}.example",
        "https://api.example/?token=x",
        "https://api.example?",
        "https://api.example/#x",
    ],
)
def test_an_address_that_no_request_can_go_to_is_refused_before_a_document_is_in_doubt_for_it(url: str) -> None:
    assert address_error(url, {}) is not None


@pytest.mark.parametrize("url", ["https://api.example/v1/", "HTTPS://API.example:8443", "https://müşteri.example"])
def test_a_path_a_port_and_turkish_letters_may_be_in_an_address(url: str) -> None:
    assert address_error(url, {}) is None
