"""What a stage emits, as records: the topic, the key, the value and the headers of each kind."""

from __future__ import annotations

from app.domain import identity
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.orders import LoggedEvent
from app.domain.outcomes import OrderOutcome
from app.stream.codec import Codec
from app.stream.deadletters import Incoming, dead_letter
from app.stream.headers import Emitted, Stamp
from app.stream.records import Record
from app.stream.topics import Topics


class Outgoing:
    """One app's way out. `app` is its short name, as in `planner`."""

    def __init__(self, topics: Topics, codec: Codec, *, app: str) -> None:
        self._app = app
        self._topics = topics
        # Looked up for every record that leaves; a name is put together from its prefix each time.
        self._by_order = {kind: topics.holding(kind) for kind in (LoggedEvent, OrderOutcome, DocumentStatus)}
        self._codec = codec
        self._stamp = Stamp(app, codec.value_format)

    def of(self, emitted: Emitted, cause: Incoming | None = None) -> Record:
        """The record that says this. Commands go by connection, everything else by order."""
        if isinstance(emitted, InvoiceCommand):
            topic = self._topics.commands(emitted.provider)
            key: str = identity.connection_key(emitted.business, emitted.provider)
        else:
            topic = self._by_order[type(emitted)]
            key = identity.order_key(emitted.business, emitted.order_reference)
        return Record(
            topic=topic,
            key=key.encode(),
            value=self._codec.write(emitted),
            headers=self._stamp.headers(emitted, cause.headers if cause else ()),
        )

    def dead_letter(self, record: Incoming, code: str, message: str) -> Record:
        """The record's original bytes for an operator. `message` must not quote them."""
        return dead_letter(record, app=self._app, code=code, message=message)
