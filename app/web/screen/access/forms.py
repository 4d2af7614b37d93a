"""Whether a form is one of ours: sent by our own page, by the login that was given it, and once.

Browsers say from where a request comes (`Sec-Fetch-Site`; `Origin` where they do not), which is enough against other
sites. The token is for acts beside that: a second click, or a reload, is the same form and is refused.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

# A page that was left open over a weekend asks for another look at what it shows.
VALID: Final = timedelta(hours=24)
_NONCE_BYTES: Final = 16
_PARTS: Final = 3


def is_ours(headers: Mapping[str, str], host: str) -> bool:
    """A request that changes something comes from a page of this host. `host`: with its port, as the browser has it."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == host


def new_form(login_token: str, act: str, now: datetime) -> str:
    """A form's token: good for this login and this act."""
    begun = f"{int(now.timestamp())}.{secrets.token_urlsafe(_NONCE_BYTES)}"
    return f"{begun}.{_signature(login_token, act, begun)}"


def form_of(text: str, login_token: str, act: str, now: datetime) -> str | None:
    """What the form is called, of which one is taken once; None for one that is not good here, or too old."""
    parts = text.split(".")
    if len(parts) != _PARTS or not parts[0].isdecimal():
        return None
    at, nonce, signature = parts
    if not hmac.compare_digest(signature, _signature(login_token, act, f"{at}.{nonce}")):
        return None
    age = now.timestamp() - int(at)
    return nonce if -VALID.total_seconds() < age < VALID.total_seconds() else None


def _signature(login_token: str, act: str, begun: str) -> str:
    return hmac.new(login_token.encode(), f"{act} {begun}".encode(), hashlib.sha256).hexdigest()
