"""A second create while the first is unknown is found by what the provider was asked, also where it refused."""

from typing import Any

import pytest

from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.check.evidence import Calls
from app.testbed.chaos.check.provider_documents import creates_in_doubt
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import SHIPPED
from tests.testbed.chaos.planting import planted, says


def asked(said: str, provider: str = "nilvera") -> list[Defect]:
    reference = evidence.document_id(SHIPPED, "1", "2")
    return planted(calls=(Calls(provider=provider, reference=reference, said=tuple(said.split())),))


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("CREATE", 0),
        ("CREATE CREATE", 1),
        ("CREATE REFUSED CREATE", 0),
        ("CREATE ABSENT CREATE", 1),
        ("CREATE ABSENT ABSENT CREATE", 0),
        ("CREATE ABSENT FOUND ABSENT CREATE", 1),
        ("CREATE ABSENT ABSENT CREATE CREATE", 1),
        ("CREATE CREATE REFUSED", 1),
        ("CREATE ABSENT ABSENT CREATE REFUSED CREATE", 0),
        ("CREATE ABSENT CREATE REFUSED ABSENT CREATE", 1),
        ("CREATE CREATE REFUSED CREATE", 1),
        ("CREATE CREATE REFUSED CREATE CREATE", 2),
        ("CREATE ABSENT ABSENT CREATE ABSENT ABSENT CREATE FOUND", 0),
    ],
)
def test_two_absences_or_the_providers_own_no_let_a_document_be_sent_again(said: str, count: int) -> None:
    assert creates_in_doubt(said.split(), 2) == count


def test_a_second_create_that_the_provider_refused_is_found() -> None:
    """It has one document; that it was asked twice is in its calls."""
    says(asked("CREATE CREATE REFUSED"), DefectKind.DOUBLE, "was asked 2 times to make", "not known whether")
    assert asked("CREATE ABSENT ABSENT CREATE") == []


def test_where_a_repeat_doubles_only_a_persons_word_lets_it_be_sent_again() -> None:
    says(asked("CREATE ABSENT ABSENT CREATE", "testbook"), DefectKind.DOUBLE, "testbook was asked 2 times")


def test_what_a_person_has_allowed_is_allowed_again_after_a_refusal() -> None:
    assert creates_in_doubt(["CREATE", "ABSENT", "ABSENT", "CREATE", "REFUSED", "CREATE"], 6) == 1


def test_a_document_whose_making_was_never_asked_for_is_found() -> None:
    says(planted(calls=()), DefectKind.WRONG, "notes no call for it")


def test_only_a_record_that_its_document_is_made_from_needs_no_call_of_its_own() -> None:
    record = {"provider": "books", "number": "", "draft": True}
    found = [defect.sentence for defect in planted(made=(evidence.made(**record),), calls=())]
    assert not any("notes no call" in sentence for sentence in found)
    says(planted(made=(evidence.made(**{**record, "draft": False}),), calls=()), DefectKind.WRONG, "notes no call")


def test_a_record_that_was_deleted_is_no_second_document() -> None:
    def doubles(**more: Any) -> list[str]:
        found = planted(made=(evidence.made(cancelled=True, **more), evidence.made()))
        return [defect.sentence for defect in found if "made 2 documents" in defect.sentence]

    assert doubles(deleted=True) == []
    assert len(doubles()) == 1
