"""An address that only the answer to a create names: kept until a person asks for the document's link."""

from typing import Protocol, runtime_checkable


class LinkStore(Protocol):
    """Where an adapter keeps its documents' addresses, by our reference of each."""

    async def keep(self, reference: str, url: str, seconds: float) -> None:
        """Writes it down, in place of an earlier one; returns within `seconds`, written or not, and raises nothing."""

    async def read(self, reference: str) -> str | None:
        """The address; None where none was written down. Raises NotPermittedError where that cannot be known now."""


@runtime_checkable
class KeepsLinks(Protocol):
    """Where `keeps_links` is true."""

    def use_links(self, links: LinkStore) -> None:
        """From now on addresses are kept there. Until then none is."""
