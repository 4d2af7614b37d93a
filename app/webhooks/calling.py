"""One call to a receiver: bounded in time and size, to an address that was checked, without redirects.

The check is made twice: of everything that a name resolves to, and, by the maker of the socket, of the address that is
really dialled; an address in the URL itself is resolved by no one.
"""

import asyncio
import errno
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from app.store.webhooks.queue import LONGEST_ANSWER, Claimed
from app.store.webhooks.schedule import Answer
from app.webhooks.addresses import url_error, why_refused
from app.webhooks.signing import signed_headers

TIMEOUT: Final = aiohttp.ClientTimeout(total=15, connect=5)
MOST_READ: Final = 4096
# A name server that does not answer keeps a thread for half a minute; an endpoint that fails makes one call at a time.
_RESOLVERS: Final = 32
_AGENT: Final = "Faturaflow-Webhooks"


class RefusedAddressError(OSError):
    """The address must not be called."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EACCES, why)


class CheckedResolver(AbstractResolver):
    """The system's, in threads of its own: slow names keep nothing else waiting. Refuses a name by any address."""

    def __init__(self, *, loopback: bool, look_up: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._loopback = loopback
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises RefusedAddressError, and OSError where there is none."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: self._look_up(host, port, family=family, type=socket.SOCK_STREAM)
        )
        for *_, place in found:
            refuse(place[0], loopback=self._loopback)
        return [
            ResolveResult(
                hostname=host,
                host=place[0],
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, place in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def refuse(address: str, *, loopback: bool) -> None:
    """Raises RefusedAddressError for one that must not be called."""
    if why := why_refused(address, loopback=loopback):
        raise RefusedAddressError(why)


class Caller:
    """Calls receivers. `loopback`: this machine may be one, and http is enough. Made in a running loop, then closed."""

    def __init__(
        self, clock: Callable[[], datetime], *, loopback: bool, resolver: AbstractResolver | None = None
    ) -> None:
        self._clock = clock
        self._loopback = loopback
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=resolver or CheckedResolver(loopback=loopback),
                use_dns_cache=False,
                force_close=True,
                limit=0,
                socket_factory=self._socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=TIMEOUT,
            trust_env=False,
            auto_decompress=False,
        )

    async def close(self) -> None:
        await self._session.close()

    async def __call__(self, claimed: Claimed) -> Answer:
        """What the receiver answers, or why there is no answer; raises nothing that a receiver can bring about."""
        if why := url_error(claimed.url, loopback=self._loopback):
            return Answer(status=None, text=f"not called: {why}")
        headers = signed_headers(claimed.event_id, claimed.body, claimed.secrets, self._clock())
        try:
            return await self._answer(claimed, {**headers, "User-Agent": _AGENT, "Content-Type": "application/json"})
        except TimeoutError:
            return Answer(status=None, text=f"no answer within {TIMEOUT.total:.0f} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            return Answer(status=None, text=_sentence(fault))

    async def _answer(self, claimed: Claimed, headers: Mapping[str, str]) -> Answer:
        async with self._session.post(
            claimed.url, data=claimed.body, headers=headers, allow_redirects=False
        ) as response:
            said = await _beginning(response)
            return Answer(
                status=response.status,
                text=said.decode(errors="replace").replace("\x00", "")[:LONGEST_ANSWER],
                retry_after=_retry_after(response.headers.get("Retry-After")),
            )

    def _socket(self, address: Any) -> socket.socket:
        family, kind, protocol, _, place = address
        refuse(place[0], loopback=self._loopback)
        return socket.socket(family=family, type=kind, proto=protocol)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """The status is the answer; what else is said may be cut off."""
    found = b""
    try:
        while len(found) < MOST_READ and (more := await response.content.read(MOST_READ - len(found))):
            found += more
    except (aiohttp.ClientError, TimeoutError):
        return found
    return found


def _retry_after(text: str | None) -> timedelta | None:
    """In seconds; as a date it is not looked at."""
    is_seconds = text is not None and text.isascii() and text.isdigit() and len(text) < 8  # noqa: PLR2004
    return timedelta(seconds=int(text)) if is_seconds and text is not None else None


def _sentence(fault: BaseException) -> str:
    return f"{type(fault).__name__}: {' '.join(str(fault).split())}"[:LONGEST_ANSWER]
