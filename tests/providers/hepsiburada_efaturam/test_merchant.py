"""The marketplace's call for a package's invoice link, as the simulated Hepsiburada takes it."""

import aiohttp
import pytest
from aiohttp import web

from providers.simulation.server import running
from tests.providers.hepsiburada_efaturam.service import Service

PATH = "/packages/merchantid/m-1/packagenumber/{}/invoice"
HEADERS = {"Authorization": aiohttp.encode_basic_auth("m-1", "a service key"), "User-Agent": "an integrator"}


async def put(service: Service, package: str, body: object, **headers: str) -> int:
    url = service.url + PATH.format(package)
    async with service.http.put(url, json=body, headers={**HEADERS, **headers}) as response:
        return response.status


async def test_a_package_gets_one_invoice(service: Service) -> None:
    body = {"invoiceLink": "https://docs.example/1.pdf"}
    assert [await put(service, package, body) for package in ("p-1", "p-1", "p-2")] == [200, 409, 200]
    async with service.http.get(f"{service.url}/_simulator/links") as response:
        assert await response.json() == {"m-1/p-1": body["invoiceLink"], "m-1/p-2": body["invoiceLink"]}


async def test_login_and_user_agent_are_asked_for_and_a_link_is_needed(service: Service) -> None:
    body = {"invoiceLink": "https://docs.example/1.pdf"}
    assert await put(service, "p", body, Authorization="Bearer x") == 401
    assert await put(service, "p", body, **{"User-Agent": ""}) == 400
    assert await put(service, "p", {"invoiceUrl": body["invoiceLink"]}) == 400


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/pdf", 200), ("text/html", 200), ("application/json", 400)]
)
async def test_the_link_is_probed_for_its_content(service: Service, content_type: str, status: int) -> None:
    async def give(_: web.Request) -> web.Response:
        return web.Response(body=b"x", content_type=content_type)

    application = web.Application()
    application.router.add_get("/invoice", give)
    async with running(application) as url:
        assert await put(service, "p", {"invoiceLink": f"{url}/invoice"}) == status
        assert await put(service, "q", {"invoiceLink": f"{url}/nothing"}) == 400
