"""How far aiohttp is trusted with a request: it repeats none by itself, and reads no answer without end."""

from typing import Final

import aiohttp

# The largest answer that a provider has reason for is a printed document.
MOST_BYTES: Final = 8 * 1024 * 1024


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
