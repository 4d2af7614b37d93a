"""What the head of every page leads to. A page that belongs in it has a line here."""

from dataclasses import dataclass
from typing import Final

from app.store import Role
from app.web.screen.words.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page of the menu. `on_phone`: it is in the bar at the lower edge, which has room for three."""

    path: str
    text: Text
    icon: str
    least: Role = Role.VIEWER
    on_phone: bool = False


MENU: Final = (
    Entry(path="", text=Text("Başlangıç", "Start"), icon="house", on_phone=True),
    Entry(path="/orders", text=Text("Siparişler", "Orders"), icon="package"),
    Entry(path="/documents", text=Text("Belgeler", "Documents"), icon="file-text", on_phone=True),
)
