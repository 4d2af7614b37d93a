"""The addresses of providers: TLS, but for what runs on this machine."""

import ipaddress
import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

# Hosts besides loopback that are spoken to in plain HTTP, between commas: a simulator in a container of its own.
PLAIN_HTTP: Final = "FATURAFLOW_PLAIN_HTTP_HOSTS"


def is_safe_address(url: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a login may be sent there: https, or http to loopback or to a host that the environment allows."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    allowed = {name.strip() for name in environ.get(PLAIN_HTTP, "").split(",")} - {""}
    return parts.scheme == "https" or (parts.scheme == "http" and (_is_loopback(host) or host in allowed))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
