"""The quick validator takes what pydantic takes, and gives the same."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.money import Amount, Discount, ExchangeRate, Quantity, Rate
from app.domain.orders import DocumentNumber, LoggedEvent, OrderEvent
from app.domain.quick import careful_validator, quick_validator
from app.domain.text import Answerable, Code, Extensions, Name, Note, Reference, Website
from app.planning.state import OrderState
from tests.stream.serialization.strategies import places_in, records

TEXTS: list[Any] = [Answerable, Code, DocumentNumber, Extensions, Name, Note, Reference, Website]
NUMBERS: list[Any] = [Amount, Discount, ExchangeRate, Quantity, Rate]
REFUSED = "refused"
# At the edges of what its patterns take, and beyond.
EDGES = ["", " ", "a", " a", "a ", "a b", "a\n", "\na", "a\x00b", "a\u00a0b", "a\u00adb", "\u00a1", "\u017f", "\u0180"]
SPELLINGS = ["0", "-0", "00", "1.5", "-1.50", "1.", ".5", "+1", "1e2", "1_0", " 1", "1\n", "٢", "NaN", "-Infinity", ""]
LONG = [
    f"{sign}{'9' * whole}{point}{'9' * places}"
    for sign in ("", "-")
    for whole in (3, 4, 12, 13)
    for point, places in (("", 0), (".", 2), (".", 3), (".", 6), (".", 7), (".", 8), (".", 9))
]
AWKWARD = (
    st.text() | st.sampled_from([*EDGES, *SPELLINGS, *LONG]) | st.integers() | st.floats() | st.decimals()
    | st.none() | st.booleans() | st.binary() | st.lists(st.text(), max_size=2)
    | st.dictionaries(st.text(), st.text(), max_size=2)
)  # fmt: skip


def taken(kind: Any, said: Any) -> Any:
    """What pydantic makes of it; a number that is not itself equals nothing, so told by its text."""
    try:
        return repr(careful_validator(kind).validate_python(said))
    except ValidationError:
        return REFUSED


def taken_quickly(kind: Any, said: Any) -> Any:
    try:
        return repr(quick_validator(kind).validate_python(said))
    except ValidationError:
        return REFUSED


@pytest.mark.parametrize("kind", TEXTS)
def test_every_character_is_judged_alike_wherever_it_stands(kind: Any) -> None:
    letters = [chr(number) for number in (*range(0x250), 0x2028, 0x202E, 0x200B, 0xD800, 0xE000, 0xFEFF, 0x1F600)]
    texts = [each for letter in letters for each in (letter, f"{letter}a", f"a{letter}", f"a{letter}b")]
    for text in (*EDGES, *texts, *("a" * length for length in (30, 31, 64, 65, 255, 256, 500, 501, 1000, 1001))):
        said = {text: text} if kind is Extensions else text
        assert taken_quickly(kind, said) == taken(kind, said)


@pytest.mark.parametrize("kind", NUMBERS)
def test_every_spelling_of_a_number_is_judged_alike(kind: Any) -> None:
    for said in (*SPELLINGS, *LONG, *map(Decimal, LONG), 7, True, None, 0.25, 10**30, "0" * 30 + "1", "1." + "0" * 30):
        assert taken_quickly(kind, said) == taken(kind, said)


@given(st.sampled_from([*TEXTS, *NUMBERS]), AWKWARD)
def test_whatever_is_said_is_judged_alike(kind: Any, said: Any) -> None:
    assert taken_quickly(kind, said) == taken(kind, said)


@pytest.mark.parametrize("kind", [OrderEvent, LoggedEvent, OrderState])
@given(data=st.data())
def test_a_record_that_is_spoilt_anywhere_is_judged_alike(kind: type, data: st.DataObject) -> None:
    tree = careful_validator(kind).dump_python(data.draw(records(kind)), mode="json", exclude_none=True)
    assert taken_quickly(kind, tree) == taken(kind, tree) != REFUSED
    container, step = data.draw(st.sampled_from([*places_in(tree)]))
    container[step] = data.draw(AWKWARD)
    assert taken_quickly(kind, tree) == taken(kind, tree)


def test_of_a_long_list_of_faults_it_looks_at_the_first() -> None:
    with pytest.raises(ValidationError) as refused:
        quick_validator(OrderEvent).validate_python({"body": {"type": "OrderPlaced", "lines": [{}] * 1000}})
    assert refused.value.error_count() < 20
