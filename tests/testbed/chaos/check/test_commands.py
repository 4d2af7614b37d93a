"""A command that does not carry what its order has is found, field by field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain import identity
from app.domain.commands import Action, Cancellation, InvoiceCommand, ReviewDecision
from app.domain.orders import DocumentMarkedIssued, ReviewAnswer
from app.testbed.chaos.check.defects import Defect, DefectKind
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import SHIPPED, clean, command
from tests.testbed.chaos.planting import planted, says


def with_command(changed: InvoiceCommand) -> list[Defect]:
    return planted(commands=(changed, *clean().commands[1:]))


def with_content(**changes: Any) -> list[Defect]:
    return with_command(replace(command(SHIPPED), order=replace(evidence.content(), **changes)))


def test_a_command_without_any_content_is_found() -> None:
    says(with_command(replace(command(SHIPPED), order=None)), DefectKind.WRONG, "carries nothing instead of ['order']")


def test_a_withdrawal_that_carries_an_order_is_found() -> None:
    withdrawal = replace(clean().commands[2], order=evidence.content())
    says(
        planted(commands=(*clean().commands[:2], withdrawal)), DefectKind.WRONG, "carries ['order'] instead of nothing"
    )


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"currency": "USD"}, "another currency"),
        ({"exchange_rate": Decimal(40)}, "another exchange_rate"),
        ({"prices_include_vat": False}, "another prices_include_vat"),
        ({"order_date": date(2026, 10, 1)}, "another order_date"),
        ({"note": "başka"}, "another note"),
        ({"lines": evidence.placed().lines[:1]}, "another lines"),
        ({"earsiv_series": "DNF"}, "the series DNF for EARSIV"),
        ({"efatura_series": None}, "the series None for EFATURA"),
        ({"shipment_reference": "S-1-S9"}, "has the shipment"),
        ({"carrier": "Deneme Kargo"}, "has the shipment"),
    ],
)
def test_a_command_with_other_content_than_its_order_is_found(changes: dict[str, Any], word: str) -> None:
    says(with_content(**changes), DefectKind.WRONG, f"has {word}" if word.startswith("another") else word)


def test_another_price_in_a_command_is_found() -> None:
    first, second = evidence.placed().lines
    says(with_content(lines=(replace(first, unit_price=Decimal(1)), second)), DefectKind.WRONG, "another lines")


def test_another_buyer_in_a_command_is_found() -> None:
    from random import Random  # noqa: PLC0415

    from app.testbed.generator.people import consumer  # noqa: PLC0415

    stranger = consumer(1, Random(1), tax_number=None)
    says(with_command(replace(command(SHIPPED), person=stranger)), DefectKind.WRONG, "another person")


@pytest.mark.parametrize(
    "changes", [{"command_id": "other"}, {"provider": "testbook"}, {"business": "TEZGAH"}, {"revision": 1}]
)
def test_a_command_under_another_name_is_found(changes: dict[str, Any]) -> None:
    assert with_command(replace(command(SHIPPED), **changes)) != []


def test_a_review_that_no_person_decided_is_found() -> None:
    review = ReviewDecision(revision=1, decision=ReviewAnswer.REJECT, number=None, ettn=None, actor="chaos")
    stray = replace(command(SHIPPED, Action.REVIEW), review=review)
    says(planted(commands=(*clean().commands, stray)), DefectKind.WRONG, "which no person decided")


def test_a_cancellation_of_another_number_is_found() -> None:
    other = Cancellation(
        reason="yanlış", document_type=None, ettn=None, number="DNA2026000000009", issue_date=None, review_revision=0
    )
    stray = replace(command(SHIPPED, Action.CANCEL), cancellation=other)
    says(planted(commands=(*clean().commands, stray)), DefectKind.WRONG, "is about ('DNA2026000000009'")


def test_the_record_of_a_legal_number_carries_what_a_person_has_recorded() -> None:
    document = evidence.document_id(SHIPPED, "1", "2")
    body = DocumentMarkedIssued(document_id=document, number="ABC2026000000001")
    said = ReviewDecision(
        revision=1, decision=ReviewAnswer.CONFIRM_ISSUED, number="ABC2026000000001", ettn=None, actor="chaos"
    )
    command_id = identity.command_id(document, "nilvera", Action.MARK, 1)
    mark = replace(command(SHIPPED), action=Action.MARK, revision=1, command_id=command_id, order=None, review=said)

    def found(marking: ReviewDecision) -> list[str]:
        defects = planted(
            commands=(*clean().commands, replace(mark, review=marking)),
            submitted=(*clean().submitted, evidence.submitted(6, SHIPPED, body, actor="chaos")),
            outcomes=(*clean().outcomes, evidence.outcome(6, SHIPPED, "DocumentMarkedIssued")),
        )
        return [each.sentence for each in defects if "MARK" in each.sentence]

    assert found(said) == []
    assert "which no person decided" in found(replace(said, number="ABC2026000000002"))[0]
