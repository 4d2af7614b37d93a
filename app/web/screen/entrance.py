"""From a request to its page, in this sequence: from our own page, by whom, may they, the form, and then the page."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from app.store import Role
from app.web.screen.access import cookies
from app.web.screen.access.forms import form_of, is_ours, new_form
from app.web.screen.access.headers import SECURITY
from app.web.screen.access.login import Present
from app.web.screen.menu import MENU
from app.web.screen.page import STEM, Act, Answer, Feed, Moved, Page, Shown, Theme, Tools, Visit, url
from app.web.screen.rendering.templates import rendered
from app.web.screen.words.roles import ROLES
from app.web.screen.words.text import Language

FORM: Final = "form"
PARTIAL: Final = "HX-Request-Type"
_SEE_OTHER: Final = 303
_NOT_ALLOWED: Final = 403
_CONFLICT: Final = 409
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RefusedError(Exception):
    """The request is answered by a page that says why: `template` with this status."""

    def __init__(self, status: int, template: str) -> None:
        super().__init__(template)
        self.status = status
        self.template = template


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """`address`: the client's, behind a proxy too. `businesses` are in the head of every page."""

    tools: Tools
    address: Callable[[web.Request], str]

    def page(self, page: Page) -> Handler:
        """The handler of a page."""

        async def shown(request: web.Request) -> web.StreamResponse:
            visit = await self.visit(request)
            if page.least is not None and visit.present is None:
                return web.Response(status=_SEE_OTHER, headers={"Location": url("/login", next=_here(request))})
            _refuse_beyond(visit.present, page.least)
            return await self.answered(visit, await page.show(visit))

        return shown

    def act(self, act: Act) -> Handler:
        """The handler of what a form does."""

        async def carried_out(request: web.Request) -> web.StreamResponse:
            if not is_ours(request.headers, request.host):
                raise RefusedError(_NOT_ALLOWED, "refused/origin.html")
            form = _texts(await request.post())
            visit = await self.visit(request, form)
            if act.least is not None and visit.present is None:
                return web.Response(status=_SEE_OTHER, headers={"Location": url("/login")})
            _refuse_beyond(visit.present, act.least)
            if act.once:
                await self._take(visit, act, form.get(FORM, ""))
            return await self.answered(visit, await act.carry_out(visit))

        return carried_out

    def feed(self, feed: Feed) -> Handler:
        """The handler of a page's news, which end with their login. An open page is no use of the login."""

        async def followed(request: web.Request) -> web.StreamResponse:
            visit = await self.visit(request, is_use=False)
            if visit.present is None:
                return web.Response(status=_SEE_OTHER, headers={"Location": url("/login")})
            _refuse_beyond(visit.present, feed.least)
            stream = web.StreamResponse(headers={**SECURITY, "Content-Type": "text/event-stream"})
            await stream.prepare(request)
            with suppress(ConnectionResetError):  # the page was left
                await self._follow(visit, feed, stream)
            return stream

        return followed

    async def _follow(self, visit: Visit, feed: Feed, stream: web.StreamResponse) -> None:
        assert visit.present is not None
        async for news in feed.follow(visit):
            if not await self.tools.logins.is_open(visit.present):
                return
            text = rendered(news.template, visit.language, {**frame(visit, ()), **news.values}) if news else ""
            await stream.write(_event(text))

    async def visit(self, request: web.Request, form: dict[str, str] | None = None, *, is_use: bool = True) -> Visit:
        """Who asks, and for what. Raises StoreError."""
        return Visit(
            tools=self.tools,
            present=await self.tools.logins.present(request.cookies.get(cookies.LOGIN), is_use=is_use),
            language=_language(request),
            theme=_theme(request),
            address=self.address(request),
            browser=request.headers.get("User-Agent", ""),
            here=_here(request),
            path=dict(request.match_info),
            query=_texts(request.query),
            form={name: text for name, text in (form or {}).items() if name != FORM},
            partial=request.headers.get(PARTIAL) == "partial",
        )

    async def answered(self, visit: Visit, answer: Answer) -> web.Response:
        """The page, or the way to another one."""
        if isinstance(answer, Moved):
            return _moved(answer)
        return await self.html(visit, answer)

    async def html(self, visit: Visit, shown: Shown) -> web.Response:
        """The page as it is sent."""
        businesses = await asyncio.to_thread(self.tools.businesses) if visit.present else ()
        text = rendered(shown.template, visit.language, {**frame(visit, businesses), **shown.values})
        headers = {"Vary": f"{PARTIAL}, Cookie, Accept-Language", "Content-Language": visit.language}
        return web.Response(text=text, status=shown.status, headers=headers, content_type="text/html")

    async def _take(self, visit: Visit, act: Act, text: str) -> None:
        assert visit.present is not None
        form = form_of(text, visit.present.token, act.name, visit.now)
        if form is None:
            raise RefusedError(_NOT_ALLOWED, "refused/form.html")
        if not await asyncio.to_thread(self.tools.logins.logins.use_form, form):
            raise RefusedError(_CONFLICT, "refused/twice.html")


def frame(visit: Visit, businesses: tuple[str, ...]) -> dict[str, Any]:
    """What every template has: where it is, who looks, and how a form is made."""
    present = visit.present

    def form(act: str) -> str:
        return new_form(present.token, act, visit.now) if present is not None else ""

    return {
        "visit": visit,
        "person": present.person if present else None,
        "may": lambda role: present is not None and present.person.role.includes(Role(role)),
        "theme": visit.theme,
        "menu": MENU,
        "at": _section(visit.here),
        "roles": ROLES,
        "businesses": businesses,
        "business": visit.query.get("business") or "",
        "url": url,
        "form": form,
        "now": visit.now,
    }


def _event(text: str) -> bytes:
    """As the stream has it: a message for each text, and a comment where there is none."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines() if line.strip())
    return f"{lines}\n".encode() if lines else b":\n\n"


def _refuse_beyond(present: Present | None, least: Role | None) -> None:
    if least is not None and (present is None or not present.person.role.includes(least)):
        raise RefusedError(_NOT_ALLOWED, "refused/role.html")


def _moved(answer: Moved) -> web.Response:
    response = web.Response(status=_SEE_OTHER, headers={"Location": answer.to})
    if answer.login:
        cookies.keep_login(response, answer.login)
    elif answer.login is not None:
        cookies.forget_login(response)
    for name, value in answer.choices.items():
        cookies.keep_choice(response, name, value)
    return response


def _here(request: web.Request) -> str:
    return request.path_qs if request.method == "GET" else STEM


def _section(here: str) -> str:
    """The entry of the menu that a page is under: `/documents` for a document's page."""
    first = here.partition("?")[0].removeprefix(STEM).split("/")[1:2]
    return f"/{first[0]}" if first else ""


def _texts(found: Mapping[str, Any]) -> dict[str, str]:
    """The last of each name; a file is no text."""
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _language(request: web.Request) -> Language:
    """The one that was chosen, else the first of ours that the browser asks for."""
    chosen = request.cookies.get(cookies.LANGUAGE)
    if chosen in set(Language):
        return Language(chosen)
    asked = [each.split(";")[0].strip()[:2].lower() for each in request.headers.get("Accept-Language", "").split(",")]
    return next((Language(each) for each in asked if each in set(Language)), Language.TURKISH)


def _theme(request: web.Request) -> Theme:
    chosen = request.cookies.get(cookies.THEME)
    return Theme(chosen) if chosen in set(Theme) else Theme.SYSTEM
