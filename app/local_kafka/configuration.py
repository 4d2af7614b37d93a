"""The broker's configuration: `server.properties`, with this stack's ports filled in."""

from __future__ import annotations

from importlib import resources
from string import Template

from app.local_kafka.state import Ports

MEBIBYTE = 1024 * 1024

# The largest record is a dead letter of 9 MiB; one more for headers and the batch around it.
MESSAGE_MAX_BYTES = 10 * MEBIBYTE
# Kafka's own default, stated because it has to stay above several of the above.
REQUEST_MAX_BYTES = 100 * MEBIBYTE
# 60 days.
OFFSETS_RETENTION_MINUTES = 60 * 24 * 60
# Where Kafka keeps its records, inside the stack's folder.
DATA_FOLDER = "data"


def server_properties(ports: Ports) -> str:
    """Return the text of `server.properties` for a node that listens on `ports` of the loopback address."""
    template = Template(resources.files("app.local_kafka").joinpath("server.properties").read_text(encoding="ascii"))
    return template.substitute(
        broker_port=ports.broker,
        controller_port=ports.controller,
        data_folder=DATA_FOLDER,
        message_max_bytes=MESSAGE_MAX_BYTES,
        request_max_bytes=REQUEST_MAX_BYTES,
        offsets_retention_minutes=OFFSETS_RETENTION_MINUTES,
    )
