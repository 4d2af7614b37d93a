"""Addresses of documents: encrypted, and the last one of each."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.settings import Settings
from app.store import LinkKeeper, Store
from app.store.database import open_database
from app.store.tables import document_links

DOCUMENT = "3291d079-289c-52b0-b076-371f6c144c8b"
URL = "https://bizimhesap.example/web/ngn/doc/printout?rc=1&id=7"


@pytest.fixture
def links(settings: Settings) -> Iterator[LinkKeeper]:
    with Store.open(settings) as opened:
        yield opened.links()


def test_an_address_is_there_again_and_a_later_one_takes_its_place(links: LinkKeeper) -> None:
    assert links.read(DOCUMENT) is None
    for url in (URL, f"{URL}1"):
        links.keep(DOCUMENT, url)
        assert links.read(DOCUMENT) == url


def test_an_address_is_encrypted_in_the_store(links: LinkKeeper, settings: Settings) -> None:
    links.keep(DOCUMENT, URL)
    with open_database(settings.database).begin() as transaction:
        (stored,) = transaction.execute(select(document_links.c.url)).scalars()
    assert "printout" not in stored
