"""The OpenAPI document says what the router and the models do, and its page asks no other host."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.web.api.catalogue import PROBLEMS
from tests.web.running_api import RunningApi

# The standard's own name for a value that may be any of several.
HTTP = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
async def document(api: RunningApi) -> dict[str, Any]:
    answer = await api.client.get("/openapi.json")
    assert answer.status == 200
    found: dict[str, Any] = await answer.json()
    return found


def test_the_document_is_a_valid_one(document: dict[str, Any]) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(document)


async def test_the_document_has_every_route_of_the_api_and_no_other(api: RunningApi, document: dict[str, Any]) -> None:
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in api.client.app.router.routes()  # type: ignore[union-attr]
        if route.resource is not None
    }
    beside = {path for _, path in routes if re.match(r"/(docs|openapi\.json|live|ready)", path)}
    said = {(method, path) for path, methods in document["paths"].items() for method in methods if method in HTTP}
    assert {(method, path) for method, path in routes if path not in beside and method != "head"} == said


def test_every_code_of_the_catalogue_is_an_example_of_its_status(document: dict[str, Any]) -> None:
    responses = document["components"]["responses"]
    shown = {code for each in responses.values() for code in each["content"]["application/problem+json"]["examples"]}
    assert shown == {code for code, kind in PROBLEMS.items() if code != "METHOD_NOT_ALLOWED"}


def test_every_answer_of_an_operation_is_said(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation.get("security") == []:
                continue
            expected = {"400", "401", "403", "404", "429", "500", "503"}
            expected |= {"408", "409", "413", "415", "504"} if "requestBody" in operation else set()
            assert expected <= operation["responses"].keys(), (method, path)


def test_amounts_may_be_texts_or_numbers(document: dict[str, Any]) -> None:
    price = document["components"]["schemas"]["OrderItem"]["properties"]["grossUnitPrice"]
    assert [variant["type"] for variant in price["anyOf"]] == ["string", "number"]


async def test_the_page_and_all_that_it_needs_are_here(api: RunningApi) -> None:
    page = await api.client.get("/docs")
    text = await page.text()
    needed = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert [each for each in needed if not each.startswith(("/docs/", "data:"))] == []
    for path in (each for each in needed if each.startswith("/")):
        assert (await api.client.get(path)).status == 200
    policy = page.headers["Content-Security-Policy"]
    assert "http" not in policy
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self'" in policy


async def test_the_files_of_others_come_with_their_licence(api: RunningApi) -> None:
    answer = await api.client.get("/docs/LICENSE")
    assert "Apache License" in await answer.text()


async def test_a_refusal_leads_to_what_it_means(api: RunningApi) -> None:
    refused = await api.client.get("/nowhere")
    path, _, code = (await refused.json(content_type=None))["docs"].partition("#")
    page = await (await api.client.get(path)).text()
    assert f'id="{code}"' in page
    assert page.count("<tr id=") == len(PROBLEMS)


async def test_what_has_not_changed_is_not_sent_again(api: RunningApi) -> None:
    first = await api.client.get("/openapi.json")
    again = await api.client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


async def test_the_health_of_the_process_needs_no_key(api: RunningApi) -> None:
    assert (await api.client.get("/live")).status == 200
    assert (await api.client.get("/ready")).status == 200
