"""Identity: every key is derived, never random, so that a replay, a retry and a rebuild come to the same one.

The parts of a derived id are joined by U+001F, which no part may contain.
"""

import hashlib
import re
import uuid
from functools import lru_cache
from typing import Final, NewType

OrderKey = NewType("OrderKey", str)
ConnectionKey = NewType("ConnectionKey", str)
EventId = NewType("EventId", str)
DocumentId = NewType("DocumentId", str)
CommandId = NewType("CommandId", str)

SEPARATOR: Final = "\x1f"
BUSINESS_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
# Fixed for life: another namespace would give every known document a second identity.
NAMESPACE: Final = uuid.UUID("b3a1d1f0-52c9-5d0e-9c39-6f2b7f4f6a11")

_NAMESPACE_HASH: Final = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)


def derived(*parts: str) -> str:
    """The same parts give the same UUIDv5, on every machine and for ever.

    Written out from the hash: `uuid.uuid5` takes three times as long, and an order derives half a dozen ids.
    """
    name = _NAMESPACE_HASH.copy()
    name.update(SEPARATOR.join(parts).encode())
    h = name.hexdigest()
    variant = "89ab"[int(h[16], 16) & 3]
    return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{variant}{h[17:20]}-{h[20:32]}"


def order_key(business: str, order_reference: str) -> OrderKey:
    """The record key of everything that belongs to one order. A business code cannot contain the slash."""
    return OrderKey(f"{business}/{order_reference}")


def connection_key(business: str, connection: str) -> ConnectionKey:
    """The record key of everything that one login at one provider does. `connection`: its name at the business."""
    return ConnectionKey(f"{business}/{connection}")


def event_id(topic: str, partition: int, offset: int, value: bytes) -> EventId:
    """A redelivered record has the same id; a repeated order at another offset has not."""
    return EventId(derived("event", topic, str(partition), str(offset), hashlib.sha256(value).hexdigest()))


@lru_cache
def scope_of(references: tuple[str, ...]) -> str:
    """What a document covers, as a short stable name: the digest of its sorted line references."""
    return hashlib.sha256(SEPARATOR.join(sorted(references)).encode()).hexdigest()[:32]


def document_id(business: str, order_reference: str, intent: str, scope: str, attempt: int) -> DocumentId:
    """The document's id, and its ETTN where the provider takes ours. `attempt` counts new tries after an ended one.

    The connection is left out on purpose: a change of provider must find the same document.
    """
    return DocumentId(derived("document", business, order_reference, intent, scope, str(attempt)))


def dedupe_key(connection: str, intent: str, scope: str, attempt: int) -> str:
    """The part of the `documents` table's key behind the order key: connection, intent, scope and attempt."""
    return SEPARATOR.join((connection, intent, f"{scope}#{attempt}"))


def command_id(document: str, connection: str, action: str, revision: int) -> CommandId:
    """A redelivered command has the same id."""
    return CommandId(derived("command", document, connection, action, str(revision)))
