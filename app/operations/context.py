"""Where this installation is: Kafka's address, what the topics are called, and how values are read and written."""

from app import local_kafka
from app.operations.errors import UnavailableError
from app.settings import settings
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics


def bootstrap(given: str | None = None) -> str:
    """Kafka's address: as given, from the settings, or of the development broker that is up.

    Raises UnavailableError when there is none.
    """
    if address := given or settings().bootstrap:
        return address
    known = local_kafka.status(local_kafka.default_folder())
    if known.answering and known.bootstrap:
        return known.bootstrap
    if known.running:
        raise UnavailableError(f"Kafka runs (pid {known.pid}) and does not answer: see {known.folder}/broker.log.")
    raise UnavailableError("No Kafka is known: set FATURAFLOW_BOOTSTRAP, or start one with `faturaflow stack up`.")


def topics() -> Topics:
    """The topics' names under the configured prefix."""
    return Topics(settings().topic_prefix)


def codec() -> Codec:
    """Reads and writes values; Avro when a schema registry is configured."""
    known = settings()
    return Codec.connect(known.schema_registry, known.topic_prefix)
