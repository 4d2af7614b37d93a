"""What a stage emits, as records: the topic, the key, the value and the headers of each kind."""

from __future__ import annotations

from app.domain import identity
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.notices import OrderNotice
from app.domain.orders import LoggedEvent
from app.domain.outcomes import OrderOutcome
from app.domain.reconciliation import Reconciliation
from app.stream.errors import RecordTooLargeError
from app.stream.records import DEAD_LETTER_BYTES, MOST_BYTES, ORDERS_DEAD_LETTER_BYTES, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.deadletters import Incoming, dead_letter
from app.stream.serialization.headers import Emitted, HeaderBuilder
from app.stream.topics.names import Topics


class RecordBuilder:
    """One app's way out. `app` is its short name, as in `planner`; `most` bytes has a value that its readers take."""

    def __init__(self, topics: Topics, codec: Codec, *, app: str, most: int = MOST_BYTES) -> None:
        self._app = app
        self._most = most
        self._topics = topics
        # Looked up for every record that leaves; a name is put together from its prefix each time.
        kinds = (LoggedEvent, OrderOutcome, DocumentStatus, OrderNotice, Reconciliation)
        self._topics_of = {kind: topics.holding(kind) for kind in kinds}
        self._codec = codec
        self._stamp = HeaderBuilder(app, codec.value_format)

    def of(self, emitted: Emitted, cause: Incoming | None = None) -> Record:
        """The record of what is emitted. Commands and reconciliations go by connection, everything else by order.

        Raises:
            RecordTooLargeError: its readers would refuse it.
            RegistryUnavailableError, SchemaRefusedError: as `Codec.write` does.

        """
        if isinstance(emitted, InvoiceCommand):
            topic = self._topics.commands(emitted.provider)
            key: str = identity.connection_key(emitted.business, emitted.connection)
        elif isinstance(emitted, Reconciliation):
            topic = self._topics_of[Reconciliation]
            key = identity.connection_key(emitted.business, emitted.connection)
        else:
            topic = self._topics_of[type(emitted)]
            key = identity.order_key(emitted.business, emitted.order_reference)
        value = self._codec.write(emitted)
        if len(value) > self._most:
            raise RecordTooLargeError(type(emitted).__name__, len(value), self._most)
        return Record(
            topic=topic,
            key=key.encode(),
            value=value,
            headers=self._stamp.headers(emitted, cause.headers if cause else ()),
        )

    def dead_letter(self, record: Incoming, code: str, message: str) -> Record:
        """The record's original bytes for an operator, if its topic takes them. `message` must not quote them."""
        most = ORDERS_DEAD_LETTER_BYTES if record.topic == self._topics.orders else DEAD_LETTER_BYTES
        return dead_letter(record, app=self._app, code=code, message=message, most=most)
