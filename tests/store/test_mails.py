from __future__ import annotations

from app.store import MailOutcome, Store
from tests.store.configurations import NOW

DOCUMENT = "00000000-0000-4000-8000-000000000001"
ADDRESS = "muhasebe@example.test"


def begin(store: Store) -> int:
    return store.mails().begin(DOCUMENT, ADDRESS, via="nilvera", actor="ayşe", why="asked for by telephone")


def test_of_a_mail_its_way_time_actor_and_outcome_are_kept(store: Store) -> None:
    store.mails().end(begin(store), MailOutcome.SENT, None)
    (mail,) = store.mails().of(DOCUMENT)
    assert (mail.via, mail.at, mail.actor, mail.why) == ("nilvera", NOW, "ayşe", "asked for by telephone")
    assert (mail.outcome, mail.detail) == (MailOutcome.SENT, None)


def test_of_an_address_only_a_mask_is_kept(store: Store) -> None:
    begin(store)
    assert [each.recipient for each in store.mails().of(DOCUMENT)] == ["m***@example.test"]


def test_a_mail_whose_process_ended_before_the_answer_may_have_gone(store: Store) -> None:
    begin(store)
    (mail,) = store.mails().of(DOCUMENT)
    assert (mail.outcome, mail.detail) == (MailOutcome.UNKNOWN, "its process ended before there was an answer")


def test_every_mail_is_listed_the_oldest_first(store: Store) -> None:
    store.mails().end(begin(store), MailOutcome.UNKNOWN, "no answer came")
    store.mails().end(begin(store), MailOutcome.SENT, None)
    assert [each.outcome for each in store.mails().of(DOCUMENT)] == [MailOutcome.UNKNOWN, MailOutcome.SENT]
    assert store.mails().of("another document") == ()
