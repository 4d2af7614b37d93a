"""The language and the colours that a person has chosen, kept in cookies so that a page is right at once."""

from typing import Final

from app.web.screen.access import cookies
from app.web.screen.page import Act, Answer, Moved, Theme, Visit
from app.web.screen.pages.login import way_on
from app.web.screen.words.text import Language


async def choose(visit: Visit) -> Answer:
    """Keeps what is one of the choices."""
    language, theme = visit.form.get("language"), visit.form.get("theme")
    choices = {
        **({cookies.LANGUAGE: language} if language in set(Language) else {}),
        **({cookies.THEME: theme} if theme in set(Theme) else {}),
    }
    return Moved(to=way_on(visit.form.get("next", "")), choices={name: str(each) for name, each in choices.items()})


ALL: Final = (Act(name="looks", path="/looks", least=None, carry_out=choose, once=False),)
