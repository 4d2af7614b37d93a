"""The addresses that only a create's answer names, in the store: for adapters of workers and of a person's command."""

import asyncio
from typing import Final, Protocol

import structlog

from app.store import Store, StoreError
from providers.base import Adapter, KeepsLinks, NotPermittedError

# A document is worth more than its address: what takes longer goes on beside the call that it came with.
KEEP_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


def keep_links(adapter: Adapter, store: Store) -> None:
    """Has the adapter keep its documents' addresses in the store, where they come with an answer alone."""
    if adapter.capabilities.keeps_links:
        assert isinstance(adapter, KeepsLinks)
        adapter.use_links(StoredLinks(store.links()))


class Links(Protocol):
    """Where addresses are kept; `app.store.LinkKeeper` blocks, and raises StoreError."""

    def keep(self, document_id: str, url: str) -> None: ...

    def read(self, document_id: str) -> str | None: ...


class StoredLinks:
    """What `providers.base.LinkStore` promises."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._going_on = set[asyncio.Task[None]]()

    async def keep(self, reference: str, url: str, seconds: float) -> None:
        """A write that takes longer is not given up: only its end is not waited for."""
        written = asyncio.create_task(self._write(reference, url))
        self._going_on.add(written)
        written.add_done_callback(self._going_on.discard)
        await asyncio.wait({written}, timeout=min(seconds, KEEP_SECONDS))

    async def _write(self, reference: str, url: str) -> None:
        try:
            await asyncio.to_thread(self._links.keep, reference, url)
        except StoreError as error:
            log.warning("the address of a document was not kept", document_id=reference, why=str(error))

    async def read(self, reference: str) -> str | None:
        """Raises NotPermittedError."""
        try:
            return await asyncio.to_thread(self._links.read, reference)
        except StoreError as error:
            raise NotPermittedError(str(error), retry_after=0.0) from error
