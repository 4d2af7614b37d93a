"""The HTTP client every adapter shares, and the first half of its classification: what holds for any provider.

`send` answers with a `Reply` only when a whole one was read. `classify` then says what every provider's reply means
alike; what it leaves open is the adapter's own table, and what no table knows is Unknown.

An answer is the provider's own only in the form that the provider gives its answers. Gateways, firewalls and proxies
stand before it, and answer in its stead: a 401, 403, 404 or 429 of theirs says nothing of what was made behind them.
"""

import asyncio
import math
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from app.domain import exact_json
from app.domain.addresses import address_error
from providers.base import NotPermittedError, NotSent, Permit, Unclear, Unknown
from providers.masking import SHORTEST_SECRET, without_secrets
from providers.texts import plain
from providers.transport.connecting import unreached
from providers.transport.limits import ENCODINGS, bounded, once, retry_after

USER_AGENT: Final = f"Faturaflow/{version('faturaflow')}"
# A host that takes no connection within this is down, and the attempt has surely made nothing.
CONNECT_SECONDS: Final = 5.0
# Enough of a strange answer to recognise it, and no more: it may carry a buyer's data.
EXCERPT: Final = 200
# Where services write in one sentence what was wrong; the other fields of a strange answer may hold anything.
SENTENCES: Final = ("message", "error", "title", "description", "detail", "error_description")
MOST_SENTENCES: Final = 3
NO_SENTENCE: Final = "JSON without a sentence"

# What HTTP has no way to write in a header.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
# The kind of a read, whatever its method: writes take another time.
READ: Final = "GET"
UNAUTHORISED: Final = frozenset({401, 403})
TOO_MANY_REQUESTS: Final = 429
FIRST_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer of any content. `body` is the text before it was decoded and rid of secrets: for files.

    `challenge`: the WWW-Authenticate header, with which HTTP itself asks for another login. `headers` may hold tokens.
    """

    status: int
    text: str
    retry_after: float | None = None
    challenge: str | None = None
    body: bytes = field(default=b"", repr=False, compare=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def json(self) -> Any:
        """The body with its decimals exact, or None when it is not JSON."""
        try:
            return exact_json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    def excerpt(self) -> str:
        """For a person's eyes: the status and a sentence of the body. Of a strange answer nothing else is kept."""
        return f"HTTP {self.status}: {plain(_sentence_in(self), EXCERPT)}"


def _sentence_in(reply: Reply) -> str:
    body, start = reply.json(), reply.text.lstrip()
    if isinstance(body, dict):
        listed = body.get("errors") or body.get("Errors")
        inner = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        sentences = [sentence for part in (body, *inner[:MOST_SENTENCES]) for sentence in _sentences_of(part)]
        return "; ".join(sentences) or NO_SENTENCE
    if start.startswith("<"):
        title = _TITLE.search(start[: 10 * EXCERPT])
        return f"a page, {title[1]!r}" if title else "a page"
    return NO_SENTENCE if start.startswith(("{", "[")) else start or "an empty answer"


def _sentences_of(part: Mapping[str, Any]) -> list[str]:
    said = {name.lower(): value for name, value in part.items()}
    return [said[name] for name in SENTENCES if isinstance(said.get(name), str) and said[name]]


_TITLE: Final = re.compile(r"<title[^>]*>([^<]+)", re.IGNORECASE)


def _never(_: Reply) -> bool:
    """Of whom the form is not known, no answer is sure."""
    return False


def classify(reply: Reply, is_own: Callable[[Reply], bool] = _never) -> NotSent | Unknown | None:
    """What a status means at every provider; None leaves it to the adapter's own table.

    `is_own`: whether the answer has the form in which the provider itself refuses. Only then has nothing been made.
    """
    if reply.status == TOO_MANY_REQUESTS:
        why = f"too many requests ({reply.excerpt()})"
        return NotSent(why=why, retry_after=reply.retry_after) if is_own(reply) else _unsure(reply, why)
    if reply.status in UNAUTHORISED:
        why = f"the login was refused ({reply.excerpt()})"
        return NotSent(why=why, needs_owner=True) if is_own(reply) else _unsure(reply, why)
    if reply.status >= FIRST_SERVER_ERROR:
        return Unknown(why=reply.excerpt())
    return None


def _unsure(reply: Reply, why: str) -> Unknown:
    return Unknown(why=f"{why}, not in the provider's own form", retry_after=reply.retry_after)


def unclear(failure: NotSent | Unknown) -> Unclear:
    """The same failure of a read: it says nothing about the document."""
    needs_owner = isinstance(failure, NotSent) and failure.needs_owner
    return Unclear(why=failure.why, retry_after=failure.retry_after, needs_owner=needs_owner)


def _no_limit(_kind: str, _seconds: float) -> AbstractAsyncContextManager[None]:
    """For a request by hand, outside of the engine."""
    return nullcontext()


class Http:
    """One session to one provider: TLS except on loopback, no redirects, no cookies, bounded bodies.

    Each request asks `permit` before it leaves; how many calls run at once is the engine's business. It never repeats a
    request that may make something; aiohttp by itself would repeat a PUT and a DELETE whose connection broke, as it
    repeats reads.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        is_own: Callable[[Reply], bool] = _never,
        secrets: Iterable[str] = (),
        ipv4_only: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Raises ValueError for an address to which no login can go, and for one that no header can hold.

        `is_own`: see `classify`. `headers` and `secrets`: see `use_login`. `ipv4_only`: for hosts that list addresses.
        `tls`: of this session alone.
        """
        self._base_url = _checked(base_url)
        self._is_own = is_own
        self._tls = tls
        self._headers: dict[str, str] = {
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": ENCODINGS,
        }
        self._secrets: tuple[str, ...] = ()
        self._session: aiohttp.ClientSession | None = None
        self._family = socket.AF_INET if ipv4_only else socket.AF_UNSPEC
        self.permit: Permit = _no_limit
        self.use_login(headers, secrets)

    def use_login(self, headers: Mapping[str, str], secrets: Iterable[str] = ()) -> None:
        """From the next request on these headers go with each; those that were there before are kept or replaced.

        Raises ValueError for what no header can hold: the request would fail as if its answer were lost.

        `secrets`: those that go in bodies. They and what the header Authorization holds are taken out of every answer.
        """
        _refuse_unsendable(headers)
        self._headers |= headers
        self._secrets = tuple(dict.fromkeys((*self._secrets, *_long_enough((*secrets, *_credentials(headers))))))

    async def send(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        body: str | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        kind: str | None = None,
        secrets: tuple[str, ...] = (),
    ) -> Reply | NotSent | Unknown:
        """One request, at most `seconds` from its permit to the last byte.

        `body` is sent as it is: JSON, unless the `headers` of this request name another type. `kind`: what the permit
        is asked for where the method does not say it, as of a read by POST. `secrets`: those of this request alone.
        """
        if seconds <= 0:
            return NotSent(why="no time was left for the call")
        deadline = Deadline(seconds)
        data = None if body is None else body.encode()
        of_body = {} if body is None else {"Content-Type": "application/json"}
        try:
            async with self.permit(kind or method, seconds):
                return await self._exchange(
                    method, path, deadline.left(), {**of_body, **headers}, secrets, data=data, params=query
                )
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # Raised while the connection is made, TLS and all, before a byte of the request has left.
            return NotSent(why=unreached(error))
        except TimeoutError:
            return Unknown(why=f"no whole answer within {seconds:.1f} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # What is no HTTP is quoted in it, and the address of the request may be, with what its query holds.
            hidden = (*self._secrets, *_long_enough((*_credentials(headers), *secrets)))
            said = without_secrets(f"{error}", hidden)
            return Unknown(why=plain(f"the answer was lost: {type(error).__name__}: {said}", EXCERPT))

    def classify(self, reply: Reply) -> NotSent | Unknown | None:
        """What this provider's status means at every provider."""
        return classify(reply, self._is_own)

    async def answers(self, path: str, seconds: float) -> bool:
        """Whether the provider answers: a refused login is an answer too, a server's error is none."""
        reply = await self.send("GET", path, seconds)
        return isinstance(reply, Reply) and reply.status < FIRST_SERVER_ERROR

    async def close(self) -> None:
        """Ends the session; a call that comes later opens another."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(
        self, method: str, path: str, seconds: float, headers: Mapping[str, str], own: tuple[str, ...], **parts: Any
    ) -> Reply:
        """`parts` are those of the request that aiohttp has names for."""
        if seconds <= 0:  # to aiohttp it would be no limit at all
            raise NotPermittedError("no time was left for the call", retry_after=0.0)
        # Without a threshold aiohttp rounds timeouts above five seconds up to whole ones.
        timeout = aiohttp.ClientTimeout(total=seconds, connect=min(CONNECT_SECONDS, seconds), ceil_threshold=math.inf)
        secrets = (*self._secrets, *_long_enough((*_credentials(headers), *own)))
        async with self._connected().request(
            method,
            self._base_url + path,
            headers={**self._headers, **headers},
            timeout=timeout,
            allow_redirects=False,
            middlewares=() if method == "GET" else (once,),
            **parts,
        ) as response:
            raw = await bounded(response)
            return Reply(
                status=response.status,
                text=without_secrets(raw.decode("utf-8", errors="replace"), secrets),
                retry_after=retry_after(response.headers.get("Retry-After"), datetime.now(UTC)),
                challenge=response.headers.get("WWW-Authenticate"),
                body=raw,
                headers=response.headers,
            )

    def _connected(self) -> aiohttp.ClientSession:
        """Made on first use: a session belongs to the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, family=self._family, ssl=self._tls or True),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session


class Deadline:
    """A time budget shared by the calls of one step."""

    def __init__(self, seconds: float) -> None:
        self._end = asyncio.get_running_loop().time() + seconds

    def left(self) -> float:
        """Seconds; zero or less when it has passed."""
        return self._end - asyncio.get_running_loop().time()


def _credentials(headers: Mapping[str, str]) -> list[str]:
    """What the header Authorization holds beside its scheme."""
    return headers.get("Authorization", "").split()[-1:]


def _long_enough(secrets: Iterable[str]) -> Iterable[str]:
    return (secret for secret in secrets if len(secret) >= SHORTEST_SECRET)


def _checked(base_url: str) -> str:
    if error := address_error(base_url):
        raise ValueError(f"{base_url!r} {error}")
    return base_url.rstrip("/")


def _refuse_unsendable(headers: Mapping[str, str]) -> None:
    """The message holds no header: one of them may be the login."""
    if any(_CONTROL.search(value) for value in headers.values()):
        raise ValueError("a secret has a line break or another control character, and no request could carry it")
