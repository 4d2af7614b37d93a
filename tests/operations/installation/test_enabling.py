"""A connection is switched on or off, and what waits for it is asked about first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import DocumentCancellationRequested, OrderEvent
from app.domain.policy import Trigger
from app.operations import documents
from app.operations.errors import NotFoundError, NotPossibleError, UnavailableError
from app.operations.installation import enabling
from app.operations.installation.enabling import Waiting, disable_connection, documents_waiting, enable_connection
from app.operations.submit import SubmittedEvent
from app.settings import Settings, settings
from app.store import ConnectionListing, Store, new_key
from app.stream.clients.errors import TopicUnreadableError
from app.stream.errors import TopicMissingError
from app.stream.ownership.exits import TOPIC_MISSING
from app.tracking.documents import TrackedDocument, track
from tests.planning.events import Log, document_id, placed
from tests.store.configurations import PROVIDER, SHOP, business

S, A = DocumentState, Attention


def status(name: str, state: DocumentState = S.PLANNED, attention: Attention | None = A.CONNECTION) -> DocumentStatus:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    planned = log.all.statuses[-1]
    known = document_id(name)
    return replace(
        planned,
        document_id=known,
        business=SHOP,
        provider=PROVIDER,
        connection=PROVIDER,
        state=state,
        attention=attention,
        sequence=1,
    )


class Topic:
    """The documents' states, and a planner and issuer that withdraw what they are asked to, or do not."""

    def __init__(self) -> None:
        self.known: list[DocumentStatus] = []
        self.asked: list[str] = []
        self.withdraws = True
        self.fault: Exception | None = None

    def read(self) -> dict[str, TrackedDocument]:
        if self.fault is not None:
            raise self.fault
        return track(self.known)

    def submit(self, events: Sequence[OrderEvent], wait: float) -> list[SubmittedEvent]:
        assert wait >= 0
        for event in events:
            assert isinstance(event.body, DocumentCancellationRequested)
            self.asked.append(event.body.document_id)
        if self.withdraws:
            self.known += [
                replace(each, state=S.CANCELLED, attention=None, sequence=each.sequence + 1)
                for each in self.known
                if each.document_id in self.asked
            ]
        return [SubmittedEvent(event=event, outcome=None) for event in events]


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    made = Topic()
    monkeypatch.setattr(documents, "all_documents", made.read)
    monkeypatch.setattr(enabling, "submit", made.submit)
    monkeypatch.setattr(enabling, "_PAUSE_SECONDS", 0.0)
    return made


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    database, key = f"sqlite:///{tmp_path}/f.db", new_key()
    monkeypatch.setenv("FATURAFLOW_DATABASE", database)
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", key)
    settings.cache_clear()
    with Store.open(Settings(database=database, secret_key=SecretStr(key))) as opened:
        opened.apply([business()], actor="test")
        opened.switch(SHOP, PROVIDER, on=False, actor="test")
        yield opened
    settings.cache_clear()


def listing(store: Store) -> ConnectionListing:
    (found,) = store.connections(SHOP)
    return found


def enable(waiting: Waiting | None = None, wait: float = 5.0) -> None:
    enable_connection(SHOP, PROVIDER, waiting=waiting, actor="ayse", wait=wait)


def test_where_nothing_waits_a_connection_is_switched_on_at_once(store: Store, topic: Topic) -> None:
    before = listing(store).revision
    enable()
    assert (listing(store).enabled, listing(store).revision, topic.asked) == (True, before + 1, [])
    latest = store.audit_records(SHOP)[-1]
    assert (latest.actor, latest.differences) == ("ayse", {"enabled": ["false", "true"]})


def test_what_waits_is_asked_about_before_anything_is_switched_on(store: Store, topic: Topic) -> None:
    topic.known = [status("1"), status("2", attention=None)]
    with pytest.raises(NotPossibleError, match="2 documents wait"):
        enable()
    assert (listing(store).enabled, topic.asked) == (False, [])


def test_what_waits_is_issued_where_its_owner_says_so(store: Store, topic: Topic) -> None:
    topic.known = [status("1")]
    enable(Waiting.ISSUE)
    assert (listing(store).enabled, topic.asked) == (True, [])


def test_from_now_on_withdraws_what_waits_and_nothing_else(store: Store, topic: Topic) -> None:
    waits = status("1")
    topic.known = [
        waits,
        status("2", S.ISSUED, None),
        status("3", attention=A.AWAITING_APPROVAL),
        replace(status("4"), connection="second-login"),
    ]
    enable(Waiting.LEAVE)
    assert topic.asked == [waits.document_id]
    assert listing(store).enabled


def test_what_may_have_been_sent_does_not_count_as_waiting(topic: Topic) -> None:
    doubtful = status("1", attention=A.UNCERTAIN)
    topic.known = [doubtful, replace(doubtful, attention=A.CONNECTION, sequence=2)]
    assert documents_waiting(SHOP, PROVIDER) == ()


def test_a_connection_stays_off_while_what_is_to_be_left_is_not_withdrawn(store: Store, topic: Topic) -> None:
    topic.known, topic.withdraws = [status("1")], False
    with pytest.raises(NotPossibleError, match="1 of 1 documents were not withdrawn"):
        enable(Waiting.LEAVE, wait=0.0)
    assert not listing(store).enabled


def test_where_the_topic_cannot_be_read_only_the_owner_s_word_switches_it_on(store: Store, topic: Topic) -> None:
    topic.fault = TopicUnreadableError("Kafka does not answer.")
    with pytest.raises(UnavailableError, match="--waiting issue"):
        enable()
    assert not listing(store).enabled
    enable(Waiting.ISSUE)
    assert listing(store).enabled


def test_before_there_are_topics_no_document_waits(store: Store, topic: Topic) -> None:
    topic.fault = TopicUnreadableError("there is none")
    topic.fault.__cause__ = TopicMissingError(TOPIC_MISSING, "there is none")
    enable()
    assert listing(store).enabled


def test_a_connection_is_switched_off_once(store: Store) -> None:
    store.switch(SHOP, PROVIDER, on=True, actor="test")
    disable_connection(SHOP, PROVIDER, actor="ayse")
    revision = listing(store).revision
    disable_connection(SHOP, PROVIDER, actor="ayse")
    assert (listing(store).enabled, listing(store).revision) == (False, revision)


@pytest.mark.usefixtures("store", "topic")
def test_there_is_nothing_to_switch_without_a_connection() -> None:
    with pytest.raises(NotFoundError):
        enable_connection(SHOP, "testbook", waiting=None, actor="ayse", wait=0.0)
    with pytest.raises(NotFoundError):
        disable_connection("NOBODY", PROVIDER, actor="ayse")
