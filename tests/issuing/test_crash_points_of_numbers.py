"""Where we number: wherever a worker dies, one document with one number, and no gap without a reason."""

from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.store import GapKind
from tests.harness.issuing_builders import command
from tests.issuing.decisions.test_numbering import FIRST, OURS, REFUSED, SECOND, borne, gaps, numbered
from tests.issuing.test_crash_points import PROVIDERS, Provider, ends_well, sweep

WE_NUMBER = [
    Provider(p.name, {**p.changes, **OURS}, p.may_ask, p.may_double, p.has_lease) for p in PROVIDERS if not p.may_double
]
WAKES = pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])


@pytest.mark.sweep
@pytest.mark.parametrize("provider", WE_NUMBER, ids=lambda provider: provider.name)
@pytest.mark.parametrize("loss", ["BOOKS", "LOST_BEFORE", "LOST_AFTER"])
@WAKES
def test_wherever_a_worker_stops_there_is_one_document_with_one_number_and_no_gap(
    provider: Provider, loss: str, thaws_after: float | None
) -> None:
    for at, issuer in enumerate(sweep(provider, [loss], thaws_after, [[numbered()]]), 1):
        assert ends_well(issuer, provider), at
        assert borne(issuer) in ([], [FIRST]), at
        waits = issuer.states()[-1][0] is DocumentState.PLANNED
        assert gaps(issuer) == ([(FIRST, GapKind.OPEN)] if waits else []), at


@pytest.mark.sweep
@WAKES
def test_wherever_a_worker_stops_a_refused_number_is_used_next_or_told(thaws_after: float | None) -> None:
    one_by_one = [[numbered(1)], [numbered(2)]]
    # The refusal was heard; it was lost, and the document sent again and taken; or refused then, after that doubt: the
    # number could have been taken by the first attempt, so it is told and not used again.
    ends: Any = (([FIRST], []), ([FIRST, SECOND], []), ([SECOND], [(FIRST, GapKind.VOID)]))
    for at, issuer in enumerate(sweep(WE_NUMBER[0], [REFUSED], thaws_after, one_by_one), 1):
        assert (borne(issuer), gaps(issuer)) in ends, at


@pytest.mark.sweep
@WAKES
def test_wherever_a_worker_stops_a_withdrawn_document_leaves_its_number_or_bears_it(thaws_after: float | None) -> None:
    both = [[numbered(), command(Action.WITHDRAW)]]
    for at, issuer in enumerate(sweep(WE_NUMBER[0], ["LOST_AFTER"], thaws_after, both), 1):
        stands = issuer.states()[-1][0] is DocumentState.ISSUED
        assert borne(issuer) == ([FIRST] if stands else []), at
        assert gaps(issuer) in ([[]] if stands else [[], [(FIRST, GapKind.RELEASED)]]), at
