"""What the parser lets through and no order can be: each a refusal in our form, and no defect of ours."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

import pytest

from app.web.api import body
from tests.web.running_api import ORDERS, RunningApi, order_body

GOOD = json.dumps(order_body())


def with_text(text: str) -> str:
    return GOOD.replace("Kargo", text)


HOSTILE = {
    "no JSON": ("{", "NOT_JSON"),
    "empty": ("", "NOT_JSON"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), "NOT_JSON"),
    "latin-1": ('{"orderReference": "ş"}'.encode("iso-8859-9"), "NOT_JSON"),
    "a lone surrogate": (with_text(r"\ud800"), "NOT_JSON"),
    "nested too deep": ('{"a":' * 10_000 + "1" + "}" * 10_000, "NOT_JSON"),
    "deep in a field": (GOOD.replace('"Kargo"', "[" * 200 + "]" * 200), "NOT_JSON"),
    "a name twice": (GOOD[:-1] + ', "currency": "EUR"}', "NAME_TWICE"),
    "a list": ("[]", "WRONG_TYPE"),
    "a number": ("1", "WRONG_TYPE"),
    "nul": (with_text(r"a\u0000"), "UNSUITABLE"),
    "NaN": (GOOD.replace("60.0", "NaN"), "OUT_OF_RANGE"),
    "infinity": (GOOD.replace("60.0", "Infinity"), "OUT_OF_RANGE"),
    "digits of another script": (GOOD.replace("60.0", '"１"'), "NOT_A_NUMBER"),
    "a number with underscores": (GOOD.replace("60.0", '"1_000"'), "NOT_A_NUMBER"),
    "a truth value for a number": (GOOD.replace("60.0", "true"), "UNSUITABLE"),
    "a text for an integer": (GOOD.replace('"orderItemReference": 1', '"orderItemReference": "1"'), "NOT_A_NUMBER"),
    "a fraction for an integer": (GOOD.replace('"orderItemReference": 1', '"orderItemReference": 1.5'), "NOT_A_NUMBER"),
    "a timestamp for a date": (GOOD.replace('"2026-11-02"', "1704067200"), "NOT_A_DATE"),
    "a time for a date": (GOOD.replace("2026-11-02", "2026-11-02T00:00:00"), "NOT_A_DATE"),
    "null for a text": (GOOD.replace('"Kargo"', "null"), "WRONG_TYPE"),
    "more lines than an order has": (json.dumps(order_body(items=[{}] * 10_000)), "TOO_LONG"),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_body_that_is_no_order_is_refused_in_our_form(api: RunningApi, what: str) -> None:
    sent, code = HOSTILE[what]
    answer = await api.post(ORDERS, sent)
    found = await answer.json(content_type="application/problem+json")
    assert (answer.status, found["code"]) == (400, 400)
    assert code in {error["code"] for error in found["errors"]}
    assert api.producer.records == []


async def test_every_error_is_in_one_list_of_a_hundred_at_the_most(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body(items=[{} for _ in range(200)]))
    found = await answer.json(content_type=None)
    assert len(found["errors"]) == 100
    assert found["errorsTotal"] == 501  # five hundred, and one that counts the rest


async def test_the_digits_of_a_number_are_kept(api: RunningApi) -> None:
    await api.post(ORDERS, GOOD.replace("60.0", "1234567890.12345678"))
    (event,) = api.producer.events()
    assert f"{event.body.lines[0].unit_price}" == "1234567890.12345678"


async def test_a_body_beyond_the_limit_is_refused_with_the_limit(api: RunningApi) -> None:
    answer = await api.post(ORDERS, order_body(note="x" * 1_000_000))
    found = await answer.json(content_type=None)
    assert (answer.status, found["limit"]) == (413, 900_000)


async def test_a_body_that_does_not_come_is_not_waited_for(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_SECONDS", 0.05)
    over = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await over.wait()

    headers = {**api.headers(), "Content-Type": "application/json"}
    answer = await api.client.post(ORDERS, data=slow(), headers=headers)
    over.set()
    assert (answer.status, answer.content_type) == (408, "application/problem+json")
    assert answer.headers["Connection"] == "close"


async def test_a_bomb_is_measured_as_it_unfolds(api: RunningApi) -> None:
    bomb = gzip.compress(b" " * 3_000_000)
    answer = await api.post(ORDERS, bomb, **{"Content-Encoding": "gzip"})
    assert answer.status == 413


async def test_a_compressed_body_is_read(api: RunningApi) -> None:
    answer = await api.post(ORDERS, gzip.compress(GOOD.encode()), **{"Content-Encoding": "gzip"})
    assert answer.status == 202


async def test_what_is_not_what_it_says_to_be_compressed_with_is_refused(api: RunningApi) -> None:
    answer = await api.post(ORDERS, GOOD, **{"Content-Encoding": "gzip"})
    assert answer.status == 400
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=iso-8859-9"])
async def test_another_media_type_is_refused(api: RunningApi, kind: str) -> None:
    answer = await api.post(ORDERS, GOOD, **{"Content-Type": kind})
    assert (answer.status, answer.content_type) == (415, "application/problem+json")


async def test_a_slash_within_a_reference_is_refused(api: RunningApi) -> None:
    answer = await api.post(f"{ORDERS}/a%2Fb/invoices", {})
    found = await answer.json(content_type=None)
    assert (answer.status, found["errors"][0]["path"]) == (400, "path:orderReference")


async def test_an_address_and_a_method_that_there_are_not_are_refused_in_our_form(api: RunningApi) -> None:
    nowhere, other = await api.get("/nowhere"), await api.client.delete(ORDERS)
    assert (nowhere.status, nowhere.content_type) == (404, "application/problem+json")
    assert (other.status, other.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("request_id", ["", "with blank", "x" * 65, "ş"])
async def test_a_request_id_of_another_form_is_refused_and_not_repeated(api: RunningApi, request_id: str) -> None:
    answer = await api.post(ORDERS, order_body(), request_id)
    assert answer.status == 400
    assert "X-Request-ID" not in answer.headers


async def test_every_answer_forbids_what_a_browser_could_do_with_it(api: RunningApi) -> None:
    for answer in (await api.get("/nowhere"), await api.post(ORDERS, order_body())):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Server"] == "faturaflow"
