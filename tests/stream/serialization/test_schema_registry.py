import json
from collections.abc import Iterator

import pytest

from app.domain.orders import OrderEvent
from app.stream.serialization.avro import schema_text
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import RegistryUnavailableError, SchemaRefusedError, UnreadableRecordError
from app.stream.serialization.schema_registry import UNKNOWN_FOR_SECONDS, ConfluentRegistry, KnownSchemas
from tests.stream.serialization.orders import spoilt
from tests.stream.serialization.registries import MemoryRegistry, WatchedSchemas, confluent_server

TOPICS = (
    "orders.v1",
    "order-log.v1",
    "order-outcomes.v1",
    "invoice-commands.nilvera.v1",
    "document-status.v1",
    "order-notices.v1",
    "reconciliation.v1",
)
SUBJECTS = [f"{topic}-value" for topic in TOPICS]


@pytest.fixture
def server() -> Iterator[WatchedSchemas]:
    with confluent_server() as running:
        yield running


def test_a_record_goes_through_a_registry_that_speaks_confluents_protocol(server: WatchedSchemas) -> None:
    event = Codec().read(OrderEvent, spoilt())
    Codec.connect(server.url).declare(["nilvera"])
    value = Codec.connect(server.url).write(event)
    assert Codec.connect(server.url).read(OrderEvent, value) == event


def test_a_subject_takes_what_every_reader_can_read_before_it_has_its_first_schema(server: WatchedSchemas) -> None:
    """Else whoever comes first may register anything, and ours is never compared with it."""
    levels = Codec.connect(server.url).declare(["nilvera"])
    assert server.levels == levels == dict.fromkeys(SUBJECTS, "FULL_TRANSITIVE")
    assert server.log[0] == f"PUT /config/{SUBJECTS[0]}"


def test_where_a_subject_has_no_level_before_its_first_schema_it_has_it_right_after(server: WatchedSchemas) -> None:
    server.knows_registered_subjects_only = True
    Codec.connect(server.url).declare(["nilvera"])
    assert server.levels == dict.fromkeys(SUBJECTS, "FULL_TRANSITIVE")


@pytest.mark.parametrize("level", ["BACKWARD", "NONE", None])
def test_no_worker_starts_while_a_subject_allows_what_would_break_a_reader(
    server: WatchedSchemas, level: str | None
) -> None:
    Codec.connect(server.url).declare(["nilvera"])
    if level is None:
        del server.levels["orders.v1-value"]
    else:
        server.levels["orders.v1-value"] = level
    with pytest.raises(SchemaRefusedError, match=r"orders\.v1-value .*`faturaflow topics apply`"):
        Codec.connect(server.url).register(["nilvera"])
    Codec.connect(server.url).declare(["nilvera"])
    Codec.connect(server.url).register(["nilvera"])


def test_an_id_that_the_registry_does_not_know_is_no_fault(server: WatchedSchemas) -> None:
    assert ConfluentRegistry(server.url).schema(4711) is None


def test_a_schema_that_would_break_its_readers_is_refused(server: WatchedSchemas) -> None:
    server.answers_with = 409
    with pytest.raises(SchemaRefusedError, match=r"orders\.v1-value"):
        ConfluentRegistry(server.url).register("orders.v1-value", schema_text(OrderEvent))


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_an_answer_that_is_none_means_to_ask_again_later(server: WatchedSchemas, status: int) -> None:
    server.answers_with = status
    with pytest.raises(RegistryUnavailableError, match=str(status)):
        ConfluentRegistry(server.url).schema(1)


def test_a_registry_that_is_down_means_to_ask_again_later() -> None:
    with confluent_server() as gone:
        url = gone.url
    with pytest.raises(RegistryUnavailableError, match="does not answer"):
        ConfluentRegistry(url).schema(1)


def test_a_schema_is_asked_for_once() -> None:
    registry = MemoryRegistry()
    schema_id = registry.register("s", schema_text(OrderEvent))
    known, asked = KnownSchemas(registry), registry.asked
    for _ in range(3):
        assert known.get(schema_id)["name"] == "faturaflow.v1.OrderEvent"
    assert registry.asked == asked + 1


def test_an_unknown_id_is_asked_for_again_only_after_a_while() -> None:
    registry, now = MemoryRegistry(), [100.0]
    known = KnownSchemas(registry, lambda: now[0])
    for _ in range(3):
        with pytest.raises(UnreadableRecordError):
            known.get(1)
    assert registry.asked == 1
    registry.register("s", schema_text(OrderEvent))
    now[0] += UNKNOWN_FOR_SECONDS
    assert known.get(1)


@pytest.mark.parametrize("text", ["{", '"string', json.dumps({"type": "nonsense"}), json.dumps({"type": 7})])
def test_a_schema_that_cannot_be_used_is_as_good_as_unknown(text: str) -> None:
    registry = MemoryRegistry()
    with pytest.raises(UnreadableRecordError) as refused:
        KnownSchemas(registry).get(registry.register("s", text))
    assert refused.value.code == "UNKNOWN_SCHEMA"
