"""How a person comes in: by pass phrase, or by a link that works once; and how they leave."""

from typing import Final

from app.store import Role
from app.web.screen.access.login import Refusal
from app.web.screen.page import STEM, Act, Answer, Moved, Page, Shown, Visit

_UNAUTHORIZED: Final = 401
_TOO_MANY: Final = 429


async def show(visit: Visit) -> Answer:
    """The form; who is in already goes on."""
    to = way_on(visit.query.get("next", ""))
    return Moved(to=to) if visit.present is not None else Shown(template="login.html", values=_values(to))


async def log_in(visit: Visit) -> Answer:
    """By name and pass phrase."""
    name, phrase = visit.form.get("name", ""), visit.form.get("phrase", "")
    to = way_on(visit.form.get("next", ""))
    begun = await visit.tools.logins.by_phrase(name, phrase, address=visit.address, browser=visit.browser)
    if isinstance(begun, Refusal):
        status = _TOO_MANY if begun is Refusal.BLOCKED else _UNAUTHORIZED
        return Shown(template="login.html", values=_values(to, begun, name), status=status)
    return Moved(to=to, login=begun)


async def show_link(visit: Visit) -> Answer:
    """A page with one button: what fetches addresses before a person does uses no link up."""
    return Shown(template="link.html", values={"link": visit.path["link"]})


async def use_link(visit: Visit) -> Answer:
    """By the link, which is used up."""
    begun = await visit.tools.logins.by_link(visit.path["link"], address=visit.address, browser=visit.browser)
    if isinstance(begun, Refusal):
        return Shown(template="login.html", values=_values(STEM, begun), status=_UNAUTHORIZED)
    return Moved(to=STEM, login=begun)


async def log_out(visit: Visit) -> Answer:
    """Ends this login."""
    assert visit.present is not None
    await visit.tools.logins.end(visit.present, visit.present.login.key, address=visit.address)
    return Moved(to=f"{STEM}/login", login="")


def way_on(wanted: str) -> str:
    """Where to go after the login: a page of ours, and nothing that a browser takes for another host."""
    is_ours = wanted == STEM or wanted.startswith((f"{STEM}/", f"{STEM}?"))
    return wanted if is_ours and "\\" not in wanted and wanted.isprintable() else STEM


def _values(to: str, refusal: Refusal | None = None, name: str = "") -> dict[str, object]:
    return {"next": to, "refusal": refusal, "name": name}


ALL: Final = (
    Page(name="login", path="/login", least=None, show=show),
    Act(name="log-in", path="/login", least=None, carry_out=log_in, once=False),
    Page(name="link", path="/link/{link}", least=None, show=show_link),
    Act(name="use-link", path="/link/{link}", least=None, carry_out=use_link, once=False),
    Act(name="log-out", path="/logout", least=Role.VIEWER, carry_out=log_out, once=False),
)
