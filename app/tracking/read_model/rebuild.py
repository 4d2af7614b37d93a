"""A read model made anew from the topics, beside the live one, and then in its place."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from app.following.topic_logs import BATCH, TopicLogs
from app.stream.serialization.codec import Codec
from app.stream.startup.retrying import with_retries
from app.stream.topics.names import Topics
from app.tracking.read_model.database import Generation, ReadModel
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.facts import sources
from app.tracking.read_model.following import begun
from app.tracking.read_model.projector import FOLLOWER
from app.tracking.read_model.tables import documents, orders, projection_errors

GROUP: Final = "faturaflow-tracking-rebuild"
_WAIT_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How much is in a read model. `errors`: what could not be projected."""

    orders: int
    documents: int
    errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What is live now, made from so many records, and what was before; None where there was none."""

    records: int
    now: Contents
    before: Contents | None


def rebuild(
    model: ReadModel, bootstrap: str, topics: Topics, codec: Codec, *, progress: Callable[[int], None]
) -> Rebuilt:
    """Make it, up to the topics' present ends, and put it in the live one's place; a worker goes on with it.

    `progress` is called with how many records are left. Readers see the live one until the end, and an interrupted
    rebuild changes nothing. Raises LogChangedError, NewerTopicError, TopicMissingError, StoreError, KafkaException.
    """
    with closing(TopicLogs(bootstrap, f"{topics.prefix}{GROUP}", sources(topics), FOLLOWER)) as logs:
        cluster_id = with_retries(logs.cluster_id)
        made = model.beside(cluster_id)
        projector = begun(logs, made, cluster_id, topics, codec)
        records = 0
        # A few that are written meanwhile are the worker's, which goes on where this ends.
        while (left := logs.behind(logs.logs())) > (BATCH if records else 0):
            progress(left)
            while read := logs.read(_WAIT_SECONDS):
                projector.apply(read)
                records += len(read)
    before = None
    with suppress(NoReadModelError):
        before = contents_of(model.live())
    now = contents_of(made)
    model.promote(made)
    return Rebuilt(records=records, now=now, before=before)


def contents_of(generation: Generation) -> Contents:
    """Counted."""
    with generation.reading() as transaction:
        counts = (
            transaction.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (orders, documents, projection_errors)
        )
        return Contents(**dict(zip(("orders", "documents", "errors"), counts, strict=True)))
