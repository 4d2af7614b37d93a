"""A person's own page: the pass phrase, and the logins that are open."""

import asyncio
from typing import Final

from app.store import Role
from app.web.screen.access.passphrases import LONGEST, SHORTEST
from app.web.screen.page import Act, Answer, Moved, Page, Shown, Visit, url

_UNPROCESSABLE: Final = 422


async def show(visit: Visit) -> Answer:
    """The page."""
    return await _shown(visit)


async def set_phrase(visit: Visit) -> Answer:
    """Sets the pass phrase; the one before it has to be typed where there is one."""
    assert visit.present is not None
    person, new = visit.present.person, visit.form.get("phrase", "")
    if not SHORTEST <= len(new) <= LONGEST:
        return await _shown(visit, fault="LENGTH")
    phrases = visit.tools.logins.phrases
    if person.digest is not None and not await phrases.is_right(person.digest, visit.form.get("old", "")):
        visit.tools.logins.tries.take(visit.address)
        return await _shown(visit, fault="OLD")
    await visit.tools.logins.set_phrase(person, new, address=visit.address)
    return Moved(to=url("/account", done="phrase"))


async def end_login(visit: Visit) -> Answer:
    """Ends one of the person's logins."""
    assert visit.present is not None
    key = visit.form.get("key", "")
    await visit.tools.logins.end(visit.present, key, address=visit.address)
    if key == visit.present.login.key:
        return Moved(to=url("/login"), login="")
    return Moved(to=url("/account", done="login"))


async def _shown(visit: Visit, fault: str | None = None) -> Shown:
    assert visit.present is not None
    logins = await asyncio.to_thread(visit.tools.logins.logins.of, visit.present.person.name)
    values = {
        "logins": logins,
        "current": visit.present.login.key,
        "fault": fault,
        "done": visit.query.get("done", ""),
        "shortest": SHORTEST,
    }
    return Shown(template="account.html", values=values, status=_UNPROCESSABLE if fault else 200)


ALL: Final = (
    Page(name="account", path="/account", least=Role.VIEWER, show=show),
    Act(name="set-phrase", path="/account/phrase", least=Role.VIEWER, carry_out=set_phrase),
    Act(name="end-login", path="/account/logins/end", least=Role.VIEWER, carry_out=end_login),
)
