"""The face in JSON: `{"Action", "parameters"}` in, `{"IsSucceded", "Message", "Value"}` out."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from providers.hepsiburada_efaturam.simulator.faces import Asked
from providers.hepsiburada_efaturam.simulator.invoices import Sent, UnreadableError, lowered, sent_in
from providers.simulation.reading import body_of

PATH: Final = "/api/BasicIntegrationApi"


class JsonFace:
    """Names of the answer are spelt as the service spells them."""

    def succeeded(self, value: Any) -> web.Response:
        return web.json_response({"IsSucceded": True, "Message": None, "Value": value})

    def failed(self, message: str, status: int = 200) -> web.Response:
        return web.json_response({"IsSucceded": False, "Message": message, "Value": None}, status=status)

    def cut(self) -> web.Response:
        return web.Response(text='{"IsSucce', content_type="application/json")


async def asked_in(request: web.Request) -> Asked:
    """The call in a request; one without an action where it is none."""
    body = await body_of(request)
    small = lowered(body)
    parameters = small.get("parameters")
    return Asked(
        action=str(small.get("action")),
        parameters=parameters if isinstance(parameters, dict) else {},
        references=_references_in(parameters),
        invoices=lambda: _sent(body),
    )


def _sent(body: Mapping[str, Any]) -> list[Sent]:
    """The invoices of a request, as they were spelt."""
    parameters: Any = next((value for name, value in body.items() if name.lower() == "parameters"), {})
    given = {name.lower(): value for name, value in parameters.items()}
    # To be validated is a document without anything beside it.
    invoices = [{"Invoice": given["invoice"]}] if "invoice" in given else given.get("invoices")
    if not isinstance(invoices, list) or not invoices:
        raise UnreadableError("invoices alanı zorunludur.")
    return [sent_in(each) for each in invoices]


def _references_in(parameters: Any) -> list[str]:
    invoices = parameters.get("invoices") if isinstance(parameters, dict) else None
    documents = (
        [each.get("invoice") for each in invoices if isinstance(each, dict)] if isinstance(invoices, list) else []
    )
    leaves = [document.get("uuid") for document in documents if isinstance(document, dict)]
    return [str(leaf.get("value", "")).lower() if isinstance(leaf, dict) else "" for leaf in leaves]
