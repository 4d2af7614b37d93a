"""A document's address is written beside its answer, and never in its way."""

import asyncio
import threading

import pytest

from app.operations.logins.links import StoredLinks
from app.store import StoreUnavailableError
from providers.base import NotPermittedError

REFERENCE, URL = "3291d079-289c-52b0-b076-371f6c144c8b", "https://bizimhesap.example/printout?id=7"


class FakeLinks:
    """Writes only once it may."""

    def __init__(self, *, down: bool = False) -> None:
        self.may_write = threading.Event()
        self.written = threading.Event()
        self.kept: dict[str, str] = {}
        self._down = down

    def keep(self, document_id: str, url: str) -> None:
        self.may_write.wait()
        self._refuse()
        self.kept[document_id] = url
        self.written.set()

    def read(self, document_id: str) -> str | None:
        self._refuse()
        return self.kept.get(document_id)

    def _refuse(self) -> None:
        if self._down:
            raise StoreUnavailableError("the store is away")


async def test_an_address_is_written_before_the_answer_is_told() -> None:
    store = FakeLinks()
    store.may_write.set()
    links = StoredLinks(store)
    await links.keep(REFERENCE, URL, 5.0)
    assert await links.read(REFERENCE) == URL


async def test_a_slow_store_is_not_waited_for_and_writes_all_the_same() -> None:
    store = FakeLinks()
    links = StoredLinks(store)
    await links.keep(REFERENCE, URL, 0.01)
    assert store.kept == {}
    store.may_write.set()
    assert await asyncio.to_thread(store.written.wait, 5)


async def test_without_a_store_the_document_goes_on_and_its_address_is_not_known() -> None:
    store = FakeLinks(down=True)
    store.may_write.set()
    links = StoredLinks(store)
    await links.keep(REFERENCE, URL, 5.0)
    with pytest.raises(NotPermittedError, match="away"):
        await links.read(REFERENCE)
