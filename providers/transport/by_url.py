"""A file behind an address that the provider gave in an answer: at another host, and open to everybody who has it."""

from typing import Final
from urllib.parse import urlsplit

from app.domain.addresses import address_error
from providers.base import NotSent, Permit, Unknown
from providers.transport.http import Http, Reply

LONGEST_URL: Final = 2048


def is_fetchable(url: str, base_url: str) -> bool:
    """An https address; of a provider on loopback, one on loopback too."""
    if len(url) > LONGEST_URL or not url.isprintable():
        return False
    try:
        place = urlsplit(url)._replace(query="", fragment="").geturl()
    except ValueError:
        return False
    return address_error(place) is None and (url.startswith("https://") or not base_url.startswith("https://"))


async def fetch(url: str, permit: Permit, seconds: float) -> Reply | NotSent | Unknown:
    """A GET of such an address, without the login and without following it elsewhere.

    The address is a secret: it is taken out of what is kept of the answer.
    """
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    http = Http(f"{parts.scheme}://{parts.netloc}", {}, secrets=(url, path))
    http.permit = permit
    try:
        return await http.send("GET", path, seconds, headers={"Accept": "*/*"})
    finally:
        await http.close()
