"""Bad input: each unusable record has its one ending, and nothing that is usable became a dead letter."""

from app.domain.outcomes import Verdict
from app.testbed.chaos.check.bad_input import DEAD_LETTERS, REFUSALS
from app.testbed.chaos.check.defects import Defects, lost, wrong
from app.testbed.chaos.check.evidence import FoundDeadLetter, SubmittedBadInput
from app.testbed.chaos.check.evidence_index import EvidenceIndex


def dead_letters(index: EvidenceIndex) -> Defects:
    """Every unusable record has its one ending, with its own bytes; nothing that is usable became a dead letter."""
    letters = dict.fromkeys(index.evidence.dead_letters)  # what was written twice alike is there once
    sources = {bad_input.place for bad_input in index.evidence.bad_input}
    for letter in letters:
        if letter.source not in sources:
            yield lost(f"{letter.topic} holds {letter.source} ({letter.reason}), which can be read")
    for bad_input in index.evidence.bad_input:
        yield from _ending(index, bad_input, [letter for letter in letters if letter.source == bad_input.place])


def _ending(index: EvidenceIndex, bad_input: SubmittedBadInput, found: list[FoundDeadLetter]) -> Defects:
    outcomes = index.outcomes.get(bad_input.event_id, [])
    said = [*(letter.reason for letter in found), *(outcome.reason for outcome in outcomes)]
    due = DEAD_LETTERS.get(bad_input.kind) or REFUSALS[bad_input.kind]
    if not said:
        yield lost(f"{bad_input.place} ({bad_input.kind}) has neither a dead letter nor an answer")
    elif said != [due] or bool(found) != (bad_input.kind in DEAD_LETTERS):
        yield wrong(f"{bad_input.place} ({bad_input.kind}) ended as {said}, not as {due}")
    elif any(letter.digest != bad_input.digest for letter in found):
        yield wrong(f"the dead letter of {bad_input.place} ({bad_input.kind}) has other bytes")
    elif any(outcome.verdict is not Verdict.REJECTED for outcome in outcomes):
        yield wrong(f"{bad_input.place} ({bad_input.kind}) was not refused")
