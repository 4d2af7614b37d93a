"""Every answer in one form: problems where something is refused, and the same headers on all of them."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web

from app.web.api.operations import REQUEST_ID, Answer
from app.web.api.problems import Problem

log = structlog.get_logger(__name__)
_PROBLEM: Final = "application/problem+json"
_JSON: Final = "application/json"
# What aiohttp itself refuses before a handler is found.
_BY_STATUS: Final = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "BODY_TOO_LARGE", 415: "MEDIA_TYPE_UNSUPPORTED"}
_SECURITY: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "faturaflow",
}
_YEAR: Final = 365 * 86_400
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def json_answer(answer: Answer, request: web.Request) -> web.Response:
    """The answer as it is sent; what a client has already is not sent again. Amounts are texts: no digit is lost."""
    text = json.dumps(answer.body, ensure_ascii=False, default=str)
    headers = dict(answer.headers)
    if request.method == "GET":
        headers["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
    return web.Response(text=text, status=answer.status, headers=headers, content_type=_JSON)


def problem_answer(problem: Problem, request: web.Request) -> web.Response:
    """The refusal as it is sent; as plain JSON to a client that takes nothing else."""
    accepted = request.headers.get("Accept", "")
    only_json = _JSON in accepted and _PROBLEM not in accepted and "*/*" not in accepted
    return web.Response(
        text=json.dumps(problem.body(), ensure_ascii=False),
        status=problem.kind.status,
        headers=problem.headers,
        content_type=_JSON if only_json else _PROBLEM,
    )


def answering(*, tls: bool) -> Any:
    """The outermost middleware. `tls`: the connection is encrypted here, and browsers shall keep to that."""

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await _answer(request, handler)
        for name, value in _SECURITY.items():
            response.headers.setdefault(name, value)
        if tls:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        request_id = request.headers.get("X-Request-ID", "")
        if REQUEST_ID.fullmatch(request_id):
            response.headers["X-Request-ID"] = request_id
        return response

    return answered


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return problem_answer(problem, request)
    except web.HTTPException as refused:
        code = _BY_STATUS.get(refused.status)
        if code is None:
            raise
        allow = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else {}
        return problem_answer(Problem(code, headers=allow), request)
    except Exception as fault:  # noqa: BLE001 - a defect of ours has an answer in our form too
        # The fault is named without repeating the request's content.
        log.error("a request has failed", method=request.method, error=type(fault).__name__)  # noqa: TRY400
        return problem_answer(Problem("INTERNAL"), request)
