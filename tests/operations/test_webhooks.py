"""What a person may register, and how it is handled."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.operations.webhooks import Webhooks, opened
from app.settings import settings
from app.store import DeliveryState, EndpointState, Store
from tests.store.configurations import SHOP, business

URL = "https://shop.example/hooks"


@pytest.fixture
def webhooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhooks]:
    monkeypatch.setenv("FATURAFLOW_DATABASE", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=")
    settings.cache_clear()
    with Store.open(settings()) as store:
        store.apply([business()], actor="test")
    resolve_to(monkeypatch, "93.184.216.34")
    with opened() as found:
        yield found
    settings.cache_clear()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def added(webhooks: Webhooks, *types: str, url: str = URL) -> str:
    return webhooks.add(SHOP, url, types=types, actor="ayşe").endpoint.endpoint_id


def test_without_types_an_address_is_told_of_everything(webhooks: Webhooks) -> None:
    added(webhooks)
    (found,) = webhooks.all(SHOP)
    assert (found.types, found.url) == (("*",), URL)


def test_the_interfaces_own_names_of_types_are_understood(webhooks: Webhooks) -> None:
    added(webhooks, "accounting/EDIErrorSent", "accounting/invoiceCreated", "document.issued")
    (found,) = webhooks.all()
    assert found.types == ("document.issued", "request.completed")


def test_a_type_that_there_is_not_is_refused_with_those_that_there_are(webhooks: Webhooks) -> None:
    with pytest.raises(RefusedInputError, match=r"document\.vanished.*document\.issued"):
        added(webhooks, "document.vanished")


@pytest.mark.parametrize("url", ["http://shop.example/", "https://127.0.0.1/", "https://user:word@shop.example/"])
def test_an_address_that_must_not_be_called_is_refused(webhooks: Webhooks, url: str) -> None:
    with pytest.raises(RefusedInputError, match="not called"):
        added(webhooks, url=url)
    assert webhooks.all() == ()


def test_a_name_is_refused_by_any_address_that_it_has(webhooks: Webhooks, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "169.254.169.254")
    with pytest.raises(RefusedInputError, match=r"169\.254\.169\.254"):
        added(webhooks)


def test_a_name_without_an_address_is_refused(webhooks: Webhooks, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(RefusedInputError, match="no address"):
        added(webhooks)


def test_this_machine_may_be_called_by_a_setting_alone(webhooks: Webhooks, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "127.0.0.1")
    with pytest.raises(RefusedInputError):
        added(webhooks, url="http://localhost:8080/")
    monkeypatch.setenv("FATURAFLOW_WEBHOOK_LOOPBACK", "true")
    settings.cache_clear()
    with opened() as allowed:
        assert added(allowed, url="http://localhost:8080/")


def test_a_business_that_there_is_not_is_refused(webhooks: Webhooks) -> None:
    with pytest.raises(RefusedInputError, match="no business"):
        webhooks.add("NOBODY", URL, types=(), actor="ayşe")


def test_an_address_is_paused_and_resumed_once(webhooks: Webhooks) -> None:
    endpoint = added(webhooks)
    assert webhooks.pause(endpoint, actor="ayşe", why="bakım").state is EndpointState.PAUSED
    with pytest.raises(NotPossibleError):
        webhooks.pause(endpoint, actor="ayşe")
    assert webhooks.resume(endpoint, actor="ayşe").state is EndpointState.ACTIVE
    with pytest.raises(NotPossibleError):
        webhooks.resume(endpoint, actor="ayşe")


def test_a_new_secret_is_another_one(webhooks: Webhooks) -> None:
    first = webhooks.add(SHOP, URL, types=(), actor="ayşe")
    second = webhooks.rotate(first.endpoint.endpoint_id, actor="ayşe")
    assert first.secret != second.secret


def test_a_trial_waits_to_be_sent_and_is_not_sent_twice(webhooks: Webhooks) -> None:
    endpoint = added(webhooks)
    made = webhooks.test(endpoint)
    assert (made.type, made.state) == ("webhook.test", DeliveryState.WAITING)
    assert webhooks.deliveries(endpoint) == (made,)
    assert webhooks.redeliver(endpoint, made.delivery_id, actor="ayşe") == made
    with pytest.raises(NotFoundError):
        webhooks.redeliver(endpoint, made.delivery_id + 1, actor="ayşe")


def test_what_there_is_not_is_not_found(webhooks: Webhooks) -> None:
    for act in (webhooks.pause, webhooks.resume, webhooks.rotate, webhooks.remove):
        with pytest.raises(NotFoundError, match="webhooks list"):
            act("nothing", actor="ayşe")
    endpoint = added(webhooks)
    webhooks.remove(endpoint, actor="ayşe")
    with pytest.raises(NotFoundError):
        webhooks.deliveries(endpoint)
