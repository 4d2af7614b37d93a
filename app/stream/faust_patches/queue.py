"""A queue between the consumer and who works: full by number or by bytes, whichever comes first."""

from __future__ import annotations

from typing import Any

from mode.utils.queues import ThrowableQueue


class BoundedQueue(ThrowableQueue):  # type: ignore[misc]  # untyped library
    """Holds Faust's messages and events. Faust bounds their number alone, and one record may have two mebibytes."""

    def __init__(self, *args: Any, most_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most_bytes = most_bytes
        self._bytes = 0

    def full(self) -> bool:
        """Whether nothing more should come: the last record may have gone over the bound."""
        return self._bytes >= self._most_bytes or bool(super().full())

    def clear(self) -> None:
        self._bytes = 0
        super().clear()

    def _put(self, item: Any) -> None:
        self._bytes += _weight(item)
        super()._put(item)

    def _get(self) -> Any:
        item = super()._get()
        self._bytes -= _weight(item)
        return item


def _weight(item: Any) -> int:
    """The bytes of a message's value, or of the message inside an event of a table's recovery."""
    return len(getattr(item, "message", item).value or b"")
