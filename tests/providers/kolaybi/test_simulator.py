"""KolayBi's simulator, as any client of its public documentation asks it."""

from typing import Any

import pytest

from tests.providers.kolaybi.bench import SECRETS, Books

CHANNEL = {"Channel": "sandbox"}
ASSOCIATE = {
    "name": "Örnek Gıda",
    "surname": "Ltd. Şti.",
    "identity_no": "1111111114",
    "addresses": [{"address": "Deneme Cad. 1", "city": "İstanbul", "district": "Kadıköy", "country": "Türkiye"}],
}
INVOICE = {
    "contact_id": 501,
    "address_id": 502,
    "order_date": "2026-01-15",
    "currency": "try",
    "items": [{"product_id": 1, "quantity": "2", "unit_price": "100.00", "vat_rate": 20}],
}


async def headers(books: Books, prefix: str = "") -> dict[str, str]:
    key = {"api_key": SECRETS["api_key"]}
    status, body = await books.ask("POST", f"{prefix}/access_token", json=key, headers=CHANNEL)
    assert status == 200
    return {**CHANNEL, "Authorization": f"Bearer {body['data']}"}


@pytest.mark.parametrize("channel", [{}, {"Channel": "another"}])
@pytest.mark.parametrize(("method", "path"), [("POST", "/access_token"), ("GET", "/companies"), ("GET", "/invoices/1")])
async def test_a_wrong_channel_looks_as_if_nothing_were_there(
    books: Books, method: str, path: str, channel: dict[str, str]
) -> None:
    known = await headers(books)
    known.pop("Channel")
    status, body = await books.ask(method, path, headers={**known, **channel})
    assert (status, body["code"], body["success"]) == (404, 10404, False)


@pytest.mark.parametrize("prefix", ["", "/kolaybi/v1"])
@pytest.mark.parametrize("how", ["json", "data", "params"])
async def test_the_key_is_taken_as_json_as_a_form_and_in_the_address(books: Books, prefix: str, how: str) -> None:
    key: dict[str, Any] = {how: {"api_key": SECRETS["api_key"]}}
    status, body = await books.ask("POST", f"{prefix}/access_token", headers=CHANNEL, **key)
    assert (status, isinstance(body["data"], str)) == (200, True)


async def test_a_wrong_key_and_a_token_that_is_none_are_refused(books: Books) -> None:
    for method, path, more in (("POST", "/access_token", {}), ("GET", "/companies", {"Authorization": "Bearer x"})):
        status, body = await books.ask(method, path, headers={**CHANNEL, **more}, json={"api_key": "x"})
        assert (status, body["code"]) == (401, 10401)


async def test_addresses_are_asked_for_in_the_plural_and_answered_in_the_singular(books: Books) -> None:
    known = await headers(books)
    _, body = await books.ask("POST", "/associates", json=ASSOCIATE, headers=known)
    assert body["data"]["address"][0]["city"] == "İstanbul"
    assert "addresses" not in body["data"]


@pytest.mark.parametrize(
    "wrong",
    [{"surname": ""}, {"surname": "X"}, {"identity_no": "12"}, {"addresses": [{"city": "İstanbul"}]}],
)
async def test_an_associate_without_what_it_must_have_is_refused(books: Books, wrong: dict[str, Any]) -> None:
    known = await headers(books)
    status, body = await books.ask("POST", "/associates", json={**ASSOCIATE, **wrong}, headers=known)
    assert (status, body["code"]) == (400, 10400)


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact_id": 9},
        {"address_id": 9},
        {"order_date": "15.01.2026"},
        {"currency": "TL"},
        {"currency": "EUR"},
        {"items": []},
        {"items": [{"product_id": 9, "quantity": "1", "unit_price": "1", "vat_rate": 20}]},
        {"items": [{"product_id": 1, "quantity": "1", "unit_price": "1", "vat_rate": 17}]},
        {"items": [{"product_id": 1, "quantity": "x", "unit_price": "1", "vat_rate": 20}]},
        {"document_type": "ISTISNA"},
        {"document_type": "IADE"},
        {"document_scenario": "ANOTHER"},
        {"internet_sale": {"url": "shop.example", "payment_type": "cash"}},
    ],
)
async def test_an_invoice_that_is_none_is_refused(books: Books, wrong: dict[str, Any]) -> None:
    known = await headers(books)
    await books.ask("POST", "/associates", json=ASSOCIATE, headers=known)
    status, body = await books.ask("POST", "/invoices", json={**INVOICE, **wrong}, headers=known)
    assert (status, body["code"]) == (400, 10400)
    assert (await books.record())["documents"] == []


async def test_a_draft_can_be_deleted_and_a_document_cannot(books: Books) -> None:
    known = await headers(books)
    await books.ask("POST", "/associates", json=ASSOCIATE, headers=known)
    ids = [(await books.ask("POST", "/invoices", json=INVOICE, headers=known))[1]["data"]["document_id"] for _ in "ab"]
    await books.ask("POST", "/invoices/e-document/create", json={"document_id": ids[0]}, headers=known)
    statuses = [(await books.ask("DELETE", f"/invoices/{each}", headers=known))[0] for each in ids]
    assert statuses == [400, 200]
    assert (await books.ask("GET", f"/invoices/{ids[1]}", headers=known))[0] == 404
