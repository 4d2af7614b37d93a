"""Whose address may be called: the table of what a stranger would try."""

from __future__ import annotations

import pytest

from app.webhooks.addresses import LONGEST_URL, url_error, why_refused

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_may_be_called(address: str) -> None:
    assert why_refused(address) is None


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_of_this_machine_of_its_neighbours_or_of_nobody_is_refused(address: str) -> None:
    assert why_refused(address) is not None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_setting_allows_this_machine(address: str) -> None:
    assert why_refused(address, loopback=True) is None


def test_that_setting_allows_nothing_else() -> None:
    allowed = {each for each in REFUSED if why_refused(each, loopback=True) is None}
    assert allowed == {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "ftp://shop.example/",
        "shop.example/hooks",
        "https://",
        "https:///hooks",
        "https://user@shop.example/",
        "https://user:word@shop.example/",
        "https://shop.example/#here",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://[::1",
        "https://127.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a00:1]:8443/",
        "https://10.0.0.1/",
        "https://shöp.example/",
        "https://shop.example/a b",
        "https://shop.example/\n",
        f"https://shop.example/{'x' * LONGEST_URL}",
    ],
)
def test_what_can_be_no_receivers_address_is_refused_by_its_form(url: str) -> None:
    assert url_error(url) is not None


@pytest.mark.parametrize("url", ["https://shop.example/hooks?a=1", "https://shop.example:8443/", "https://8.8.8.8/"])
def test_https_in_the_internet_is_enough(url: str) -> None:
    assert url_error(url) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/hooks", "http://localhost:8080/", "http://[::1]/"])
def test_a_setting_allows_http_on_this_machine(url: str) -> None:
    assert url_error(url, loopback=True) is None
