"""Who waits while it is not known whether an invoice of the connection was made."""

from app.issuing.decisions.decisions import AwaitConnection, AwaitPerson, Find, Rest, Wait
from app.issuing.ports import ConnectionId
from app.issuing.scheduling.document_queue import QueuedDocument
from app.issuing.scheduling.doubts import INVOICES, Doubts
from providers.base import Step
from tests.harness.issuing_builders import at, prepared

LATER = Wait(until=at(10), is_doubt=True)


def document(name: str) -> QueuedDocument:
    return QueuedDocument(
        connection=ConnectionId("shop", "nilvera"), partition=0, document_id=name, commands=(), sequence=1
    )


def find(step: Step) -> Find:
    return Find(command_id="c", step=step, covers=("1-w",), prepared=prepared())


def test_another_one_waits_until_the_doubt_has_ended() -> None:
    doubts, first, second = Doubts(), document("first"), document("second")
    doubts.note(first, LATER)
    assert doubts.hold_back(second, INVOICES)
    assert doubts.freed() == []
    doubts.note(first, Rest())
    assert doubts.freed() == [second]
    assert doubts.freed() == []


def test_no_document_waits_for_itself() -> None:
    doubts, first = Doubts(), document("first")
    doubts.note(first, find(Step.INVOICE))
    assert not doubts.hold_back(first, INVOICES)


def test_a_person_who_is_asked_ends_the_doubt_for_the_others() -> None:
    doubts, first = Doubts(), document("first")
    doubts.note(first, find(Step.INVOICE))
    doubts.note(first, AwaitPerson(command_id="c", revision=1))
    assert not doubts.hold_back(document("second"), INVOICES)


def test_what_was_begun_before_a_restart_is_a_doubt_until_it_is_decided() -> None:
    doubts, first, second = Doubts(), document("first"), document("second")
    doubts.suspect(first)
    assert doubts.hold_back(second, INVOICES)
    doubts.note(first, AwaitConnection(), is_connected=False)  # which says nothing of it
    assert doubts.freed() == []
    doubts.note(first, Wait(until=at(10)))
    assert doubts.freed() == [second]


def test_what_waits_for_its_owners_choice_after_a_restart_holds_nothing_up() -> None:
    doubts, first, second = Doubts(), document("first"), document("second")
    doubts.suspect(first)
    assert doubts.hold_back(second, INVOICES)
    doubts.note(first, AwaitConnection())
    assert doubts.freed() == [second]


def test_a_contact_or_an_e_document_in_doubt_holds_nothing_up() -> None:
    doubts = Doubts()
    for step in (Step.CONTACT, Step.E_DOCUMENT, Step.CANCELLATION):
        doubts.note(document(f"{step}"), find(step))
    assert not doubts.hold_back(document("second"), INVOICES)


def test_one_that_has_moved_on_or_is_decided_now_is_not_given_back() -> None:
    doubts, first, moved, busy = Doubts(), document("first"), document("moved"), document("busy")
    doubts.note(first, LATER)
    for each in (moved, busy):
        doubts.hold_back(each, INVOICES)
    doubts.note(moved, Rest())
    busy.is_busy = True
    doubts.note(first, None)
    assert doubts.freed() == []


def test_a_contact_in_doubt_holds_up_that_buyer_s_alone() -> None:
    doubts, first, second, other = Doubts(), document("first"), document("second"), document("other")
    doubts.note(first, Wait(until=at(10), contact_of="ayşe"))
    assert doubts.hold_back(second, "ayşe")
    assert not doubts.hold_back(other, "ali")
    doubts.begin(other, "ali")
    doubts.note(first, Rest())
    assert doubts.freed() == [second]


def test_of_two_in_doubt_about_one_contact_the_one_that_goes_on_waits_for_the_other() -> None:
    doubts, first, second = Doubts(), document("first"), document("second")
    for each in (first, second):
        doubts.note(each, Wait(until=at(10), contact_of="ayşe"))
    assert doubts.hold_back(first, "ayşe")
    assert not doubts.hold_back(second, "ayşe")
    doubts.note(second, Rest())
    assert doubts.freed() == [first]
