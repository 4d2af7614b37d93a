"""TLS, by setting; without it only this machine, or a proxy that ends it, may connect."""

import ipaddress
import ssl
import stat
from pathlib import Path

from app.operations.errors import RefusedInputError
from app.settings import Settings


def context_of(known: Settings) -> ssl.SSLContext | None:
    """The context to serve with, TLS 1.2 or newer; None without TLS.

    Raises RefusedInputError for settings that are not safe, and files that cannot be used.
    """
    if known.web_certificate is None and known.web_private_key is None:
        _refuse_open(known)
        return None
    if known.web_certificate is None or known.web_private_key is None:
        raise RefusedInputError("Set both FATURAFLOW_WEB_CERTIFICATE and FATURAFLOW_WEB_PRIVATE_KEY, or neither.")
    _refuse_readable(known.web_private_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load(context, known)
    return context


def load(context: ssl.SSLContext, known: Settings) -> None:
    """Read the certificate and key again: connections that come later have them. Raises RefusedInputError."""
    assert known.web_certificate is not None
    try:
        context.load_cert_chain(known.web_certificate, known.web_private_key)
    except (OSError, ssl.SSLError) as error:
        raise RefusedInputError(f"{known.web_certificate} and its key cannot be used: {error}") from error


def _refuse_open(known: Settings) -> None:
    if known.web_behind_proxy or _is_loopback(known.web_host):
        return
    raise RefusedInputError(
        f"Without TLS only this machine may connect, and FATURAFLOW_WEB_HOST is {known.web_host}: set "
        "FATURAFLOW_WEB_CERTIFICATE and FATURAFLOW_WEB_PRIVATE_KEY, or FATURAFLOW_WEB_BEHIND_PROXY=true where a "
        "reverse proxy ends TLS."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_readable(key: Path) -> None:
    try:
        mode = key.stat().st_mode
    except OSError as error:
        raise RefusedInputError(f"{key} cannot be read: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RefusedInputError(f"Others can read {key}: run `chmod 600 {key}`.")
