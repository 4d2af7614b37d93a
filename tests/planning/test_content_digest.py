"""The same order once more, from another way; and what another content is called."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.orders import OrderPlaced
from app.domain.outcomes import Verdict
from app.domain.parties import Address, Buyer, Person
from app.domain.policy import Trigger
from app.planning.content_digest import content_digest
from tests.planning.events import Log, document_id, line, placed, requested

WHOLE = ("1", "2", "3")
HOME = Address(street="Deneme Sokak 1", district="Merkez", city="Ankara")
PERSON = Person(buyer=Buyer(name="Deneme", family_name="Alıcı", tax_number="11111111111", address=HOME))


def again(body: OrderPlaced, **more: Any) -> tuple[Any, ...]:
    """The order's second coming: verdict, documents, and each field that differs."""
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed(), person=PERSON)
    outcome = log.outcome(body, **{"person": PERSON, **more})
    return outcome.verdict, [d.document_id for d in outcome.documents], [error.path for error in outcome.errors]


def test_the_sequence_of_lines_says_nothing() -> None:
    assert again(placed(line("3"), line("1"), line("2"))) == (Verdict.DUPLICATE, [document_id(*WHOLE)], [])


def test_what_is_empty_is_as_if_absent() -> None:
    assert again(replace(placed(), note=""))[0] is Verdict.DUPLICATE


def test_a_conflict_names_each_field_where_it_stands_in_the_new_order() -> None:
    other = replace(placed(line("2", "99.00"), line("1"), line("3")), note="hediye")
    buyer = replace(PERSON.buyer, name="Başka")
    assert again(other, person=Person(buyer=buyer)) == (
        Verdict.REJECTED,
        [],
        ["$.body.note", "$.person.buyer.name", "$.body.lines[0].unit_price"],
    )


def test_a_line_that_is_missing_and_one_that_is_new_are_named() -> None:
    assert again(placed(line("1"), line("2"), line("4")))[2] == ["$.body.lines[2]", "$.body.lines"]


def test_a_request_with_its_lines_in_another_sequence_is_the_same_request() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"), request_id="r")
    assert log.outcome(requested("2", "1"), request_id="r").verdict is Verdict.DUPLICATE


def test_a_line_that_stood_twice_is_not_the_order_that_has_it_once() -> None:
    log = Log()
    twice, once = (log.event(placed(*lines)) for lines in ((line("1"), line("1", "5")), (line("1"),)))
    assert content_digest(twice) != content_digest(once)


def test_one_digit_makes_another_order() -> None:
    assert again(placed(line("1", quantity=Decimal("1.0001")), line("2"), line("3")))[2] == ["$.body.lines[0].quantity"]
