"""What is switched on at a simulator, beside the misbehaviour that every simulator has."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from aiohttp import web

from providers.simulation.reading import body_of


@dataclass(slots=True)
class Switches:
    """A subclass's fields are its switches; a list is taken as a tuple."""

    async def change(self, request: web.Request) -> web.Response:
        """A JSON object with any of them; 400 for one that there is not."""
        return self.take(await body_of(request))

    def take(self, to: Mapping[str, Any]) -> web.Response:
        """The same, of what a request has beside what is done once."""
        known = {each.name for each in fields(self)}
        for name, value in to.items():
            if name not in known:
                return web.json_response({"error": f"there is no switch {name}"}, status=400)
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
        return web.json_response({})
