# ruff: noqa: INP001 - a script in a folder of scripts
"""The dedupe job in Quix Streams: order in, one command out for each distinct order, its entry in a changelog.

python quix_dedupe.py BOOTSTRAP ORDERS COMMANDS GROUP COUNT STATE_DIR [exactly-once]
"""

import sys
import uuid
from typing import Any

from quixstreams import Application, State

NAMESPACE = uuid.UUID("b3a1d1f0-52c9-5d0e-9c39-6f2b7f4f6a11")
# Without records for so long the job ends: then its topic has been read, or something is wrong.
IDLE_SECONDS = 15.0


def is_new(order: dict[str, Any], state: State) -> bool:
    """Whether this order has not been commanded yet; from now on it has."""
    key = f"{order['business']}/{order['order_reference']}"
    if state.get(key) is not None:
        return False
    state.set(key, str(uuid.uuid5(NAMESPACE, key)))
    return True


def main(arguments: list[str]) -> None:
    bootstrap, orders, commands, group, count, state_dir, *guarantee = arguments
    app = Application(
        broker_address=bootstrap,
        consumer_group=group,
        auto_offset_reset="earliest",
        commit_interval=1.0,  # as our workers commit
        processing_guarantee=guarantee[0] if guarantee else "at-least-once",
        state_dir=state_dir,
        loglevel="WARNING",
        auto_create_topics=True,  # its changelog is its own matter
    )
    source = app.topic(orders, value_deserializer="json")
    target = app.topic(commands, value_serializer="json")
    frame = app.dataframe(source)
    frame.filter(is_new, stateful=True).to_topic(target)
    app.run(count=int(count), timeout=IDLE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1:])
