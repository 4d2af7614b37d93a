"""The page to try the API, in a real browser under its own policy: it is read, and its requests arrive."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, Request

from tests.web.running_api import CUSTOMER, ORDER, ORDERS, SHOP, RunningApi, invoice_body, order_body
from tests.web.screen.browser import WIDE, ChromiumUnavailable, Looks, browser, looking

pytestmark = [pytest.mark.browser, pytest.mark.wide]
LOOKS = Looks(width=WIDE, theme="light", language="en")
PLACE = {"businessCode": SHOP, "customerNumber": CUSTOMER, "orderReference": ORDER}


@pytest.fixture
async def page() -> AsyncIterator[tuple[Page, list[str]]]:
    """A page, and what its console has complained of."""
    try:
        async with browser() as launched, looking(launched, LOOKS) as found:
            yield found
    except ChromiumUnavailable as unavailable:
        pytest.skip(str(unavailable))


async def shown(page: Page, api: RunningApi) -> list[str]:
    """The page with its operations, and a list of what it asks other hosts."""
    here, elsewhere = f"{api.client.make_url('/')}", list[str]()

    def asked(request: Request) -> None:
        if not request.url.startswith((here, "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("request", asked)
    await page.goto(f"{here}docs")
    await page.wait_for_selector(".opblock")
    return elsewhere


async def let_in(page: Page, api: RunningApi) -> None:
    """As a person gives the key."""
    await page.click(".authorize")
    await page.locator(".auth-container input").first.fill(api.key)
    await page.locator(".auth-container button.authorize").first.click()
    await page.locator(".btn-done").first.click()


async def tried(page: Page, operation: str, body: str | None = None) -> Locator:
    """The answer that the page shows."""
    block = page.locator(f"#operations-Orders-{operation}")
    await block.locator(".opblock-summary-control").click()
    for name, value in PLACE.items():
        await block.locator(f"tr[data-param-name={name}] input").fill(value)
    if body is not None:
        await block.locator("textarea.body-param__text").fill(body)
    await block.locator("button.execute").click()
    answer = block.locator(".live-responses-table")
    await answer.wait_for()
    return answer


async def test_the_page_has_every_operation_and_complains_of_nothing(
    api: RunningApi, page: tuple[Page, list[str]]
) -> None:
    shown_page, complaints = page
    elsewhere = await shown(shown_page, api)
    document = await (await api.client.get("/openapi.json")).json()
    operations = sum(len(methods) for methods in document["paths"].values())
    assert await shown_page.locator(".opblock").count() == operations
    assert (complaints, elsewhere) == ([], [])


async def test_a_request_that_is_tried_arrives_and_its_answer_is_shown(
    api: RunningApi, page: tuple[Page, list[str]]
) -> None:
    await api.post(ORDERS, order_body())
    await api.plan()
    shown_page, complaints = page
    elsewhere = await shown(shown_page, api)
    await let_in(shown_page, api)
    answer = await tried(shown_page, "createInvoice", json.dumps(invoice_body()))
    request_id = api.producer.events()[-1].request_id
    assert api.producer.events()[-1].body.type == "InvoiceRequested"
    assert "202" in await answer.inner_text()
    assert f"{request_id}" in await answer.inner_text()
    assert "200" in await (await tried(shown_page, "getOrder")).inner_text()
    assert (complaints, elsewhere) == ([], [])
