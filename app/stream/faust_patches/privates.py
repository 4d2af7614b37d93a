"""Every name of Faust, mode and aiokafka that is private, or overridden against its intent, and the shape it must have.

A test walks this table: a new release that renames, re-signs or drops one of them fails there, not in production.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateName:
    """One name. `shape` is a signature, or for an attribute the line in `owner`'s source that sets it."""

    owner: str
    name: str
    shape: str
    used_for: str

    def found_shape(self) -> str | None:
        """Return the shape as installed; None where the name or the line is gone."""
        module, _, path = self.owner.partition(":")
        owner: Any = import_module(module)
        for part in path.split("."):
            owner = getattr(owner, part)
        if self.shape.startswith("("):
            found = inspect.getattr_static(owner, self.name, None)
            return _bare_signature(found) if found else None
        return self.shape if self.shape in inspect.getsource(owner) else None


def _bare_signature(function: Any) -> str:
    """Parameters and defaults, without annotations: those are printed differently by each Python."""
    signature = inspect.signature(function)
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


_CONSUMER: Final = "faust.transport.consumer:Consumer"
_THREADED: Final = "faust.transport.consumer:ThreadDelegateConsumer"
_DRIVER: Final = "faust.transport.drivers.aiokafka"
_THREAD: Final = "mode.threads:ServiceThread"
_CONDUCTOR: Final = "faust.transport.conductor:Conductor"
_APP: Final = "faust.app.base:App"
_TABLE: Final = "faust.tables.base:Collection"
_AIOKAFKA: Final = "aiokafka.consumer.consumer:AIOKafkaConsumer"
_PRODUCER: Final = "aiokafka.producer.producer:AIOKafkaProducer"
_ACCUMULATOR: Final = "aiokafka.producer.message_accumulator:MessageAccumulator"
_COORDINATOR: Final = "aiokafka.consumer.group_coordinator"
_POSITIONS: Final = "aiokafka.consumer.subscription_state"

_ROWS: Final = (
    # seek first, give back
    (_THREADED, "_getmany", "(self, active_partitions, timeout)", "fetch for a copy of the active partitions"),
    (_THREADED, "_seek", "(self, partition, offset)", "give back; move a partition without a committed offset"),
    (_THREADED, "seek_to_committed", "(self)", "seek every partition, not only committed ones"),
    (_THREADED, "earliest_offsets", "(self, *partitions)", "the log's start"),
    (_CONSUMER, "_drain_messages", "(self, fetcher)", "our loop"),
    (_CONSUMER, "_wait_next_records", "(self, timeout)", "its fetch"),
    (_CONSUMER, "_add_gap", "(self, tp, offset_from, offset_to)", "offsets without a record hold up no commit"),
    (_CONSUMER, "_read_offset", "self._read_offset = defaultdict(lambda: None)", "what was read"),
    (_CONSUMER, "callback", "self.callback = callback", "where records go"),
    (_CONSUMER, "scheduler", "self.scheduler = self.app.conf.ConsumerScheduler()", "partitions in turn"),
    (_CONSUMER, "perform_seek", "(self)", "one at a time; after a fetch while the flow stood still"),
    (_CONSUMER, "consumer_stopped_errors", "except self.consumer_stopped_errors:", "a stop is no fault"),
    (f"{_DRIVER}:Consumer", "_to_message", "(self, tp, record)", "a record as Faust has it"),
    (
        f"{_DRIVER}:AIOKafkaConsumerThread",
        "_fetch_records",
        "(self, consumer, active_partitions, timeout=None, max_records=None)",
        "where a fetch left its partitions",
    ),
    (_CONSUMER, "pause_partitions", "(self, tps)", "forget what is held back"),
    (_CONSUMER, "resume_partitions", "(self, tps)", "hold source partitions back until after the seek"),
    (_CONSUMER, "resume_flow", "(self)", "release them; refuse an overtaken recovery"),
    (_CONSUMER, "_get_active_partitions", "(self)", "what Faust would not drop"),
    (_CONSUMER, "_is_changelog_tp", "(self, tp)", "tell changelogs from source partitions"),
    (_CONSUMER, "_committed_offset", "self._committed_offset = defaultdict(lambda: None)", "the first offset expected"),
    # acknowledge
    (_CONSUMER, "on_partitions_revoked", "(self, revoked)", "commit before the acknowledged is forgotten"),
    (_CONSUMER, "ack", "(self, message)", "only what was tracked"),
    (_CONSUMER, "_unacked_messages", "self._unacked_messages = WeakSet()", "what a revoke waits for"),
    (_CONSUMER, "track_message", "self._unacked_messages.add(message)", "what we do instead, without sensors"),
    (
        "faust.types.tuples:Message",
        "tracked",
        "self.tracked: bool = not self.use_tracking",
        "tell what was handed over",
    ),
    # hand over in place, never pause
    ("faust.transport.base:Transport", "Conductor", "Conductor = Conductor", "our conductor"),
    (_CONDUCTOR, "_compile_message_handler", "(self)", "no lock for each record"),
    (_CONDUCTOR, "_build_handler", "(self, tp, channels)", "records go into a queue in place"),
    (_CONDUCTOR, "_tp_to_callback", "self._tp_to_callback = {}", "the callback of a partition"),
    (_CONDUCTOR, "_tp_to_callback_lock", "self._tp_to_callback_lock = asyncio.Lock()", "while callbacks are changed"),
    (_CONDUCTOR, "_update_indices", "self._tp_to_callback.clear()", "what changes them clears them first"),
    ("faust.channels:SerializedChannel", "decode", "(self, message, *, propagate=False)", "what a recovery reads"),
    ("faust.channels:Channel", "queue", "def queue(self) -> ThrowableQueue:", "an agent's queue, and the recovery's"),
    (_APP, "FlowControlQueue", "(self, maxsize=None, *, clear_on_resume=False)", "queues bounded by bytes too"),
    ("mode.utils.queues:FlowControlQueue", "clear", "(self)", "an empty queue weighs nothing"),
    # the thread and the producer
    (f"{_DRIVER}:Consumer", "_new_consumer_thread", "(self)", "our thread"),
    (f"{_DRIVER}:AIOKafkaConsumerThread", "_create_worker_consumer", "(self, transport)", "read_committed"),
    (f"{_DRIVER}:AIOKafkaConsumerThread", "on_start", "(self)", "hang the lease on the coordinator"),
    (f"{_DRIVER}:AIOKafkaConsumerThread", "on_thread_stop", "(self)", "end in bounded time, and raise nothing"),
    (_THREAD, "stop", "if self._started.is_set():", "a stop before the thread's first line is not lost"),
    (_THREAD, "_thread", "self._thread = self.Worker(self)", "see whether it has been started"),
    ("mode.services:Service", "_started", "self._started = self._new_started_event()", "see whether it runs"),
    (f"{_DRIVER}:Producer", "_settings_default", "(self)", "idempotence, acks from all"),
    (f"{_DRIVER}:Producer", "_ensure_producer", "(self)", "aiokafka's own producer"),
    (_PRODUCER, "_message_accumulator", "self._message_accumulator = MessageAccumulator(", "queue a batch built here"),
    (_ACCUMULATOR, "_append_batch", "(self, builder, tp)", "behind those that wait already"),
    (_ACCUMULATOR, "_batches", "self._batches = collections.defaultdict(collections.deque)", "see whether any waits"),
    (_ACCUMULATOR, "_exception", "self._exception = None", "a producer that has failed takes nothing more"),
    (_ACCUMULATOR, "_closed", "self._closed = False", "nor one that is closed"),
    (_AIOKAFKA, "_isolation_level", "isolation_level=self._isolation_level", "read_committed, read by start()"),
    (_AIOKAFKA, "_coordinator", "self._coordinator = GroupCoordinator(", "hang the lease on it"),
    (f"{_COORDINATOR}:GroupCoordinator", "_send_req", "(self, request)", "renew the lease, raise errors"),
    (f"{_COORDINATOR}:GroupCoordinator", "_do_heartbeat", "resp = await self._send_req(request)", "passes there"),
    (
        f"{_COORDINATOR}:CoordinatorGroupRebalance",
        "_send_sync_group_request",
        "response = await self._coordinator._send_req(request)",
        "passes there",
    ),
    (
        f"{_COORDINATOR}:GroupCoordinator",
        "_do_fetch_commit_offsets",
        "response = await self._send_req(request)",
        "passes there",
    ),
    (f"{_COORDINATOR}:GroupCoordinator", "coordinator_dead", "(self)", "look for the coordinator again"),
    (f"{_COORDINATOR}:GroupCoordinator", "_perform_assignment", "(self, response)", "assign all topics"),
    (
        f"{_COORDINATOR}:GroupCoordinator",
        "_metadata_snapshot",
        "assignments = assignor.assign(self._cluster, member_metadata)",
        "what an assignment was made of is read behind it",
    ),
    (f"{_COORDINATOR}:BaseCoordinator", "_client", "self._client = client", "ask for the topics again"),
    # ownership
    (_APP, "_new_transport", "(self)", "our consumer"),
    (_APP, "_new_producer_transport", "(self)", "our producer"),
    (_APP, "on_rebalance_start", "(self)", "count rebalances, in the consumer's thread"),
    (_APP, "_on_partitions_revoked", "(self, revoked)", "end the epoch after the drain"),
    (
        _APP,
        "_on_partitions_assigned",
        "(self, assigned, generation_id=0)",
        "know which rebalance a recovery belongs to",
    ),
    (_APP, "on_rebalance_end", "(self)", "begin the epoch"),
    (_APP, "on_stop", "(self)", "end the epoch at SIGTERM"),
    # crashes
    ("mode.services:Service", "_crash", "(self, reason)", "leave instead of stopping with a last commit"),
    (f"{_DRIVER}:AIOKafkaConsumerThread", "_commit", "await self.crash(exc)", "a failed commit arrives there"),
    (
        f"{_DRIVER}:AIOKafkaConsumerThread",
        "_commit",
        "await consumer.commit(aiokafka_offsets)",
        "a note to each offset",
    ),
    (_CONSUMER, "verify_all_partitions_active", "(self)", "no false alarms beside our watchdog's"),
    # tables
    (_TABLE, "apply_changelog_batch", "(self, batch)", "leave where Faust would swallow"),
    (_TABLE, "on_recovery_completed", "(self, active_tps, standby_tps)", "drop what is not ours"),
    # the watchdog's view
    (
        "faust.transport.consumer:ThreadDelegateConsumer",
        "_thread",
        "self._thread = self._new_consumer_thread()",
        "reach aiokafka",
    ),
    (f"{_DRIVER}:AIOKafkaConsumerThread", "_consumer", "self._consumer = self._create_consumer(", "reach aiokafka"),
    (_AIOKAFKA, "_subscription", "self._subscription = SubscriptionState(", "fetch positions"),
    (f"{_POSITIONS}:Assignment", "state_value", "(self, tp)", "fetch positions"),
    (f"{_POSITIONS}:TopicPartitionState", "_position", "self._position = position", "fetch positions"),
    (f"{_POSITIONS}:TopicPartitionState", "lso", "self.lso = None", "how far a partition can be read"),
    ("faust.tables.manager:TableManager", "_recovery", "self._recovery = Recovery(", "how far a recovery is"),
    ("faust.tables.recovery:Recovery", "active_offsets", "self.active_offsets = Counter()", "how far a recovery is"),
)

PRIVATE_NAMES: Final = tuple(PrivateName(owner=o, name=n, shape=s, used_for=u) for o, n, s, u in _ROWS)
