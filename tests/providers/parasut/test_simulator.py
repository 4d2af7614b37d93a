"""What the simulated Paraşüt takes from clients that others have written."""

from typing import Any

import aiohttp
from yarl import URL

from tests.contract.bench import Bench
from tests.providers.parasut.bench import opened

GRANT = {"grant_type": "password", "username": "any@example.test", "password": "sandbox-1234567890"}
CLIENT = {"client_id": "client", "client_secret": "secret"}
BASIC = {"Authorization": aiohttp.encode_basic_auth("client", "secret")}


async def login(bench: Bench, form: dict[str, str], **headers: str) -> tuple[int, dict[str, Any]]:
    async with bench.http.post(f"{bench.url}/oauth/token", data=form, headers=headers) as response:
        return response.status, await response.json()


async def test_the_client_is_taken_from_the_form_or_from_the_header() -> None:
    async with opened() as (bench, _):
        assert (await login(bench, GRANT | CLIENT))[0] == 200
        assert (await login(bench, GRANT, **BASIC))[0] == 200
        assert (await login(bench, GRANT, Authorization="Basic !"))[0] == 401
        assert (await login(bench, GRANT))[0] == 401


async def test_a_doubled_slash_and_one_at_the_end_of_a_path_change_nothing() -> None:
    async with opened() as (bench, _):
        token = (await login(bench, GRANT | CLIENT))[1]["access_token"]
        key = {"Authorization": f"Bearer {token}"}
        for path, status in (("/v4/me", 200), ("/v4//me/", 200), ("/v4/1234567890/contacts/", 200), ("/v4/mine", 404)):
            async with bench.http.get(URL(f"{bench.url}{path}", encoded=True), headers=key) as response:
                assert response.status == status
