"""What any adapter says that it can undo or sign is tried in this suite, and no adapter can what it never claims."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from app.domain.documents import DocumentType
from providers.base import Cancels, Capabilities, Signs, Withdraws
from providers.registry import PROVIDERS, provider
from tests.contract.case import NOWHERE, Case
from tests.contract.cases import CASES
from tests.contract.test_cancelling import CANCELLED_CASES
from tests.contract.test_unsigned import SIGNED_CASES, UNASKED_CASES, UNSIGNED_CASES

WITHDRAWN: Final = [*UNSIGNED_CASES, *UNASKED_CASES]
Kinds = Callable[[Capabilities], frozenset[DocumentType]]
# An ability, the document types that it is claimed for, and the cases that try it.
TRIED: Final[dict[str, tuple[Any, Kinds, list[Case]]]] = {
    "cancels": (Cancels, lambda what: what.cancels, CANCELLED_CASES),
    "signs": (Signs, lambda what: what.signs, SIGNED_CASES),
    "withdraws": (Withdraws, lambda what: what.withdraws, WITHDRAWN),
}


def claimed(name: str, kinds: Kinds) -> set[DocumentType]:
    """By the provider as such, and by any of its connections in this suite."""
    connections = [case.capabilities for case in [*CASES, *WITHDRAWN] if case.name == name]
    return set().union(*(kinds(what) for what in [provider(name).capabilities(), *connections]))


def tried(name: str, kinds: Kinds, cases: list[Case]) -> set[DocumentType]:
    """The document types of its cases, each of which claims its own."""
    own = [case for case in cases if case.name == name]
    assert all(case.document_type in kinds(case.capabilities) for case in own)
    return {case.document_type for case in own}


@pytest.mark.parametrize("claim", TRIED)
@pytest.mark.parametrize("name", PROVIDERS)
def test_every_document_type_of_a_claim_has_a_case(name: str, claim: str) -> None:
    _, kinds, cases = TRIED[claim]
    assert claimed(name, kinds) == tried(name, kinds, cases)


@pytest.mark.parametrize("claim", TRIED)
@pytest.mark.parametrize("name", PROVIDERS)
def test_an_ability_that_no_connection_claims_is_not_there(name: str, claim: str) -> None:
    """An option that turns it on needs a case with that option, too."""
    ability, kinds, _ = TRIED[claim]
    adapter = next(case for case in CASES if case.name == name).connect(NOWHERE)
    assert isinstance(adapter, ability) == bool(claimed(name, kinds))
