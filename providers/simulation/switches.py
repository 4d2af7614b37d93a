"""What is switched on at a simulator, beside the misbehaviour that every simulator has."""

from dataclasses import dataclass, fields

from aiohttp import web

from providers.simulation.reading import body_of


@dataclass(slots=True)
class Switches:
    """A subclass's fields are its switches; a list is taken as a tuple."""

    async def change(self, request: web.Request) -> web.Response:
        """A JSON object with any of them; 400 for one that there is not."""
        known = {each.name for each in fields(self)}
        for name, value in (await body_of(request)).items():
            if name not in known:
                return web.json_response({"error": f"there is no switch {name}"}, status=400)
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
        return web.json_response({})
