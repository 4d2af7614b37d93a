"""The headers of Standard Webhooks 1.0.0, which receivers verify: id, time of the attempt, and signatures.

Signed is `id.timestamp.body` by HMAC-SHA-256; while two secrets are valid there is a signature of each.
Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from app.store.webhooks.endpoints import key_of


def signed_headers(event_id: str, body: bytes, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """For one attempt at this moment. `secrets`: as they were shown, the newest first."""
    seconds = f"{int(at.timestamp())}"
    text = b".".join((event_id.encode(), seconds.encode(), body))
    signatures = (hmac.new(key_of(secret), text, hashlib.sha256).digest() for secret in secrets)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(each).decode()}" for each in signatures),
    }
