"""Documents by their unguessable addresses: the provider's own file, else ours, which is said in a header."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from app.documents.rendering import RenderingError
from app.documents.safe_input.xml import UnsafeXmlError
from app.domain.documents import DocumentStatus
from app.operations.document_files import DownloadedDocument, file_of
from app.operations.documents import file_name
from app.operations.errors import NotFoundError, NotPossibleError, UnavailableError
from app.store import StoreError
from app.stream.errors import StreamError
from app.tracking.read_model.queries import Queries
from app.web.api.answers import json_answer
from app.web.api.links import DocumentLinks
from app.web.api.operations import Answer
from app.web.api.problems import Problem
from app.web.api.reading import asked
from app.web.limits import RateLimiter
from providers.base.reads import FileForm

_RETRY: Final = {"Retry-After": "10"}
# Each of them may ask a provider, and draw a page.
MOST_AT_ONCE: Final = 4
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def document_files(
    queries: Queries, links: DocumentLinks, limiter: RateLimiter, address: Callable[[web.Request], str]
) -> Handler:
    """The handler of `/documents/v1/{token}`. `limiter`: how many a minute one client's `address` may fetch."""
    drawing = asyncio.Semaphore(MOST_AT_ONCE)

    async def fetched(request: web.Request) -> web.StreamResponse:
        allowance = limiter.take(address(request))
        if not allowance.allowed:
            raise Problem("RATE_LIMITED", headers={"Retry-After": f"{allowance.seconds}"})
        named = links.read(request.match_info["token"])
        found = await asked(lambda: queries.document(named[0])) if named else None
        if named is None or found is None:
            raise Problem("NOT_FOUND", path="path:token")
        form = FileForm(named[1]) if named[1] else _accepted(request)
        if found.row.latest.number is None:
            return json_answer(Answer(body={"state": found.row.latest.state}, status=202, headers=_RETRY), request)
        async with drawing:
            return _sent(await _file(found.row.latest, form), form)

    return fetched


def _accepted(request: web.Request) -> FileForm:
    """By the header Accept; a PDF to whom it is all one."""
    accepted = request.headers.get("Accept", "")
    return next((form for form in FileForm if form.media_type in accepted), FileForm.PDF)


async def _file(latest: DocumentStatus, form: FileForm) -> DownloadedDocument:
    try:
        return await asyncio.to_thread(file_of, latest, form)
    except (NotPossibleError, NotFoundError) as error:
        raise Problem("NOT_FOUND", f"{error}", path="path:token") from error
    except (UnavailableError, StoreError, StreamError, RenderingError, UnsafeXmlError) as error:
        raise Problem("ANSWER_UNAVAILABLE", headers=_RETRY) from error


def _sent(file: DownloadedDocument, form: FileForm) -> web.Response:
    """As an attachment: a page of others is never opened under our address."""
    name = file_name(file.document.number or file.document.document_id, form)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Document-Origin": file.origin,
        "X-Robots-Tag": "noindex",
    }
    return web.Response(body=file.content, content_type=form.media_type, headers=headers)
