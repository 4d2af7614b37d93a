"""How far aiohttp is trusted: it repeats no request by itself, and reads no answer without end. How long is waited.

It takes the beginning of a compressed answer for all of it, so it unpacks none.
"""

import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

# The largest answer that a provider has reason for is a printed document.
MOST_BYTES: Final = 8 * 1024 * 1024
# Longer waits come from a wrong clock more often than from a provider's wish.
LONGEST_RETRY_AFTER: Final = 3600.0


# What we unpack; a server that has packed an answer otherwise has not asked what we take.
ENCODINGS: Final = "gzip, deflate"
_PLAIN: Final = frozenset({"", "identity"})
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
# Of zlib: with the header of gzip or of zlib, whichever is there.
_EITHER_HEADER: Final = 32 + zlib.MAX_WBITS
_HEADERLESS: Final = -zlib.MAX_WBITS
_GZIP: Final = b"\x1f\x8b"


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
    """The whole body. Raises ValueError for one that is larger than any document, or is not packed as it says."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            response.close()
            raise ValueError(f"more than {MOST_BYTES} bytes")
    return unpacked(bytes(body), response.headers.get("Content-Encoding", ""))


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its Content-Encoding. Raises ValueError for one that is cut, too large or not so packed."""
    encoding = encoding.strip().lower()
    if encoding in _PLAIN or not body:
        return body
    if encoding not in _PACKED:
        raise ValueError(f"it is packed as {encoding!r}")
    found = b""
    while body:
        stream = zlib.decompressobj(_HEADERLESS if _is_headerless(body, encoding) else _EITHER_HEADER)
        try:
            found += stream.decompress(body, MOST_BYTES + 1 - len(found))
        except zlib.error as error:
            raise ValueError(f"it is not packed as it says: {error}") from error
        if len(found) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")
        if not stream.eof:
            raise ValueError("it is cut")
        # Another part of a gzip in several; what else follows is no content.
        body = stream.unused_data if stream.unused_data.startswith(_GZIP) else b""
    return found


def _is_headerless(body: bytes, encoding: str) -> bool:
    """Servers that are wrong about "deflate" leave its header out."""
    return encoding == "deflate" and body[0] & 0x0F != zlib.DEFLATED


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
