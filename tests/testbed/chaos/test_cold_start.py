"""After a cold start no provider was called and nothing was written that was not asked for."""

from app.testbed.chaos.check.defects import DefectKind
from app.testbed.chaos.cold_start import compared

STATUS, NILVERA, TESTBOOK = "document-status.v1", "invoice-commands.nilvera.v1", "invoice-commands.testbook.v1"
BEFORE = {"nilvera": {"create": 700, "status": 90}, "testbook": {"create": 400}}
LENGTHS = {STATUS: 3000, NILVERA: 700, TESTBOOK: 410}
AFTER = {STATUS: 3000, NILVERA: 1100, TESTBOOK: 430}
REPEATED = {"nilvera": 400, "testbook": 20}
MORE = {"commands": REPEATED, "polls": {"testbook": ("status",)}}


def test_a_rebuild_that_adds_nothing_but_what_was_repeated_is_no_fault() -> None:
    assert list(compared(BEFORE, BEFORE, LENGTHS, AFTER, **MORE)) == []


def test_a_call_of_any_kind_is_found() -> None:
    asked = {**BEFORE, "nilvera": {**BEFORE["nilvera"], "look_up": 1}}
    (defect,) = compared(BEFORE, asked, LENGTHS, AFTER, **MORE)
    assert defect.kind is DefectKind.WRONG and "called nilvera" in defect.sentence


def test_what_waits_for_a_signature_is_polled_all_the_same() -> None:
    polled = {**BEFORE, "testbook": {**BEFORE["testbook"], "status": 12}}
    assert list(compared(BEFORE, polled, LENGTHS, AFTER, **MORE)) == []
    elsewhere = {**BEFORE, "nilvera": {**BEFORE["nilvera"], "status": 91}}
    assert len(list(compared(BEFORE, elsewhere, LENGTHS, AFTER, **MORE))) == 1


def test_a_status_or_a_command_that_was_not_asked_for_is_found() -> None:
    for topic in LENGTHS:
        (defect,) = compared(BEFORE, BEFORE, LENGTHS, {**AFTER, topic: AFTER[topic] + 1}, **MORE)
        assert topic in defect.sentence
