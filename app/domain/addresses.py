"""The addresses of providers: TLS, but for what runs on this machine, and whole, so that a path can go behind them."""

import ipaddress
import os
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

# Hosts besides loopback that are spoken to in plain HTTP, between commas: a simulator in a container of its own.
PLAIN_HTTP: Final = "FATURAFLOW_PLAIN_HTTP_HOSTS"
_WHITE: Final = re.compile(r"\s")


def address_error(url: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """Why no request with a login can go to this address; None when one can.

    It must be https, or http to loopback or to a host that the environment allows; and nothing may follow its path. A
    request that fails for its address looks like a lost answer, and each document would wait for a person.
    """
    try:
        parts = urlsplit(url)
        is_whole = not _WHITE.search(url) and _has_host(parts) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        return "is no web address like https://api.example.com"
    if not _is_safe(parts, environ):
        return "is not an https address (http is allowed on loopback only)"
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        return "has something behind its path: the provider's own paths go there"
    return None


def _has_host(parts: SplitResult) -> bool:
    """Raises ValueError for a name that no resolver takes."""
    return bool((parts.hostname or "").encode("idna"))


def _is_safe(parts: SplitResult, environ: Mapping[str, str]) -> bool:
    host = parts.hostname or ""
    allowed = {name.strip() for name in environ.get(PLAIN_HTTP, "").split(",")} - {""}
    return parts.scheme == "https" or (parts.scheme == "http" and (_is_loopback(host) or host in allowed))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
