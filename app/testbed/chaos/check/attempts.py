"""How often a document's creation was tried at its provider, against what the look-ups in between allow.

A create whose answer may have been lost leaves it unknown whether the document exists. Until that is known there must
be no second one: two look-ups that find nothing settle it where the provider refuses a repeated reference, a person's
word where it does not.
"""

from collections.abc import Sequence
from typing import Final

from app.testbed.chaos.check.defects import Defects, double, wrong
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.expected_content import BOOKS

# The first absence may be a document that look-ups do not show yet.
ABSENCES: Final = 2
CREATE: Final = "CREATE"
REFUSED: Final = "REFUSED"
ABSENT: Final = "ABSENT"


def attempts(index: EvidenceIndex) -> Defects:
    """No create while an earlier one is unknown, and none that a provider did not note."""
    for reference, known in index.calls.items():
        for calls in known:
            allowed = index.confirmed_absent[reference]
            needed = len(calls.said) if calls.provider in BOOKS else ABSENCES  # there no look-up allows another
            if (count := unsettled(calls.said, needed)) > allowed:
                yield double(
                    f"{calls.provider} was asked {count + 1} times to make {reference} while it was not known whether "
                    f"it had: {', '.join(calls.said)}; persons said {allowed} times that it had not"
                )
    for reference, made in index.made.items():
        noted = [calls for calls in index.calls.get(reference, ()) if calls.provider == made[0].provider]
        if sum(calls.said.count(CREATE) for calls in noted) < len(made):
            yield wrong(f"{made[0].provider} made {reference}, and notes no call for it")


def unsettled(said: Sequence[str], absences_needed: int) -> int:
    """The most creates that came while an earlier one was unknown; one that was refused leaves all as it was before it.

    What a person has allowed is allowed again after a refusal: nothing was made of it.
    """
    most, count, in_doubt, absences = 0, 0, False, 0
    before: list[tuple[int, bool, int]] = []
    for each in said:
        if each == CREATE:
            before.append((count, in_doubt, absences))
            count += in_doubt and absences < absences_needed
            most, in_doubt, absences = max(most, count), True, 0
        elif each == REFUSED:
            count, in_doubt, absences = before.pop()
        else:
            absences = absences + 1 if each == ABSENT else 0
    return most
