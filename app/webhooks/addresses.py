"""Which addresses may be called: those of the public internet, by https.

A receiver's address comes from outside. Without these checks it could name what only this machine can reach: a
database, a neighbour, the metadata of a cloud (server-side request forgery).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
LONGEST_URL: Final = 2048
# The unicast addresses of the internet; whatever else there is of IPv6 is none, or has an IPv4 address within.
_INTERNET: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_REFUSED_4: Final = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),  # shared with the network's operator; a cloud's metadata
    IPv4Network("192.0.0.0/24"),  # the protocols' own; a cloud's metadata
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, given up
    IPv4Network("168.63.129.16/32"),  # public by its number, and the inside of a cloud
    IPv4Network("240.0.0.0/4"),
)
_REFUSED_6: Final = (
    IPv6Network("2001::/23"),  # the protocols' own, Teredo among them
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),  # 6to4
)


def why_refused(text: str, *, loopback: bool = False) -> str | None:
    """Why this IP address must not be called; None when it may. `loopback`: this machine may, too."""
    try:
        found: Address = ip_address(text.partition("%")[0])
    except ValueError:
        return f"{text} is no address"
    inner = _within(found)
    if inner.is_loopback:
        return None if loopback else f"{text} is this machine"
    return None if _is_public(inner) else f"{text} is not in the public internet"


def url_error(url: str, *, loopback: bool = False) -> str | None:
    """Why this URL can be no receiver's, by its form alone; None when it can. `loopback`: http may be, too."""
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return "it is no URL"
    schemes = ("https", "http") if loopback else ("https",)
    if len(url) > LONGEST_URL or not url.isascii() or any(not letter.isprintable() or letter == " " for letter in url):
        return f"a URL has at most {LONGEST_URL} ASCII letters and no space"
    if parts.scheme not in schemes:
        return "it must begin with https://"
    return _host_error(parts, port, loopback=loopback)


def _host_error(parts: SplitResult, port: int | None, *, loopback: bool) -> str | None:
    if parts.username is not None or parts.password is not None:
        return "it must not have a user or a password"
    if parts.fragment:
        return "it must not have a fragment"
    if not parts.hostname or port == 0:
        return "it has no host, or no port that there is"
    if _is_literal(parts.hostname):
        return why_refused(parts.hostname, loopback=loopback)
    return None


def _is_literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _within(found: Address) -> Address:
    """The IPv4 address that a translator, or the system itself, would call in its place."""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        if found in _NAT64:
            return IPv4Address(found.packed[-4:])
    return found


def _is_public(found: Address) -> bool:
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, IPv6Address):
        return found in _INTERNET and not any(found in network for network in _REFUSED_6)
    return not any(found in network for network in _REFUSED_4)
