"""From an HTTP request to its handler: key, rate, scope, path and body, in this sequence, and then the call."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from app.store import ApiKey
from app.web.api.answers import json_answer
from app.web.api.authentication import Authenticator
from app.web.api.body import json_of
from app.web.api.operations import Answer, Call, Operation, path_of, query_of, request_id_of
from app.web.api.problems import Problem
from app.web.api.requests import model_of
from app.web.limits import RateLimiter

_FORWARDED: Final = "X-Forwarded-For"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What every request passes. `behind_proxy`: the client's address is the last one that the proxy has added."""

    authenticator: Authenticator
    limiter: RateLimiter
    clock: Callable[[], datetime]
    behind_proxy: bool = False

    async def call_of(self, request: web.Request, operation: Operation) -> tuple[Call, dict[str, str]]:
        """The call that the request may make, and the headers of its answer. Raises Problem."""
        key = await self.authenticator.authenticated(request, self.address(request))
        headers = self._counted(key)
        path = path_of(request)
        _refuse_beyond(key, operation, path)
        request_id = request_id_of(request)
        body = model_of(operation.body, await json_of(request)) if operation.body else None
        call = Call(
            key=key,
            path=path,
            query=query_of(request, operation),
            body=body,
            request_id=request_id,
            now=self.clock(),
            accept=request.headers.get("Accept", ""),
        )
        return call, headers

    def address(self, request: web.Request) -> str:
        """The client's."""
        forwarded = request.headers.get(_FORWARDED, "") if self.behind_proxy else ""
        return forwarded.rpartition(",")[2].strip() or request.remote or ""

    def _counted(self, key: ApiKey) -> dict[str, str]:
        allowance = self.limiter.take(key.client)
        headers = self.limiter.headers(allowance)
        if not allowance.allowed:
            raise Problem("RATE_LIMITED", headers={**headers, "Retry-After": f"{allowance.seconds}"})
        return headers


def _refuse_beyond(key: ApiKey, operation: Operation, path: Mapping[str, str]) -> None:
    business = path.get("businessCode")
    if business is not None and not key.may_see(business):
        raise Problem("UNKNOWN_BUSINESS", path="path:businessCode")
    if operation.scope not in key.scopes:
        raise Problem("SCOPE_MISSING", f"the key has not the scope {operation.scope}", path="header:X-Subscription-Key")


def endpoint(gate: Gate, operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of aiohttp for this operation."""

    async def handled(request: web.Request) -> web.StreamResponse:
        call, headers = await gate.call_of(request, operation)
        answer = await operation.handler(call)
        response = json_answer(answer, request) if isinstance(answer, Answer) else answer
        response.headers.update(headers)
        return response

    return handled
