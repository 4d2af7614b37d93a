"""How far aiohttp is trusted: it repeats no request by itself, and reads no answer without end. How long is waited."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

# The largest answer that a provider has reason for is a printed document.
MOST_BYTES: Final = 8 * 1024 * 1024
# Longer waits come from a wrong clock more often than from a provider's wish.
LONGEST_RETRY_AFTER: Final = 3600.0


class BrokenError(aiohttp.ClientError):
    """The connection broke after the request had left; another class than those that aiohttp answers by a repeat."""


async def once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A middleware for requests that may make something: a connection that breaks is an error, and no second try."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise BrokenError(f"{type(error).__name__}: {error}") from error


async def bounded(response: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises ValueError for one that is larger than any document."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            response.close()
            raise ValueError(f"more than {MOST_BYTES} bytes")
    return bytes(body)


def retry_after(value: str | None, now: datetime) -> float | None:
    """The header's wish in seconds, as a number or an HTTP date, between zero and an hour; None if unreadable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):  # the second for a year of many digits
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
