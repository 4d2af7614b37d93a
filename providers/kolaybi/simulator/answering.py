"""How every call is answered: with its fault, as a refusal, or as one page of a list."""

from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web

from providers.kolaybi.simulator import words
from providers.kolaybi.simulator.switches import Switches
from providers.simulation.misbehaviour import Handler, Misbehaviour, Note

USUAL_PAGE: Final = 20


class Answering:
    """As the switches and the misbehaviour have it."""

    def __init__(self, misbehaviour: Misbehaviour, switches: Switches) -> None:
        self._misbehaviour = misbehaviour
        self._switches = switches

    async def around(self, request: web.Request, handle: Handler, refused: Note | None = None) -> web.Response:
        """One call that makes or cancels something."""
        return await self._misbehaviour.around(request, handle, words.own_words(self._misbehaviour), refused)

    def refusal(self, errors: Iterable[str]) -> web.Response | None:
        """All of these in one sentence; None where there are none."""
        found = list(errors)
        return self.no(" ".join(found)) if found else None

    def no(self, message: str) -> web.Response:
        """A refusal, with 400 or with 200."""
        return words.failure(words.BAD_REQUEST, message, in_200=self._switches.refuses_in_200)

    def filtered(
        self, request: web.Request, rows: list[dict[str, Any]], names: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        """Those of these values, unless filters are ignored."""
        asked = {name: request.query[name] for name in names if name in request.query}
        if self._switches.filters == "ignored":
            return rows
        return [row for row in rows if all(str(row.get(name)) == value for name, value in asked.items())]

    def listed(self, request: web.Request, rows: list[dict[str, Any]]) -> web.Response:
        """One page, with its rows at one of three places."""
        page, size = int(request.query.get("page", "1")), int(request.query.get("per_page", str(USUAL_PAGE)))
        shown = rows[(page - 1) * size : page * size]
        pages = {"current_page": page, "per_page": size, "total": len(rows), "last_page": max(1, -(-len(rows) // size))}
        match self._switches.rows_at:
            case "data.data":
                return words.success({"data": shown, **pages})
            case "data.items":
                return words.success({"items": shown, **pages})
            case _:
                return words.success(shown, meta=pages)


def not_found() -> web.Response:
    """There is no such object."""
    return words.failure(words.NOT_FOUND, "Kayıt bulunamadı.")
